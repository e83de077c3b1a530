"""Shortcut files of every kind, told apart by their content, as the property list they hold.

Binary and XML property lists, JSON dumps of the same tree, and the signed files of iOS 15 and later.
"""

from __future__ import annotations

import json
import plistlib
from dataclasses import dataclass
from pathlib import Path

from workflowllm.shortcuts import bplist
from workflowllm.shortcuts.errors import ShortcutError


@dataclass(frozen=True)
class Shortcut:
    """A property list whose `WFWorkflowActions` is a list of actions, and the kind of file it came in."""

    workflow: dict
    container: str


def read_file(path: str | Path) -> Shortcut:
    """Read a shortcut file."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ShortcutError(f"Cannot read {path}: {error.strerror or error}.") from None
    return read_shortcut(data)


def read_shortcut(data: bytes) -> Shortcut:
    """Read the bytes of a shortcut file of any kind."""
    if data[:6] == b"bplist":
        return Shortcut(_checked(bplist.loads(data)), "binary")
    if data[:1] == b"{":
        return Shortcut(_checked(json.loads(data)), "json")
    return Shortcut(_checked(plistlib.loads(data)), "xml")


def _checked(root: object) -> dict:
    if not isinstance(root, dict) or not isinstance(root.get("WFWorkflowActions"), list):
        raise ShortcutError("This is not a shortcut: it has no list WFWorkflowActions.")
    return root
