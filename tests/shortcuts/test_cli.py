"""The two converters as a user runs them."""

import json
import os
import plistlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "shortcuts"
TO_PYTHON = ROOT / "preprocess" / "Convert_ShortCut_to_Python.py"
TO_SHORTCUT = ROOT / "preprocess" / "Convert_Python_to_ShortCut.py"


def run(script: Path, *arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, script, *map(str, arguments)], capture_output=True, text=True, input=stdin)
    assert "Traceback" not in done.stderr
    return done


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def shortcut(*actions: dict) -> bytes:
    return plistlib.dumps({"WFWorkflowActions": list(actions), "WFWorkflowName": "Title"}, fmt=plistlib.FMT_BINARY)


TEXT = {"WFWorkflowActionIdentifier": "is.workflow.actions.gettext",
        "WFWorkflowActionParameters": {"WFTextActionText": "hi"}}  # fmt: skip
LONE_END = {"WFWorkflowActionIdentifier": "is.workflow.actions.conditional",
            "WFWorkflowActionParameters": {"WFControlFlowMode": 2, "GroupingIdentifier": "G"}}  # fmt: skip


def test_one_file_prints_its_python() -> None:
    done = run(TO_PYTHON, SAMPLES / "tip_calculator.shortcut")
    assert (done.returncode, done.stdout) == (0, (SAMPLES / "tip_calculator.py").read_text("utf-8"))


def test_a_folder_there_and_back(tmp_path: Path) -> None:
    """Every sample becomes a record, and each record a shortcut, sub-folders kept, bad files set aside."""
    source = tmp_path / "in"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a.wflow").write_bytes(shortcut(TEXT))
    (source / "deep" / "a.shortcut").write_bytes(shortcut())
    (source / "Backup 2.0").write_bytes(shortcut(TEXT))
    (source / "notes.md").write_text("skipped")
    (source / "broken.shortcut").write_bytes(b"not a shortcut")
    (source / "badly nested.shortcut").write_bytes(shortcut(TEXT, LONE_END))
    output, python = tmp_path / "out.jsonl", tmp_path / "python"
    done = run(TO_PYTHON, "--folder_path", source, "--output", output, "--python_dir", python, "--workers", 2)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("done 3, skipped 1, failed 2")
    records = lines(output)
    assert [record["key"] for record in records] == ["Backup 2.0", "deep/a.shortcut", "deep/a.wflow"]
    assert records[0]["title"] == "Title"
    assert records[2]["apis"] == ["is.workflow.actions.gettext"]
    assert (python / "deep" / "a.wflow.py").read_text("utf-8") == 'text = "hi"\n' == records[2]["code"]
    errors = {error["key"]: error["error"] for error in lines(Path(f"{output}.errors.jsonl"))}
    assert errors.keys() == {"badly nested.shortcut", "broken.shortcut"}
    assert "action 1" in errors["badly nested.shortcut"]

    back = tmp_path / "back"
    assert run(TO_SHORTCUT, "--input", output, "--output_dir", back, "--workers", 2).returncode == 0
    made = sorted(path.relative_to(back).as_posix() for path in back.rglob("*") if path.is_file())
    assert made == ["Backup 2.0.shortcut", "deep/a.shortcut", "deep/a.wflow.shortcut"]
    again = plistlib.loads((back / "Backup 2.0.shortcut").read_bytes())
    assert again["WFWorkflowName"] == "Title"
    assert again["WFWorkflowActions"][0]["WFWorkflowActionParameters"]["WFTextActionText"] == "hi"


def test_workers_do_not_change_the_output(tmp_path: Path) -> None:
    outputs = [tmp_path / f"{workers}.jsonl" for workers in (1, 2)]
    for workers, output in enumerate(outputs, 1):
        assert run(TO_PYTHON, "--folder_path", SAMPLES, "--output", output, "--workers", workers).returncode == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes() != b""


def test_repair(tmp_path: Path) -> None:
    path = tmp_path / "in" / "bad.shortcut"
    path.parent.mkdir()
    path.write_bytes(shortcut(LONE_END, TEXT))
    refused = run(TO_PYTHON, path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "action 0 closes a If" in refused.stderr or "action 0 closes an If" in refused.stderr
    repaired = run(TO_PYTHON, "--repair", path)
    assert repaired.stdout == 'text = "hi"\n'
    assert repaired.stderr.startswith(f"{path}: action ")
    output = tmp_path / "out" / "records.jsonl"
    done = run(TO_PYTHON, "--repair", "--folder_path", path.parent, "--output", output)
    record = json.loads(output.read_text())
    assert [f"{record['key']}: {change}" for change in record["repairs"]] == done.stderr.splitlines()[:-1] != []


def test_hand_written_python_becomes_a_shortcut(tmp_path: Path) -> None:
    output = tmp_path / "sub" / "out.shortcut"
    assert run(TO_SHORTCUT, "-", "-o", output, stdin='name = input("Who?")\nprint(f"Hi {name}")\n').returncode == 0
    workflow = plistlib.loads(output.read_bytes())
    assert [action["WFWorkflowActionIdentifier"] for action in workflow["WFWorkflowActions"]] == [
        "is.workflow.actions.ask", "is.workflow.actions.showresult"]  # fmt: skip
    assert {"WFWorkflowClientVersion", "WFWorkflowIcon", "WFWorkflowTypes"} <= workflow.keys()


def test_every_fault_of_a_file_has_its_place(tmp_path: Path) -> None:
    output = tmp_path / "out.shortcut"
    done = run(TO_SHORTCUT, "-", "-o", output, stdin="import os\nx = 1\nwhile x:\n    pass\n")
    assert done.returncode == 1
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == ["line 1, column 1", "line 3, column 1"]
    assert not output.exists()


def test_records_that_cannot_be_compiled_are_set_aside(tmp_path: Path) -> None:
    records = tmp_path / "in.jsonl"
    rows = [{"key": "a", "code": 'x = "1"'}, {"key": "b", "code": "import os"}, {"key": "../c", "code": ""},
            {"key": "d"}, {"key": "e", "code": "", "metadata": 3}, [],
            {"key": "f", "workflow_code": 'y = "2"'}]  # fmt: skip
    records.write_text("\n".join([*map(json.dumps, rows), "{broken", ""]), "utf-8")
    output = tmp_path / "made"
    done = run(TO_SHORTCUT, "--input", records, "--output_dir", output)
    assert done.stderr.splitlines()[-1].startswith("done 1, skipped 0, failed 7")
    errors = lines(Path(f"{output}.errors.jsonl"))
    assert [error["key"] for error in errors] == ["b", "../c", "d", "e", "line 6", "f", "line 8"]
    assert "leaves the output folder" in errors[1]["error"]
    assert run(TO_SHORTCUT, "--input", records, "--output_dir", output, "--field", "workflow_code").returncode == 1
    assert sorted(path.name for path in output.iterdir()) == ["a.shortcut", "f.shortcut"]


@pytest.mark.parametrize("arguments", [(), ("--folder_path", "no such folder"), ("no such file",), (ROOT,),
                                       ("--folder_path", SAMPLES, "--workers", "0"), ("--nonsense",)])  # fmt: skip
def test_a_wrong_command_is_one_sentence(arguments: tuple) -> None:
    done = run(TO_PYTHON, *arguments)
    assert done.returncode == 2
    assert done.stderr.strip()


def test_a_link_without_a_network_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there
    done = run(TO_PYTHON, "https://www.icloud.com/shortcuts/0123456789abcdef0123456789abcdef")
    assert done.returncode == 2
    assert "icloud.com" in done.stderr


def test_signing_needs_a_mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run(TO_SHORTCUT, "-", "-o", tmp_path / "x.shortcut", "--sign", stdin='x = "1"')
    assert (done.returncode, "macOS" in done.stderr) == (1, True)


@pytest.mark.parametrize("script", [TO_PYTHON, TO_SHORTCUT])
def test_help_names_defaults(script: Path) -> None:
    done = run(script, "--help")
    assert (done.returncode, "(default: 1)" in done.stdout) == (0, True)


def test_no_output_destroys_an_input(tmp_path: Path) -> None:
    program, folder = tmp_path / "x.py", tmp_path / "in"
    program.write_text('x = "1"')
    folder.mkdir()
    (folder / "a.shortcut").write_bytes(shortcut(TEXT))
    before = (folder / "a.shortcut").read_bytes()
    (tmp_path / "link.shortcut").symlink_to(program)
    for output in (program, tmp_path / "link.shortcut"):
        done = run(TO_SHORTCUT, program, "-o", output)
        assert (done.returncode, "is an input" in done.stderr) == (2, True)
    for arguments in (("--output", folder / "a.shortcut"), ("--output", folder / "new.jsonl"),
                      ("--output", tmp_path / "out.jsonl", "--python_dir", folder)):  # fmt: skip
        done = run(TO_PYTHON, "--folder_path", folder, *arguments)
        assert (done.returncode, "input" in done.stderr) == (2, True)
    assert (program.read_text(), (folder / "a.shortcut").read_bytes()) == ('x = "1"', before)
    assert [path.name for path in folder.iterdir()] == ["a.shortcut"]


def test_names_that_a_file_system_may_take_for_one_replace_nothing(tmp_path: Path) -> None:
    records, output = tmp_path / "in.jsonl", tmp_path / "made"
    keys = ["A.shortcut", "a.shortcut", "\u00e9", "e\u0301", "half \ud800", "ok"]
    rows = [{"key": key, "code": f'x = "{number}"'} for number, key in enumerate(keys)]
    records.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    done = run(TO_SHORTCUT, "--input", records, "--output_dir", output)
    assert done.stderr.splitlines()[-1].startswith("done 4, skipped 0, failed 2")
    assert len({path.name.casefold() for path in output.iterdir()}) == 4


def test_what_is_no_regular_file_in_a_folder_is_a_failure_and_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.shortcut").write_bytes(shortcut(TEXT))
    os.mkfifo(folder / "pipe.shortcut")
    (folder / "zero.shortcut").symlink_to("/dev/zero")
    done = run(TO_PYTHON, "--folder_path", folder, "--output", tmp_path / "out.jsonl")
    assert done.stderr.splitlines()[-1].startswith("done 1, skipped 0, failed 2")


def test_target_27_writes_otherwise_if(tmp_path: Path) -> None:
    code = "x = clipboard()\nif x:\n    pass\nelif not x:\n    pass\n"
    counts = []
    for target in ("any", "27"):
        output = tmp_path / f"{target}.shortcut"
        assert run(TO_SHORTCUT, "-", "-o", output, "--target", target, stdin=code).returncode == 0
        counts.append(len(plistlib.loads(output.read_bytes())["WFWorkflowActions"]))
    assert counts == [6, 4]  # x is a variable: Set Variable and the marks
