"""A property list's actions as short lines, to look at beside the Python."""

import re
from collections.abc import Iterator
from difflib import ndiff
from typing import Any

from workflowllm.shortcuts.dialect.words import SOURCES
from workflowllm.shortcuts.model.plist_types import Workflow
from workflowllm.shortcuts.model.tree import CLOSE, NEXT, Action, mode_of, read_actions
from workflowllm.shortcuts.model.wrapped import parse_ranges, slice_utf16, unwrap

_SHORT = 48  # characters of a text that are shown
_HIDDEN = ("GroupingIdentifier",)


def outline(workflow: Workflow) -> Iterator[str]:
    """A line for each action: its index, its identifier, and its parameters; UUIDs are numbered `#1`, `#2`, ..."""
    numbers: dict[str, int] = {}
    depth = 0
    for action in read_actions(workflow):
        mode = mode_of(action)
        depth -= mode in (NEXT, CLOSE)
        yield f"{action.index:>3} {'  ' * depth}{action.identifier} {_parameters(action, numbers)}".rstrip()
        depth += mode is not None and mode != CLOSE


def outline_changes(first: Workflow, second: Workflow) -> Iterator[str]:
    """The actions that only the first workflow has, marked `-`, and those that only the second has, marked `+`."""
    before, after = ([_unnumbered(line) for line in outline(workflow)] for workflow in (first, second))
    for line in ndiff(before, after):
        if line.startswith(("-", "+")):
            yield line


def _unnumbered(line: str) -> str:
    """A line without its index and the numbers of UUIDs, which an action more or less shifts."""
    return re.sub(r"#\d+", "#", line[4:])


def _parameters(action: Action, numbers: dict[str, int]) -> str:
    shown = (f"{key}={_value(value, numbers)}" for key, value in action.parameters.items() if key not in _HIDDEN)
    return " ".join(shown)


def _value(value: Any, numbers: dict[str, int]) -> str:
    if isinstance(value, str):
        return _number(value, numbers) if _is_uuid(value) else _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(item, numbers) for item in value)}]"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return _mapping(value, numbers) if isinstance(value, dict) else str(value)


def _quoted(text: str) -> str:
    text = text.replace("\n", "\\n")
    return f'"{text}"' if len(text) <= _SHORT else f'"{text[: _SHORT - 1]}…"'


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _number(uuid: str, numbers: dict[str, int]) -> str:
    return f"#{numbers.setdefault(uuid.upper(), len(numbers) + 1)}"


def _mapping(value: dict[str, Any], numbers: dict[str, int]) -> str:
    ranged = parse_ranges(value["attachmentsByRange"]) if value.get("attachmentsByRange") else None
    if ranged and isinstance(value.get("string"), str):
        pieces = slice_utf16(value["string"], [position for position, _ in ranged])
        tokens = [f"{{{_token(token, numbers)}}}" for _, token in ranged]
        return _quoted("".join(text for pair in zip(pieces, [*tokens, ""]) for text in pair))
    wrapped = unwrap(value)
    if wrapped:
        return _value(wrapped[1], numbers)
    if "string" in value and len(value) <= 2:
        return _value(value["string"], numbers)
    if "Type" in value and ("OutputUUID" in value or "VariableName" in value or value["Type"] in SOURCES):
        return _token(value, numbers)
    return "{" + ", ".join(f"{key}: {_value(item, numbers)}" for key, item in value.items()) + "}"


def _token(token: dict[str, Any], numbers: dict[str, int]) -> str:
    uuid, name = token.get("OutputUUID"), token.get("VariableName")
    base = _number(uuid, numbers) if isinstance(uuid, str) else f"variable {name}" if name else str(token.get("Type"))
    steps = token.get("Aggrandizements") or []
    return " ".join([base, *(_step(step) for step in steps if isinstance(step, dict))])


def _step(step: dict[str, Any]) -> str:
    settings = (str(value) for key, value in step.items() if key not in ("Type", "PropertyUserInfo"))
    return f"as {', '.join(settings)}"
