"""Tasks: how worlds are judged, and what a bad task file says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.runtime.endings import WorldError
from workflowllm.runtime.tasks import read_task, run_program

ROOT = Path(__file__).parents[2]
SAY = 'is_workflow_actions_notification(WFNotificationActionBody="{}")\n'
COPY = 'text{0} = "{1}"\nis_workflow_actions_setclipboard(WFInput=text{0})\n'


def judged(tmp_path, code: str, world: str):
    """Whether the code passes in one world, and the failures."""
    path = tmp_path / "task.yaml"
    path.write_text(f"key: t\nrequest: r\nreference: pass\nworlds:\n  - {{{world}}}\n", "utf-8")
    (result,) = run_program(read_task(path), code)
    return result.passed, result.failures


SAYS = SAY.format("a") + SAY.format("b")


@pytest.mark.parametrize(
    ("world", "passed"),
    [
        ("expect: [{kind: notify, text: b}, {kind: notify, text: a}]", True),
        ("expect: [{kind: notify, text: b}, {kind: notify, text: a}], in_order: true", False),
        ("expect: [{kind: notify, text: a}, {kind: notify, text: b}], in_order: true", True),
        ("expect: [{kind: notify}, {kind: notify}]", True),
        ("expect: [{kind: notify}, {kind: notify}, {kind: notify}]", False),
        ("expect: [{kind: notify}, {kind: notify, text: a}]", True),
        ("expect: [{kind: notify, text: a}, {kind: notify, text: a}]", False),
        ("expect: [{any_of: [[{kind: show}], [{kind: notify, text: a}, {kind: notify, text: b}]]}]", True),
        ("expect: [{any_of: [[{kind: show}], [{kind: notify, text: c}]]}]", False),
        ("expect: [{any_of: [[{kind: notify, text: a}], [{kind: show}]]}, {kind: notify, text: a}]", False),
        ("expect: []", True),
        ("name: no expectations", True),
        ("never: [{kind: notify, text: c}]", True),
        ("never: [{kind: told, text: {contains: a}}]", False),
        ("ends: ok", True),
        ("ends: {one_of: [ok, stopped]}", True),
        ("ends: stopped", False),
    ],
)
def test_expectations_over_two_notifications(tmp_path, world, passed):
    assert judged(tmp_path, SAYS, world)[0] is passed


@pytest.mark.parametrize(
    ("world", "passed"),
    [
        ("expect: [{kind: clipboard, value: x}]", False),
        ("expect: [{kind: clipboard, value: x}, {kind: clipboard, value: y}]", True),
        ("expect: [{kind: clipboard, value: x}], optional: [{kind: clipboard}]", True),
        ("expect: [{kind: clipboard, value: x}], others: allowed", True),
        ("optional: [{kind: lasting}]", True),
        ("name: nothing asked for", False),
    ],
)
def test_lasting_effects_that_nobody_asked_for_fail(tmp_path, world, passed):
    assert judged(tmp_path, COPY.format("", "x") + COPY.format("_2", "y"), world)[0] is passed


RANDOM = """
n = is_workflow_actions_number_random(WFRandomNumberMinimum="1", WFRandomNumberMaximum="1000000")
print(f"{n}")
"""


def test_varied_wants_different_effects_over_the_seeds(tmp_path):
    world = "seeds: [1, 2, 3], varied: {kind: show}"
    assert judged(tmp_path, RANDOM, world)[0]
    assert not judged(tmp_path, 'print("4")', world)[0]


def test_every_seed_must_fit(tmp_path):
    passed, failures = judged(tmp_path, RANDOM, "seeds: [1, 2], never: [{kind: show}]")
    assert not passed and [failure.split(":")[0] for failure in failures] == ["seed 1", "seed 2"]


def test_runs_share_their_world(tmp_path):
    code = """
is_workflow_actions_file_append(WFFilePath="log.txt", WFInput="x", WFAppendOnNewLine=False)
log = is_workflow_actions_documentpicker_open(WFGetFilePath="log.txt", WFShowFilePicker=False)
words = is_workflow_actions_detect_text(WFInput=log)
print(f"{words}")
"""
    world = (
        "runs: 3, expect: [{kind: show, run: 1, text: x}, {kind: show, run: 3, text: xxx}], optional: [{kind: file}]"
    )
    assert judged(tmp_path, code, world) == (True, [])


def test_what_happened_before_a_break_counts(tmp_path):
    code = SAY.format("a") + 'answer = input("?")'
    assert judged(tmp_path, code, "ends: broken, expect: [{kind: notify, text: a}]") == (True, [])
    passed, failures = judged(tmp_path, code, "expect: [{kind: notify, text: a}]")
    assert not passed and "nobody answers" in failures[0]


def test_code_that_is_no_program_fails_with_a_sentence(tmp_path):
    passed, failures = judged(tmp_path, "import os", "name: w")
    assert not passed and failures[0].startswith("it is no program")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[]", "no dictionary"),
        ("{key: t, worlds: [{}], wrongs: []}", "wrongs"),
        ("{key: t}", "worlds"),
        ("{worlds: [{expects: []}]}", "expects"),
        ("{worlds: [{ends: never}]}", "ends"),
        ("{worlds: [{expect: {kind: show}}]}", "no list"),
        ("{worlds: [{expect: [show]}]}", "show"),
        ("{worlds: [{expect: [{any_of: [{kind: show}]}]}]}", "any_of"),
        ("{worlds: [{expect: [{text: {matches: '('}}]}]}", "regular expression"),
        ("{worlds: [{device: {colour: red}}]}", "device.colour"),
        ("{worlds: [{events: [{start: x}]}]}", "title"),
        ("{worlds: [{zone: Mars/Base}]}", "Mars/Base"),
        ("{worlds: [{locale: xx_YY_ZZ}]}", "xx_YY_ZZ"),
        ("{worlds: [{runs: 0}]}", "runs"),
        ("{worlds: [}", "neither YAML nor JSON"),
    ],
)
def test_a_bad_task_is_one_sentence(tmp_path, text, word):
    path = tmp_path / "task.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(WorldError) as error:
        read_task(path)
    assert word in str(error.value) and "\n" not in str(error.value)


def script(*arguments):
    command = [sys.executable, "eval/run_tasks.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


TASK = """
key: greet
request: Greet.
reference: |
  print("hello")
wrong: ['print("goodbye")']
worlds: [{name: w, expect: [{kind: show, text: hello}]}]
"""


@pytest.fixture
def task_file(tmp_path):
    path = tmp_path / "greet.yaml"
    path.write_text(TASK, "utf-8")
    return path


def test_the_script_runs_reference_and_wrong_programs(task_file, tmp_path):
    done = script(task_file, "--output", tmp_path / "r.jsonl")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()]
    assert [(line["key"], line["program"], line["passed"]) for line in lines] == [
        ("greet", "reference", True),
        ("greet", "wrong 1", False),
    ]
    assert lines[1]["worlds"][0]["name"] == "w" and lines[1]["worlds"][0]["failures"]


def test_the_script_fails_where_a_wrong_program_passes(task_file):
    task_file.write_text(TASK.replace("goodbye", "hello"), "utf-8")
    done = script(task_file)
    assert done.returncode == 1 and "greet: wrong 1" in done.stdout


def test_predictions_with_several_samples(task_file, tmp_path):
    rows = [{"key": "greet", "generated_code": f'print("{word}")', "model": "m"} for word in ("hello", "x")]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = script(task_file, "--predictions", tmp_path / "p.jsonl")
    assert done.returncode == 0 and "50.0 [50.0, 50.0]  100.0 [100.0, 100.0]" in done.stdout


def test_two_models_in_two_files_are_compared(task_file, tmp_path):
    for name, word in (("ours", "hello"), ("theirs", "x")):
        row = {"key": "greet", "generated_code": f'print("{word}")'}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    done = script(task_file, "--predictions", tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl")
    assert "ours less theirs: pass@1 +100.0 [+100.0, +100.0] points on 1 shared task\n" in done.stdout


def test_a_wrong_command_is_one_line(tmp_path):
    done = script(tmp_path / "nowhere.yaml")
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
