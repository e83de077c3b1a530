"""The bounds of a run (docs/runtime.md): what goes past them breaks it with a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from workflowllm.runs.bounds import deadline
from workflowllm.runtime.endings import Broken

MAX_ACTIONS = 1_000_000
MAX_BYTES = 256 << 20  # of all values that are held
MAX_VALUE_BYTES = 64 << 20  # of one text or list, while it is made
MAX_DEPTH = 200  # of blocks and shortcuts inside each other; CPython stands some 1,000 calls
MAX_SECONDS = 30


def check_size(bytes_: int) -> None:
    """Call before making a text or list of this size."""
    if bytes_ > MAX_VALUE_BYTES:
        raise Broken(f"a value would have {bytes_ >> 20} MiB, and {MAX_VALUE_BYTES >> 20} MiB are allowed")


@contextmanager
def time_limit(seconds: float = MAX_SECONDS) -> Iterator[None]:
    """Break what runs longer. For scripts and their workers: the interpreter itself has no clock."""
    with deadline(seconds, Broken(f"the run took more than {seconds:g} s")):
        yield
