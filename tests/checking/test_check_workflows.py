"""The checker's script, as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "eval" / "check_workflows.py"
URL = 'link = is_workflow_actions_url(WFURLActionURL="https://example.com")\n'


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(URL + "while 1: pass\n", "utf-8")
    done = run(path)
    assert [line.removeprefix(str(path)) for line in done.stdout.splitlines()] == [
        ":1:1: warning unused-output: nothing uses link.",
        ":2:1: error not-in-dialect: Shortcuts has no while; write `for _ in range(n):` and stop with "
        "is_workflow_actions_exit().",
    ]


def test_samples_have_no_errors() -> None:
    """The Python of working shortcuts is right by definition."""
    found = [run(path).stdout for path in sorted((ROOT / "data" / "shortcuts").glob("t*.py"))]
    assert len(found) >= 3
    assert not any(" error " in text for text in found)


def test_every_record_is_a_line_of_the_output_or_of_the_errors(tmp_path: Path) -> None:
    records, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"key": "a", "code": "", "apis": []},
        {"key": "b", "code": "x = (", "workflow_code": URL, "apis": ["is.workflow.actions.url"]},
        {"key": "c", "code": URL, "apis": ["is.workflow.actions.alert"]},
        {"key": "d", "code": 3},
        {"key": "e", "code": URL},
        {"code": URL, "apis": []},
    ]
    records.write_text("\n".join(map(json.dumps, rows)) + "\nbroken\n", "utf-8")
    done = run(records, "--output", output, "--offered")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("done 4, skipped 0, failed 3")
    rows = map(json.loads, output.read_text("utf-8").splitlines())
    found = {row["key"]: [item["code"] for item in row["findings"]] for row in rows}
    assert found == {"a": [], "b": ["unused-output"], "c": ["unused-output", "api-not-offered"],
                     "line 6": ["unused-output", "api-not-offered"]}  # fmt: skip
    errors = [json.loads(line)["key"] for line in Path(f"{output}.errors.jsonl").read_text("utf-8").splitlines()]
    assert errors == ["d", "e", "line 7"]


def test_a_wrong_command_is_one_sentence(tmp_path: Path) -> None:
    for arguments in [(tmp_path / "none.py",), (tmp_path / "none.jsonl",), ()]:
        done = run(*arguments)
        assert done.returncode == 2 and done.stderr.strip()


def test_an_output_that_is_the_input_is_refused(tmp_path: Path) -> None:
    records = tmp_path / "in.jsonl"
    records.write_text(json.dumps({"key": "a", "code": URL}) + "\n", "utf-8")
    link = tmp_path / "link.jsonl"
    link.symlink_to(records)
    before = records.read_bytes()
    for output in (records, link, tmp_path / "." / "in.jsonl"):
        done = run(records, "--output", output)
        assert (done.returncode, records.read_bytes()) == (2, before)
        assert done.stderr.count("\n") == 1 and "input" in done.stderr
