"""Signed shortcuts, on synthetic AEA1 files: small segments, several clusters, and lies about every size."""

import hashlib
import plistlib
import random
import struct

import lzfse
import pytest

from workflowllm.shortcuts.files import signed
from workflowllm.shortcuts.files.containers import read_shortcut
from workflowllm.shortcuts.model.errors import ShortcutError

TREE = {"WFWorkflowActions": [{"WFWorkflowActionIdentifier": "is.workflow.actions.comment"}] * 40, "note": "n" * 300}
PLIST = plistlib.dumps(TREE, fmt=plistlib.FMT_BINARY)


def entry(*fields: bytes, blobs: bytes = b"") -> bytes:
    header = b"".join(fields)
    return b"AA01" + struct.pack("<H", 6 + len(header)) + header + blobs


def path(name: bytes) -> bytes:
    return b"PATP" + struct.pack("<H", len(name)) + name


FILE_FIELDS = [b"TYP1F", path(b"Shortcut.wflow"), b"XXX*", b"SH2H" + bytes(32), b"MTMT" + bytes(12), b"CTMS" + bytes(8)]
FOLDER = entry(b"TYP1D", path(b""), b"UID2\x00\x00", b"MOD2\xed\x41", b"FLG4" + bytes(4))
ARCHIVE = FOLDER + entry(
    *FILE_FIELDS, b"XATA\x03\x00", b"DATB" + struct.pack("<I", len(PLIST)), blobs=b"xat" + PLIST
)  # fmt: skip


def aea(archive: bytes = ARCHIVE, segment: int = 256, per_cluster: int = 2, pack=lambda raw: raw, **root: int) -> bytes:
    """An AEA1 file; keyword arguments replace fields of its root header."""
    fields = {
        "raw": len(archive),
        "stored": 0,
        "segment": segment,
        "per": per_cluster,
        "kind": ord("e"),
        "sum": 2,
    } | root
    data = b"AEA1" + bytes(4) + struct.pack("<I", 5) + b"chain" + bytes(128 + 96)
    data += struct.pack("<QQIIBB22x", *fields.values()) + bytes(32)
    raws = [archive[at : at + segment] for at in range(0, len(archive), segment)]
    for first in range(0, len(raws), per_cluster):
        group = raws[first : first + per_cluster]
        stored = [pack(raw) for raw in group]
        headers = [
            struct.pack("<II", len(raw), len(part)) + hashlib.sha256(raw).digest()
            for raw, part in zip(group, stored, strict=True)
        ]
        data += b"".join(headers).ljust(40 * per_cluster, b"\0") + bytes(32 + 32 * per_cluster) + b"".join(stored)
    return data


def shorter(raw: bytes) -> bytes:
    packed = lzfse.compress(raw)
    return packed if len(packed) < len(raw) else raw


@pytest.mark.parametrize("segment", [1, 100, 256, 1 << 20])
@pytest.mark.parametrize("per_cluster", [1, 2, 256])
def test_segments_and_clusters(segment, per_cluster):
    assert signed.unwrap(aea(segment=segment, per_cluster=per_cluster)) == PLIST


@pytest.mark.parametrize("segment", [300, 700, 1 << 20])
def test_compressed_segments(segment):
    data = aea(segment=segment, pack=shorter)
    assert len(data) < len(aea(segment=segment))
    assert signed.unwrap(data) == PLIST
    assert read_shortcut(data).workflow == TREE
    assert read_shortcut(data).container == "aea1"


def test_other_files_in_the_archive_are_skipped():
    other = entry(path(b"Other"), b"DATA\x02\x00", blobs=b"no")
    assert signed.unwrap(aea(FOLDER + other + ARCHIVE)) == PLIST


WRONG = {
    "another magic": b"AEA2" + aea()[4:],
    "encrypted": b"AEA1\x01" + aea()[5:],
    "long authentication data": aea()[:8] + b"\xff" * 4 + aea()[12:],
    "raw size too large": aea(raw=2**63),
    "raw size larger than there is": aea(raw=len(ARCHIVE) + 1),
    "raw size smaller": aea(raw=len(ARCHIVE) - 1),
    "nothing in it": aea(raw=0),
    "no segment size": aea().replace(struct.pack("<II", 256, 2), struct.pack("<II", 0, 2), 1),
    "huge segments": aea().replace(struct.pack("<II", 256, 2), struct.pack("<II", 2**31, 2), 1),
    "no segments in a cluster": aea(per=0),
    "many segments in a cluster": aea(per=2**32 - 1),
    "other compression": aea(kind=ord("x")),
    "other checksum": aea(sum=1),
    "not lzfse": aea(pack=lambda raw: b"bvx2" + raw[:-5]),
    "nothing stored": aea(pack=lambda raw: b""),
    "larger than raw": aea(pack=lambda raw: raw + b"x"),
    "decompresses to more": aea(pack=lambda raw: lzfse.compress(b"A" * 5000)[:255]),
    "decompresses to less": aea(pack=lambda raw: lzfse.compress(raw[:-9])[:255] if len(raw) > 200 else raw),
    "wrong hash": aea().replace(hashlib.sha256(ARCHIVE[:256]).digest(), bytes(32)),
    "changed segment": aea().replace(b"nnnn", b"nnnm", 1),
    "no archive": aea(b"something else"),
    "no such file": aea(FOLDER),
    "file without data": aea(entry(path(b"Shortcut.wflow"))),
    "unknown type of field": aea(entry(b"ABCZ")),
    "cut field": aea(entry(b"AB")),
    "path longer than the header": aea(entry(b"PATP\xff\xff")),
    "blob longer than the archive": aea(entry(path(b"Shortcut.wflow"), b"DATC" + b"\xff" * 8)),
    "empty header": aea(b"AA01\x00\x00" + bytes(20)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files_are_refused_in_one_sentence(name):
    with pytest.raises(ShortcutError) as caught:
        signed.unwrap(WRONG[name])
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_a_compression_bomb_stops_at_the_declared_size():
    bomb = lzfse.compress(bytes(1_000_000))
    assert len(bomb) < 1000
    assert signed._raw(bomb, 1_000_000) == bytes(1_000_000)
    for size in (1000, 999_999, 1_000_001):
        with pytest.raises(ShortcutError, match="does not decompress to its size"):
            signed._raw(bomb, size)


def test_cut_anywhere():
    data = aea(pack=shorter)
    for size in range(len(data)):
        with pytest.raises(ShortcutError):
            signed.unwrap(data[:size])


def test_damage_anywhere_gives_the_same_bytes_or_a_shortcut_error():
    rng = random.Random(3)
    whole = aea(segment=700, pack=shorter)
    for _ in range(1500):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 2, 8))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            value = signed.unwrap(bytes(data))
        except ShortcutError:
            continue
        assert value == PLIST


def test_a_build_of_lzfse_without_its_decoder_is_named(monkeypatch):
    signed._decoder.cache_clear()
    monkeypatch.setattr(signed.ctypes, "CDLL", lambda _: object())
    with pytest.raises(ShortcutError, match="lzfse"):
        signed.unwrap(aea(segment=700, pack=shorter))
    signed._decoder.cache_clear()
