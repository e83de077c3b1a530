"""What a program does with outputs whose content is known: properties, comparisons and loops.

The compiler may give natural code another meaning (a question that asks for a number, a text that is split), so a
comparison or loop counts only where the compiled actions have it too.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.content_types import ContentType, content_types
from workflowllm.apis.model import Api
from workflowllm.checking.argument_values import VALUE_SIMILARITY, hint, is_number_text, most_similar
from workflowllm.checking.calls import called_identifier
from workflowllm.checking.findings import Finding, finding
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.from_python.program import Program
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.workflow import Compiled

_TEXT = "WFStringContentItem"
# Built-in actions that give one text and no list of them. Others give a text for each item of their input.
_ONE_TEXT = frozenset(BUILT_IN + name for name in ("gettext", "text.combine", "dictatetext"))
_ASK = BUILT_IN + "ask"
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_ORDER_CODES = (0, 1, 2, 3, 1003)
# Items of which Shortcuts makes neither a number nor a switch.
_NO_NUMBER = frozenset(
    {"image", "photo or video", "location", "contact", "calendar event", "reminder", "app", "App Store app", "article",
     "song or other media", "shortcut", "Safari web page", "weather", "attendee", "podcast", "podcast episode", "note"}
)  # fmt: skip
_NUMBERS = ("number", "integer", "boolean")
_INSTEAD = {
    "bad-comparison": "texts have no order; compare a number, such as float({name}), or use ==.",
    "loop-over-text": "{name} is one text, so the loop runs once; split it into a list first.",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What a name holds: the content types that it can be, whether it is one text, and whether one without a digit."""

    types: tuple[ContentType, ...] = ()
    is_one_text: bool = False
    is_words: bool = False


def use_findings(program: Program, compiled: Compiled | None, apis: Catalogue) -> Iterator[Finding]:
    """Findings on uses of names whose content is known; `compiled` is None where the program does not compile."""
    names = known_contents(program, apis)
    methods = {id(node.func) for node in program.nodes if isinstance(node, ast.Call)}
    has_order, has_loop = _meant_by_actions(compiled) if compiled else (False, False)
    for node in program.nodes:
        if isinstance(node, ast.Attribute) and id(node) not in methods:
            yield from _property_findings(node, node.value, node.attr.replace("_", " "), names)
        elif called(node) == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            yield from _property_findings(node, node.args[0], node.args[1].value, names)
        elif isinstance(node, ast.Compare):
            yield from _order_findings(node, names, has_order)
        elif isinstance(node, ast.Call) and node.keywords:
            yield from _number_findings(node, names, apis)
        elif isinstance(node, ast.For) and has_loop and _is_one_text(node.iter, names):
            yield _text_finding("loop-over-text", node.iter)


def known_contents(program: Program, apis: Catalogue) -> dict[str, Content]:
    """Each name that one action's output is assigned to, and the variables of loops over such names."""
    contents: dict[str, Content] = {}
    for node in program.nodes:
        target, value = _assignment(node)
        binding = program.bindings.get(target.id) if isinstance(target, ast.Name) else None
        if binding is None:
            continue
        if binding.kind == "output":
            contents[binding.name] = _content(value, apis)
        elif binding.kind == "loop" and binding.sites.total() == 1 and isinstance(value, ast.Name):
            listed = contents.get(value.id)
            contents[binding.name] = Content(listed.types if listed and not listed.is_one_text else ())
    return contents


def _assignment(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """(target, value) of an assignment; of a loop the variable and what it goes over."""
    if isinstance(node, ast.Assign):
        return node.targets[0], node.value
    if isinstance(node, ast.For):
        is_numbered = isinstance(node.target, ast.Tuple) and called(node.iter) == "enumerate" and node.iter.args
        return (node.target.elts[-1], node.iter.args[0]) if is_numbered else (node.target, node.iter)
    return (node.target, node.value) if isinstance(node, ast.AnnAssign) else (None, None)


def _content(value: ast.expr | None, apis: Catalogue) -> Content:
    if value is None:
        return Content()
    if _is_text(value):
        return Content(_text_types(), not _is_number(value), _is_words(value))
    api = apis.get(called_identifier(value) or "")
    if api is None:
        return Content()
    if api.identifier == _ASK:
        types = [item.value for item in value.keywords if item.arg == "WFInputType"]
        asks_text = not types or (isinstance(types[0], ast.Constant) and types[0].value == "Text")
        return Content(_text_types(), True) if asks_text else Content()
    return Content(tuple(content_types().of_output(api)), _gives_one_text(api))


def _is_text(value: ast.expr) -> bool:
    is_text = isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str))
    return is_text or (called(value) == "input" and bool(value.args))


def _is_number(value: ast.expr) -> bool:
    """Whether a text can read as a number: one that a literal spells, or that a reference alone may hold."""
    if isinstance(value, ast.JoinedStr):
        return all(not isinstance(part, ast.Constant) or is_number_text(str(part.value)) for part in value.values)
    return isinstance(value, ast.Constant) and is_number_text(value.value)


def _text_types() -> tuple[ContentType, ...]:
    text = content_types().get(_TEXT)
    return (text,) if text else ()


def _gives_one_text(api: Api) -> bool:
    return api.identifier in _ONE_TEXT


# Properties


def _property_findings(node: ast.AST, owner: ast.expr, name: Any, names: Mapping[str, Content]) -> Iterator[Finding]:
    content = names.get(owner.id) if isinstance(owner, ast.Name) else None
    if content is None or not content.types or any(item.is_open for item in content.types) or not isinstance(name, str):
        return
    known = tuple(dict.fromkeys(known for item in content.types for known in item.properties))
    if name not in known:
        suggestion = most_similar(name, known, VALUE_SIMILARITY)
        titles = " or ".join(dict.fromkeys(item.title for item in content.types))
        message = f"{owner.id} is {titles}, which has no property {name!r}{hint(suggestion)}."
        yield finding(node, "unknown-property", message, suggestion)


# Outputs that a parameter cannot take


def _number_findings(call: ast.Call, names: Mapping[str, Content], apis: Catalogue) -> Iterator[Finding]:
    """Numbers and switches that are given an item of which no number can be made."""
    given = [(word.arg, word.value) for word in call.keywords if isinstance(word.value, ast.Name)]
    given = [(key, name) for key, name in given if key and name.id in names and names[name.id].types]
    api = apis.get(called_identifier(call) or "") if given else None
    for key, name in given if api else ():
        parameter, titles = api.by_key.get(key), {item.title for item in names[name.id].types}
        if parameter and parameter.type in _NUMBERS and titles <= _NO_NUMBER:
            message = f"{key} takes a {parameter.type}, but {name.id} is {' or '.join(sorted(titles))}; use a property."
            yield finding(name, "unlikely-value", message)


# Texts that are compared by size, or looped over


def _order_findings(node: ast.Compare, names: Mapping[str, Content], has_order: bool) -> Iterator[Finding]:
    """A text compared by size: where the actions do so, or where no number can be made of it."""
    if any(isinstance(operator, _ORDER) for operator in node.ops):
        for side in (node.left, *node.comparators):
            content = names.get(side.id) if isinstance(side, ast.Name) else None
            if (content and content.is_words) or (has_order and _is_one_text(side, names)):
                yield _text_finding("bad-comparison", side)
                return


def _is_words(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and not any(map(str.isdigit, node.value))


def _is_one_text(node: ast.expr, names: Mapping[str, Content]) -> bool:
    if isinstance(node, ast.Name):
        content = names.get(node.id)
        return content is not None and content.is_one_text
    return _is_text(node) and not _is_number(node)


def _text_finding(code: str, node: ast.expr) -> Finding:
    name = node.id if isinstance(node, ast.Name) else "this"
    return finding(node, code, _INSTEAD[code].format(name=name))


def _meant_by_actions(compiled: Compiled) -> tuple[bool, bool]:
    """Whether the actions compare a text by size, and whether they loop over one."""
    texts: set[str] = set()
    has_order = has_loop = False
    for action in compiled.actions:
        identifier, parameters = action["WFWorkflowActionIdentifier"], action.get("WFWorkflowActionParameters", {})
        is_question = identifier == _ASK and parameters.get("WFInputType", "Text") == "Text"
        if isinstance(parameters.get("UUID"), str) and (is_question or identifier in _ONE_TEXT):
            texts.add(parameters["UUID"])
        elif identifier == BUILT_IN + "repeat.each":
            has_loop = has_loop or _output_of(parameters.get("WFInput")) in texts
        elif identifier == BUILT_IN + "conditional":
            has_order = has_order or any(_compares(test, texts) for test in _tests(parameters))
    return has_order, has_loop


def _tests(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield parameters
    several = parameters.get("WFConditions")
    rows = several.get("Value", {}) if isinstance(several, dict) else {}
    yield from rows.get("WFActionParameterFilterTemplates", ()) if isinstance(rows, dict) else ()


def _compares(test: Mapping[str, Any], texts: set[str]) -> bool:
    """Whether a test orders by size, with a text on either side."""
    if test.get("WFCondition") not in _ORDER_CODES:
        return False
    operand = test.get("WFNumberValue", test.get("WFConditionalActionString"))
    is_text = isinstance(operand, str) and operand != "" and not is_number_text(operand)
    return is_text or _output_of(test.get("WFInput")) in texts or _output_of(operand) in texts


def _output_of(value: Any) -> str | None:
    """The UUID of the output that a value refers to without converting it."""
    for key in ("Variable", "Value"):
        value = value.get(key, value) if isinstance(value, dict) else None
    if isinstance(value, dict) and not value.get("Aggrandizements"):
        return value.get("OutputUUID")
    return None
