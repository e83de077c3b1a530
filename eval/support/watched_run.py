"""A command with its seconds and the peak memory of its processes."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import psutil

INTERVAL = 0.2  # seconds between two samples of the memory


def watched_run(command: Sequence[str | Path], output: IO[Any] | int | None = None) -> tuple[int, float, int]:
    """(exit status, seconds, peak memory in bytes of the processes together) of a command that prints to `output`."""
    begun = time.monotonic()
    process = psutil.Popen(command, stdout=output, stderr=output)
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory_of(process))
        time.sleep(INTERVAL)
    return process.returncode, time.monotonic() - begun, peak


def memory_of(process: psutil.Process) -> int:
    total = 0
    try:
        for each in (process, *process.children(recursive=True)):
            total += each.memory_full_info().pss
    except psutil.Error:  # one has just ended
        return 0
    return total
