"""Random shortcuts for hypothesis, part two: actions, blocks, whole workflows."""

from typing import Any

from helpers import BUILT_IN, action, attached, tested, workflow
from helpers_random import ATTACHMENTS, BASE, KEYS, LEAVES, NAMES, PLAIN, TEXTS, UUIDS, VALUES, bare_texts, tokens
from hypothesis import strategies as st

from workflowllm.shortcuts.dialect.comparisons import FILTER_OPERATORS, LEGACY, OLD_CONDITIONS
from workflowllm.shortcuts.model.tree import CONDITIONAL, MENU, REPEAT_COUNT, REPEAT_EACH
from workflowllm.shortcuts.model.wrapped import FILTER, TEXT

KINDS = (CONDITIONAL, MENU, REPEAT_COUNT, REPEAT_EACH)
IDENTIFIERS = st.sampled_from(
    [BUILT_IN + name for name in ("url", "math", "number", "dictionary", "list", "text.split", "nothing", "exit")]
    + [BUILT_IN + name for name in ("getvariable", "downloadurl", "showresult", "notification", "brand_new", "count")]
    + [
        "com.my-app.Do_It",
        "org.example.Intent",
        "noDot",
        "",
        "a.b",
        "a..b",
        ".a",
        "1.2",
        "ü.ö",
        "ﬁ.x",
        "a.class",
        "a__dash__.b",
    ]
    + ["a.b c", 'a."b', "a._b", "a.-", "len.x", "bare.x", "text_of", "menu", "WF.Thing", "is.workflow.actions.WF"]
)
# Actions with a statement of their own, and the parameters that decide about it.
SPECIAL = {
    "comment": ["WFCommentActionText"],
    "gettext": ["WFTextActionText"],
    "ask": ["WFAskActionPrompt"],
    "getvalueforkey": ["WFInput", "WFDictionaryKey", "WFGetDictionaryValueType"],
    "setvariable": ["WFVariableName", "WFInput"],
    "appendvariable": ["WFVariableName", "WFInput"],
    "getvariable": ["WFVariable"],
    "dictionary": ["WFItems"],
    "list": ["WFItems"],
    "number": ["WFNumberActionNumber"],
    "showresult": ["Text"],
    "math": ["WFInput", "WFMathOperand", "WFMathOperation"],
}
OPERANDS = ("WFConditionalActionString", "WFNumberValue", "WFAnotherNumber", "WFDate", "WFAnotherDate", "WFDuration")
OPERANDS += ("WFMeasurement", "WFEnumeration", LEGACY)
CONDITIONS = st.sampled_from([*FILTER_OPERATORS, *OLD_CONDITIONS, "", "Odd", 7, 4.0, True])


def rarely(draw, one_in: int = 8) -> bool:
    return draw(st.integers(1, one_in)) == 1


@st.composite
def owned(draw, parameters: dict[str, Any], often: bool = True) -> dict[str, Any]:
    """Parameters with an output, a name for it, or neither."""
    if draw(st.booleans()) if often else rarely(draw):
        parameters = {**parameters, "UUID": draw(UUIDS)}
    if rarely(draw, 6):
        parameters = {**parameters, "CustomOutputName": draw(NAMES | LEAVES if rarely(draw) else NAMES)}
    return parameters


@st.composite
def leaves(draw) -> dict[str, Any]:
    """An action that is no part of a block."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(list(SPECIAL)))
        usual = {
            "WFVariableName": NAMES,
            "WFGetDictionaryValueType": st.sampled_from(["All Keys", "All Values", "Value"]),
            "WFInput": ATTACHMENTS,
            "WFDictionaryKey": PLAIN | TEXTS,
        }
        keys = [key for key in SPECIAL[name] if not rarely(draw, 5)]
        given = {key: draw(VALUES if rarely(draw) else usual.get(key, PLAIN | TEXTS | BASE)) for key in keys}
        identifier = BUILT_IN + name
    else:
        identifier, given = draw(IDENTIFIERS), draw(st.dictionaries(KEYS, VALUES, max_size=3))
    if rarely(draw):
        given |= draw(st.dictionaries(KEYS, VALUES, max_size=1))
    made = action("x.y")
    made["WFWorkflowActionIdentifier"] = identifier
    made["WFWorkflowActionParameters"] = draw(owned(given))
    return _with_more(draw, made)


def _with_more(draw, made: dict[str, Any]) -> dict[str, Any]:
    """Seldom: keys beside the parameters, or no parameters at all."""
    if rarely(draw, 20):
        made |= draw(st.dictionaries(st.sampled_from(["Note", "class", "UUID"]), LEAVES, min_size=1, max_size=2))
    if rarely(draw, 30) and made["WFWorkflowActionIdentifier"] not in KINDS:
        del made["WFWorkflowActionParameters"]
    return made


@st.composite
def conditions(draw) -> dict[str, Any]:
    """What one condition stores."""
    given: dict[str, Any] = {}
    if not rarely(draw, 6):
        given["WFInput"] = draw(VALUES) if rarely(draw, 10) else tested(draw(tokens()))
    if not rarely(draw):
        given["WFCondition"] = draw(CONDITIONS)
    for key in draw(st.lists(st.sampled_from(OPERANDS), max_size=3, unique=True)):
        given[key] = draw(st.booleans() if key == LEGACY else BASE | st.sampled_from(["", "5", "-7", "007", "1.5"]))
    if rarely(draw, 6):  # as newer clients store a reference, for both kinds of comparison
        token = draw(tokens())
        given["WFNumberValue"] = attached(token)
        given["WFConditionalActionString"] = {
            "Value": {"string": "\ufffc", "attachmentsByRange": {"{0, 1}": token}},
            "WFSerializationType": TEXT,
        }
    return given


@st.composite
def tests(draw) -> dict[str, Any]:
    if not rarely(draw, 5):
        return draw(conditions())
    value = {
        "WFActionParameterFilterPrefix": draw(st.sampled_from([0, 1, -1, True])),
        "WFActionParameterFilterTemplates": draw(st.lists(conditions(), max_size=3)),
    }
    return {"WFConditions": {"Value": value, "WFSerializationType": FILTER}}


@st.composite
def blocks(draw, depth: int) -> list[dict[str, Any]]:
    """One block with its marks and bodies, flat."""
    kind = draw(st.sampled_from([CONDITIONAL, CONDITIONAL, REPEAT_EACH, REPEAT_COUNT, MENU]))

    def mark(mode: int, given: dict[str, Any], often: bool = False) -> dict[str, Any]:
        if rarely(draw, 12):
            given = {**given, **draw(st.dictionaries(KEYS, VALUES, max_size=1))}
        # Titles that refer to the very menu they stand in would be declared before it the second time.
        parameters = draw(owned(given, often)) if mode or kind != MENU else given
        made = {"WFWorkflowActionIdentifier": kind, "WFWorkflowActionParameters": parameters}
        made["WFWorkflowActionParameters"] = {**parameters, "WFControlFlowMode": mode}
        return _with_more(draw, made) if mode == 0 else made

    flat = [mark(0, draw(_opening(kind)))]
    if kind != MENU or rarely(draw):
        flat += draw(bodies(depth + 1))
    for _ in range(draw(st.integers(0, {CONDITIONAL: 1, MENU: 3}.get(kind, 0)))):
        flat += [mark(1, draw(_titles()) if kind == MENU else {}), *draw(bodies(depth + 1))]
    return [*flat, mark(2, {}, often=True)]


@st.composite
def _titles(draw) -> dict[str, Any]:
    given = {} if rarely(draw) else {"WFMenuItemTitle": draw(PLAIN)}
    if rarely(draw, 4):
        given["WFMenuItemAttributedTitle"] = draw(bare_texts())
    return given


def _opening(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    if kind == CONDITIONAL:
        return tests()
    if kind == MENU:
        items = st.lists(PLAIN | TEXTS, max_size=3) | VALUES
        return st.fixed_dictionaries({}, optional={"WFMenuItems": items, "WFMenuPrompt": PLAIN | TEXTS})
    key = "WFInput" if kind == REPEAT_EACH else "WFRepeatCount"
    return st.fixed_dictionaries({}, optional={key: ATTACHMENTS | VALUES | st.integers(-1, 20) | st.just(3.0)})


@st.composite
def bodies(draw, depth: int = 0) -> list[dict[str, Any]]:
    flat: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 4 if depth == 0 else 3 if depth < 3 else 1))):
        flat += draw(blocks(depth)) if depth < 5 and rarely(draw, 3) else [draw(leaves())]
    return flat


QUESTIONS = st.fixed_dictionaries(
    {"ActionIndex": st.integers(-1, 8), "Category": st.just("Parameter") | LEAVES},
    optional={"ParameterKey": PLAIN, "Text": PLAIN | BASE, "DefaultValue": VALUES, "odd key": LEAVES},
)


@st.composite
def workflows(draw) -> dict[str, Any]:
    """A whole shortcut, seldom with import questions and other metadata."""
    metadata: dict[str, Any] = {}
    if rarely(draw, 4):
        metadata["WFWorkflowImportQuestions"] = draw(st.lists(QUESTIONS, max_size=3))
    if rarely(draw, 4):
        metadata |= draw(st.dictionaries(st.sampled_from(["$data", "$$", "WFWorkflowIcon", "é"]), VALUES, max_size=2))
    return workflow(*_grouped(draw(bodies())), **metadata)


def _grouped(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the marks of each block a group, now and then that of another block."""
    around: list[str] = []
    for index, made in enumerate(actions):
        if made["WFWorkflowActionIdentifier"] in KINDS:
            parameters = made["WFWorkflowActionParameters"]
            if parameters["WFControlFlowMode"] == 0:
                around.append(f"group {index % 7}")
            parameters["GroupingIdentifier"] = around[-1]
            if parameters["WFControlFlowMode"] == 2:
                around.pop()
    return actions
