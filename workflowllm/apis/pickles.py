"""Pickles of the release's shape, and reading such files without running what they hold.

The release keeps `identifier2json.pkl` and `identifier2python.pkl`: a dictionary keyed by identifier with `.` as `_`.
A pickle is a program; this reader admits only the few calls that build plain containers.
"""

import io
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_PLAIN = (dict, list, set, frozenset, tuple, str, bytes, int, float, complex, bool)
_CONTAINERS = {kind.__name__: kind for kind in (*_PLAIN, bytearray) if kind is not bytearray}
_ADMITTED: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
}
# Python 2's name of the module and Python 3's
_ADMITTED |= {(module, name): kind for module in ("builtins", "__builtin__") for name, kind in _CONTAINERS.items()}
_VALUES = frozenset((*_PLAIN, OrderedDict, defaultdict, type(None)))


class UnsafePickle(ValueError):
    """A file that is no pickle of plain containers: which file, and what it asks for."""


class _EncodedBytes:
    """`_codecs.encode(text, "latin1")`, which is how protocols 0 to 2 write bytes. Nothing can be set on it."""

    __slots__ = ()

    def __call__(self, text: str, encoding: str) -> bytes:
        if type(text) is not str or encoding not in ("latin1", "latin-1"):
            raise pickle.UnpicklingError("bytes that are not written as latin1")
        return text.encode("latin1")


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return _EncodedBytes()
        if (module, name) not in _ADMITTED:
            raise UnsafePickle(f"{module}.{name} is refused: a released file holds plain containers only")
        return _ADMITTED[module, name]


def safe_unpickle(path: Path) -> Any:
    """The content of a pickle of dict, list, set, frozenset, tuple, defaultdict, OrderedDict, str, bytes, numbers,
    bool and None. Anything else is refused by name, before it is called."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnsafePickle(f"cannot read {path}: {error.strerror}") from None
    try:
        content = _Unpickler(io.BytesIO(data)).load()
        _check_plain(content)
    except UnsafePickle as error:
        raise UnsafePickle(f"{path}: {error}") from None
    except Exception as error:  # a damaged pickle raises nearly anything
        raise UnsafePickle(f"{path}: not a whole pickle: {type(error).__name__}: {error}") from None
    return content


def _check_plain(content: Any) -> None:
    """Refuse a class that stands as a value, and a default made by anything but a plain type."""
    todo, seen = [content], set()
    while todo:
        item = todo.pop()
        if type(item) not in _VALUES:
            raise UnsafePickle(f"{type(item).__name__} {item!r:.60} is refused: it is no plain value")
        if isinstance(item, str | bytes | int | float | complex) or item is None or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, defaultdict) and item.default_factory not in (None, *_PLAIN, defaultdict, OrderedDict):
            raise UnsafePickle("a defaultdict with another default than a plain type is refused")
        todo += [*item.keys(), *item.values()] if isinstance(item, dict) else item


def release_pickle(items: Iterable[tuple[str, Any]]) -> bytes:
    """A pickle of the release's shape, readable by every Python since 3.4."""
    return pickle.dumps(dict(items), protocol=4)
