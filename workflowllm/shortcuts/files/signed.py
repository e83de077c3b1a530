"""Signed shortcuts (iOS 15 and later): the property list out of an `AEA1` container, and signing by macOS.

The container is an Apple Encrypted Archive of profile 0, which signs without encrypting; within is an AppleArchive
with the file `Shortcut.wflow`. Both are laid out as Apple's `aea` and `aa` tools write them: numbers are little-endian.
Every segment's SHA-256 is compared. The signature is not verified: who made a shortcut, and whether it was changed and
hashed anew since, is not known from a successful read.
"""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import lzfse

from workflowllm.shortcuts.model.errors import ShortcutError

MAX_SEGMENT = 64 << 20
MAX_TOTAL = 32 << 20  # bytes of the archive; that of the largest real file has 3 MB
MAX_CLUSTER = 65_536  # segments; real files have 256
MAX_ENTRIES = 100  # before the shortcut's own; real archives have one, a folder
MAX_HEADER = 4_096  # bytes of an entry's header; real ones have up to 82

_SIGNING_SECONDS = 120

_SEGMENT = struct.Struct("<II32s")
_ROOT = struct.Struct("<QQIIBB22x")
_MAC = 32
_SIGNATURE_AND_KEYS = 128 + 96
_LENGTH_SIZES = {"A": 2, "B": 4, "C": 8}
_FIXED_SIZES = {"*": 0, "1": 1, "2": 2, "4": 4, "8": 8, "S": 8, "T": 12, "F": 4, "G": 20, "H": 32, "I": 48, "J": 64}


def unwrap(data: bytes) -> bytes:
    """The property list within a signed shortcut."""
    if data[:4] != b"AEA1":
        raise ShortcutError("This is not a signed shortcut: it does not begin with AEA1.")
    profile = int.from_bytes(data[4:7], "little")
    if profile:
        raise ShortcutError(f"The AEA1 file has profile {profile}; only unencrypted, signed ones (profile 0) are read.")
    return _workflow(b"".join(_segments(data)))


def _part(data: bytes, at: int, size: int, what: str) -> bytes:
    """A part that must lie wholly within the data."""
    part = data[at : at + size]
    if len(part) != size:
        raise ShortcutError(f"The signed shortcut ends within {what}; fetch the file again.")
    return part


def _segments(data: bytes) -> Iterator[bytes]:
    """The raw segments, cluster after cluster."""
    at = 12 + int.from_bytes(_part(data, 8, 4, "its header"), "little") + _SIGNATURE_AND_KEYS
    header = _ROOT.unpack(_part(data, at, _ROOT.size, "its root header"))
    left, _, segment_size, per_cluster, compression, checksum = header
    if left > MAX_TOTAL:
        raise ShortcutError(f"The signed shortcut unpacks to over {MAX_TOTAL >> 20} MiB; none does.")
    if not 0 < segment_size <= MAX_SEGMENT or not 0 < per_cluster <= MAX_CLUSTER:
        raise ShortcutError(f"The signed shortcut's root header gives sizes out of bounds: {left}, {segment_size}, ...")
    if checksum != 2 or compression not in b"-e":
        raise ShortcutError(f"The signed shortcut uses compression {compression} and checksum {checksum}, not e and 2.")
    at += _ROOT.size + _MAC
    while left:
        table = _part(data, at, per_cluster * _SEGMENT.size, "a cluster header")
        at += len(table) + _MAC + per_cluster * _MAC
        for raw_size, stored_size, digest in _SEGMENT.iter_unpack(table):
            if raw_size != min(left, segment_size) or stored_size > raw_size:
                raise ShortcutError(f"The signed shortcut has a segment of {raw_size} bytes where {left} are left.")
            raw = _raw(_part(data, at, stored_size, "a segment"), raw_size)
            if hashlib.sha256(raw).digest() != digest:
                raise ShortcutError("A segment of the signed shortcut is not what its SHA-256 says; fetch it again.")
            yield raw
            at += stored_size
            left -= raw_size
            if not left:
                break


def _raw(stored: bytes, size: int) -> bytes:
    """A segment, decompressed unless it was stored as it is.

    `lzfse.decompress` doubles its buffer for as long as the stream goes on: a block of 40 hostile bytes makes 26 MB,
    and there may be any number of them. So its C function is called with a buffer of ours, one byte above the size.
    On damaged input that function reads at most one byte too far, which is the zero that ends every `bytes` object
    (490,000 mutated segments under AddressSanitizer).
    """
    if len(stored) == size:
        return stored
    buffer = ctypes.create_string_buffer(size + 1)
    if _decoder()(buffer, size + 1, stored, len(stored), None) != size:
        raise ShortcutError("A segment of the signed shortcut does not decompress to its size; fetch the file again.")
    return ctypes.string_at(buffer, size)


@lru_cache(maxsize=1)
def _decoder() -> Callable[..., int]:
    """`size_t lzfse_decode_buffer(dst, dst_size, src, src_size, scratch)` of the `lzfse` package's own library."""
    try:
        decode = ctypes.CDLL(lzfse.__file__).lzfse_decode_buffer
    except (OSError, AttributeError):  # wheels for Windows do not export it
        raise ShortcutError("This build of lzfse cannot be used safely: read signed files on Linux or macOS.") from None
    decode.restype = ctypes.c_size_t
    decode.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
    return decode


def _workflow(archive: bytes) -> bytes:
    """The data of the entry `Shortcut.wflow` of an AppleArchive."""
    at = entries = 0
    while at < len(archive):
        entries += 1
        header_size = int.from_bytes(_part(archive, at + 4, 2, "its archive"), "little")
        if archive[at : at + 4] != b"AA01" or header_size < 6:
            raise ShortcutError(f"The signed shortcut's archive has no entry at byte {at:,}; fetch the file again.")
        if entries > MAX_ENTRIES or header_size > MAX_HEADER:
            raise ShortcutError("The signed shortcut's archive has more entries, or larger ones, than any shortcut.")
        header = _part(archive, at, header_size, "its archive")
        at += header_size
        path, blobs = _fields(header)
        for key, size in blobs:
            blob = _part(archive, at, size, "its archive")
            if key == b"DAT" and path == b"Shortcut.wflow":
                return blob
            at += size
    raise ShortcutError("The signed shortcut holds no file Shortcut.wflow.")


def _fields(header: bytes) -> tuple[bytes, list[tuple[bytes, int]]]:
    """The path in an entry's header, and the key and size of each blob that follows it; other fields are skipped."""
    path, blobs, at = b"", [], 6
    while at < len(header):
        key, kind = header[at : at + 3], chr(_part(header, at, 4, "an archive entry")[3])
        at += 4
        if kind in _LENGTH_SIZES or kind == "P":
            size = int.from_bytes(_part(header, at, _LENGTH_SIZES.get(kind, 2), "an archive entry"), "little")
            at += _LENGTH_SIZES.get(kind, 2)
        elif kind in _FIXED_SIZES:
            size = _FIXED_SIZES[kind]
        else:
            raise ShortcutError(f"The archive in the signed shortcut has a field of unknown type {kind!r}.")
        if kind in _LENGTH_SIZES:
            blobs.append((key, size))
            continue
        value = _part(header, at, size, "an archive entry")
        at += size
        if key == b"PAT":
            path = value
    return path, blobs


def sign(data: bytes) -> bytes:
    """The signed form of a shortcut's bytes, by `shortcuts sign --mode anyone` (macOS 12 and later).

    Only macOS can make a shortcut that other people's devices import.
    """
    program = shutil.which("shortcuts")
    if program is None:
        raise ShortcutError(
            "--sign needs macOS 12 or later: there is no `shortcuts` command here. Leave --sign out, and "
            "sign the file on a Mac with `shortcuts sign --mode anyone --input IN --output OUT`."
        )
    with tempfile.TemporaryDirectory() as folder:
        unsigned, signed = Path(folder, "unsigned.shortcut"), Path(folder, "signed.shortcut")
        unsigned.write_bytes(data)
        try:
            done = subprocess.run(
                [program, "sign", "--mode", "anyone", "--input", unsigned, "--output", signed],
                capture_output=True,
                text=True,
                timeout=_SIGNING_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise ShortcutError(f"`shortcuts sign` did not answer in {_SIGNING_SECONDS} s.") from None
        if done.returncode or not signed.exists():
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise ShortcutError(f"`shortcuts sign` failed: {reason}")
        return signed.read_bytes()
