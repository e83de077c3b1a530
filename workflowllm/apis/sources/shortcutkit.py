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

from workflowllm.apis.model import BUILT_IN_APPLICATION, Api, Parameter, Returns, application_of, one_line
from workflowllm.apis.sources.wfactions import output_type, read_action
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml

_KINDS = {
    "bool": "boolean", "number": "number", "plainNumber": "number", "string": "text", "plainString": "text",
    "text": "text", "filter": "filter", "quantity": "quantity", "dictionary": "dictionary",
}  # fmt: skip
_OUTPUTS = {
    "string": "text", "attributedString": "text", "bool": "boolean", "int": "integer", "double": "number",
    "number": "number", "date": "date", "dateComponents": "date", "url": "url", "URL": "url", "file": "file",
    "person": "contact", "placemark": "location",
}  # fmt: skip
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
        parameters = {key: _parameter(key, defined, kinds.get(key), choices.get(key)) for key in keys}
        for key, fields in corrections().get(identifier, {}).items():
            parameters[key] = replace(parameters.get(key, Parameter(key)), **fields)
        return replace(
            defined,
            name=_name(entry, identifier),
            parameters=tuple(parameters.values()),
            returns=defined.returns or _returns(entry),
        )


@lru_cache(maxsize=1)
def corrections() -> dict[str, dict[str, dict[str, Any]]]:
    """Identifier -> parameter's key -> fields of the parameter that replace the package's."""
    table = load_yaml(shipped("data/api/corrections.yml").read_text("utf-8"))
    for fields in (fields for parameters in table.values() for fields in parameters.values()):
        if "values" in fields:
            fields["values"] = dict.fromkeys(fields["values"], "")
    return table


def _name(entry: Mapping[str, Any], identifier: str) -> str:
    name = one_line(entry["name"])
    if name and name != "Unknown Action" and not _UNTRANSLATED.search(name):
        return name
    last = identifier.rpartition(".")[2]
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", last)) or last


def _parameter(key: str, defined: Api, kind: str | None, choices: list[str] | None) -> Parameter:
    """The parameter of the definition, with missing values and a missing type from the package's tables."""
    parameter = defined.by_key.get(key, Parameter(key))
    if choices and not parameter.values:
        type_ = "list" if parameter.type == "list" else "enum"
        parameter = replace(parameter, type=type_, values=dict.fromkeys(choices, ""))
    if parameter.type == "any":
        parameter = replace(parameter, type=_KINDS.get(kind or "", "any"))
    return parameter


def _returns(entry: Mapping[str, Any]) -> Returns | None:
    types = [name for name in entry.get("outputTypes") or () if name != "none"]
    name = one_line(entry.get("output"))
    if not types and not name:
        return None
    type_ = _OUTPUTS.get(types[0]) or output_type(types[0]) if types else "any"
    return Returns(type_, name, types[0].rpartition(".")[2] if type_ == "object" else "")
