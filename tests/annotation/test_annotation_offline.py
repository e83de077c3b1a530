"""The rule-based annotator and its script: every sample, every fault, and runs that are cut off."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.annotation.checks import CHECKS, annotation_faults
from workflowllm.annotation.comment_lines import uncommented_lines
from workflowllm.annotation.rules.annotator import annotate_offline
from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.records_from_files import list_files, passed_over
from workflowllm.shortcuts.to_python.printer import to_python

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "shortcuts"
SHORTCUTS = [key for key in list_files(SAMPLES) if not passed_over(key)]
SCRIPT = ROOT / "preprocess" / "annotate_workflows.py"


@pytest.mark.parametrize("key", SHORTCUTS)
def test_an_annotated_sample_is_complete_and_makes_the_same_shortcut(key):
    workflow = read_file(SAMPLES / key).workflow
    conversion = to_python(workflow)
    record = annotate_offline({"key": key, "code": conversion.code, "apis": conversion.apis, "title": "", "extra": 1})
    assert annotation_faults(record) == {}
    assert record["annotation"]["annotator"] == "offline" and record["extra"] == 1
    assert list(differences(workflow, build_workflow(compile_code(record["workflow_code"]), None))) == []
    assert record == annotate_offline({name: record[name] for name in ("key", "code", "apis", "title", "extra")})


@pytest.mark.parametrize(
    ("field", "value", "check"),
    [
        ("query", "Do it in Python, if you please.", "query"),
        ("query", None, "query"),
        ("task_plan", " ", "plan"),
        ("workflow_code", "# a\nx = 1\ny = 2\n", "comments"),
        ("workflow_code", "# a\nwhile x:\n    # b\n    pass\n", "compiles"),
        ("workflow_code", "# a\nprint('b')\n", "equal"),
        ("workflow_code", "x = (", "comments"),
        ("workflow_code", None, "equal"),
    ],
)
def test_a_fault_of_a_record_is_found(field, value, check):
    record = annotate_offline({"key": "k", "code": "print('a')\nprint('b')\n", "apis": []})
    assert annotation_faults(record) == {}
    assert set(annotation_faults(record | {field: value})) & set(CHECKS) >= {check}


@pytest.mark.parametrize(
    "code",
    [
        "if clipboard(): pass\nelse: print('a')\n",
        "if clipboard():\n    pass\nelif input(): print('b')\nelse:  print('a'); print('b')\n",
        "for x in clipboard(): print(x)\n",
        'match menu("?"):\n    case "é": print("a")\n    case ("b"): pass\n    case None: pass\n',
        "if clipboard():\n    if clipboard(): pass\n    else: pass\nelse:\n    if input():\n        pass\n",
        "def f(x):\n    while x: x -= 1\n    try:\n        return x\n    finally:\n        pass\n",
        "class A:\n\n    def f(self): return [x for x in self if (y := x)]\n@A\nasync def g(): await A\n",
        "x = 1\nx += 1\nd = {}\nd['a'] = x\nprint(x + 1, len(d))\ndel x\n",
        "x: int\nlambda: 0\n...\n1 < 2 < 3\nx = y = 'a'\n(a, b) = x\nx.y = 1\nf'{x!r:>{y}}'\n",
        "print('a')  # why\n\n\n\n#!shebang\nprint\n",
        "if 1:\n\tprint('tab')\n\tprint('''\n# no\n''')\n",
        "x = 'a' \\\n    'b'\nif (\n    x\n):\n    print(x)\n",
    ],
)
def test_every_line_has_its_comment_whatever_form_the_code_has(code):
    record = annotate_offline({"key": "k", "code": code})
    assert uncommented_lines(record["workflow_code"]) == []
    assert ast.dump(ast.parse(record["workflow_code"])).count("Call(") == ast.dump(ast.parse(code)).count("Call(")
    assert record["task_plan"] and record["query"]


def test_old_line_ends_are_read_as_python_reads_them():
    record = annotate_offline({"key": "k", "code": "x = 'a'\r\nprint(x)\rprint(x)\r\n"})
    assert record["workflow_code"].count("# ") == 3 and "\r" not in record["workflow_code"]
    assert record["code"].count("\r") == 3


def annotate(folder, *more):
    command = [sys.executable, str(SCRIPT), "--input", str(folder / "in.jsonl"), "--output", str(folder / "out.jsonl")]
    return subprocess.run([*command, "--backend", "offline", *more], capture_output=True, text=True, check=False)


def rows(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write_input(folder, *lines):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "in.jsonl").write_text(text + "\n", "utf-8")


def record(key, code="print('a')\n"):
    return {"key": key, "code": code, "apis": ["is.workflow.actions.showresult"]}


def test_the_script_keeps_what_is_done_and_gives_every_fault_a_reason(tmp_path):
    bad = [{"key": "none"}, record("broken", "x = ("), "no json", record("a"), record("deep", "(" * 500 + ")" * 500)]
    write_input(tmp_path, record("a"), *bad, record("b", "print('\\ud800')\n"))
    run = annotate(tmp_path)
    assert run.returncode == 1, run.stderr
    assert run.stderr.splitlines()[-1].startswith("done 2, skipped 0, failed 5 (reasons in ")
    assert [row["key"] for row in rows(tmp_path / "out.jsonl")] == ["a", "b"]
    reasons = {row["key"]: row["error"] for row in rows(tmp_path / "out.jsonl.errors.jsonl")}
    assert set(reasons) == {"none", "broken", "line 4", "a (again)", "deep"}
    assert all(reason and "Traceback" not in reason for reason in reasons.values())
    first = (tmp_path / "out.jsonl").read_bytes()
    assert "done 0, skipped 2, failed 5" in annotate(tmp_path).stderr
    assert (tmp_path / "out.jsonl").read_bytes() == first


def test_a_run_goes_on_where_a_kill_left_it(tmp_path):
    write_input(tmp_path, *(record(f"k{number}", f"print('{number}')\n") for number in range(40)))
    assert annotate(tmp_path, "--workers", "2").returncode == 0
    whole = (tmp_path / "out.jsonl").read_bytes()
    assert [row["key"] for row in rows(tmp_path / "out.jsonl")] == [f"k{number}" for number in range(40)]
    (tmp_path / "out.jsonl").write_bytes(whole[: len(whole) // 2])
    run = annotate(tmp_path)
    assert run.returncode == 0 and "skipped 0" not in run.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == whole
    assert annotate(tmp_path, "--overwrite", "--keys", "k7,k3").returncode == 0
    assert annotate(tmp_path).returncode == 0
    assert (tmp_path / "out.jsonl").read_bytes() == whole


def test_titles_come_from_metadata_and_records_can_be_chosen(tmp_path):
    write_input(tmp_path, record("a"), record("b"), record("c"))
    (tmp_path / "store.csv").write_text("file,name,description\na,Wake me up,It rings. Always\n", "utf-8")
    run = annotate(tmp_path, "--metadata", str(tmp_path / "store.csv"), "--keys", "a,c", "--limit", "1")
    assert run.returncode == 0, run.stderr
    (row,) = rows(tmp_path / "out.jsonl")
    assert row["title"] == "Wake me up" and '"Wake me up"' in row["query"] and "It rings." in row["query"]


@pytest.mark.parametrize(
    "flags",
    [
        ["--metadata", "nothing.json"],
        ["--keys", "@nothing.txt"],
        ["--limit", "0"],
        ["--dry_run"],
        ["--input", "nothing.jsonl"],
        ["--output", "/dev/null/out.jsonl"],
    ],
)
def test_a_wrong_command_is_one_sentence(tmp_path, flags):
    write_input(tmp_path, record("a"))
    run = annotate(tmp_path, *flags)
    assert run.returncode == 2 and "Traceback" not in run.stderr and run.stderr.strip()
