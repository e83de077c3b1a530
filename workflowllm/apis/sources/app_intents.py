"""App Intents metadata: the `*.actionsdata` JSON that Xcode writes into an application's Metadata.appintents.

The root has `actions` (name -> action), `enums` (list) and `entities`. An action has `title`, `descriptionMetadata`,
`parameters` (name, title, valueType, isOptional, typeSpecificMetadata), `outputType` and `isDiscoverable`. Texts are
{"key": ...}; a value type is {"primitive": {"wrapper": {"typeIdentifier": 0}}} and the like, wrapped in {"array": ...}
where several are taken. The identifier in a shortcut is the bundle identifier, a dot, and the action's name.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workflowllm.apis.model import Api, Parameter, Returns, by_application, one_line, plain
from workflowllm.apis.sources.bundles import bundle_identifier, find_files

# LNPrimitiveValueType and LNIntentsValueType
_PRIMITIVES = {0: "text", 1: "boolean", 2: "integer", 7: "number", 8: "date", 9: "date", 10: "location", 11: "url",
               12: "text"}  # fmt: skip
_INTENTS = {3: "contact", 10: "location", 12: "file", 14: "quantity"}
_DEFAULT = "LNValueTypeSpecificMetadataKeyDefaultValue"


class AppIntents:
    """The `*.actionsdata` files below a folder."""

    name = "App Intents"

    def __init__(self, folder: Path):
        self.skipped: list[str] = []
        self._groups = by_application(self._read(folder))

    def applications(self) -> Mapping[str, bool]:
        return dict.fromkeys(self._groups, True)

    def apis(self, application: str) -> Iterable[Api]:
        return self._groups.get(application, ())

    def _read(self, folder: Path) -> Iterable[Api]:
        for path in find_files(folder, ".actionsdata"):
            bundle = bundle_identifier(path, folder)
            try:
                root = json.loads(path.read_bytes())
            except (OSError, ValueError, RecursionError) as error:
                self.skipped.append(f"{path}: not readable as JSON: {error}")
                continue
            if bundle is None:
                self.skipped.append(f"{path}: no Info.plist, folder or file name says which application this is")
            elif not isinstance(root, dict) or not isinstance(root.get("actions"), dict):
                self.skipped.append(f"{path}: no actions")
            else:
                yield from _File(path, bundle, root, self.skipped).apis()


class _File:
    """One file: its enumerations, and the actions that use them."""

    def __init__(self, path: Path, bundle: str, root: Mapping[str, Any], skipped: list[str]):
        self.path, self.bundle, self.root, self.skipped = path, bundle, root, skipped
        enums = root.get("enums")
        listed = enums.values() if isinstance(enums, dict) else enums if isinstance(enums, list) else []
        self.enums = {item["identifier"]: _cases(item) for item in listed if _has_identifier(item)}

    def apis(self) -> Iterable[Api]:
        for name, action in self.root["actions"].items():
            if not isinstance(action, dict):
                self._skip(name, "not an action")
            elif action.get("isDiscoverable") is False:
                self._skip(name, "not offered in Shortcuts")
            else:
                yield self._api(name, action)

    def _skip(self, name: str, why: str) -> None:
        self.skipped.append(f"{self.path}: {name}: {why}")

    def _api(self, name: str, action: Mapping[str, Any]) -> Api:
        words = action.get("descriptionMetadata")
        words = words if isinstance(words, dict) else {}
        items = self._items(name, action.get("parameters"))
        return Api(
            identifier=f"{self.bundle}.{name}",
            name=one_line(action.get("title")) or name,
            description=one_line(words.get("descriptionText")),
            parameters=tuple(self._parameter(name, item) for item in items.values()),
            returns=self._returns(name, action, words),
            input_key=next((key for key, item in items.items() if item.get("isInput") is True), ""),
            source=AppIntents.name,
        )

    def _items(self, name: str, listed: Any) -> dict[str, Mapping[str, Any]]:
        """An action's parameters by name, as they are stored."""
        if listed is not None and not isinstance(listed, list):
            self._skip(name, "parameters is not a list")
        items: dict[str, Mapping[str, Any]] = {}
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and isinstance(item.get("name"), str) and item["name"]:
                items.setdefault(item["name"], item)
            else:
                self._skip(name, "a parameter without a name")
        return items

    def _parameter(self, action: str, item: Mapping[str, Any]) -> Parameter:
        type_, kind, values = self._type(item.get("valueType"), f"{action}.{item['name']}")
        default = _default(item.get("typeSpecificMetadata"), type_)
        return Parameter(
            key=item["name"],
            type=type_,
            title=one_line(item.get("title")),
            description=one_line(item.get("parameterDescription")),
            kind=kind,
            required=item.get("isOptional") is False and default is None,
            default=default,
            values=values,
        )

    def _returns(self, name: str, action: Mapping[str, Any], words: Mapping[str, Any]) -> Returns | None:
        if action.get("outputType") is None:
            return None
        type_, kind, _ = self._type(action["outputType"], f"{name}, its output")
        title = one_line(words.get("resultValueName")) or one_line(action.get("title")) or name
        return Returns("text" if type_ == "enum" else type_, title, kind)

    def _type(self, value: Any, where: str) -> tuple[str, str, Mapping[str, str]]:
        """(type, the definition's name for it, allowed values) of a value type; `where` names it in a message."""
        shape = next(iter(value), "") if isinstance(value, dict) else ""
        inner = value[shape].get("wrapper") if shape and isinstance(value[shape], dict) else None
        inner = inner if isinstance(inner, dict) else {}
        if shape == "array":
            type_, kind, values = self._type(inner.get("memberValueType"), where)
            return "list", kind or type_, values
        if shape == "linkEnumeration":
            kind = str(inner.get("identifier", ""))
            values = self.enums.get(kind, {})
            return ("enum" if values else "text"), kind, values
        if shape == "entity":
            return "object", str(inner.get("typeName", "")), {}
        types = {"primitive": _PRIMITIVES, "intents": _INTENTS}.get(shape, {})
        number = inner.get("typeIdentifier")
        if isinstance(number, int) and number in types:
            return types[number], "", {}
        if shape == "measurement":
            return "quantity", "", {}
        self._skip(where, f"an unknown type: {json.dumps(value)[:80]}")
        return "any", "", {}


def _has_identifier(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("identifier"), str)


def _cases(enum: Mapping[str, Any]) -> dict[str, str]:
    cases = enum.get("cases")
    values = {}
    for case in cases if isinstance(cases, list) else ():
        if _has_identifier(case):
            shown = case.get("displayRepresentation")
            values[case["identifier"]] = one_line(shown.get("title")) if isinstance(shown, dict) else ""
    return values


def _default(metadata: Any, type_: str) -> Any:
    """The default among `typeSpecificMetadata`, a flat list of keys and values; booleans are stored as numbers."""
    if not isinstance(metadata, list) or _DEFAULT not in metadata[::2]:
        return None
    value = next((value for key, value in zip(metadata[::2], metadata[1::2]) if key == _DEFAULT), None)
    stored = next(iter(value.values()), None) if isinstance(value, dict) else None
    default = plain(stored.get("wrapper")) if isinstance(stored, dict) else None
    return bool(default) if type_ == "boolean" and isinstance(default, int) else default
