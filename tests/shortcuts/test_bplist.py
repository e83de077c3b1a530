"""Binary property lists: equal to plistlib on whatever it writes, bounded and clear on what is hostile."""

import datetime
import plistlib
import random
import struct

import pytest

from workflowllm.shortcuts.files import binary as bplist
from workflowllm.shortcuts.model.errors import ShortcutError

EVERYTHING = {
    "text": "plain",
    "empty": "",
    "long": "x" * 300,
    "longer": "y" * 70_000,
    "unicode": "Größe \N{GRINNING FACE} \N{OBJECT REPLACEMENT CHARACTER}",
    "unicode long": "ü" * 300,
    "integers": [0, 1, 255, 256, 65535, 65536, 2**32, 2**63 - 1, 2**63, 2**64 - 1, -1, -(2**63)],
    "reals": [0.0, -0.0, 1.5, 1e300, float("inf")],
    "flags": [True, False],
    "date": datetime.datetime(2026, 11, 23, 18, 19, 20, 500_000),
    "data": [b"", b"\x00\xff" * 9, b"z" * 70_000],
    "uid": [plistlib.UID(1), plistlib.UID(2**40)],
    "sizes": [{str(i): i for i in range(size)} for size in range(20)],
    "lists": [list(range(size)) for size in range(20)],
    "nested": {"a": {"b": [{"c": [[[]]]}, {}]}},
}


def typed(value: object) -> object:
    """A form in which 1, 1.0 and True differ, and 0.0 and -0.0 as well."""
    if isinstance(value, dict):
        return [(key, typed(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, struct.pack(">d", value) if isinstance(value, float) else value


def build(objects: list[bytes], top: int = 0, ref_width: int = 1, width: int = 2, **trailer: int) -> bytes:
    """A property list of hand-made objects."""
    body, offsets = b"bplist00", []
    for item in objects:
        offsets.append(len(body))
        body += item
    table = b"".join(offset.to_bytes(width, "big") for offset in offsets)
    fields = {"width": width, "ref_width": ref_width, "count": len(objects), "top": top, "table": len(body)} | trailer
    return body + table + struct.pack(">6xBBQQQ", *fields.values())


def test_everything_plistlib_writes_is_read_alike():
    data = plistlib.dumps(EVERYTHING, fmt=plistlib.FMT_BINARY, sort_keys=False)
    assert typed(bplist.loads(data)) == typed(plistlib.loads(data))


@pytest.mark.parametrize("count", [3, 200, 300, 70_000])
def test_every_width_of_references(count):
    tree = {"items": list(range(count)), "after": {"a": 1, "b": [2]}}
    assert bplist.loads(plistlib.dumps(tree, fmt=plistlib.FMT_BINARY)) == tree


@pytest.mark.parametrize("width", range(1, 9))
def test_odd_widths_of_offsets_and_references(width):
    dictionary = b"\xd1" + (1).to_bytes(width, "big") + (2).to_bytes(width, "big")
    array = b"\xa2" + (1).to_bytes(width, "big") * 2
    data = build([dictionary, b"\x51k", array], width=width, ref_width=width)
    assert bplist.loads(data) == plistlib.loads(data) == {"k": ["k", "k"]}


def test_small_and_odd_objects():
    items = [
        b"\x00",
        b"\x0f",
        b"\x22" + struct.pack(">f", 1.5),
        b"\x14" + b"\xff" * 16,
        b"\x10\xff",
        b"\x13" + b"\xff" * 8,
    ]
    data = build([b"\xa6\x01\x02\x03\x04\x05\x06", *items])
    assert bplist.loads(data) == plistlib.loads(data) == [None, b"", 1.5, -1, 255, -1]


def test_containers_may_be_shared_and_stand_in_any_order():
    shared = ["x"]
    data = plistlib.dumps({"a": shared, "b": shared}, fmt=plistlib.FMT_BINARY)
    assert bplist.loads(data) == {"a": ["x"], "b": ["x"]}
    assert bplist.loads(build([b"\x51k", b"\xa1\x00", b"\xd1\x00\x01"], top=2)) == {"k": ["k"]}


def test_offsets_in_any_order():
    data = bytearray(build([b"\xa2\x01\x02", b"\x51a", b"\x51b"], width=1))
    data[11 + 4 + 1], data[11 + 4 + 2] = data[11 + 4 + 2], data[11 + 4 + 1]
    assert bplist.loads(bytes(data)) == ["b", "a"]


def nested(levels: int) -> bytes:
    arrays = [b"\xa1" + (index + 1).to_bytes(2, "big") for index in range(levels - 1)]
    return build([*arrays, b"\xa0"], ref_width=2)


def test_depth_is_bounded():
    bplist.loads(nested(bplist.MAX_DEPTH))
    with pytest.raises(ShortcutError, match="deeper than 512"):
        bplist.loads(nested(bplist.MAX_DEPTH + 2))
    with pytest.raises(ShortcutError, match="deeper than 512"):
        bplist.loads(nested(20_000))


def doubling(levels: int) -> bytes:
    arrays = [b"\xa2" + bytes([index + 1, index + 1]) for index in range(levels)]
    return build([*arrays, b"\x51x"])


FINE = build([b"\x09"])
HOSTILE = {
    "nothing": b"",
    "header only": b"bplist00",
    "unknown version": b"bplist15" + bytes(40),
    "itself": build([b"\xa1\x00"]),
    "itself many times": build([b"\xaf\x11\x03\xe8" + bytes(1000)]),
    "a cycle": build([b"\xd1\x02\x01", b"\xd1\x02\x00", b"\x51k"]),
    "twice as much at each level": doubling(60),
    "no offset width": FINE[:-26] + b"\x00" + FINE[-25:],
    "wide references": build([b"\x09"], ref_width=9),
    "root out of range": build([b"\x09"], top=1),
    "many objects": build([b"\x09"], count=2**62),
    "table out of the file": build([b"\x09"], table=2**63),
    "table in the header": build([b"\x09"], table=3),
    "reference out of range": build([b"\xa1\x07"]),
    "array beyond the end": build([b"\xaf\x12\x7f\xff\xff\xff"]),
    "text beyond the end": build([b"\x5f\x13\x7f\xff\xff\xff\xff\xff\xff\xff"]),
    "text into the next object": build([b"\xa1\x01", b"\x5e", b"\x5fabcdefghijklmn"]),
    "integer key": build([b"\xd1\x01\x02", b"\x10\x05", b"\x09"]),
    "key that is a list": build([b"\xd1\x01\x02", b"\xa0", b"\x09"]),
    "key that is a flag among four": build([b"\xd4\x01\x02\x03\x04" + b"\x01" * 4, *[b"\x51a"] * 3, b"\x09"]),
    "accents in ASCII": build([b"\x52\xc3\xbc"]),
    "half a surrogate pair": build([b"\x61\xd8\x3d"]),
    "integer of 32 bytes": build([b"\x15" + bytes(32)]),
    "date that is no number": build([b"\x33" + struct.pack(">d", float("nan"))]),
    "date without end": build([b"\x33" + struct.pack(">d", 1e300)]),
    "huge UID": build([b"\x8f" + b"\xff" * 16]),
    "a set": build([b"\xc1\x01", b"\x09"]),
    "unknown low token": build([b"\x70"]),
    "unknown high token": build([b"\xe1\x00"]),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lists_are_refused_in_one_sentence(name):
    with pytest.raises(ShortcutError) as caught:
        bplist.loads(HOSTILE[name])
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_overlapping_objects_in_any_order_are_refused():
    """A thousand texts at one offset would make a small file large, whatever the order of the table."""
    data = bytearray(build([b"\xa2\x01\x02", b"\x55hello", b"\x51x", b"\x51y"], width=1))
    table = len(data) - 32 - 4
    data[table : table + 4] = bytes([8, 17, 11, 11])
    with pytest.raises(ShortcutError, match="ends early"):
        bplist.loads(bytes(data))


def test_damage_anywhere_gives_a_value_or_a_shortcut_error():
    rng = random.Random(1)
    whole = plistlib.dumps({**EVERYTHING, "longer": "", "data": b"d"}, fmt=plistlib.FMT_BINARY)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 1, 3))):
            data[rng.randrange(len(data))] = rng.choice((0, 1, 0x5F, 0xA2, 0xD3, 0xFF, rng.randrange(256)))
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        try:
            bplist.loads(bytes(data))
        except ShortcutError:
            continue
