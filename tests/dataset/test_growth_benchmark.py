"""The benchmark of growth: it measures the stages that it is asked for, and what one record more takes."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "eval" / "benchmark_growth.py", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_stages_and_what_one_record_more_takes(tmp_path: Path) -> None:
    figures = tmp_path / "figures.jsonl"
    done = run("--sizes", 2, 4, "--stages", "convert", "check", "--most_growth", 1e9, "--output", figures)
    assert done.returncode == 0
    lines = [json.loads(line) for line in figures.read_text("utf-8").splitlines()]
    assert [line["stage"] for line in lines] == ["convert", "check"]
    assert [[measured["records"] for measured in line["runs"]] for line in lines] == [[2, 4]] * 2
    assert all(measured["cpu_seconds"] > 0 and measured["memory"] > 0 for line in lines for measured in line["runs"])


def test_sizes_that_do_not_grow_are_one_sentence() -> None:
    for sizes in ([5], [5, 5], [9, 3]):
        done = run("--sizes", *sizes)
        assert done.returncode == 2 and "ascending order" in done.stderr
