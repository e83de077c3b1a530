"""XML property lists, read faster than plistlib does and with every size bounded.

The elements are those of Apple's PropertyList-1.0.dtd. Text as Apple's tools and plistlib write it is cut at every `<`;
whatever is unusual about a file (comments, attributes, CDATA, other encodings, character references) sends it through
expat instead, which gives the same pieces. One builder makes the values of both.
"""

from __future__ import annotations

import binascii
import datetime
import re
from collections.abc import Callable, Iterator
from xml.parsers.expat import ExpatError, ParserCreate

from workflowllm.shortcuts.files.binary import MAX_DEPTH, MAX_NODES
from workflowllm.shortcuts.model.errors import ShortcutError

MAX_DIGITS = 100  # Apple's integers have at most 128 bits

_PROLOG = re.compile(
    r"""<\?xml\ version="1\.0"(\ encoding="UTF-8")?\?>\s*
    (<!DOCTYPE\ plist\ PUBLIC\ "[\w\ ./:-]*"\ "[^"<>]*">\s*)?
    <plist(\ version="1\.0")?>[ \t\n]*<""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&apos;": "'"}
_ENTITY = re.compile("&[^;&]*;?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d))?)?)?Z", re.ASCII)


class _Odd(Exception):
    """Not the plain form that the builder reads; the text says why."""


def loads(data: bytes) -> object:
    """The root object of an XML property list, in the types plistlib gives; raises ShortcutError only."""
    if data.count(b"<") > MAX_NODES:
        raise ShortcutError(f"The XML property list has over {MAX_NODES:,} tags; no shortcut has.")
    for pieces in (_plain_pieces, _expat_pieces):
        try:
            return _build(pieces(data))
        except (_Odd, ExpatError, ValueError, LookupError, OverflowError, MemoryError) as error:
            if isinstance(error, ShortcutError):
                raise
            reason = str(error)[:200]  # may quote the text
    raise ShortcutError(f"The XML property list is damaged ({reason}); fetch the file again.")


def _plain_pieces(data: bytes) -> Iterator[str]:
    """What stands behind each `<` after the opening `<plist>`: `key>Name`, `/key>`, `dict>` and so on."""
    if len(data.translate(None, _CONTROLS)) != len(data):
        raise _Odd("a control character in the text")
    text = data.decode("utf-8-sig")
    if "\r" in text:  # XML 1.0, section 2.11
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    prolog = _PROLOG.match(text)
    if not prolog or "]]>" in text or "\ufffe" in text or "\uffff" in text:
        raise _Odd("an unusual prolog or text")
    return iter(text[prolog.end() :].split("<"))


def _expat_pieces(data: bytes) -> Iterator[str]:
    """The same pieces of any well-formed document; entities are neither declared, expanded nor fetched."""
    pieces: list[str] = []
    text: list[str] = []
    open_names: list[str] = []

    def start(name: str, _attributes: dict) -> None:
        if not open_names and name != "plist":
            raise ShortcutError(f"This is not a property list: the XML root is {name[:40]!r}, not <plist>.")
        if len(open_names) > MAX_DEPTH + 1:
            raise ShortcutError(f"The property list is nested deeper than {MAX_DEPTH} levels.")
        if open_names:
            pieces.append(f"{name}>")
        open_names.append(name)
        text.clear()

    def end(name: str) -> None:
        if pieces and pieces[-1] == f"{name}>" and name not in ("dict", "array", "plist"):
            pieces[-1] += "".join(text).replace("&", "&amp;")
        text.clear()
        open_names.pop()
        pieces.append(f"/{name}>")

    def refuse(*_declaration: object) -> None:
        raise ShortcutError("The XML property list declares or uses entities of its own, which is not allowed.")

    def doctype(_name: str, _system: str, _public: str, has_subset: int) -> None:
        if has_subset:
            refuse()

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler, parser.SkippedEntityHandler = doctype, refuse, refuse
    parser.Parse(data, True)
    return iter(pieces)


def _build(pieces: Iterator[str]) -> object:
    """The values that the pieces spell, down to the closing `/plist>`."""
    document: list = []
    holder, is_dict, key = document, False, None
    outer: list = []
    for piece in pieces:
        name, close, text = piece.partition(">")
        if not close:
            raise _Odd("a tag without its end")
        if name == "key":
            if key is not None or not is_dict:
                raise _Odd("a key where a value was due")
            key = _unescape(text) if "&" in text else text
            if next(pieces, "").rstrip() != "/key>":
                raise _Odd("an element within a key")
            continue
        if name == "string":
            value = _unescape(text) if "&" in text else text
            if next(pieces, "").rstrip() != "/string>":
                raise _Odd("an element within a string")
        elif text and not text.isspace() and name not in _SCALARS:
            raise _Odd(f"text within or after the element {name[:40]!r}")
        elif name in ("/dict", "/array"):
            if key is not None or is_dict != (name == "/dict") or not outer:
                raise _Odd(f"a misplaced <{name}>")
            holder, is_dict = outer.pop()
            continue
        elif name == "/plist":
            break
        else:
            value = {} if name == "dict" else [] if name == "array" else _other(name, text, pieces)
        if not is_dict:
            holder.append(value)
        elif key is None:
            raise _Odd("a value without a key")
        else:
            holder[key] = value
            key = None
        if name == "dict" or name == "array":
            outer.append((holder, is_dict))
            holder, is_dict = value, name == "dict"
            if len(outer) > MAX_DEPTH:
                raise ShortcutError(f"The property list is nested deeper than {MAX_DEPTH} levels.")
    if outer or len(document) != 1 or name != "/plist" or next(pieces, None) is not None:
        raise _Odd("not exactly one value in <plist>")
    return document[0]


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda match: _entity(match[0]), text)


def _entity(reference: str) -> str:
    if reference not in _ENTITIES:
        raise _Odd(f"the reference {reference[:40]!r}")
    return _ENTITIES[reference]


def _other(name: str, text: str, pieces: Iterator[str]) -> object:
    """A value that is neither text nor a container with content."""
    if name.endswith("/"):
        if name not in _EMPTY:
            raise _Odd(f"the element {name[:40]!r}")
        return _EMPTY[name]()
    if name not in _SCALARS:
        raise _Odd(f"the element {name[:40]!r}")
    if next(pieces, "").rstrip() != f"/{name}>":
        raise _Odd(f"an element within <{name}>")
    return _SCALARS[name](_unescape(text))


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ShortcutError(f"The XML property list has an integer of {len(text):,} characters.")
    return int(text, 16) if text[:2] in ("0x", "0X") else int(text)


def _date(text: str) -> datetime.datetime:
    match = _DATE.match(text)
    if not match:
        raise ValueError(f"the date {text[:40]!r}")
    return datetime.datetime(*(int(part) for part in match.groups() if part))


_EMPTY: dict[str, Callable[[], object]] = {
    "true/": lambda: True,
    "false/": lambda: False,
    "dict/": dict,
    "array/": list,
    "string/": str,
    "data/": bytes,
}
_SCALARS: dict[str, Callable[[str], object]] = {
    "true": lambda _: True,
    "false": lambda _: False,
    "integer": _integer,
    "real": float,
    "data": lambda text: binascii.a2b_base64(text.encode()),
    "date": _date,
}
