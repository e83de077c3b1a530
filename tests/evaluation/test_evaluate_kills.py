"""An evaluation that is killed inside its renames, and after a while, ends with the undisturbed run's bytes."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_kills_change_no_byte() -> None:
    words = [sys.executable, ROOT / "eval" / "check_kills.py", "evaluate", "--records", "3", "--kills", "2"]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    at_operation, after_time, result = done.stdout.splitlines()
    assert re.fullmatch(r"evaluate: at file operation \d+ of \d+: killed", at_operation)
    assert after_time.startswith("evaluate: after ")
    assert result == "evaluate: 4 files; all are equal"


def test_an_unknown_stage_is_one_sentence() -> None:
    words = [sys.executable, str(ROOT / "eval" / "check_kills.py"), "nothing"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "check_kills.py: there is no stage nothing; there are build, evaluate, infer.\n"
