"""Inputs that once made a reader, the compiler, the checker, the measures or the runtime fail: none may do so again."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FUZZ = [sys.executable, ROOT / "eval" / "fuzz_everything.py"]


def fuzz(*words):
    done = subprocess.run([*FUZZ, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=280)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_inputs_that_once_failed_do_not_fail_again():
    done = fuzz("--replay", ROOT / "tests" / "attack" / "corpus")
    assert done.returncode == 0, done.stdout
    assert "tried " in done.stdout and not done.stdout.startswith("tried ;")


def test_a_short_seeded_run_finds_nothing():
    done = fuzz("--items", 25, "--seed", 3)
    assert done.returncode == 0, done.stdout


def test_a_failure_is_reported_and_kept(tmp_path, monkeypatch):
    """The fuzzer itself: an input for a target that does not exist is no failure, a wrong target is refused."""
    assert fuzz("--only", "nothing").returncode == 2
    (tmp_path / "nobody-1").write_bytes(b"x")
    assert fuzz("--replay", tmp_path).returncode == 0
