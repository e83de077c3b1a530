"""Records in and out of files: JSON Lines, plain or gzip, and JSON arrays, which are read item by item.

Why arrays are read by code of our own and not by ijson: on 20,000 records of 50 MB both took 0.47 s, but ijson's yajl
turned a lone surrogate into `?` without a word, refused integers beyond 64 bits, and was killed for want of memory on
100,000 opening brackets, where `json` says that they are nested too deeply.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import cannot_read

LONGEST_RECORD = 1 << 26  # characters, 64 Mi; the largest real shortcut has 3 MB. Memory holds one record at a time.
_CHUNK = 1 << 20  # characters read at least
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class NoArray(ValueError):
    """The text holds something else than an array."""


def json_line(record: Any) -> bytes:
    """A record as one line of JSON in UTF-8. Lone surrogates cannot be encoded and are written as escapes."""
    try:
        return json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record).encode("ascii") + b"\n"


def read_records(path: Path) -> Iterator[tuple[int, Any]]:
    """(line number, record) of a .jsonl, .jsonl.gz or .json file, in UTF-8 with or without a byte order mark.

    A line that is not JSON, or that is longer than LONGEST_RECORD, comes as a ValueError. Raises CommandError where
    the file cannot be read on.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="surrogateescape") as handle:
            yield from enumerate(_json_array(handle, path), 1) if path.suffix == ".json" else _json_lines(handle)
    except (OSError, EOFError, zlib.error) as error:
        raise cannot_read(path, error) from None


def _json_lines(handle: IO[str]) -> Iterator[tuple[int, Any]]:
    number = 0
    while line := handle.readline(LONGEST_RECORD):
        number += 1
        if len(line) == LONGEST_RECORD and not line.endswith("\n"):
            while (rest := handle.readline(_CHUNK)) and not rest.endswith("\n"):
                pass
            yield number, ValueError(f"this line is longer than {LONGEST_RECORD:,} characters")
        elif line.strip():
            yield number, _parsed(line)


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return ValueError(f"this line is not JSON: {error}")


def _json_array(handle: IO[str], path: Path) -> Iterator[Any]:
    try:
        yield from array_items(handle)
    except NoArray:
        advice = "write one, or give JSON Lines the ending .jsonl"
        raise CommandError(f"{path} holds no JSON array; {advice}.") from None
    except ValueError as error:
        raise CommandError(f"cannot read {path}: {error}.") from None


def array_items(handle: IO[str], chunk: int = _CHUNK) -> Iterator[Any]:
    """The items of a JSON array. Raises NoArray at the start, ValueError where an item or the array breaks off."""
    reader = _Reader(handle, chunk)
    if reader.peek() != "[":
        raise NoArray("no JSON array")
    reader.offset += 1
    if reader.peek() == "]":
        reader.offset += 1
    else:
        yield from _items(reader)
    if reader.peek():
        raise ValueError("something follows the array")


def _items(reader: "_Reader") -> Iterator[Any]:
    number = 1
    while True:
        yield reader.value(number)
        separator = reader.peek()
        reader.offset += 1
        if separator == "]":
            return
        if separator != ",":
            raise ValueError(f"the array breaks off after item {number}")
        number += 1


class _Reader:
    """The part of a text that is in memory, and the offset in it up to which it has been read."""

    def __init__(self, handle: IO[str], chunk: int):
        self.handle, self.chunk = handle, chunk
        self.text, self.offset = "", 0

    def more(self) -> bool:
        """Read on, at least as much as is unread, so that a long item is tried few times; False at the end."""
        unread = self.text[self.offset :]
        new = self.handle.read(max(self.chunk, len(unread)))
        self.text, self.offset = unread + new, 0
        return bool(new)

    def peek(self) -> str:
        """The next character that is not white space; "" at the end."""
        while True:
            self.offset = _SPACE.match(self.text, self.offset).end()
            if self.offset < len(self.text):
                return self.text[self.offset]
            if not self.more():
                return ""

    def value(self, number: int) -> Any:
        """The value that begins here. One that ends with the text in memory may go on: `1` may be `12`."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.offset)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or self._is_too_long() or not self.more():
                    raise ValueError(f"item {number} of the array is not JSON: {error}") from None
                continue
            if end < len(self.text) or not self.more():
                self.offset = end
                return value

    def _is_too_long(self) -> bool:
        return len(self.text) - self.offset > LONGEST_RECORD
