"""Pickles of the release's shape, and reading such files without running what they hold.

The release keeps `identifier2json.pkl` and `identifier2python.pkl`: a dictionary keyed by identifier with `.` as `_`.
A pickle is a program; this reader admits only the few calls that build plain containers.
"""

import io
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

_PLAIN = (dict, list, set, frozenset, tuple, str, int, float, complex, bool)
_VALUES = frozenset((*_PLAIN, bytes, OrderedDict, defaultdict, type(None)))
# What sets attributes, or takes memory by a number that the file names; plain containers need none of it.
_REFUSED_STEPS = b"".join(
    (pickle.BUILD, pickle.BYTEARRAY8, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER,
     pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.PERSID, pickle.BINPERSID)
)  # fmt: skip


class UnsafePickle(ValueError):
    """A file that is no pickle of plain containers: which file, and what it asks for."""


def _empty_bytes() -> bytes:
    """`bytes()`, which is how protocols 0 to 2 write b""; with a number it would take that much memory."""
    return b""


def _encoded_bytes(text: str, encoding: str) -> bytes:
    """`_codecs.encode(text, "latin1")`, which is how protocols 0 to 2 write other bytes."""
    if type(text) is not str or encoding != "latin1":
        raise pickle.UnpicklingError("bytes that are not written as latin1")
    return text.encode("latin1")


_ADMITTED: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("_codecs", "encode"): _encoded_bytes,
}
for _module in ("builtins", "__builtin__"):  # Python 3's name and Python 2's
    _ADMITTED |= {(_module, kind.__name__): kind for kind in _PLAIN} | {(_module, "bytes"): _empty_bytes}


class _Unpickler(pickle._Unpickler):  # type: ignore[name-defined,misc]
    """The standard library's reader in Python: the one in C takes memory by an index that the file names."""

    def refuse(self) -> None:
        raise UnsafePickle("a step that no plain container needs (attributes, buffers, outside objects) is refused")

    dispatch: ClassVar = pickle._Unpickler.dispatch | dict.fromkeys(_REFUSED_STEPS, refuse)

    def find_class(self, module: str, name: str) -> Any:
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
