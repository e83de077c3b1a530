"""The tasks in data/tasks: every reference passes, and nothing that ignores the request does."""

import subprocess
import sys
from pathlib import Path

import pytest

from eval.support.task_cheats import bare, chained, changed_cheats, dropped_lines, literals_changed, negated

ROOT = Path(__file__).parents[2]
REFERENCE = """
amount = input("How much?")
if float(amount) > 5:
    is_workflow_actions_showresult(Text="a lot")
else:
    pass
"""


@pytest.fixture(scope="module")
def proof():
    command = [sys.executable, "eval/prove_tasks.py", "data/tasks"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_the_set_is_proven(proof):
    assert proof.returncode == 0, proof.stdout + proof.stderr


@pytest.mark.parametrize("kind", ["reference", "wrong program", "cheat"])
def test_all_of_a_kind_are_as_they_must_be(proof, kind):
    (line,) = [line for line in proof.stdout.splitlines() if line.startswith(f"{kind}: ")]
    right, tried = line.split(" as ")[0].removeprefix(f"{kind}: ").split(" of ")
    assert right == tried and int(tried) >= len(list((ROOT / "data" / "tasks").glob("*.yaml")))


def test_the_proof_fails_where_a_wrong_program_passes(tmp_path):
    task = tmp_path / "t.yaml"
    task.write_text(
        "key: t\nrequest: r\napis: [is.workflow.actions.showresult]\n"
        'reference: is_workflow_actions_showresult(Text="a")\n'
        "wrong: ['is_workflow_actions_showresult(Text=\"b\")']\n"
        "worlds: [{name: any, expect: [{kind: show, text: {any: true}}]}]\n"
    )
    done = subprocess.run(
        [sys.executable, ROOT / "eval" / "prove_tasks.py", task], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 1 and "t: no world notices: wrong 1" in done.stdout


def test_conditions_are_turned_around_and_numbers_raised():
    assert "float(amount) <= 5" in negated(REFERENCE)
    assert "float(amount) > 6" in literals_changed(REFERENCE)
    assert negated("x = 1\n") is None and literals_changed('print("a")\n') is None
    assert [cheat.name for cheat in changed_cheats(REFERENCE)] == ["conditions negated", "literals changed"]


def test_each_statement_is_dropped_once_and_a_block_keeps_a_body():
    codes = [cheat.code for cheat in dropped_lines(REFERENCE)]
    assert len(codes) == 3
    assert any("if float(amount) > 5:\n    pass" in code for code in codes)


def test_apis_are_called_bare_and_chained():
    apis = ["is.workflow.actions.ask", "is.workflow.actions.conditional", "is.workflow.actions.text.split"]
    assert bare(apis) == "is_workflow_actions_ask()\nis_workflow_actions_text_split()\n"
    assert "step_2 = is_workflow_actions_text_split(" in chained(apis) and "step_0" in chained(apis).split("\n")[1]
