"""What a conversion costs, as a ratio to plistlib reading the same files in the same process."""

import plistlib
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from workflowllm.shortcuts.files.containers import read_shortcut
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files
from workflowllm.shortcuts.to_python.printer import to_python


class Ratio(NamedTuple):
    """Time over plistlib's, round by round; `reading` is the median of the container alone."""

    median: float
    low: float
    high: float
    reading: float


def conversion_ratio(folder: Path, rounds: int) -> Ratio:
    """Time plistlib, our reader and the whole conversion in turn, so that a machine that drifts slows all three."""
    contents = [(folder / key).read_bytes() for key in list_files(folder)]
    contents = [data for data in contents if _seconds(plistlib.loads, [data]) is not None]
    ratios, readings = [], []
    for _ in range(rounds):
        base = _seconds(plistlib.loads, contents)
        readings.append(_seconds(read_shortcut, contents) / base)
        ratios.append(_seconds(_convert, contents) / base)
    return Ratio(median(ratios), min(ratios), max(ratios), median(readings))


def _convert(data: bytes) -> Any:
    try:
        return to_python(read_shortcut(data).workflow)
    except ShortcutError:
        return None


def _seconds(work: Callable[[bytes], Any], contents: list[bytes]) -> float | None:
    """Seconds for all files; None where one cannot be read at all."""
    begun = time.perf_counter()
    try:
        for data in contents:
            work(data)
    except Exception:  # plistlib raises many kinds; a file that it cannot read is left out of the comparison
        return None
    return time.perf_counter() - begun
