"""Whole workflows: compiled actions and metadata to a property list, and metadata to JSON and back."""

import base64
import plistlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.plist_types import ActionDict, QuestionDict, Workflow
from workflowllm.shortcuts.model.shortcut_input import read_inputs

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
QUESTIONS = "WFWorkflowImportQuestions"


@dataclass(slots=True)
class Compiled:
    """The actions of a program, as a property list holds them, its import questions, and metadata that it sets."""

    actions: list[ActionDict] = field(default_factory=list)
    questions: list[QuestionDict] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


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
        QUESTIONS: [],
    }


def build_workflow(compiled: Compiled, metadata: dict[str, Any] | None = None) -> Workflow:
    """The property list of a shortcut: compiled actions and questions, and the other top-level keys.

    `metadata` (top-level key -> value) is put back as it is; None stands for the metadata of a new shortcut.
    """
    workflow = default_metadata() if metadata is None else dict(metadata)
    if compiled.questions:
        workflow[QUESTIONS] = compiled.questions
    if metadata is None:
        read = read_inputs(compiled.actions)
        workflow |= {**read, "WFWorkflowHasShortcutInputVariables": bool(read)}
    workflow |= compiled.metadata
    workflow["WFWorkflowActions"] = compiled.actions
    return workflow


def to_bytes(workflow: Workflow) -> bytes:
    """A binary property list. Null values, which only JSON has, are left out."""
    try:
        return plistlib.dumps(_without_null(workflow), fmt=plistlib.FMT_BINARY, sort_keys=False)
    except UnicodeEncodeError:
        raise ShortcutError("a text holds a lone surrogate, which cannot be encoded in a property list.") from None
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
