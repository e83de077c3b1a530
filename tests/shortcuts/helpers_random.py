"""Random shortcuts for hypothesis: well-formed in their blocks, and in everything else as odd as a file can be."""

from datetime import datetime
from plistlib import UID
from typing import Any

from helpers import MARK, uuid
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from workflowllm.shortcuts.dialect.comparisons import FILTER_OPERATORS
from workflowllm.shortcuts.dialect.words import DATE_FORMAT, SOURCES
from workflowllm.shortcuts.model.wrapped import ARRAY, ATTACHMENT, FIELDS, FILTER, NUMBER_STATE, TEXT

# A handful, so that references hit owners, owners share, and some have none.
UUIDS = st.sampled_from([uuid(1), uuid(2), uuid(3), uuid(4), uuid(0xABC), uuid(0xABC).lower(), "not a uuid"])
NAMES = st.sampled_from(
    ["x", "X", "user name", "user_name", "user-name", "user_name_2", "2nd", "_2nd", "🏆", "日程", "class", "print"]
    + ["None", "text", "text_2", "output", "missing", "date", "date_", "ﬁ", "fi", "é", "e\u0301", "", " ", "_", "__a"]
    + ["a\nb", 'a"b', "a\\b", "{a}", "Repeat Item", "Repeat Index", "Repeat Item 2"]
    + ["Repeat Index 2", "Repeat Item 3", "Repeat_Item", "Repeat_Index_2", "self", "input", "is_a_b"]
)
PIECES = st.sampled_from(
    ["", "a", " ", "\n", "\n\n", '"', "'", '"""', "\\", "\\n", "{", "}", "{x}", "{{", "\t", "\r\n", "\u2028", "é", "中"]
    + ["😀", "👩‍👩‍👧", "𝕏", "\ufffd", "\u202e", "\ufeff", "\x7f", "\x00", "#", "%s", "$1", "0", "-1", "1.0", "f", "b'"]
)
PLAIN = st.lists(PIECES, max_size=3).map("".join) | st.sampled_from(["True", "None", "1e3", "007", "…", "×"])
DATES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
NUMBERS = (
    st.integers(-3, 12)
    | st.sampled_from([2**53, 2**53 + 1, 2**63, -(2**63), 10**15])
    | st.sampled_from([0.0, -0.0, 1.0, 0.1, -2.5, 1e22, 1e-7, float("inf"), float("-inf")])
)
LEAVES = PLAIN | NUMBERS | st.booleans() | DATES | st.binary(max_size=4) | st.builds(UID, st.integers(0, 9))
KEYS = st.sampled_from(
    ["WFInput", "WFItems", "WFMenuItems", "WFHTTPHeaders", "WFJSONValues", "text", "Input", "WFText", "WFNumber"]
    + ["WFTextActionText", "WFDictionaryKey", "WFGetDictionaryValueType", "WFAskActionPrompt", "WFVariable"]
    + ["WFVariableName", "WFCommentActionText", "WFCondition", "WFRepeatCount", "WFMenuPrompt", "WFDate"]
    + ["Show-text", "class", "", "2nd", "ﬁ", "key with spaces", "self", "action", "name", "é"]
    + ["WFMenuItemTitle", "WFMenuItemAttributedTitle", "WFSerializationType", "Value", "Type", "string"]
    + ["WFControlFlowMode", "None", "print", "__debug__"]
)


@st.composite
def steps(draw) -> dict[str, Any]:
    """One aggrandizement."""
    kind = draw(st.sampled_from(["Coercion", "Property", "DictionaryValue", "DateFormat", "Unit", "odd"]))
    step: dict[str, Any] = {"Type": f"WF{kind}VariableAggrandizement"}
    if kind == "Coercion":
        classes = [
            "WFStringContentItem",
            "WFNumberContentItem",
            "WFURLContentItem",
            "WFContentItem",
            "Other",
            "",
            "WFX",
        ]
        step["CoercionItemClass"] = draw(st.sampled_from([*classes, "WFWFContentItemContentItem"]))
    elif kind == "Property":
        names = st.sampled_from(["Name", "File Size", "file_size", "URL", "a-b", "", " x", "keys", "append", "class"])
        step["PropertyName"] = draw(names | NAMES)
        if draw(st.booleans()):
            step["PropertyUserInfo"] = draw(st.sampled_from(["WFItemName", "WFFileSizeProperty", 0, {}, True]) | LEAVES)
    elif kind == "DictionaryValue":
        step["DictionaryKey"] = draw(PLAIN)
    elif kind == "DateFormat":
        step |= draw(st.dictionaries(st.sampled_from(list(DATE_FORMAT.values())), LEAVES, max_size=4))
    if draw(st.integers(0, 9)) == 0:
        step |= draw(st.dictionaries(KEYS, LEAVES, max_size=1))
    return step


@st.composite
def tokens(draw) -> dict[str, Any]:
    """A reference of any kind."""
    kind = draw(st.sampled_from(["ActionOutput"] * 4 + ["Variable"] * 4 + [*SOURCES, "Future"]))
    token: dict[str, Any] = {"Type": kind}
    if kind == "ActionOutput":
        token |= {"OutputUUID": draw(UUIDS), "OutputName": draw(NAMES)}
        if draw(st.integers(0, 9)) == 0:
            del token["OutputName"]
    elif kind == "Variable":
        token["VariableName"] = draw(NAMES)
    if draw(st.integers(0, 2)) == 0:
        token["Aggrandizements"] = draw(st.lists(steps(), max_size=3))
    if draw(st.integers(0, 14)) == 0:
        token |= draw(st.dictionaries(KEYS.filter(lambda key: key != "Type"), LEAVES, max_size=1))
    return token


@st.composite
def bare_texts(draw) -> dict[str, Any]:
    """`{string, attachmentsByRange}` whose ranges are right, in any order."""
    string, attachments = draw(PLAIN), {}
    for token in draw(st.lists(tokens(), max_size=3)):
        attachments[f"{{{len(string.encode('utf-16-le')) // 2}, 1}}"] = token
        string += MARK + draw(PLAIN)
    order = draw(st.permutations(list(attachments)))
    value = {"string": string, "attachmentsByRange": {key: attachments[key] for key in order}}
    if not attachments and draw(st.booleans()):
        del value["attachmentsByRange"]
    return value


def serialized(kind: SearchStrategy[str] | str, value: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    kinds = st.just(kind) if isinstance(kind, str) else kind
    return st.builds(lambda kind, value: {"Value": value, "WFSerializationType": kind}, kinds, value)


TEXTS = serialized(TEXT, bare_texts())
ATTACHMENTS = serialized(ATTACHMENT, tokens())


def _fields(items: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    entry = st.builds(
        lambda kind, key, value: {"WFItemType": kind, "WFKey": key, "WFValue": value},
        st.integers(0, 5) | st.booleans(),
        TEXTS | PLAIN,
        items,
    )
    return serialized(FIELDS, st.fixed_dictionaries({"WFDictionaryFieldValueItems": st.lists(entry, max_size=3)}))


def _items(items: SearchStrategy[Any]) -> SearchStrategy[list[Any]]:
    typed = st.builds(lambda kind, value: {"WFItemType": kind, "WFValue": value}, st.integers(0, 4), items)
    return st.lists(PLAIN | typed | items, max_size=3)


def _filters(values: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    where = st.fixed_dictionaries(
        {
            "Property": PLAIN,
            "Operator": st.sampled_from([*FILTER_OPERATORS, 7, True]),
            "Values": st.dictionaries(
                KEYS | st.sampled_from(["Unit", "String", "Removable", "Bounded"]), values, max_size=2
            ),
        },
        optional={"Removable": st.booleans(), "Bounded": st.booleans() | NUMBERS},
    )
    whole = {
        "WFActionParameterFilterPrefix": st.sampled_from([0, 1, 1.0, True, 2]),
        "WFContentPredicateBoundedDate": st.booleans(),
    }
    return serialized(
        FILTER,
        st.fixed_dictionaries({**whole, "WFActionParameterFilterTemplates": st.lists(where, max_size=2)}),
    )


def _grown(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Containers of values: everything that the format serializes, and everything that it might."""
    kinds = st.sampled_from(
        ["WFQuantityFieldValue", "WFTimeOffsetValue", "WFStringSubstitutableState", "WFX_Y", "Not", "", "WF class"]
        + [ARRAY, NUMBER_STATE, TEXT, ATTACHMENT, FIELDS, FILTER]
    )
    fields = _fields(values)
    return (
        st.lists(values, max_size=3)
        | st.dictionaries(KEYS | PLAIN, values, max_size=3)
        | serialized(kinds, values | tokens() | bare_texts())
        | fields
        | serialized(FIELDS, fields)
        | serialized(ARRAY, _items(values))
        | _items(values)
        | _filters(values)
        | st.builds(lambda value, extra: {**value, **extra}, fields, st.dictionaries(KEYS, LEAVES, max_size=1))
    )


BASE = LEAVES | TEXTS | ATTACHMENTS | tokens() | bare_texts()
VALUES = st.deferred(lambda: BASE | TEXTS | ATTACHMENTS | st.recursive(BASE, _grown, max_leaves=5))
