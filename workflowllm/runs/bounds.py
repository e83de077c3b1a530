"""Bounds on time and memory: what passes them fails by itself, and the others go on.

A stage gives each of its items `SECONDS` of processor time and `BYTES` of memory. Time is the processor's, so that a
busy machine fails nothing that a quiet one does not.
"""

import mmap
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

SECONDS = 60.0  # the slowest real item of any stage takes some 2
BYTES = 2 << 30  # beyond what the process holds; the largest file that is read takes some 400 MB
_AGAIN = 2.0  # seconds until work that has caught the first error gets another

Input, Result = TypeVar("Input"), TypeVar("Result")


class OverLimit(Exception):
    """An item has taken more time than it may; the text says so."""


class Lost:
    """Stands for the result of an item that passed a limit without giving one."""


def bounded(work: Callable[[Input], Result], item: Input) -> Result | Lost:
    """`work(item)` within the bounds of an item. Work that can name the item's failure catches the errors itself:
    OverLimit, and MemoryError."""
    error = OverLimit(f"it took over {SECONDS:g} s of processor time")
    try:
        with deadline(SECONDS, error, of_processor=True), memory_limit(BYTES):
            return work(item)
    except (OverLimit, MemoryError):
        return Lost()


@contextmanager
def deadline(seconds: float, error: BaseException, of_processor: bool = False) -> Iterator[None]:
    """Raise the error in the block when the time is over, and every two seconds from then on.

    Time passes by the clock, or is the processor's. Only a process's main thread has a limit, since signals reach no
    other, and only where there are such signals.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise error

    timer = signal.ITIMER_PROF if of_processor else signal.ITIMER_REAL
    number = signal.SIGPROF if of_processor else signal.SIGALRM
    before = signal.signal(number, stop)
    signal.setitimer(timer, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


@contextmanager
def memory_limit(bytes_: int) -> Iterator[None]:
    """Give the block so many bytes beyond what the process has; what asks for more gets a MemoryError. Linux only."""
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + bytes_
    if soft != resource.RLIM_INFINITY:
        limit = min(limit, soft)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * mmap.PAGESIZE
