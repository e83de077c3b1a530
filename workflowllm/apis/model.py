"""An API as every source describes it: typed parameters, an output, and words about them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from workflowllm.shortcuts.model.identifiers import function_name

BUILT_IN = "builtin"  # the application of every is.workflow.actions.*
_BUILT_IN_PREFIX = "is.workflow.actions."

# The vocabulary of types, and the hint that a stub shows. `file` is any content (a text will do), `object` an item of
# an application (`kind` names which), `any` whatever an action gives.
HINTS = {
    "text": "str", "number": "float", "integer": "int", "boolean": "bool", "enum": "str", "date": "Date",
    "duration": "Duration", "quantity": "Quantity", "url": "URL", "file": "File", "location": "Location",
    "contact": "Contact", "color": "Color", "object": "Object", "list": "list", "dictionary": "dict",
    "filter": "Filter", "any": "Any",
}  # fmt: skip
TYPES = frozenset(HINTS)

# Keys that Shortcuts stores with an action of any application, so no definition lists them. Keys that start with
# `Show-` say that a list of values is unfolded in the editor; they are as common.
COMMON_PARAMETERS = frozenset(
    {
        "UUID", "CustomOutputName", "GroupingIdentifier", "WFControlFlowMode", "AppIntentDescriptor", "ShowWhenRun",
        "OpenWhenRun", "IntentAppDefinition", "IntentAppIdentifier",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One input of an API, by the key that Shortcuts stores it under."""

    key: str
    type: str = "any"  # one of TYPES
    title: str = ""  # what the application calls it, where the key does not say it
    description: str = ""
    kind: str = ""  # the definition's own name of the type, or of a list's items
    required: bool = False
    default: Any = None  # None where there is none
    values: Mapping[str, str] = field(default_factory=dict)  # allowed value -> what it is shown as, "" for the same
    when: Mapping[str, Any] = field(default_factory=dict)  # other parameter -> the value it must have for this to count


@dataclass(frozen=True)
class Returns:
    """The output of an API."""

    type: str = "any"
    name: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Api:
    """One action: what it is called, takes and gives."""

    identifier: str
    name: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    returns: Returns | None = None
    input_key: str = ""  # the parameter that takes the previous action's output when it is not given
    source: str = ""

    @property
    def application(self) -> str:
        return application_of(self.identifier)

    @property
    def function(self) -> str | None:
        """The Python name that calls it, or None where `action("identifier", ...)` does."""
        return function_name(self.identifier)

    @cached_property
    def by_key(self) -> Mapping[str, Parameter]:
        return {parameter.key: parameter for parameter in self.parameters}


class Source(Protocol):
    """Where definitions come from. A catalogue asks for one application at a time, as it is needed."""

    name: str
    skipped: list[str]  # a line for everything that was left out

    def applications(self) -> Mapping[str, bool]:
        """Each application, and whether this source lists all that it offers."""

    def apis(self, application: str) -> Iterable[Api]:
        """The APIs of one application."""


def application_of(identifier: str) -> str:
    """The application whose action this is: its bundle identifier, or `builtin`."""
    return BUILT_IN if identifier.startswith(_BUILT_IN_PREFIX) else identifier.rpartition(".")[0]


def identifier_prefix(application: str) -> str:
    """What the identifiers of an application start with."""
    return _BUILT_IN_PREFIX if application == BUILT_IN else application + "."


def published_key(identifier: str) -> str:
    """How released files key an API: `.` as `_`, which cannot be undone."""
    return identifier.replace(".", "_")


def by_application(apis: Iterable[Api]) -> dict[str, list[Api]]:
    """APIs grouped by their application."""
    groups: dict[str, list[Api]] = {}
    for api in apis:
        groups.setdefault(api.application, []).append(api)
    return groups


def one_line(text: Any) -> str:
    """A definition's text on one line, "" for anything else. Localised ones come as {"key": ...} or {"format": ...}."""
    if isinstance(text, Mapping):
        text = text.get("key", text.get("format"))
    return " ".join(text.split()) if isinstance(text, str) else ""


def plain(value: Any) -> Any:
    """A default that Python and JSON can both write, or None."""
    if isinstance(value, list):
        items = [plain(item) for item in value]
        return None if any(item is None for item in items) else items
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | bool | int | float) else None
