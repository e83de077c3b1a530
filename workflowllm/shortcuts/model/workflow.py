"""Whole workflows: compiled actions and metadata to a property list, and metadata to JSON and back."""

import base64
import plistlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.model.errors import ShortcutError

if TYPE_CHECKING:
    from workflowllm.shortcuts.from_python.compiler import Compiled


# What Shortcuts writes into a new, empty shortcut that takes any input.
_INPUTS = (
    "AppStoreApp",
    "Article",
    "Contact",
    "Date",
    "EmailAddress",
    "Folder",
    "GenericFile",
    "Image",
    "iTunesProduct",
    "Location",
    "DCMapsLink",
    "AVAsset",
    "PDF",
    "PhoneNumber",
    "RichText",
    "SafariWebPage",
    "String",
    "URL",
)
_QUESTIONS = "WFWorkflowImportQuestions"


def default_metadata() -> dict[str, Any]:
    """What an import needs beside the actions."""
    return {
        "WFWorkflowClientVersion": "2302.0.4",
        "WFWorkflowMinimumClientVersion": 900,
        "WFWorkflowMinimumClientVersionString": "900",
        "WFWorkflowIcon": {"WFWorkflowIconStartColor": 463140863, "WFWorkflowIconGlyphNumber": 61440},
        "WFWorkflowInputContentItemClasses": [f"WF{name}ContentItem" for name in _INPUTS],
        "WFWorkflowOutputContentItemClasses": [],
        "WFWorkflowTypes": [],
        "WFQuickActionSurfaces": [],
        "WFWorkflowHasOutputFallback": False,
        _QUESTIONS: [],
    }


def build_workflow(compiled: "Compiled", metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """The property list of a shortcut. Given metadata is put back as it is; None stands for that of a new shortcut."""
    workflow = default_metadata() if metadata is None else dict(metadata)
    if compiled.questions:
        workflow[_QUESTIONS] = compiled.questions
    if metadata is None:
        workflow["WFWorkflowHasShortcutInputVariables"] = "ExtensionInput" in _token_types(compiled.actions)
    workflow["WFWorkflowActions"] = compiled.actions
    return workflow


def _token_types(value: Any) -> set[Any]:
    found, waiting = set(), [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if isinstance(item.get("Type"), str):
                found.add(item["Type"])
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return found


def to_bytes(workflow: dict[str, Any]) -> bytes:
    """A binary property list. Null values, which only JSON has, are left out."""
    try:
        return plistlib.dumps(_without_null(workflow), fmt=plistlib.FMT_BINARY, sort_keys=False)
    except UnicodeEncodeError:
        raise ShortcutError(
            "a text holds half of a character (a lone surrogate), which no property list can."
        ) from None
    except OverflowError:
        raise ShortcutError("a whole number has more than 64 bits, which no property list can hold.") from None


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return [_without_null(item) for item in value if item is not None] if isinstance(value, list) else value


def to_json(value: Any) -> Any:
    """A property list's value as JSON; dates, data and UIDs as objects of one key that starts with `$`."""
    if isinstance(value, dict):
        return {"$" + key if key.startswith("$") else key: to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, bytes):
        return {"$data": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime):
        return {"$date": value.isoformat()}
    return {"$uid": value.data} if isinstance(value, plistlib.UID) else value


_READ = {
    "$data": lambda text: base64.b64decode(text, validate=True),
    "$date": datetime.fromisoformat,
    "$uid": plistlib.UID,
}


def from_json(value: Any) -> Any:
    """The way back from `to_json`."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        key, item = next(iter(value.items()))
        if key in _READ:
            try:
                return _READ[key](item)
            except (TypeError, ValueError):
                raise ShortcutError(f"the metadata's {key} is not as the converter writes it.") from None
    return {key[1:] if key.startswith("$") else key: from_json(item) for key, item in value.items()}
