"""The test part of the task files (data/tasks): keys and requests that nothing is trained on.

A task is in the test part where the SHA-256 of its key is a multiple of three, which also decides on tasks that are
added later. `data/tasks/test_keys.txt` names them, each with its request; `eval/run_tasks.py --list` writes it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from workflowllm.runs.shipped import shipped

NAMED_IN = "data/tasks/test_keys.txt"
REFUSED = f"it is a task of the test part ({NAMED_IN}), which nothing is trained on"
_PARTS = 3


def is_test_key(key: str) -> bool:
    """Whether the task of this key belongs to the test part."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % _PARTS == 0


def is_held_out(record: Mapping[str, Any]) -> bool:
    """Whether a record has the key or the request of a task of the test part."""
    keys, requests = _named()
    query = record.get("query")
    return record.get("key") in keys or (isinstance(query, str) and normal_request(query) in requests)


def list_lines(tasks: Iterable[tuple[str, str]]) -> list[str]:
    """The lines of test_keys.txt for (key, request) of tasks: key, tab, request."""
    return [f"{key}\t{' '.join(request.split())}" for key, request in sorted(tasks) if is_test_key(key)]


def normal_request(text: str) -> str:
    """A request without what is chance in its spelling: upper case and spacing."""
    return " ".join(text.split()).casefold()


@lru_cache(maxsize=1)
def _named() -> tuple[frozenset[str], frozenset[str]]:
    """The keys and the requests of the test part."""
    pairs = [line.partition("\t") for line in shipped(NAMED_IN).read_text("utf-8").splitlines() if line.strip()]
    return frozenset(key for key, _, _ in pairs), frozenset(normal_request(request) for _, _, request in pairs)
