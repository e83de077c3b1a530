"""Each rule of the checker, on code that breaks it and on code that does not."""

import pytest

from workflowllm.checking.checker import check_code
from workflowllm.checking.findings import SEVERITIES

GOOD = '''"""Greets."""
answer = input("Name?")
is_workflow_actions_alert(WFAlertActionMessage=f"Hello {answer}", WFAlertActionCancelButtonShown=False)
'''
URL = 'is_workflow_actions_url(WFURLActionURL="https://example.com")'


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
    ],
)
def test_rule(code: str, expected: str) -> None:
    found = check_code(code)
    assert expected in {item.code for item in found}
    assert all(item.severity == SEVERITIES[item.code] and item.message for item in found)


def test_every_rule_that_needs_no_offered_list_is_tried_above() -> None:
    tried = {row[1] for row in test_rule.pytestmark[0].args[1]}
    assert SEVERITIES.keys() - tried == {"api-not-offered", "missing-parameter", "too-deep"}


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
    assert codes("x = " + "-" * 50000 + "1")[0] in ("syntax-error", "too-deep")
    assert codes("x = 1" + " + 1" * 20000)[0] in ("syntax-error", "too-deep")


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


def test_only_so_many_names_are_compared_with_all_known_ones() -> None:
    found = check_code("\n".join(f"is_workflow_actions_alert{number}()" for number in range(300)))
    assert {item.code for item in found} == {"unknown-api"} and len(found) == 300
    assert [item.suggestion is not None for item in found] == [True] * 200 + [False] * 100
