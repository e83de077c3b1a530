"""The rules that a generated workflow must keep."""

import pytest

from workflowllm.synthesis.quality import (
    REASONS,
    Judged,
    Rules,
    broken_rule,
    is_no_worse,
    judge,
    without_near_duplicates,
)

URL, DOWNLOAD = "is.workflow.actions.url", "is.workflow.actions.downloadurl"
CODE = 'url = is_workflow_actions_url(WFURLActionURL="https://example.com")\n'
GOOD = {"key": "a", "query": "q", "apis": [URL], "task_plan": "1. Set an address.", "workflow_code": CODE}
BLOB = "A" * 800


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"apis": ["is_workflow_actions_url"]}, ""),
        ({"apis": []}, ""),
        ({"apis": ["is.workflow.actions.conditional"]}, ""),  # a statement, which code need not call
        ({"workflow_code": " \n"}, "no code"),
        ({"workflow_code": None}, "no code"),
        ({"workflow_code": "# Ask the user\n\n    # and show it"}, "no code"),
        ({"task_plan": ""}, "no plan"),
        ({"workflow_code": "x = ("}, "not Python"),
        ({"workflow_code": "\0"}, "not Python"),
        ({"workflow_code": "while True:\n    pass\n"}, "does not compile"),
        ({"workflow_code": "import os\n"}, "does not compile"),
        ({"apis": [DOWNLOAD]}, "uses none of the given APIs"),
        ({"workflow_code": CODE + 'is_workflow_actions_round(WFInput=url, WFRoundMode="Sideways")\n'},
         "breaks a parameter's limits"),
        ({"workflow_code": CODE + "is_workflow_actions_madeupthing(WFInput=url)\n"}, "calls what it may not"),
        ({"workflow_code": CODE + "com_no_such_app_MadeUpIntent(WFInput=url)\n"}, "calls what it may not"),
        ({"workflow_code": CODE + 'text = f"{shortcut_photos()}"\n'}, "calls what it may not"),
        ({"workflow_code": CODE + f'text = "{BLOB}"\n'}, "binary data"),
        ({"workflow_code": CODE + "is_workflow_actions_openurl(WFInput=later)\n"}, "does not compile"),
    ],
)  # fmt: skip
def test_each_rule(change: dict, reason: str) -> None:
    assert broken_rule(GOOD | change, Rules()) == reason
    assert reason in ("", *REASONS)


def test_an_application_that_was_given_exists() -> None:
    code = CODE + "com_no_such_app_MadeUpIntent(WFInput=url)\n"
    given = [*GOOD["apis"], "com.no.such.app.MadeUpIntent"]
    assert broken_rule(GOOD | {"workflow_code": code, "apis": given}, Rules()) == ""


def test_apis_outside_the_list_count_when_asked() -> None:
    code = CODE + "is_workflow_actions_downloadurl(WFURL=url)\n"
    assert broken_rule(GOOD | {"workflow_code": code}, Rules()) == ""
    assert broken_rule(GOOD | {"workflow_code": code}, Rules(only_given=True)) == "calls what it may not"
    assert broken_rule(GOOD | {"workflow_code": code, "apis": None}, Rules(only_given=True)) == ""  # there is no list


@pytest.mark.parametrize("record", [ValueError("not JSON"), {"workflow_code": 3}, {"apis": "url"}, {"query": ["q"]}])
def test_what_is_no_record_says_so(record: object) -> None:
    assert judge(("k", record), Rules()).error


def test_of_a_family_only_the_first_is_kept() -> None:
    long = "".join(f'text_{n} = "number {n} of a long list"\n' for n in range(40))
    nearly = long.replace("number 7 ", "number seven ")
    records = [GOOD | {"workflow_code": long, "query": "one two three four"},
               GOOD | {"workflow_code": "no", "query": "five"},
               GOOD | {"workflow_code": nearly, "query": "six seven eight nine"},
               GOOD | {"query": "ten eleven twelve"}]  # fmt: skip
    judged = [Judged(str(n), record, "not Python" if n == 1 else "") for n, record in enumerate(records)]
    marked = without_near_duplicates(judged, 0.8, 0.8)
    assert [one.reason for one in marked] == ["", "not Python", "near-duplicate", ""]


def test_a_refined_version_is_taken_only_if_no_worse() -> None:
    rules, broken = Rules(), GOOD | {"workflow_code": "x = ("}
    uncompiled = GOOD | {"workflow_code": "import os\n"}
    assert is_no_worse(GOOD, GOOD, rules) and is_no_worse(GOOD, broken, rules)
    assert is_no_worse(uncompiled, broken, rules)  # further than it was
    assert not is_no_worse(broken, GOOD, rules) and not is_no_worse(broken, uncompiled, rules)
