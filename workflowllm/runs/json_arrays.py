"""Reading a JSON array item by item, so that a file of many records never stands in memory as a whole."""

import json
import re
from collections.abc import Iterator
from typing import IO, Any

_CHUNK = 1 << 20  # characters read at least
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class NoArray(ValueError):
    """The text holds something else than an array."""


def array_items(handle: IO[str], chunk: int = _CHUNK) -> Iterator[Any]:
    """The items of a JSON array. Raises NoArray at the start, ValueError where an item or the array breaks off."""
    reader = _Reader(handle, chunk)
    if reader.peek() != "[":
        raise NoArray("no JSON array")
    reader.place += 1
    if reader.peek() == "]":
        reader.place += 1
    else:
        yield from _items(reader)
    if reader.peek():
        raise ValueError("something follows the array")


def _items(reader: "_Reader") -> Iterator[Any]:
    number = 1
    while True:
        yield reader.value(number)
        mark = reader.peek()
        reader.place += 1
        if mark == "]":
            return
        if mark != ",":
            raise ValueError(f"the array breaks off after item {number}")
        number += 1


class _Reader:
    """The part of a text that is in memory, and the place in it."""

    def __init__(self, handle: IO[str], chunk: int):
        self.handle, self.chunk = handle, chunk
        self.text, self.place = "", 0

    def more(self) -> bool:
        """Read on, twice as much as waits: a long item is then looked at few times."""
        waiting = self.text[self.place :]
        new = self.handle.read(max(self.chunk, len(waiting)))
        self.text, self.place = waiting + new, 0
        return bool(new)

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            self.place = _SPACE.match(self.text, self.place).end()
            if self.place < len(self.text):
                return self.text[self.place]
            if not self.more():
                return ""

    def value(self, number: int) -> Any:
        """The value that stands here. One that ends with the text in memory may go on: `1` may be `12`."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.place)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self.more():
                    raise ValueError(f"item {number} of the array is not JSON: {error}") from None
                continue
            if end < len(self.text) or not self.more():
                self.place = end
                return value
