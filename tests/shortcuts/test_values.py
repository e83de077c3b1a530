"""Every form of a value, both ways: what it is printed as, and that exactly it comes back."""

import ast
from datetime import datetime
from plistlib import UID

import pytest
from helpers import action, attached, bare_text, code_of, compiled, output, round_trip, source, text, uuid, variable

from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.plist_types import COERCION, DATE, DICTIONARY_VALUE, FIELD_KEYS, PROPERTY
from workflowllm.shortcuts.model.wrapped import (
    ARRAY,
    ATTACHMENT,
    FIELDS,
    FILTER,
    NUMBER_STATE,
    TEXT,
    parse_ranges,
    slice_utf16,
)
from workflowllm.shortcuts.to_python.values import MAX_DEPTH

CALL = "a_b(value="


def wrapped(kind, value):
    return {"Value": value, "WFSerializationType": kind}


def coercion(name):
    return {"Type": COERCION, "CoercionItemClass": name}


def prop(name, **info):
    return {"Type": PROPERTY, "PropertyName": name, **info}


def key(name):
    return {"Type": DICTIONARY_VALUE, "DictionaryKey": name}


def date(**given):
    return {"Type": DATE, **given}


NOW, CLIP, INPUT = source("CurrentDate"), source("Clipboard"), source("ExtensionInput")

PLAIN = {
    "text": ("x", '"x"'),
    "text of lines": ("a\nb\nc", '"""a\nb\nc"""'),
    "whole": (7, "7"),
    "negative": (-7, "-7"),
    "large": (2**63, "9223372036854775808"),
    "real": (1.0, "1.0"),
    "small real": (-1e-7, "-1e-07"),
    "infinity": (float("inf"), 'float("inf")'),
    "true": (True, "True"),
    "date": (datetime(2026, 5, 17, 8, 30), 'date("2026-05-17T08:30:00")'),
    "data": (b"\x00\xff", 'data("AP8=")'),
    "uid": (UID(3), "uid(3)"),
    "list": ([1, "a", [], {}], '[1, "a", [], {}]'),
    "dictionary": ({"a b": 1, "": {"c": None.__class__.__name__}}, '{"": {"c": "NoneType"}, "a b": 1}'),
}
REFERENCES = {
    "clipboard": (CLIP, "clipboard()"),
    "input": (INPUT, "shortcut_input()"),
    "date": (NOW, "current_date()"),
    "ask": (source("Ask"), "input()"),
    "device": (source("DeviceDetails"), "device_details()"),
    "action input": (source("Input"), "action_input()"),
    "a kind to come": (source("Future"), 'token({"Type": "Future"})'),
    "text of it": (source("Clipboard", coercion("WFStringContentItem")), "str(clipboard())"),
    "number of it": (source("Clipboard", coercion("WFNumberContentItem")), "float(clipboard())"),
    "dictionary of it": (source("Clipboard", coercion("WFDictionaryContentItem")), "dict(clipboard())"),
    "flag of it": (source("Clipboard", coercion("WFBooleanContentItem")), "bool(clipboard())"),
    "URL of it": (source("Clipboard", coercion("WFURLContentItem")), 'coerce(clipboard(), "URL")'),
    "odd class": (
        source("Clipboard", coercion("Odd")),
        'modified(clipboard(), {"CoercionItemClass": "Odd", "Type": "WFCoercionVariableAggrandizement"})',
    ),
    "key": (source("Clipboard", key("a.b 'c'")), "clipboard()[\"a.b 'c'\"]"),
    "property": (source("Clipboard", prop("Email Address")), "clipboard().Email_Address"),
    "property with its usual info": (
        source("Clipboard", prop("Name", PropertyUserInfo="WFItemName")),
        "clipboard().Name",
    ),
    "the same without it": (source("Clipboard", prop("Name")), 'getattr(clipboard(), "Name")'),
    "property with other info": (
        source("Clipboard", prop("Name", PropertyUserInfo=0)),
        'getattr(clipboard(), "Name", 0)',
    ),
    "property with _": (source("Clipboard", prop("a_b")), 'getattr(clipboard(), "a_b")'),
    "property that is a keyword": (source("Clipboard", prop("class")), 'getattr(clipboard(), "class")'),
    "format": (
        source("CurrentDate", date(WFDateFormatStyle="Custom", WFDateFormat="yyyy", WFISO8601IncludeTime=False)),
        'format_date(current_date(), style="Custom", format="yyyy")',
    ),
    "ISO with time": (
        source("CurrentDate", date(WFDateFormatStyle="ISO 8601", WFISO8601IncludeTime=True)),
        'format_date(current_date(), style="ISO 8601", include_time=True)',
    ),
    "format that says nothing of ISO": (
        source("CurrentDate", date(WFTimeFormatStyle="Short")),
        'format_date(current_date(), time="Short", include_time=None)',
    ),
    "from the inside out": (
        source("Clipboard", coercion("WFDictionaryContentItem"), key("a"), key("b"), coercion("WFStringContentItem")),
        'str(dict(clipboard())["a"]["b"])',
    ),
    "no steps": ({**CLIP, "Aggrandizements": []}, "extra(clipboard(), Aggrandizements=[])"),
    "more keys": ({**CLIP, "Prompt": "Which?", "a b": 1}, 'extra(clipboard(), Prompt="Which?", **{"a b": 1})'),
}
SERIALIZED = {
    "text": (text("a ", CLIP), 'f"a {clipboard()}"'),
    "quantity": (
        wrapped("WFQuantityFieldValue", {"Magnitude": "3", "Unit": "min"}),
        'WFQuantityFieldValue(Magnitude="3", Unit="min")',
    ),
    "quantity of a reference": (
        wrapped("WFQuantityFieldValue", {"Magnitude": output(1, "Number"), "Unit": "min"}),
        'WFQuantityFieldValue(Magnitude=bare(number_), Unit="min")',
    ),
    "state": (wrapped("WFStringSubstitutableState", "Mac"), 'WFStringSubstitutableState("Mac")'),
    "odd type": (wrapped("not ours", 1), 'serialized("not ours", 1)'),
    "bare text": (bare_text("a", CLIP), 'bare(f"a{clipboard()}")'),
    "bare output": (output(1, "Number"), "bare(number_)"),
    "fields": (
        wrapped(
            FIELDS,
            {"WFDictionaryFieldValueItems": [{"WFItemType": 0, "WFKey": text("k"), "WFValue": text("v")}]},
        ),
        'fields({"k": "v"})',
    ),
    "all": (
        wrapped(
            FILTER,
            {
                "WFActionParameterFilterPrefix": 1,
                "WFContentPredicateBoundedDate": False,
                "WFActionParameterFilterTemplates": [
                    {"Property": "Name", "Operator": 99, "Removable": True, "Values": {"String": "x", "Unit": 4}},
                    {"Property": "Date", "Operator": 1002, "Removable": False, "Values": {}},
                    {"Property": "Size", "Operator": 2, "Bounded": True, "Values": {"Number": 5}},
                ],
            },
        ),
        'all_of(where("Name", "contains", String="x", Unit=4), where("Date", "is today", Removable=False), '
        'where("Size", ">", Number=5, Bounded=True, Removable=None))',
    ),
    "a filter of no known operator": (
        wrapped(
            FILTER,
            {
                "WFActionParameterFilterPrefix": 0,
                "WFContentPredicateBoundedDate": False,
                "WFActionParameterFilterTemplates": [{"Property": "Name", "Operator": 7, "Values": {}}],
            },
        ),
        "WFContentPredicateTableTemplate(WFActionParameterFilterPrefix=0, "
        'WFActionParameterFilterTemplates=[{"Operator": 7, "Property": "Name", "Values": {}}], '
        "WFContentPredicateBoundedDate=False)",
    ),
}
FORMS = PLAIN | {name: (attached(token), form) for name, (token, form) in REFERENCES.items()}
FORMS |= {f"serialized {name}": pair for name, pair in SERIALIZED.items()}


def printed(value, name="value"):
    """The expression of a parameter, after a number that it may refer to."""
    code = round_trip(action("number", WFNumberActionNumber=1, UUID=uuid(1)), action("a.b", **{name: value}))
    return code.partition(f"a_b({name}=")[2].removesuffix(")\n")


@pytest.mark.parametrize("name", FORMS)
def test_each_value_has_its_form(name):
    value, form = FORMS[name]
    assert printed(value) == form


@pytest.mark.parametrize("name", FORMS)
def test_each_form_gives_exactly_its_value(name):
    """Exactly, not just by meaning: where it is stored, what type it has, which keys there are."""
    value, form = FORMS[name]
    made = compiled(f"number_ = is_workflow_actions_number(WFNumberActionNumber=1)\n{CALL}{form})\n")[-1]
    stored = made["WFWorkflowActionParameters"]["value"]
    assert without_uuids(stored) == without_uuids(value)


def without_uuids(value):
    if isinstance(value, dict):
        said = ("OutputUUID", "OutputName")
        return {key: without_uuids(item) for key, item in value.items() if key not in said}
    if isinstance(value, list):
        return [without_uuids(item) for item in value]
    return type(value), value


@pytest.mark.parametrize("name", REFERENCES)
def test_references_stand_in_texts_as_they_stand_alone(name):
    token, form = REFERENCES[name]
    reference = ast.unparse(ast.parse(form))
    printed_parts = parts(printed(text("👍🏽 ", token, "\n", token, "é")))
    assert printed_parts == [repr("👍🏽 "), reference, repr("\n"), reference, repr("é")]


def parts(expression):
    """The literal and the referring parts of an f-string or a text_of()."""
    node = ast.parse(expression, mode="eval").body
    pieces = node.values if isinstance(node, ast.JoinedStr) else node.args
    return [ast.unparse(piece.value if isinstance(piece, ast.FormattedValue) else piece) for piece in pieces]


ITEMS = {
    "text": (0, text("v"), '"v"'),
    "text with a reference": (0, text(CLIP), 'f"{clipboard()}"'),
    "number": (3, text("42"), "42"),
    "negative real": (3, text("-0.5"), "-0.5"),
    "number with a zero in front": (3, text("007"), 'item(3, "007")'),
    "number with an exponent": (3, text("1e3"), 'item(3, "1e3")'),
    "number that is a reference": (3, text(CLIP), 'item(3, f"{clipboard()}")'),
    "flag": (4, wrapped(NUMBER_STATE, True), "True"),
    "flag that is a reference": (
        4,
        wrapped(NUMBER_STATE, attached(CLIP)),
        "item(4, WFNumberSubstitutableState(clipboard()))",
    ),
    "list": (2, wrapped(ARRAY, ["a", {"WFItemType": 3, "WFValue": text("1")}]), '["a", 1]'),
    "type to come": (9, "x", 'item(9, "x")'),
}


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("parameter", sorted(FIELD_KEYS))
def test_items_of_dictionaries_and_lists(name, parameter):
    kind, value, form = ITEMS[name]
    entry = {"WFItemType": kind, "WFKey": text("k"), "WFValue": value}
    assert printed(wrapped(FIELDS, {"WFDictionaryFieldValueItems": [entry]}), parameter) == f'{{"k": {form}}}'
    item = form if name != "text" else 'item(0, "v")'  # a plain string of a list is stored as that
    assert printed([{"WFItemType": kind, "WFValue": value}, "plain"], parameter) == f'[{item}, "plain"]'


def test_dictionaries_nest():
    inner = wrapped(FIELDS, {"WFDictionaryFieldValueItems": []})
    entry = {"WFItemType": 1, "WFKey": text("k"), "WFValue": wrapped(FIELDS, inner)}
    value = wrapped(FIELDS, {"WFDictionaryFieldValueItems": [entry, entry]})
    assert printed(value, "WFItems") == '{"k": {}, "k": {}}'  # a key may stand twice


def test_keys_that_are_no_names_go_another_way():
    code = round_trip(action("a.b", **{"Show-text": True, "class": 1, "2nd": 2, "": 3, "\ufb01": 4, "fine": 5}))
    assert code == 'a_b(fine=5, **{"": 3, "2nd": 2, "Show-text": True, "class": 1, "\ufb01": 4})\n'


@pytest.mark.parametrize(
    ("string", "ranges", "pieces"),
    [
        ("a\ufffcb", [(1, 1)], ["a", "b"]),
        ("😀\ufffcb", [(2, 1)], ["😀", "b"]),
        ("\ufffc\ufffc", [(0, 1), (1, 1)], ["", "", ""]),
        ("𝕏a\ufffc👩‍👩‍👧\ufffc", [(3, 1), (12, 1)], ["𝕏a", "👩‍👩‍👧", ""]),
        ("abc", [(1, 1)], ["a", "c"]),
    ],
)
def test_ranges_count_utf_16_units(string, ranges, pieces):
    assert slice_utf16(string, ranges) == pieces


def test_ranges_in_any_order_and_malformed_ones():
    assert parse_ranges({"{9, 1}": {}, "{10,1}": {}, "{ 2 , 1 }": {}}) == [((2, 1), {}), ((9, 1), {}), ((10, 1), {})]
    for bad in ({"{1}": {}}, {"x": {}}, {"{1, 1}": "text"}, {"{-1, 1}": {}}, [], {}, None):
        assert parse_ranges(bad) is None


@pytest.mark.parametrize(
    "value",
    [
        {"string": "x", "attachmentsByRange": {"{0}": CLIP}},
        {"string": 5, "attachmentsByRange": {}},
        {"attachmentsByRange": {}},
        wrapped(TEXT, {"string": "x", "attachmentsByRange": {"odd": 1}}),
        wrapped(TEXT, 5),
        wrapped(ATTACHMENT, "text"),
        wrapped(FIELDS, {"WFDictionaryFieldValueItems": 3}),
        wrapped(FILTER, {}),
        {"Value": 1, "WFSerializationType": TEXT, "More": 2},
        {"WFSerializationType": 3, "Value": 1},
    ],
)
def test_what_is_malformed_comes_back_all_the_same(value):
    for parameter in ("value", "WFItems", "WFInput"):
        round_trip(action("a.b", **{parameter: value}))


def test_what_is_refused_is_refused_in_a_sentence():
    def nested(levels):
        value = []
        for _ in range(levels - 1):
            value = [value]
        return value

    round_trip(action("a.b", value=nested(MAX_DEPTH)))
    with pytest.raises(ShortcutError, match=f"more than {MAX_DEPTH} levels"):
        code_of(action("a.b", value=nested(MAX_DEPTH + 1)))
    with pytest.raises(ShortcutError, match="type complex"):
        code_of(action("a.b", value=1j))


def test_variables_in_values():
    assert printed(attached(variable("my list", key("a")))) == 'my_list["a"]'
