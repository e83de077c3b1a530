"""The paper's buckets of workflows by number of actions: 0-15, 15-30, ..., 90-105, 105+.

The paper counts a shortcut's flat list of actions: every mark of a block (if, otherwise, end if; menu, each item, end
menu; repeat, end repeat) is an action, and so is a comment. A bucket holds its lower bound and not its upper one.
"""

from functools import lru_cache
from itertools import pairwise

from workflowllm.records.paper import paper_statistics
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError


def action_count(code: str) -> int | None:
    """How many actions the shortcut has that a workflow's Python compiles to; None where it does not compile."""
    try:
        return len(compile_code(code).actions)
    except (ShortcutError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=1)
def bucket_starts() -> tuple[int, ...]:
    """The lower bound of each bucket."""
    return tuple(paper_statistics()["action_buckets"]["edges"])


def bucket_names() -> list[str]:
    """The buckets in the paper's words, in order."""
    starts = bucket_starts()
    return [f"{start}-{end}" for start, end in pairwise(starts)] + [f"{starts[-1]}+"]


def bucket_index(actions: int) -> int:
    """The index of the bucket for a number of actions, as `action_count` gives it."""
    return sum(actions >= start for start in bucket_starts()) - 1
