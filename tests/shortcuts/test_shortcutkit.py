"""An outside opinion: workflows built with the package shortcutkit equal ours, compiled from Python.

shortcutkit follows macOS's own definitions and refuses parameters that the engine does not know. One normalisation is
needed, and applied to both sides: a number in an If is stored as a number by shortcutkit and, as the app does for a
typed one, as text by us (`WFNumberValue`).
"""

from collections.abc import Callable
from typing import Any

import pytest
import shortcutkit as kit
from shortcutkit import actions as api

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.to_python.printer import to_python

PAIRS: list[tuple[str, Callable[[kit.Shortcut], None], str]] = []


def pair(code: str) -> Callable[[Callable[[kit.Shortcut], None]], None]:
    """Registers what builds a workflow, with the Python that must compile to the same."""

    def register(build: Callable[[kit.Shortcut], None]) -> None:
        PAIRS.append((build.__name__, build, code))

    return register


@pair('name = input("Your name?")\nis_workflow_actions_showresult(Text=f"Hello, {name}!")')
def greeting(s):
    name = s.action(api.ASK, WFAskActionPrompt="Your name?")
    s.action(api.SHOWRESULT, Text=kit.text("Hello, ", kit.ref(name), "!"))


@pair("""
name = is_workflow_actions_getclipboard()
if name:
    is_workflow_actions_showresult(Text=f"👋🏽 {name}, {clipboard()}{shortcut_input()}")
else:
    is_workflow_actions_showresult(Text=f"{current_date()}")
""")
def emoji_before_references(s):
    name = s.action(api.GETCLIPBOARD)
    gid = s.if_(kit.ref(name), "has_any_value")
    s.action(api.SHOWRESULT, Text=kit.text("👋🏽 ", kit.ref(name), ", ", kit.clipboard(), kit.shortcut_input()))
    s.otherwise(gid)
    s.action(api.SHOWRESULT, Text=kit.text(kit.current_date()))
    s.end_if(gid)


OPERATORS = [
    ("less_than", "x < 5", 5),
    ("less_or_equal", "x <= 5", 5),
    ("greater_than", "x > 1.5", 1.5),
    ("greater_or_equal", "x >= 5", 5),
    ("is", 'x == "a"', "a"),
    ("is_not", "x != -7", -7),
    ("begins_with", 'x.startswith("a")', "a"),
    ("ends_with", 'x.endswith("a")', "a"),
    ("contains", '"a" in x', "a"),
    ("does_not_contain", '"a" not in x', "a"),
    ("has_any_value", "x", None),
    ("has_no_value", "not x", None),
    ("is", 'x == f"{current_date()}"', kit.text(kit.current_date())),
]


@pair(
    "x = is_workflow_actions_getclipboard()\n"
    + "".join(f"if {test}:\n    is_workflow_actions_vibrate()\n" for _, test, _ in OPERATORS)
)
def every_condition(s):
    x = s.action(api.GETCLIPBOARD)
    for name, _, operand in OPERATORS:
        gid = s.if_(kit.ref(x), name, operand)
        s.action(api.VIBRATE)
        s.end_if(gid)


@pair("""
x = is_workflow_actions_getclipboard()
if x == "a":
    is_workflow_actions_vibrate()
elif x == "b":
    is_workflow_actions_exit()
else:
    is_workflow_actions_nothing()
""")
def else_if(s):
    x = s.action(api.GETCLIPBOARD)
    outer = s.if_(kit.ref(x), "is", "a")
    s.action(api.VIBRATE)
    s.otherwise(outer)
    inner = s.if_(kit.ref(x), "is", "b")
    s.action(api.EXIT)
    s.otherwise(inner)
    s.action(api.NOTHING)
    s.end_if(inner)
    s.end_if(outer)


@pair("""
lines = is_workflow_actions_text_split(text=f"{shortcut_input()}")
for index, line in enumerate(lines, start=1):
    shown = f"{index}. {line}"
results = block_result()
is_workflow_actions_setclipboard(WFInput=results)
""")
def repeat_each_and_its_results(s):
    lines = s.action(api.TEXT_SPLIT, text=kit.shortcut_input())
    gid = s.repeat_each(kit.ref(lines))
    s.action(api.GETTEXT, WFTextActionText=kit.text(kit.repeat_index(), ". ", kit.repeat_item()))
    results = s.end_repeat_each(gid)
    s.action(api.SETCLIPBOARD, WFInput=kit.ref(results))


@pair("""
for outer in range(1, 3):
    for inner in range(1, 4):
        is_workflow_actions_showresult(Text=f"{outer}/{inner}")
for _ in range(2):
    is_workflow_actions_vibrate()
""")
def nested_counts(s):
    outer = s.repeat_count(2)
    inner = s.repeat_count(3)
    s.action(api.SHOWRESULT, Text=kit.text(kit.repeat_index(), "/", kit.variable("Repeat Index 2")))
    s.end_repeat_count(inner)
    s.end_repeat_count(outer)
    last = s.repeat_count(2)
    s.action(api.VIBRATE)
    s.end_repeat_count(last)


@pair("""
match menu("Which one?"):
    case "First":
        is_workflow_actions_openurl(WFInput="https://example.com")
    case "Say \\"no\\"":
        pass
""")
def menu(s):
    gid = s.choose_from_menu("Which one?", ["First", 'Say "no"'])
    s.menu_item(gid, "First")
    s.action(api.OPENURL, WFInput="https://example.com")
    s.menu_item(gid, 'Say "no"')
    s.end_menu(gid)


@pair("""
found: "Found things" = []
for item in shortcut_input():
    found.append(item)
total = found
is_workflow_actions_showresult(Text=f"{total}")
""")
def variables(s):
    gid = s.repeat_each(kit.shortcut_input())
    s.action(api.APPENDVARIABLE, WFVariableName="Found things", WFInput=kit.repeat_item())
    s.end_repeat_each(gid)
    s.action(api.SETVARIABLE, WFVariableName="total", WFInput=kit.variable("Found things"))
    s.action(api.SHOWRESULT, Text=kit.text(kit.variable("total")))


@pair("""
bill = input("How much?")
tip = bill * 0.15
total = bill + tip
is_workflow_actions_showresult(Text=f"{total}")
""")
def arithmetic(s):
    bill = s.action(api.ASK, WFAskActionPrompt="How much?")
    tip = s.action(api.MATH, WFInput=kit.ref(bill), WFMathOperation="×", WFMathOperand=0.15)
    total = s.action(api.MATH, WFInput=kit.ref(bill), WFMathOperation="+", WFMathOperand=kit.ref(tip))
    s.action(api.SHOWRESULT, Text=kit.text(kit.ref(total)))


def entry(kind: int, key: str, value: Any) -> dict[str, Any]:
    return {"WFItemType": kind, "WFKey": kit.text(key), "WFValue": value}


def wrapped(serialization: str, value: Any) -> dict[str, Any]:
    return {"Value": value, "WFSerializationType": serialization}


def fields(*entries: dict[str, Any]) -> dict[str, Any]:
    return wrapped("WFDictionaryFieldValue", {"WFDictionaryFieldValueItems": list(entries)})


@pair("""
token = input("Token?")
answer = is_workflow_actions_downloadurl(
    WFURL="https://example.com/api", WFHTTPMethod="POST", WFHTTPBodyType="JSON",
    WFHTTPHeaders={"Authorization": f"Bearer {token}"},
    WFJSONValues={"name": "x", "count": 3, "on": True, "in": {"a": "b"}, "list": ["one", 2]},
)
print(answer["id"])
""")
def web_request(s):
    token = s.action(api.ASK, WFAskActionPrompt="Token?")
    listed = ["one", {"WFItemType": 3, "WFValue": kit.text("2")}]
    inner = fields(entry(0, "a", kit.text("b")))
    body = fields(
        entry(0, "name", kit.text("x")),
        entry(3, "count", kit.text("3")),
        entry(4, "on", wrapped("WFNumberSubstitutableState", True)),
        entry(1, "in", wrapped("WFDictionaryFieldValue", inner)),
        entry(2, "list", wrapped("WFArrayParameterState", listed)),
    )
    answer = s.action(
        api.DOWNLOADURL,
        WFURL="https://example.com/api",
        WFHTTPMethod="POST",
        WFHTTPBodyType="JSON",
        WFHTTPHeaders=fields(entry(0, "Authorization", kit.text("Bearer ", kit.ref(token)))),
        WFJSONValues=body,
    )
    reference = kit.ref(answer)
    step = {"Type": "WFDictionaryValueVariableAggrandizement", "DictionaryKey": "id"}
    reference["Value"]["Aggrandizements"] = [step]
    s.action(api.SHOWRESULT, Text=kit.text(reference))


@pair("""
photos = is_workflow_actions_filter_photos(
    WFContentItemFilter=any_of(where("Album", "==", Enumeration=WFStringSubstitutableState("Recents")),
                               where("Date Taken", "in the last", Number=7, Unit=16)))
for photo in photos:
    is_workflow_actions_showresult(Text=f"{getattr(photo, 'Name')}")
""")
def find_and_property(s):
    conditions = kit.where_any(("Album", "is", "Recents"), ("Date Taken", "is_in_the_last", 7, "days"))
    photos = s.action(api.FILTER_PHOTOS, WFContentItemFilter=conditions)
    gid = s.repeat_each(kit.ref(photos))
    s.action(api.SHOWRESULT, Text=kit.text(kit.property_(kit.repeat_item(), "Name")))
    s.end_repeat_each(gid)


@pair("""
note = "Buy milk"
com_example_my__dash__app_CreateNoteIntent(
    AppIntentDescriptor={"BundleIdentifier": "com.example.my-app", "Name": "Example", "TeamIdentifier": "ABCDE12345",
                         "AppIntentIdentifier": "CreateNoteIntent", "ActionRequiresAppInstallation": True},
    title="Hello", body=note, **{"show-when-run": False})
""")
def another_app(s):
    note = s.action(api.GETTEXT, WFTextActionText="Buy milk")
    descriptor = {"BundleIdentifier": "com.example.my-app", "Name": "Example", "TeamIdentifier": "ABCDE12345"}
    descriptor |= {"AppIntentIdentifier": "CreateNoteIntent", "ActionRequiresAppInstallation": True}
    given = {
        "AppIntentDescriptor": descriptor,
        "title": kit.text("Hello"),
        "body": kit.ref(note),
        "show-when-run": False,
    }
    s.action("com.example.my-app.CreateNoteIntent", **given)


def with_numbers(workflow: dict[str, Any]) -> dict[str, Any]:
    """The workflow with every number in an If as a number."""
    for action in workflow["WFWorkflowActions"]:
        parameters = action["WFWorkflowActionParameters"]
        if isinstance(parameters.get("WFNumberValue"), str):
            parameters["WFNumberValue"] = float(parameters["WFNumberValue"])
    return workflow


IDS = [name for name, _, _ in PAIRS]


@pytest.mark.parametrize(("name", "build", "code"), PAIRS, ids=IDS)
def test_both_make_the_same_workflow(name, build, code):
    theirs = kit.Shortcut(name)
    build(theirs)
    theirs = with_numbers(theirs.to_plist())
    ours = with_numbers(build_workflow(compile_code(code)))
    assert list(differences(theirs, ours)) == []
    assert list(differences(ours, theirs)) == []
    assert ours.keys() == theirs.keys()
    assert ours["WFWorkflowHasShortcutInputVariables"] == theirs["WFWorkflowHasShortcutInputVariables"]


@pytest.mark.parametrize(("name", "build", "code"), PAIRS, ids=IDS)
def test_theirs_converts_and_comes_back(name, build, code):
    shortcut = kit.Shortcut(name)
    build(shortcut)
    theirs = shortcut.to_plist()
    conversion = to_python(theirs)
    assert list(differences(theirs, build_workflow(compile_code(conversion.code)))) == []


def test_a_difference_would_be_seen():
    _, build, code = PAIRS[0]
    shortcut = kit.Shortcut("x")
    build(shortcut)
    assert list(differences(shortcut.to_plist(), build_workflow(compile_code(code.replace("Hello", "Hallo"))))) != []
