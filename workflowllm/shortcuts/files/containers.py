"""Shortcut files of every kind, told apart by their content, as the property list they hold.

Binary and XML property lists (`.shortcut`, `.wflow`, `.plist`), JSON dumps of the same tree, and the signed files of
iOS 15 and later. What an iCloud link leads to is fetched by `icloud.py`.
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from pathlib import Path

from workflowllm.runs.paths import why_not_regular
from workflowllm.shortcuts.files import binary, signed, xml
from workflowllm.shortcuts.model.errors import ShortcutError

MAX_BYTES = 32 << 20  # the largest real file has 3 MB; reading takes some ten times a file's size in memory
ICLOUD_LINK = re.compile(
    r"https?://(?:www\.)?icloud\.com/shortcuts/(?:api/records/)?([0-9A-Fa-f-]{16,64})/?(?:[?#]\S*)?"
)

_JSON_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_MAX_JSON_NUMBER = 400  # characters; the longest real is a little over 300 digits written out


@dataclass(frozen=True)
class Shortcut:
    """A property list whose `WFWorkflowActions` is a list of actions, and the kind of file it came in."""

    workflow: dict
    container: str  # "binary", "xml", "json" or "aea1"


def read_file(path: str | Path) -> Shortcut:
    """Read a shortcut file; whatever is wrong with it, or with reading it, is a ShortcutError.

    FIFOs and devices are refused: reading one may never end.
    """
    try:
        reason = why_not_regular(Path(path))
        if reason:
            raise ShortcutError(f"Cannot read {path}: {reason}")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except ShortcutError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise ShortcutError(f"Cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None
    return read_shortcut(data)


def read_shortcut(data: bytes) -> Shortcut:
    """Read the bytes of a shortcut file of any kind; raises ShortcutError only."""
    if len(data) > MAX_BYTES:
        raise ShortcutError(f"The file is over {MAX_BYTES >> 20} MiB; no shortcut is.")
    if data[:4] == b"AEA1":
        root, container = _property_list(signed.unwrap(data))[0], "aea1"
    else:
        root, container = _property_list(data)
    _check_actions(root)
    return Shortcut(root, container)


def _property_list(data: bytes) -> tuple[object, str]:
    """The root of an unsigned file, and its container."""
    if data[:6] == b"bplist":
        return binary.loads(data), "binary"
    start = _text(data[:2048]).lstrip("\ufeff \t\r\n")
    lowered = start[:200].lower()
    if lowered.startswith(("<!doctype html", "<html")):
        raise ShortcutError("This is a web page, not a shortcut: the download went wrong, or the link has expired.")
    if lowered.startswith(("<?xml", "<plist", "<!doctype plist", "<!--")):
        return xml.loads(data.lstrip()), "xml"
    if start.startswith(("{", "[")):
        return _json(data), "json"
    raise ShortcutError(_what_it_is(data, start))


def _text(data: bytes) -> str:
    """Bytes as text by their byte order mark, for a look at how they begin."""
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if utf16 else "utf-8", "replace")


def _what_it_is(data: bytes, start: str) -> str:
    """One sentence about a file that is no property list."""
    if not start.strip("\0"):
        return "The file is empty, or begins with nothing but blanks."
    if data[:4] == b"PK\x03\x04" or data[:2] == b"\x1f\x8b":
        return "This is a compressed archive, not a shortcut: unpack it and give the files in it."
    if is_icloud_link(start):
        return "The file holds an iCloud link, not a shortcut: fetch the link and give the file it leads to."
    if start.startswith(("(", "//", "/*")):
        return "This looks like an OpenStep property list, which is not read: convert it with `plutil -convert xml1`."
    return f"This is not a shortcut: it begins with {data[:16]!r}, which no kind of shortcut file does."


def _json(data: bytes) -> object:
    """The tree of a JSON dump, bounded as property lists are."""
    if sum(map(data.count, (b",", b"[", b"{"))) > binary.MAX_NODES:
        raise ShortcutError(f"The JSON has over {binary.MAX_NODES:,} values.")
    try:
        text = data.decode("utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig")
        root = json.loads(text, parse_constant=_no_number, parse_int=_int, parse_float=_float)
        binary.check_tree(root)
        if _JSON_SURROGATE.search(text):
            json.dumps(root, ensure_ascii=False).encode()  # fails on half a surrogate pair
    except json.JSONDecodeError as error:
        if re.match(r'\{\s*("[^"]*"|[\w.]+)\s*=', text.lstrip()[:2048]):
            raise ShortcutError(_what_it_is(b"", "//")) from None
        raise ShortcutError(f"The JSON is damaged: {error}.") from None
    except UnicodeError as error:
        raise ShortcutError(f"The JSON has text that is not valid Unicode ({error.reason}).") from None
    except RecursionError:
        raise ShortcutError(f"The JSON is nested deeper than {binary.MAX_DEPTH} levels.") from None
    return root


def _no_number(name: str) -> None:
    raise ShortcutError(f"The JSON has the number {name}, which JSON does not allow.")


def _int(digits: str) -> int:
    if len(digits) > _MAX_JSON_NUMBER:
        raise ShortcutError(f"The JSON has a number of {len(digits):,} digits.")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > _MAX_JSON_NUMBER or float(digits) in (float("inf"), float("-inf")):
        raise ShortcutError(f"The JSON has the number {digits[:20]}..., which is too long or too large.")
    return float(digits)


def _check_actions(root: object) -> None:
    """A shortcut's root is a dictionary with a list of actions, each with an identifier and maybe parameters."""
    if not isinstance(root, dict):
        raise ShortcutError(f"This is not a shortcut: its root is a {type(root).__name__}, not a dictionary.")
    if "WFWorkflowActions" not in root:
        keys = ", ".join(repr(key[:40]) for key in list(root)[:5]) or "no keys at all"
        raise ShortcutError(f"This is not a shortcut: it has no WFWorkflowActions (it has {keys}).")
    actions = root["WFWorkflowActions"]
    if not isinstance(actions, list):
        raise ShortcutError(f"WFWorkflowActions is a {type(actions).__name__}, not a list.")
    for index, action in enumerate(actions):
        if not isinstance(action, dict):
            raise ShortcutError(f"Action {index} is a {type(action).__name__}, not a dictionary.")
        identifier = action.get("WFWorkflowActionIdentifier")
        if not isinstance(identifier, str):
            raise ShortcutError(f"Action {index} has no text WFWorkflowActionIdentifier.")
        if not isinstance(action.get("WFWorkflowActionParameters"), (dict, type(None))):
            raise ShortcutError(f"Action {index} ({identifier[:80]!r}) has parameters that are not a dictionary.")


def is_icloud_link(text: str) -> bool:
    """Whether a text is a link to a shared shortcut, such as `https://www.icloud.com/shortcuts/<id>`."""
    return ICLOUD_LINK.fullmatch(text.strip()) is not None
