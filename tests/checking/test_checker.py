"""Each rule of the checker, on code that breaks it and on code that does not."""

import pytest

from workflowllm.apis import Api, Catalogue, Parameter
from workflowllm.apis.model import by_application
from workflowllm.checking import argument_values, calls, checker
from workflowllm.checking.checker import check_code
from workflowllm.checking.findings import SEVERITIES

GOOD = '''"""Greets."""
answer = input("Name?")
is_workflow_actions_alert(WFAlertActionMessage=f"Hello {answer}", WFAlertActionCancelButtonShown=False)
'''
URL = 'is_workflow_actions_url(WFURLActionURL="https://example.com")'


class MemorySource:
    """Definitions in memory, of applications that are known as a whole."""

    name = "memory"

    def __init__(self, *apis: Api):
        self.skipped: list[str] = []
        self.groups = by_application(apis)

    def applications(self) -> dict[str, bool]:
        return dict.fromkeys(self.groups, True)

    def apis(self, application: str) -> list[Api]:
        return self.groups.get(application, [])


def memory_catalogue(*apis: Api) -> Catalogue:
    return Catalogue([MemorySource(*apis)])


def codes(code: str, offered: list[str] | None = None) -> list[str]:
    return [item.code for item in check_code(code, offered)]


def test_good_code_has_no_findings() -> None:
    assert check_code(GOOD) == []
    assert check_code(GOOD, ["is_workflow_actions_alert"]) == []
    assert check_code("") == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = (", "syntax-error"),
        ("is_workflow_actions_url(A=1, A=2)", "repeated-parameter"),
        ('is_workflow_actions_url(WFURLActionURL="a", **{"WFURLActionURL": "b"})', "repeated-parameter"),
        ("while True:\n    pass", "not-in-dialect"),
        ("import os", "import"),
        ("frobnicate(3)", "unknown-function"),
        ('exec("1")', "forbidden"),
        ("is_workflow_actions_alert(WFAlertActionMessage=clipboard().__class__)", "forbidden"),
        ('is_workflow_actions_alert(WFAlertActionMessage=getattr(clipboard(), "__dict__"))', "forbidden"),
        ("is_workflow_actions_urll(WFURLActionURL='a')", "unknown-api"),
        ('action("is.workflow.actions.nope")', "unknown-api"),
        ("com_nobody_knows_this(a=1)", "unknown-application"),
        ("is_workflow_actions_url(WFURLActionUrl='a')", "unknown-parameter"),
        ('is_workflow_actions_alert(WFAlertActionCancelButtonShown="yes")', "wrong-type"),
        ('is_workflow_actions_text_changecase(text="a", WFCaseType="LOUD")', "bad-value"),
        ("is_workflow_actions_alert(WFAlertActionMessage=nobody)", "unassigned-name"),
        ("is_workflow_actions_alert(WFAlertActionMessage=late)\nlate = clipboard()", "unassigned-name"),
        ("if clipboard():\n    x = clipboard()\nis_workflow_actions_setclipboard(WFInput=x)", "sometimes-unassigned"),
        ("x = None\nis_workflow_actions_setclipboard(WFInput=x)", "dangling-reference"),
        ('x = missing("U")\nis_workflow_actions_setclipboard(WFInput=x)', "dangling-reference"),
        (f"link = {URL}", "unused-output"),
        (f"is_workflow_actions_exit()\n{URL}", "unreachable-code"),
        ("if clipboard():\n    pass", "empty-block"),
        ("for _ in range(2):\n    pass", "empty-block"),
        ("is_workflow_actions_alert()", "nothing-filled-in"),
        ("photo = is_workflow_actions_selectphoto()\nprint(photo.Due_Date)", "unknown-property"),
        ("is_workflow_actions_health_quantity_log(WFQuantitySampleType='Mood Ring')", "unlikely-value"),
        ("x = 'abc'\nif extra(x > 3):\n    print(x)", "bad-comparison"),
        ("x = 'abc'\nfor y in x:\n    print(y)", "loop-over-text"),
    ],
)
def test_rule(code: str, expected: str) -> None:
    found = check_code(code)
    assert expected in {item.code for item in found}
    assert all(item.severity == SEVERITIES[item.code] and item.message for item in found)


def test_every_rule_that_needs_no_offered_list_is_tried_above() -> None:
    tried = {row[1] for row in test_rule.pytestmark[0].args[1]}
    assert SEVERITIES.keys() - tried == {"api-not-offered", "bare-reference", "missing-parameter", "too-deep"}


def test_an_api_that_is_not_offered() -> None:
    assert codes(URL, ["is.workflow.actions.alert"]) == ["api-not-offered"]
    assert codes(URL, ["is.workflow.actions.url"]) == codes(URL, ["is_workflow_actions_url"]) == []


def test_places_and_suggestions() -> None:
    (item,) = check_code("\nis_workflow_actions_ulr(WFURLActionURL='a')")
    assert (item.line, item.column, item.severity) == (2, 1, "error")
    assert item.suggestion == "is.workflow.actions.url"
    assert "is_workflow_actions_url" in item.message
    (item,) = check_code("is_workflow_actions_url(WFURLActionURLs='a')")
    assert item.suggestion == "WFURLActionURL"


def test_both_kinds_of_missing_value_are_told_apart() -> None:
    """A branch that stops the shortcut does not count; a loop may see what its end assigns."""
    assert codes("if clipboard():\n    x = clipboard()\nelse:\n    is_workflow_actions_exit()\n"
                 "is_workflow_actions_setclipboard(WFInput=x)") == []  # fmt: skip
    assert "unassigned-name" not in codes(
        "for _ in range(2):\n    is_workflow_actions_setclipboard(WFInput=x)\n    x = clipboard()")  # fmt: skip


def test_numbers_may_be_stored_as_text() -> None:
    delay = "is_workflow_actions_delay(WFDelayTime={})"
    assert codes(delay.format('"2.5"')) == codes(delay.format("3")) == []


def test_deep_code_is_a_finding_and_not_a_crash() -> None:
    for deep in ("x = " + "-" * 50000 + "1", "x = 1" + " + 1" * 20000, "x = " + "(" * 5000 + "1" + ")" * 5000):
        assert set(codes(deep)) <= {"syntax-error", "too-deep"} and codes(deep)


def test_nothing_is_run() -> None:
    """Code that would end this process if it were run."""
    assert check_code('raise SystemExit\n__import__("os").abort()')


def test_an_api_that_the_catalogue_lacks_is_judged_by_what_is_offered() -> None:
    unknown = "com_nobody_knows_this(a=1)"
    assert codes(unknown) == ["unknown-application"]
    assert codes(unknown, ["com.nobody.knows.this"]) == ["unknown-application"]
    assert codes(unknown, ["is.workflow.actions.url"]) == ["api-not-offered"]
    assert codes("is_workflow_actions_brandnew()", ["is.workflow.actions.brandnew"]) == ["unknown-application"]
    assert codes("is_workflow_actions_brandnew()", ["is.workflow.actions.url"]) == ["unknown-api"]


def test_only_so_many_names_are_compared_with_all_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name keeps its suggestion at every call, and is compared once."""
    monkeypatch.setattr(calls, "MAX_COMPARED", 3)
    lines = [f"is_workflow_actions_alert{number}()" for number in (0, 1, 2, 0, 3, 1)]
    found = check_code("\n".join(lines))
    assert {item.code for item in found} == {"unknown-api"}
    alert = "is.workflow.actions.alert"
    assert [item.suggestion for item in found] == [alert, alert, alert, alert, None, alert]


def test_a_suggestion_compares_what_is_not_common_to_all() -> None:
    (item,) = check_code("is_workflow_actions_frobnicatexyz()")
    assert item.suggestion is None  # 20 characters at its start are every built-in action's
    (item,) = check_code("com_apple_mobilenotes_SharingExtensino()")
    assert item.suggestion == "com.apple.mobilenotes.SharingExtension"


def test_what_the_prompt_teaches_is_always_offered() -> None:
    """Statements, and the action that the compiler's own messages advise."""
    for name in ("exit", "ask", "gettext", "comment", "setvariable"):
        assert "api-not-offered" not in codes(f"is_workflow_actions_{name}()", ["is.workflow.actions.alert"])
    assert "api-not-offered" in codes("is_workflow_actions_alert()", ["is.workflow.actions.exit"])


def test_an_input_that_the_previous_action_fills_is_not_missing() -> None:
    count = "link = is_workflow_actions_url(WFURLActionURL='https://a.b')\nis_workflow_actions_downloadurl()"
    assert "missing-parameter" not in codes(count)
    parameters = (Parameter("needed", required=True), Parameter("taken", required=True))
    api = Api("com.example.App.Do", parameters=parameters, input_key="taken")
    (item,) = check_code("com_example_App_Do()", apis=memory_catalogue(api))
    assert (item.code, item.suggestion) == ("missing-parameter", "needed")


def test_a_parameter_that_depends_on_another_is_missing_only_with_it() -> None:
    dependent = Parameter("x", required=True, when={"mode": "b"})
    mode = Parameter("mode", "enum", values={"a": "", "b": ""})
    apis = memory_catalogue(Api("com.example.App.Do", parameters=(mode, dependent)))
    for argument, missing in (('mode="a"', False), ('mode="b"', True), ("", False), ('**{"mode": "b"}', True)):
        found = [item.code for item in check_code(f"com_example_App_Do({argument})", apis=apis)]
        assert ("missing-parameter" in found) == missing, argument


def test_an_empty_case_is_a_choice_that_does_nothing() -> None:
    assert codes('match menu("?"):\n    case "Go":\n        print("x")\n    case "Cancel":\n        pass') == []


@pytest.mark.parametrize("tail, unused", [
    ("result = block_result()\nprint(result)", []),
    ("block_result(CustomOutputName='x')", []),
    ("print('done')\nresult = block_result()", ["a", "b", "c"]),
    ("print('done')", ["a", "b", "c"]),
])  # fmt: skip
def test_a_branchs_last_output_is_used_by_block_result(tail: str, unused: list[str]) -> None:
    code = f"""x = clipboard()
if x:
    a = input("A?")
elif x == "b":
    if x == "c":
        b = input("B?")
else:
    lost = input("L?")
    c = input("C?")
{tail}
"""
    found = check_code(code)
    names = [item.message.split()[-1].rstrip(".") for item in found if item.code == "unused-output"]
    assert sorted(set(names) - {"result", "x"}) == sorted([*unused, "lost"])


@pytest.mark.parametrize(
    ("text", "is_number"),
    [("1", True), (" -1,234.5 ", True), ("1 000", True), ("1e9", True), ("1E-9", True), ("20 %", True), ("−3", True),
     ("٣", True), ("1.", True), ("", False), (" ", False), (".", False), ("e9", False), ("1e", False), ("1e9e9", False),
     ("--1", False), ("1%%", False), ("one", False), ("1x", False), ("- 1", True)],
)  # fmt: skip
def test_texts_that_read_as_numbers(text: str, is_number: bool) -> None:
    assert argument_values.is_number_text(text) == is_number


LOOPS = [*"0 .,-+−%e\n\t_x٣{[(#'\"", "1 ", "1,", ".1", "1e", "e1", "- ", "1%", " %"]


@pytest.mark.parametrize("prefix", ["", "1", "-1", "1e", " "])
@pytest.mark.parametrize("loop", LOOPS)
def test_reading_a_number_takes_time_in_proportion_to_its_length(loop: str, prefix: str) -> None:
    """With a cubic pattern 100,000 characters would take years, with a quadratic one minutes."""
    for end in ("", "x", "%%"):
        argument_values.is_number_text(prefix + loop * 100_000 + end)


def test_an_integer_of_many_digits_is_a_bad_value_and_not_a_crash() -> None:
    code = f"is_workflow_actions_text_changecase(text='a', WFCaseType=0x{'f' * 9000})"
    (item,) = [item for item in check_code(code) if item.code == "bad-value"]
    assert len(item.message) < 400


def test_one_record_that_the_checker_fails_on_is_its_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(code: str, offered: object) -> None:
        raise KeyError("Value")

    monkeypatch.setattr(checker, "check_code", fail)
    checked = checker.check_numbered((7, {"key": "k", "code": ""}), use_offered=False)
    assert (checked.key, checked.findings) == ("k", []) and "KeyError: 'Value'" in checked.error


@pytest.mark.parametrize("call", [
    "is_workflow_actions_downloadurl(WFURL='https://a.b', Advanced=True)",
    "is_workflow_actions_documentpicker_open(WFShowFilePicker=False)",
    "is_workflow_actions_runworkflow(WFWorkflowName='Backup')",
    "is_workflow_actions_openapp(WFAppIdentifier='com.apple.camera')",
    "is_workflow_actions_image_combine(WFInput=clipboard(), WFImageCombineMode='Grid')",
    "com_apple_AccessibilityUtilities_AXSettingsShortcuts_AXToggleZoomIntent(state=0)",
    "com_apple_AccessibilityUtilities_AXSettingsShortcuts_AXToggleZoomIntent(state=True)",
])  # fmt: skip
def test_what_real_shortcuts_hold_is_known(call: str) -> None:
    assert set(codes(call)) <= {"unused-output"}
