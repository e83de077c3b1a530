"""The benchmark of the build: it measures a whole build, and says when a limit is passed."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "eval" / "benchmark_build.py", "--records", "60", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_a_small_run_and_a_limit_that_it_passes(tmp_path: Path) -> None:
    done = run("--folder", tmp_path, "--most_seconds", 100_000, "--most_gib", 0.001)
    assert done.returncode == 1
    assert "seconds " in done.stdout and "memory " in done.stdout
    built = json.loads((tmp_path / "data" / "build.json").read_text("utf-8"))
    kept, dropped = built["records"]["synthesized"], built["dropped"]
    assert kept + sum(dropped.values()) == 60 and kept >= 45
    assert 60 < built["table"]["Train"]["actions"] < 95
    assert len((tmp_path / "records.jsonl").read_text("utf-8").splitlines()) == 60


def test_samples_without_code_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text('[{"query": "q"}, 3]')
    done = run("--samples", tmp_path / "none.json")
    assert done.returncode == 2 and "holds no code that compiles" in done.stderr
