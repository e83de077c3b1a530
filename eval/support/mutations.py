"""Damaged shortcuts: seeded changes to the bytes and to the property list of real ones."""

import copy
import plistlib
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from workflowllm.shortcuts.files.containers import read_shortcut
from workflowllm.shortcuts.model.errors import ShortcutError

_KEYS = (
    "UUID", "WFInput", "Type", "Value", "WFSerializationType", "string", "attachmentsByRange", "WFControlFlowMode",
    "GroupingIdentifier", "OutputUUID", "VariableName", "Aggrandizements", "WFCondition", "WFMenuItems", "WFItemType",
    "WFWorkflowActions", "WFVariableName", "CustomOutputName", "", "def", "a-b", "{0, 1}", "WFMenuItemTitle",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    "", "x", "￼", "{", '"""', "'\"\\", "\u202e", "🧨￼🧨", "class", 0, 1, 2, -1, 7, 2**63, 0.5,
    float("inf"), float("nan"),
    True, False, b"", b"\0\xff", datetime(2024, 2, 29), [], {}, [[]], {"Type": "Variable"}, {"": {}},
    {"Type": "ActionOutput", "OutputUUID": "gone"}, {"Value": 1, "WFSerializationType": "WFTextTokenString"},
    {"string": "￼￼", "attachmentsByRange": {"{1, 1}": {"Type": "Clipboard"}, "{9, 3}": {"Type": "Ask"}}},
    {"string": "a", "attachmentsByRange": {"x": {}}}, "WFTextTokenAttachment", "conditional",
)  # fmt: skip
_DEEP = 400  # levels of a nested value: beyond what Python's brackets take


def mutated(data: bytes, random: Random) -> bytes:
    """One damaged form of a shortcut file's bytes."""
    return random.choice(_MUTATIONS)(data, random)


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))]


def _splice(data: bytes, random: Random) -> bytes:
    start, stop, at = sorted(random.randrange(len(data)) for _ in range(3))
    return data[:at] + data[start:stop] + data[at:]


def _noise(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + random.randbytes(random.randrange(1, 64)) + data[at:]


def _rebuilt(data: bytes, random: Random) -> bytes:
    """The property list with some of its values changed; bytes damaged where it cannot be read or written."""
    try:
        root = copy.deepcopy(read_shortcut(data).workflow)
        for _ in range(random.choice((1, 1, 2, 5))):
            _change(root, random)
        return plistlib.dumps(root, fmt=random.choice((plistlib.FMT_BINARY, plistlib.FMT_XML)), sort_keys=False)
    except (ShortcutError, TypeError, ValueError, OverflowError, RecursionError):
        return _flip(data, random)


def _change(root: dict[str, Any], random: Random) -> None:
    """Go down to a random container and change what is there."""
    container: Any = root
    while True:
        keys = list(container) if isinstance(container, dict) else list(range(len(container)))
        inner = [key for key in keys if isinstance(container[key], (dict, list)) and container[key]]
        if not inner or random.random() < 0.15:
            break
        container = container[random.choice(inner)]
    if not keys:
        return
    key = random.choice(keys)
    random.choice((_replace, _delete, _double, _rename, _nest))(container, key, random)


def _replace(container: Any, key: Any, random: Random) -> None:
    container[key] = copy.deepcopy(random.choice(_VALUES))


def _delete(container: Any, key: Any, _: Random) -> None:
    del container[key]


def _double(container: Any, key: Any, random: Random) -> None:
    if isinstance(container, list):
        container.insert(random.randrange(len(container) + 1), container[key])
    else:
        container[random.choice(_KEYS)] = container[key]


def _rename(container: Any, key: Any, random: Random) -> None:
    if isinstance(container, dict):
        container[random.choice(_KEYS)] = container.pop(key)


def _nest(container: Any, key: Any, random: Random) -> None:
    for level in range(random.choice((1, 30, _DEEP))):
        container[key] = [container[key]] if level % 2 else {"Value": container[key]}


_MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (_flip, _cut, _splice, _noise, *[_rebuilt] * 4)
