"""Keys of dictionaries: reading with dotted paths (facts 75 to 79) and setting."""

from typing import Any

from workflowllm.runtime.endings import Broken
from workflowllm.runtime.items import Dictionary


def read_path(dictionary: Dictionary, path: str) -> Any:
    """The value of a key; a key that has the very name wins over a dotted path. None where a flat key is missing."""
    if path in dictionary.entries:
        return dictionary.entries[path]
    if "." not in path:
        return None
    at: Any = dictionary
    for segment in path.split("."):
        at = _inside(at, segment)
        if at is _MISSING:
            raise Broken(f"the dictionary has no value at {path!r}: {segment!r} is missing")
    return at


_MISSING = object()  # a null at the end of a path is there, and is nothing (fact 18)


def _inside(at: Any, segment: str) -> Any:
    if type(at) is Dictionary:
        return at.entries.get(segment, _MISSING)
    if type(at) is tuple and segment.isdecimal() and 1 <= int(segment) <= len(at):
        return at[int(segment) - 1]
    return _MISSING


def with_value(dictionary: Dictionary, key: str, value: Any) -> Dictionary:
    """A copy with one key set. Fact 78: `a.b` is a key of that very name."""
    return Dictionary({**dictionary.entries, key: value})
