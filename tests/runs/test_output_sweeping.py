"""What killed runs leave is removed by the next, and links that somebody planted are not written through."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.runs import output_files
from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import PRIVATE, sweep, whole_file, write_bytes

HANGS = """
import pathlib, sys, time
from workflowllm.runs.output_files import whole_file
with whole_file(pathlib.Path(sys.argv[1])) as handle:
    handle.write(b"half")
    print("ready", flush=True)
    time.sleep(60)
"""


def unfinished(folder: Path) -> list[Path]:
    return sorted(folder.glob(".*.part"))


def test_only_a_dead_process_is_swept_after(tmp_path: Path) -> None:
    output = tmp_path / "a.jsonl"
    with subprocess.Popen([sys.executable, "-c", HANGS, output], stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        sweep(tmp_path)
        assert len(unfinished(tmp_path)) == 1
        process.send_signal(signal.SIGKILL)
    sweep(tmp_path)
    assert unfinished(tmp_path) == []


def test_another_machines_files_are_swept_when_old(tmp_path: Path) -> None:
    here = output_files._MACHINE
    there = "0" * 8 if here != "0" * 8 else "1" * 8
    fresh, old = (tmp_path / f".a.{there}-999999-{number:08x}.part" for number in (1, 2))
    for path in (fresh, old):
        path.write_text("")
    os.utime(old, (0, 0))
    strangers = [tmp_path / name for name in (".a.part", "a.part", f"a.{there}-1-00000001.part", ".a.tmp")]
    for path in strangers:
        path.write_text("")
        os.utime(path, (0, 0))
    sweep(tmp_path)
    assert fresh.exists() and not old.exists() and all(path.exists() for path in strangers)


def test_a_first_write_sweeps(tmp_path: Path) -> None:
    left = tmp_path / f".b.{output_files._MACHINE}-{dead_process()}-00000000.part"
    left.write_text("")
    write_bytes(tmp_path / "a", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_planted_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    for number, write in enumerate((write_bytes, lambda path, data: write_whole(path, data))):
        link = tmp_path / f"link{number}"
        link.symlink_to(precious)
        write(link, b"new")
        assert precious.read_text() == "mine" and not link.is_symlink() and link.read_bytes() == b"new"


def write_whole(path: Path, data: bytes) -> None:
    with whole_file(path) as handle:
        handle.write(data)


def test_modes(tmp_path: Path) -> None:
    write_bytes(tmp_path / "private", b"", PRIVATE)
    mask = os.umask(0o022)
    try:
        write_bytes(tmp_path / "public", b"")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "public").stat().st_mode) == 0o644


def test_names_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    for name in ("x" * 255, "é" * 127):
        write_bytes(tmp_path / name, b"1")
        assert (tmp_path / name).read_bytes() == b"1"


def test_devices_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(CommandError, match="no regular file"), whole_file(tmp_path / "fifo"):
        pytest.fail("the body must not begin")
    with pytest.raises(OSError, match="regular"):
        write_bytes(tmp_path / "fifo", b"")
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)
