"""One run at a time for each output, and nothing left of the lock."""

import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.runs.command import CommandError
from workflowllm.runs.locks import OutputLock

HOLDS = """
import pathlib, sys
from workflowllm.runs.locks import OutputLock
lock = OutputLock(pathlib.Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_second_run_is_refused_until_the_first_is_gone_however_it_ends(tmp_path: Path) -> None:
    output = tmp_path / "new" / "out.jsonl"
    with subprocess.Popen([sys.executable, "-c", HOLDS, output], stdin=-1, stdout=-1) as process:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        with pytest.raises(CommandError, match="another run is writing"):
            OutputLock(output)
        process.kill()
    for _ in range(2):
        with OutputLock(output), pytest.raises(CommandError, match="another run"):
            OutputLock(output)
        assert list(output.parent.iterdir()) == []


def test_a_planted_link_is_not_locked(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / ".out.lock").symlink_to(precious)
    with pytest.raises(CommandError, match="cannot write"):
        OutputLock(tmp_path / "out")
    assert precious.read_text() == "mine"
