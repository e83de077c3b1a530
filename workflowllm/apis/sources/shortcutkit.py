"""The package shortcutkit: macOS's own actions and those of Apple's applications, read from the installed package.

It holds `ACTIONS` (identifier -> name, parameter keys, output name, output types), `PARAM_KINDS` (a kind for each
parameter), `PARAM_CHOICES` (allowed values), and built-in-actions.json in the shape of WFActions.plist.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from workflowllm.apis.model import BUILT_IN_APPLICATION, TYPES, Api, Parameter, Returns, application_of, one_line
from workflowllm.apis.sources.wfactions import output_type, read_action
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml

_KINDS = {
    "bool": "boolean", "number": "number", "plainNumber": "number", "string": "text", "plainString": "text",
    "text": "text", "filter": "filter", "quantity": "quantity", "dictionary": "dictionary",
    "picker": "variable",
}  # fmt: skip
_OUTPUTS = {
    "string": "text", "attributedString": "text", "bool": "boolean", "int": "integer", "double": "number",
    "number": "number", "date": "date", "dateComponents": "date", "url": "url", "URL": "url", "file": "file",
    "person": "contact", "placemark": "location",
}  # fmt: skip
FILTER = "WFContentItemFilter"
_SWITCH = {"on", "off"}
_UNTRANSLATED = re.compile(r"\b\w+\.\w+\.\w+")  # the key of a text that the package has no translation for


class Package:
    """shortcutkit, imported when the first application is needed: it takes 0.1 s."""

    name = "shortcutkit"

    def __init__(self) -> None:
        self.skipped: list[str] = []

    @cached_property
    def _data(self) -> Any:
        import shortcutkit

        return shortcutkit

    @cached_property
    def _definitions(self) -> Mapping[str, Any]:
        return json.loads(Path(self._data.DEFINITIONS).read_text("utf-8"))

    @cached_property
    def _groups(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for identifier in self._data.ACTIONS:
            groups.setdefault(application_of(identifier), []).append(identifier)
        return groups

    def applications(self) -> Mapping[str, bool]:
        return self._completeness

    @cached_property
    def _completeness(self) -> Mapping[str, bool]:
        # The list is complete where an entry has the descriptor of App Intents; a share extension, say, has none.
        complete = {
            entry["descriptor"]["BundleIdentifier"] for entry in self._data.ACTIONS.values() if entry.get("descriptor")
        }
        return {name: name in complete or name == BUILT_IN_APPLICATION for name in self._groups}

    def apis(self, application: str) -> Iterable[Api]:
        return [self._api(identifier) for identifier in self._groups.get(application, ())]

    def _api(self, identifier: str) -> Api:
        entry = self._data.ACTIONS[identifier]
        defined = read_action(identifier, self._definitions.get(identifier, {}), self.name, self.skipped)
        keys = dict.fromkeys([*defined.by_key, *entry["params"], *sorted(self._data.LEGACY_KEYS.get(identifier, ()))])
        kinds, choices = self._data.PARAM_KINDS.get(identifier, {}), self._data.PARAM_CHOICES.get(identifier, {})
        types = toolkit_types().get(identifier, {})
        parameters = {key: _parameter(key, defined, types.get(key) or kinds.get(key), choices.get(key)) for key in keys}
        own = corrections().get(identifier, {})
        shared = {key: fields for key, fields in corrections()["*"].items() if key in parameters}
        for key, fields in (shared | own).items():
            if key != "returns":
                parameters[key] = _corrected(parameters.get(key, Parameter(key)), fields)
        if FILTER in parameters:
            kind = parameters[FILTER].kind or self.item_class(identifier)
            parameters[FILTER] = replace(parameters[FILTER], type="filter", kind=kind)
        return replace(
            defined,
            name=_name(entry, identifier),
            parameters=tuple(parameters.values()),
            returns=own.get("returns") or defined.returns or _returns(entry) or _found(identifier, parameters),
        )

    @property
    def filters(self) -> Mapping[str, Mapping[str, Any]]:
        """Find action -> property -> its operators, its type as `values`, and its `choices`."""
        return self._data.FILTERS

    def properties(self) -> dict[str, list[str]]:
        """Content class -> the properties that Get Details and a Find action's sorting offer."""
        names: dict[str, list[str]] = {}
        for identifier, definition in self._definitions.items():
            item_class = definition.get("WFContentItemClass")
            for key in ("WFContentItemPropertyName", "WFContentItemSortProperty") if item_class else ():
                names.setdefault(item_class, []).extend(self._data.PARAM_CHOICES.get(identifier, {}).get(key, ()))
        return names

    def item_class(self, identifier: str) -> str:
        """The content class of a Find action; its own identifier where it finds an entity of App Intents."""
        return self._definitions.get(identifier, {}).get("WFContentItemClass") or identifier


@lru_cache(maxsize=1)
def toolkit_types() -> dict[str, dict[str, str]]:
    """Identifier -> parameter -> its type and, behind a space, its kind, where the package knows neither."""
    return json.loads(shipped("data/api/parameter_types.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def corrections() -> dict[str, dict[str, Any]]:
    """Identifier -> parameter's key -> fields of the parameter that replace the package's; `returns` -> its output."""
    table = load_yaml(shipped("data/api/corrections.yml").read_text("utf-8"))
    for entries in table.values():
        for key, fields in entries.items():
            if "values" in fields:
                fields["values"] = dict.fromkeys(fields["values"], "")
            if key == "returns":
                entries[key] = Returns(**fields | {"classes": tuple(fields["classes"])})
    return table


def _corrected(parameter: Parameter, fields: Mapping[str, Any]) -> Parameter:
    more = dict.fromkeys(fields.get("more_values", ()), "")
    fields = {name: value for name, value in fields.items() if name != "more_values"}
    parameter = replace(parameter, **fields)
    return replace(parameter, values={**parameter.values, **more}) if more else parameter


def _name(entry: Mapping[str, Any], identifier: str) -> str:
    name = one_line(entry["name"])
    if name and name != "Unknown Action" and not _UNTRANSLATED.search(name):
        return name
    last = identifier.rpartition(".")[2]
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", last)) or last


def _parameter(key: str, defined: Api, kind: str | None, choices: list[str] | None) -> Parameter:
    """The parameter of the definition, with missing values and a missing type from the package's tables."""
    parameter = defined.by_key.get(key, Parameter(key))
    if choices and set(choices) == _SWITCH:
        return replace(parameter, type="boolean")  # real shortcuts store it as 0 or 1
    if choices and not parameter.values:
        type_ = "list" if parameter.type == "list" else "enum"
        parameter = replace(parameter, type=type_, values=dict.fromkeys(choices, ""))
    if parameter.type == "any" and kind:
        word, _, picked = kind.partition(" ")
        parameter = replace(parameter, type=word if word in TYPES else _KINDS.get(word, "any"), kind=picked)
    return parameter


def _found(identifier: str, parameters: Mapping[str, Parameter]) -> Returns | None:
    """What a Find action of an application gives: a list of what its filter is over."""
    return Returns("list", kind=identifier.rpartition(".")[2]) if FILTER in parameters else None


def _returns(entry: Mapping[str, Any]) -> Returns | None:
    types = [name for name in entry.get("outputTypes") or () if name != "none"]
    name = one_line(entry.get("output"))
    if not types and not name:
        return None
    type_ = _OUTPUTS.get(types[0]) or output_type(types[0]) if types else "any"
    kind = types[0].rpartition(".")[2] if type_ == "object" else ""
    return Returns(type_, name, kind, tuple(types))
