"""Pickles of the release's shape, and reading such files without running what they hold.

The release keeps `identifier2json.pkl` and `identifier2python.pkl`: a dictionary keyed by identifier with `_` for `.`.
A pickle is a program. This reader admits only the instructions that build plain containers, and bounds what a small
file can cost: every step takes time and memory in proportion to the bytes that the file spends on it.
"""

import io
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from workflowllm.runs.paths import why_not_regular

MAX_BYTES = 512 << 20  # of a file; the release's largest pickle has 13 MiB
MAX_CONTAINERS = 4_000_000  # of a file; statistics of the release's 106,763 workflows have some 500,000
MAX_ITEMS = 50_000_000  # of the content, where a shared value counts each time that it is referred to
MAX_DEPTH = 100  # levels of nested containers
MAX_KEY_ITEMS = 100  # of a tuple or frozenset that is a key or an element of a set
MAX_KEY_LENGTH = 10_000  # characters of a key
MAX_KEY_INTEGER = 2**60  # larger integers can be chosen to have equal hashes, which makes a dictionary quadratic

_PLAIN = (dict, list, set, frozenset, tuple, str, int, float, complex, bool)
_FACTORIES = (None, *_PLAIN, OrderedDict, defaultdict)
_VALUES = frozenset((*_PLAIN, bytes, OrderedDict, defaultdict, type(None)))
_LEAVES = frozenset({str, bytes, int, float, complex, bool, type(None)})
# Instructions that set attributes, create instances, or allocate memory by a number that the file names.
_REFUSED = (
    pickle.BUILD, pickle.INST, pickle.OBJ, pickle.NEWOBJ, pickle.NEWOBJ_EX, pickle.BYTEARRAY8, pickle.NEXT_BUFFER,
    pickle.READONLY_BUFFER, pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.PERSID, pickle.BINPERSID,
)  # fmt: skip
_CREATING = (
    pickle.EMPTY_LIST, pickle.EMPTY_DICT, pickle.EMPTY_SET, pickle.LIST, pickle.DICT, pickle.TUPLE, pickle.TUPLE1,
    pickle.TUPLE2, pickle.TUPLE3, pickle.FROZENSET, pickle.REDUCE,
)  # fmt: skip


class UnsafePickle(ValueError):
    """A file that is not a pickle of plain containers: which file, and what it holds instead."""


def safe_unpickle(path: Path) -> Any:
    """The content of a pickle of dict, list, set, frozenset, tuple, defaultdict, OrderedDict, str, bytes, numbers,
    bool and None. Raises UnsafePickle for anything else, before it is called, and for a file beyond the limits above.
    """
    try:
        if path.exists() and (reason := why_not_regular(path)):
            raise UnsafePickle(f"cannot read {path}: {reason.rstrip('.')}")
        if path.stat().st_size > MAX_BYTES:
            raise UnsafePickle(f"{path}: it has more than {MAX_BYTES >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise UnsafePickle(f"cannot read {path}: {error.strerror}") from None
    try:
        content = _Unpickler(data).load()
        _check_content(content)
    except UnsafePickle as error:
        raise UnsafePickle(f"{path}: {error}") from None
    except Exception as error:  # a damaged pickle raises nearly anything
        raise UnsafePickle(f"{path}: not a whole pickle: {type(error).__name__}: {error}") from None
    return content


def release_pickle(items: Iterable[tuple[str, Any]]) -> bytes:
    """A pickle of the release's shape, readable by every Python since 3.4."""
    return pickle.dumps(dict(items), protocol=4)


def _empty_bytes() -> bytes:
    """`bytes()`, which is how protocols 0 to 2 write b""; with a number it would allocate that much memory."""
    return b""


def _encoded_bytes(text: str, encoding: str) -> bytes:
    """`_codecs.encode(text, "latin1")`, which is how protocols 0 to 2 write other bytes."""
    if type(text) is not str or encoding != "latin1":
        raise UnsafePickle("bytes that are not written as latin1 are refused")
    return text.encode("latin1")


_GLOBALS: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("_codecs", "encode"): _encoded_bytes,
}
for _module in ("builtins", "__builtin__"):  # Python 3's name and Python 2's
    _GLOBALS |= {(_module, kind.__name__): kind for kind in _PLAIN} | {(_module, "bytes"): _empty_bytes}


class _Unpickler(pickle._Unpickler):  # type: ignore[name-defined,misc]
    """The standard library's reader in Python: the one in C allocates memory by an index that the file names."""

    dispatch: ClassVar = dict(pickle._Unpickler.dispatch)

    def __init__(self, data: bytes):
        super().__init__(io.BytesIO(data))
        self.containers = 0
        self.copied, self.most_copied = 0, len(data)  # items copied by calls; each was written in the file once

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _GLOBALS:
            raise UnsafePickle(f"{module}.{name} is refused: a released file holds plain containers only")
        return _GLOBALS[module, name]

    def count_container(self) -> None:
        self.containers += 1
        if self.containers > MAX_CONTAINERS:
            raise UnsafePickle(f"it has more than {MAX_CONTAINERS:,} containers")

    def refuse(self) -> None:
        raise UnsafePickle("an instruction that no plain container needs (attributes, instances, buffers) is refused")

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        self.check_call(self.stack[-1], arguments)
        self.stack[-1] = self.stack[-1](*arguments)

    def check_call(self, function: Any, arguments: Any) -> None:
        """Admit the calls by which protocols 0 to 3 build sets, bytes, complex numbers and special dictionaries."""
        takes = _CALLS.get(function) if isinstance(function, Callable) else None  # type: ignore[arg-type]
        if takes is None or type(arguments) is not tuple or not takes(arguments):
            raise UnsafePickle(f"the call of {getattr(function, '__name__', 'a value')} is refused")
        self.copied += sum(len(value) for value in arguments if isinstance(value, str | list))
        if self.copied > self.most_copied:
            raise UnsafePickle("it copies the same values again and again")
        if function in (set, frozenset):
            check_keys(arguments[0])
        elif function is OrderedDict and arguments:
            check_keys([pair[0] for pair in arguments[0]])

    # The stack holds what was pushed since the last mark: for dictionaries, keys and values in turn.

    def load_setitem(self) -> None:
        check_keys(self.stack[-2:-1])
        super().load_setitem()

    def load_setitems(self) -> None:
        check_keys(self.stack[::2])
        super().load_setitems()

    def load_dict(self) -> None:
        check_keys(self.stack[::2])
        super().load_dict()

    def load_additems(self) -> None:
        check_keys(self.stack)
        super().load_additems()

    def load_frozenset(self) -> None:
        check_keys(self.stack)
        super().load_frozenset()


def _counted(load: Callable[[_Unpickler], None]) -> Callable[[_Unpickler], None]:
    def counted(reader: _Unpickler) -> None:
        reader.count_container()
        load(reader)

    return counted


_Unpickler.dispatch |= {code[0]: _Unpickler.refuse for code in _REFUSED}
_Unpickler.dispatch |= {
    pickle.REDUCE[0]: _Unpickler.load_reduce,
    pickle.SETITEM[0]: _Unpickler.load_setitem,
    pickle.SETITEMS[0]: _Unpickler.load_setitems,
    pickle.DICT[0]: _Unpickler.load_dict,
    pickle.ADDITEMS[0]: _Unpickler.load_additems,
    pickle.FROZENSET[0]: _Unpickler.load_frozenset,
}
_Unpickler.dispatch |= {code[0]: _counted(_Unpickler.dispatch[code[0]]) for code in _CREATING}


def _takes_list(arguments: Sequence[Any]) -> bool:
    return len(arguments) == 1 and type(arguments[0]) is list


def _takes_pairs(arguments: Sequence[Any]) -> bool:
    if not arguments:
        return True
    return _takes_list(arguments) and all(type(pair) in (list, tuple) and len(pair) == 2 for pair in arguments[0])


_CALLS: dict[Any, Callable[[Sequence[Any]], bool]] = {
    set: _takes_list,
    frozenset: _takes_list,
    OrderedDict: _takes_pairs,
    defaultdict: lambda arguments: all(kind in _FACTORIES for kind in arguments[:1]) and len(arguments) < 2,
    complex: lambda arguments: all(type(part) in (int, float) for part in arguments),
    _empty_bytes: lambda arguments: not arguments,
    _encoded_bytes: lambda arguments: len(arguments) == 2,
}


def check_keys(keys: Iterable[Any]) -> None:
    """Raise UnsafePickle for a key that would take long to hash or to compare, or whose hash could be chosen."""
    for key in keys:
        waiting, count = [key], 0
        while waiting:
            part = waiting.pop()
            count += 1
            if count > MAX_KEY_ITEMS:
                raise UnsafePickle(f"a key has more than {MAX_KEY_ITEMS} items")
            if type(part) in (tuple, frozenset):
                waiting.extend(islice(part, MAX_KEY_ITEMS + 1))
            elif type(part) in (str, bytes):
                if len(part) > MAX_KEY_LENGTH:
                    raise UnsafePickle(f"a key has more than {MAX_KEY_LENGTH:,} characters")
            elif type(part) is complex or (type(part) is int and abs(part) > MAX_KEY_INTEGER):
                raise UnsafePickle("a key that is a complex number or a very large integer is refused")


def _check_content(content: Any) -> None:
    """Raise UnsafePickle for a value that is not plain, for a cycle, and for content that is too large or too deep.

    A shared container is visited once, and its size and depth are reused wherever else it occurs.
    """
    measured: dict[int, tuple[int, int]] = {}  # id of a container -> (items in it, levels of nesting)
    open_ids: set[int] = set()
    waiting = [content]
    while waiting:
        item = waiting[-1]
        if type(item) in _LEAVES or id(item) in measured:
            waiting.pop()
            continue
        if type(item) not in _VALUES:
            name = getattr(item, "__name__", "")
            raise UnsafePickle(f"{type(item).__name__} {name} is refused: it is not plain data")
        children = _children(item)
        if id(item) in open_ids:
            waiting.pop()
            open_ids.discard(id(item))
            measured[id(item)] = _measure(children, measured)
            continue
        open_ids.add(id(item))
        if any(id(child) in open_ids for child in children):
            raise UnsafePickle("a container that holds itself is refused")
        waiting += children


def _children(item: Any) -> list[Any]:
    if isinstance(item, defaultdict) and item.default_factory not in _FACTORIES:
        raise UnsafePickle("a defaultdict with another default than a plain type is refused")
    return [*item.keys(), *item.values()] if isinstance(item, dict) else list(item)


def _measure(children: Sequence[Any], measured: dict[int, tuple[int, int]]) -> tuple[int, int]:
    items, depth = len(children), 0
    for child in children:
        if type(child) not in _LEAVES:
            inner_items, inner_depth = measured[id(child)]
            items, depth = items + inner_items, max(depth, inner_depth)
    if items > MAX_ITEMS or depth >= MAX_DEPTH:
        raise UnsafePickle(f"it has more than {MAX_ITEMS:,} items or {MAX_DEPTH} levels of nesting")
    return items, depth + 1
