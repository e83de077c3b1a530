"""An API as every source describes it: typed parameters, an output, a name and a description."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.identifiers import function_name

BUILT_IN_APPLICATION = "builtin"  # the application of every identifier that starts with BUILT_IN

# Actions that the dialect writes as Python statements, so that no call names them and no document shows them.
STATEMENTS = frozenset(
    BUILT_IN + name
    for name in ("comment", "gettext", "setvariable", "appendvariable", "conditional", "repeat.each", "repeat.count",
                 "choosefrommenu")
)  # fmt: skip

# Actions that a workflow may always use, because the generation prompt teaches the statements that make them, and
# because the compiler's messages advise is_workflow_actions_exit().
ALWAYS_OFFERED = STATEMENTS | {BUILT_IN + "ask", BUILT_IN + "exit"}

# The vocabulary of types, and the type hint that a stub shows. `file` is content of any kind, text included; `object`
# is an item of an application, and `kind` says which; `variable` is filled by a name alone, never by a literal; `any`
# is the output of any action.
HINTS = {
    "text": "str", "number": "float", "integer": "int", "boolean": "bool", "enum": "str", "date": "Date",
    "duration": "Duration", "quantity": "Quantity", "url": "URL", "file": "File", "location": "Location",
    "contact": "Contact", "color": "Color", "object": "Object", "list": "list", "dictionary": "dict",
    "filter": "Filter", "variable": "Variable", "any": "Any",
}  # fmt: skip
TYPES = frozenset(HINTS)

# Keys that Shortcuts stores with an action of any application, so that no definition lists them. Keys that start with
# `Show-` are as common: they say that the editor shows a list of values unfolded.
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
    title: str = ""  # the label in the application, where it differs from the key
    description: str = ""
    kind: str = ""  # the definition's name for the type, for that of a list's items, or for what a filter is over
    required: bool = False
    default: Any = None  # None where the parameter has no default
    values: Mapping[str, str] = field(default_factory=dict)  # allowed value -> its shown title, "" where they are equal
    when: Mapping[str, Any] = field(default_factory=dict)  # other parameter -> the value that makes this one apply
    least: float | None = None  # of a number
    most: float | None = None


@dataclass(frozen=True)
class Returns:
    """The output of an API."""

    type: str = "any"
    name: str = ""
    kind: str = ""
    classes: tuple[str, ...] = ()  # the content classes that a definition names
    is_many: bool = True  # whether it can be more than one item


@dataclass(frozen=True)
class Api:
    """One action: its name, its parameters and its output."""

    identifier: str
    name: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    returns: Returns | None = None
    input_key: str = ""  # the parameter that takes the previous action's output when the call leaves it out
    source: str = ""

    @property
    def application(self) -> str:
        return application_of(self.identifier)

    @property
    def function(self) -> str | None:
        """The Python name that calls it, or None where only `action("identifier", ...)` can."""
        return function_name(self.identifier)

    @cached_property
    def by_key(self) -> Mapping[str, Parameter]:
        return {parameter.key: parameter for parameter in self.parameters}


class Source(Protocol):
    """Where definitions come from. A catalogue reads one application at a time, when it is first needed."""

    name: str
    skipped: list[str]  # one line for each part of a definition that could not be used

    def applications(self) -> Mapping[str, bool]:
        """Each application, and whether this source lists all that it offers."""

    def apis(self, application: str) -> Iterable[Api]:
        """The APIs of one application."""


def application_of(identifier: str) -> str:
    """The application whose action this is: its bundle identifier, or `builtin`."""
    return BUILT_IN_APPLICATION if identifier.startswith(BUILT_IN) else identifier.rpartition(".")[0]


def identifier_prefix(application: str) -> str:
    """The start of every identifier of an application."""
    return BUILT_IN if application == BUILT_IN_APPLICATION else application + "."


def published_key(identifier: str) -> str:
    """The key of an API in released files: its identifier with `_` for `.`, which cannot be reversed."""
    return identifier.replace(".", "_")


def by_application(apis: Iterable[Api]) -> dict[str, list[Api]]:
    """APIs grouped by their application."""
    groups: dict[str, list[Api]] = {}
    for api in apis:
        groups.setdefault(api.application, []).append(api)
    return groups


def one_line(text: Any) -> str:
    """A definition's text on one line, "" for anything else. Localised texts are {"key": ...} or {"format": ...}."""
    if isinstance(text, Mapping):
        text = text.get("key", text.get("format"))
    return " ".join(text.split()) if isinstance(text, str) else ""


def plain(value: Any) -> Any:
    """The value where Python and JSON can both write it as a literal, else None."""
    if isinstance(value, list):
        items = [plain(item) for item in value]
        return None if any(item is None for item in items) else items
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | bool | int | float) else None
