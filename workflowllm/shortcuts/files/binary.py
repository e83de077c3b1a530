"""Binary property lists, read faster than plistlib does and with every size bounded.

The layout is the one of Apple's CFBinaryPList.c: `bplist00`, the objects back to back, a table of their offsets, and a
32-byte trailer. One pass creates all objects in the order of the table, with dictionaries and arrays still empty; then
these are filled level by level from the root. So nothing recurses, the depth is known at every moment, and a cycle
needs no search: it can only show as a container met a second time.
"""

from __future__ import annotations

import datetime
import struct
from codecs import utf_16_be_decode
from collections.abc import Callable
from functools import lru_cache
from itertools import compress
from plistlib import UID

from workflowllm.shortcuts.model.errors import ShortcutError

MAX_DEPTH = 512
MAX_NODES = 1_000_000  # of the tree as a reader walks it; the largest of 1,166 real files has 23,684

_EPOCH = datetime.datetime(2001, 1, 1)
_CONSTANTS = {0x00: None, 0x08: False, 0x09: True, 0x0F: b""}
_KNOWN = bytes(
    [*_CONSTANTS, *range(0x10, 0x15), 0x22, 0x23, 0x33, *range(0x40, 0x70), *range(0x80, 0x90), *range(0xA0, 0xB0)]
    + [*range(0xD0, 0xE0)]
)
_FORMATS = {1: "B", 2: "H", 4: "I", 8: "Q"}
_TO_FILL = bytes(token >> 4 in (0xA, 0xD) and token & 15 > 0 for token in range(256))  # empty ones may be shared
_IS_NO_KEY = bytes(token >> 4 not in (0x5, 0x6, 0xA, 0xD) for token in range(256))

Unpack = Callable[[bytes, int], tuple[int, ...]]


def loads(data: bytes) -> object:
    """The root object of a binary property list, in the types plistlib gives; raises ShortcutError only."""
    try:
        return _loads(data)
    except ShortcutError:
        raise
    except TypeError:
        raise ShortcutError("The binary property list has a dictionary key that is not text.") from None
    except (IndexError, ValueError, OverflowError, MemoryError, struct.error) as error:
        raise ShortcutError(f"The binary property list is damaged ({error}); fetch the file again.") from None


def _loads(data: bytes) -> object:
    if len(data) < 40 or data[:8] != b"bplist00":
        raise ShortcutError("The binary property list is cut off or of an unknown version; fetch the file again.")
    width, ref_width, count, top, table = struct.unpack(">6xBBQQQ", data[-32:])
    if not (
        0 < width <= 8
        and 0 < ref_width <= 8
        and top < count <= MAX_NODES
        and 8 < table <= len(data) - 32 - count * width
    ):
        raise ShortcutError("The binary property list's trailer does not fit the file; fetch the file again.")
    offsets = list(_unpacker(count, width)(data, table))
    body = data[:table]
    tokens = bytes(map(body.__getitem__, offsets))
    unknown = tokens.translate(None, _KNOWN)
    if unknown:
        raise ValueError(f"unknown kind of object 0x{unknown[0]:02x}")
    ends = _ends(offsets, table)
    objects = _scalars(body, tokens, offsets, ends)
    if _fill(body, tokens, offsets, ends, objects, top, ref_width):
        check_tree(objects[top])
    return objects[top]


@lru_cache(maxsize=1024)
def _unpacker(count: int, width: int) -> Unpack:
    """A function that reads `count` big-endian numbers of `width` bytes at an offset."""
    if width in _FORMATS:
        return struct.Struct(f">{count}{_FORMATS[width]}").unpack_from

    padded = 4 if width < 4 else 8  # Apple writes offsets of 3 bytes in every file over 64 KiB

    def unpack(data: bytes, at: int) -> tuple[int, ...]:
        numbers = bytearray(count * padded)
        for i in range(width):
            numbers[padded - width + i :: padded] = data[at + i : at + count * width : width]
        return struct.unpack(f">{count}{_FORMATS[padded]}", numbers)

    return unpack


def _ends(offsets: list[int], table: int) -> list[int]:
    """For each object the start of the next one, which it must not reach into.

    Objects that overlap could make a small file expand to any size: the same megabyte read as a million texts.
    """
    ordered = sorted(offsets)
    if ordered == offsets:
        return [*offsets[1:], table]
    following = dict(zip(ordered[::-1], [table, *ordered[:0:-1]], strict=True))
    return [following[offset] for offset in offsets]


def _scalars(body: bytes, tokens: bytes, offsets: list[int], ends: list[int]) -> list:
    """All objects in the order of the table; containers are empty."""
    objects: list = []
    add = objects.append
    for token, at, limit in zip(tokens, offsets, ends, strict=True):
        if token >= 0xD0:
            add({})
        elif 0x50 <= token < 0x60:
            if token != 0x5F:
                end = at + token - 0x4F
                at += 1
            elif body[at + 1] == 0x10:  # a count of one byte
                end = at + 3 + body[at + 2]
                at += 3
            else:
                size, at = _size(body, token, at)
                end = at + size
            if end > limit:
                raise ValueError(f"the text at byte {at} ends early")
            add(body[at:end].decode("ascii"))
        elif token >= 0xA0:
            add([])
        elif 0x60 <= token < 0x70:
            size, at = _size(body, token, at)
            end = at + 2 * size
            if end > limit:
                raise ValueError(f"the text at byte {at} ends early")
            add(utf_16_be_decode(body[at:end], "strict", True)[0])
        elif token in _CONSTANTS:
            add(_CONSTANTS[token])
        else:
            add(_other_scalar(body, token, at, limit))
    return objects


def _size(body: bytes, token: int, at: int) -> tuple[int, int]:
    """The count in or after a token, and where the content starts."""
    if token & 15 != 15:
        return token & 15, at + 1
    width = 1 << (body[at + 1] & 3)
    return int.from_bytes(body[at + 2 : at + 2 + width], "big"), at + 2 + width


def _other_scalar(body: bytes, token: int, at: int, limit: int) -> object:
    """A number, a date, data or an UID."""
    kind, size = token >> 4, 1 << (token & 15)
    start = at + 1
    if kind == 4:
        size, start = _size(body, token, at)
    elif kind == 8:
        size = (token & 15) + 1
    raw = body[start : start + size]
    if start + size > limit:
        raise ValueError(f"the object at byte {at} ends early")
    if kind == 1:
        return int.from_bytes(raw, "big", signed=size >= 8)
    if kind == 4:
        return raw
    if kind == 8:
        return UID(int.from_bytes(raw, "big"))
    number = struct.unpack(">f" if token == 0x22 else ">d", raw)[0]
    return number if kind == 2 else _EPOCH + datetime.timedelta(seconds=number)


def _fill(
    body: bytes, tokens: bytes, offsets: list[int], ends: list[int], objects: list, top: int, ref_width: int
) -> bool:
    """Fill the containers reachable from the root, level by level; says whether one is referenced twice.

    Nine in ten dictionaries of real shortcuts have one to three entries, so these have code of their own. The seven
    parameters are the reader's lists under names of their own: the loops run once for every object of a file.
    """
    names = objects.copy()
    for index in compress(range(len(tokens)), tokens.translate(_IS_NO_KEY)):
        names[index] = []  # has no hash: used as a key it raises TypeError, as containers do by themselves
    waiting = list(tokens.translate(_TO_FILL))
    one, two, three = (_unpacker(2 * size, ref_width) for size in (1, 2, 3))
    level, depth, shared = [top] if waiting[top] else [], 0, False
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ShortcutError(f"The property list is nested deeper than {MAX_DEPTH} levels.")
        following: list[int] = []
        push = following.append
        for index in level:
            if waiting[index] == 2:
                shared = True
                continue
            waiting[index] = 2
            target, token, at = objects[index], tokens[index], offsets[index]
            if token == 0xD2:
                key_a, key_b, a, b = two(body, at + 1)
                target[names[key_a]] = objects[a]
                target[names[key_b]] = objects[b]
                if waiting[a]:
                    push(a)
                if waiting[b]:
                    push(b)
            elif token == 0xD3:
                key_a, key_b, key_c, a, b, c = three(body, at + 1)
                target[names[key_a]] = objects[a]
                target[names[key_b]] = objects[b]
                target[names[key_c]] = objects[c]
                if waiting[a]:
                    push(a)
                if waiting[b]:
                    push(b)
                if waiting[c]:
                    push(c)
            elif token == 0xD1:
                key_a, a = one(body, at + 1)
                target[names[key_a]] = objects[a]
                if waiting[a]:
                    push(a)
            else:
                refs = _references(body, token, at, ends[index], ref_width)
                if token < 0xD0:
                    target += map(objects.__getitem__, refs)
                else:
                    keys = refs[: len(refs) // 2]
                    refs = refs[len(keys) :]
                    target.update(zip(map(names.__getitem__, keys), map(objects.__getitem__, refs), strict=True))
                following += filter(waiting.__getitem__, refs)
        level = following
    return shared


def _references(body: bytes, token: int, at: int, limit: int, ref_width: int) -> tuple[int, ...]:
    """What an array, or a dictionary of any size, refers to: first the keys, then the values."""
    size, at = _size(body, token, at)
    if token >= 0xD0:
        size *= 2
    if at + size * ref_width > limit:
        raise ValueError(f"the container at byte {at} ends early")
    return _unpacker(size, ref_width)(body, at)


def check_tree(root: object) -> None:
    """Refuse a tree that is too deep or, because parts of it are shared, endless or too large to walk."""
    level, depth, nodes = [root], 0, 0
    while level:
        depth += 1
        nodes += len(level)
        if depth > MAX_DEPTH:
            raise ShortcutError(f"The property list is nested deeper than {MAX_DEPTH} levels, or within itself.")
        following: list = []
        for item in level:
            if isinstance(item, (dict, list)):
                if nodes + len(following) + len(item) > MAX_NODES:
                    raise ShortcutError(f"The property list expands to over {MAX_NODES:,} values.")
                following += item.values() if isinstance(item, dict) else item
        level = following
