"""eval/codebleu.py as its users call it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.metrics.codebleu.options import COMPAT
from workflowllm.metrics.codebleu.scorer import FIGURES, CodeBleu

SCRIPT = Path(__file__).parents[2] / "eval" / "codebleu.py"
GOOD = {"id": "a", "reference": "x = '#1'  # c\ny = x", "candidate": "x = '#1'\ny = x", "note": ["kept", None]}


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True)


def scores(folder: Path, lines: list[str], *flags: str) -> tuple[subprocess.CompletedProcess[str], list[dict]]:
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    done = call("--pairs", folder / "pairs.jsonl", "--output", folder / "scores.jsonl", *flags)
    return done, [json.loads(line) for line in (folder / "scores.jsonl").read_text("utf-8").splitlines()]


def test_a_line_is_its_input_plus_figures(tmp_path: Path) -> None:
    done, (row,) = scores(tmp_path, [json.dumps(GOOD)])
    assert done.returncode == 0 and done.stderr == "done 1, skipped 0, failed 0\n" and done.stdout == ""
    assert {key: row[key] for key in GOOD} == GOOD
    assert {figure: row[figure] for figure in FIGURES} == dict.fromkeys(FIGURES, 1.0)
    assert not (tmp_path / "scores.jsonl.errors.jsonl").exists()


def test_bad_lines_stop_nothing(tmp_path: Path) -> None:
    odd = [{**GOOD, "candidate": text} for text in ("", "\0", "\ud800", "\udcff'''", "x" * 100_000)]
    bad = ["{", "[1]", "7", json.dumps({**GOOD, "id": 3, "candidate": 5}), json.dumps({"id": 4, "candidate": ""})]
    lines = [bad[0], json.dumps(GOOD), *bad[1:], json.dumps(GOOD), *map(json.dumps, odd)]
    done, rows = scores(tmp_path, lines, "--workers", "2")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("done 7, skipped 0, failed 5")
    assert [row["candidate"] for row in rows] == [GOOD["candidate"]] * 2 + [row["candidate"] for row in odd]
    errors = [json.loads(line) for line in (tmp_path / "scores.jsonl.errors.jsonl").read_text().splitlines()]
    assert [error["key"] for error in errors] == ["1", "3", "4", "3", "4"]
    assert errors[-2]["error"] == "line 5: its candidate is no string but int."
    assert errors[-1]["error"] == "line 6: it has no reference."


@pytest.mark.parametrize(("flags", "reference"), [([], GOOD["reference"]), (["--strip", "published"], "x = '\ny = x")])
def test_compat_gets_the_text_as_it_is_unless_told(tmp_path: Path, flags: list[str], reference: str) -> None:
    candidate = "x = '" if flags else "x = '#1'"
    _, (row,) = scores(tmp_path, [json.dumps({**GOOD, "candidate": "x = '#1'"})], "--mode", "compat", *flags)
    assert {figure: row[figure] for figure in FIGURES} == CodeBleu(COMPAT).score(reference, candidate)


def test_wrong_commands_are_one_line(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    absent = call("--pairs", pairs, "--output", tmp_path / "o.jsonl")
    pairs.write_text("")
    same = call("--pairs", pairs, "--output", pairs)
    for done in (absent, same):
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr
    assert call("--pairs", pairs, "--output", tmp_path / "o.jsonl", "--mode", "both").returncode == 2


def test_help_names_every_default() -> None:
    text = " ".join(call("--help").stdout.split())
    for part in ("(default: fixed)", "(default: 1)", "tokenizer in mode fixed, none in mode compat"):
        assert part in text
