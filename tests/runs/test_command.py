"""How scripts end: signals, closed and full streams, damaged input; one sentence each, and nothing half-written."""

import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import LONGEST_RECORD, array_items, read_records

WAITS = """
import pathlib, sys, time
from workflowllm.runs.command import run_command
from workflowllm.runs.output_files import whole_file

def main():
    with whole_file(pathlib.Path(sys.argv[1])) as handle:
        handle.write(b"half")
        print("ready", flush=True)
        time.sleep(60)

run_command(main)
"""
PRINTS = """
from workflowllm.runs.command import run_command
run_command(lambda: print("x" * int(1e5)) or 0)
"""
OPENS = """
import sys
from workflowllm.runs.command import run_command

def main():
    with open(sys.argv[1], "w") as file:
        print("to nobody")
        file.write(str(file.fileno()))
    return 0

run_command(main)
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_a_run_quietly_and_leave_nothing(number: signal.Signals, status: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WAITS, tmp_path / "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        _, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (status, b"")
    assert list(tmp_path.iterdir()) == []


def shell(redirection: str, script: str, *words: object) -> "subprocess.CompletedProcess[str]":
    """A script whose standard streams are redirected by a shell."""
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-c", script, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_closed_standard_output_takes_nothing_and_hides_no_file(tmp_path: Path) -> None:
    for redirection in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
        done = shell(redirection, OPENS, tmp_path / "file")
        assert (done.returncode, done.stderr) == (0, "")
        assert int((tmp_path / "file").read_text()) > 2, "what is printed must not go into the file"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="NOT TESTED: no /dev/full")
def test_a_full_standard_output_is_one_sentence() -> None:
    done = shell(">/dev/full", PRINTS)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "No space" in done.stderr


def test_a_reader_that_leaves_is_no_error() -> None:
    done = shell("| head -c 10", PRINTS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "x" * 10, "")


@pytest.mark.parametrize("harm", ["cut", "data", "length"])
def test_a_damaged_gzip_is_one_sentence(harm: str, tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b'{"a": 1}\n' * 10_000))
    if harm == "cut":
        del data[len(data) // 2 :]
    elif harm == "data":
        data[12:40] = b"\xff" * 28  # zlib.error, which is no OSError
    else:
        data[-1] ^= 0xFF
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(CommandError, match=r"^cannot read .*a\.jsonl\.gz: .*\.$"):
        list(read_records(path))


def test_a_line_without_end_is_a_bad_record_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflowllm.runs.json_lines.LONGEST_RECORD", 1000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": 1}\n' + b"x" * 5_000_000 + b'\n{"a": 2}\n' + b"y" * 999 + b'\n{"a": 3}\n'))
    rows = list(read_records(path))
    assert [number for number, _ in rows] == [1, 2, 3, 4, 5]
    assert [row for _, row in rows if isinstance(row, dict)] == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert "longer than 1,000 characters" in str(rows[1][1]) and "is not JSON" in str(rows[3][1])
    assert LONGEST_RECORD > 10_000_000, "real records are far below the bound"


def test_an_item_without_end_ends_the_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflowllm.runs.json_lines.LONGEST_RECORD", 1000)

    class Endless:
        read_so_far = 0

        def read(self, size: int) -> str:
            self.read_so_far += size
            return '[1, "' + "x" * (size - 5) if self.read_so_far == size else "x" * size

    handle = Endless()
    items = array_items(handle, 100)  # type: ignore[arg-type]
    assert next(items) == 1
    with pytest.raises(ValueError, match="item 2"):
        next(items)
    assert handle.read_so_far < 10_000


def test_a_byte_order_mark_is_no_part_of_the_first_record(tmp_path: Path) -> None:
    for name, text in (("a.jsonl", '{"a": 1}\n'), ("a.json", '[{"a": 1}]')):
        path = tmp_path / name
        path.write_text(text, "utf-8-sig")
        assert list(read_records(path)) == [(1, {"a": 1})]
