"""SiriKit custom intents: `.intentdefinition` files, property lists (XML) that Xcode's editor writes.

The root has INIntents, INEnums and INTypes, all lists. The identifier in a shortcut is the bundle identifier, a dot,
and the intent's class: INIntentClassName, else INIntentClassPrefix + INIntentName + "Intent".
"""

import plistlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workflowllm.apis.model import Api, Parameter, Returns, by_application, one_line, plain
from workflowllm.apis.sources.bundles import bundle_identifier, find_files

_TYPES = {
    "String": "text", "Boolean": "boolean", "Integer": "integer", "Long": "integer", "Decimal": "number",
    "Double": "number", "Date": "date", "DateComponents": "date", "DateComponentsRange": "date", "URL": "url",
    "File": "file", "Placemark": "location", "Person": "contact", "TimeInterval": "duration",
    "CurrencyAmount": "quantity", "PaymentMethod": "object", "Object": "object",
    "Distance": "quantity", "Energy": "quantity", "Mass": "quantity", "Speed": "quantity", "Temperature": "quantity",
    "Volume": "quantity",
}  # fmt: skip


class IntentDefinitions:
    """The `.intentdefinition` files below a folder."""

    name = "intent definitions"

    def __init__(self, folder: Path):
        self.skipped: list[str] = []
        self._groups = by_application(self._read(folder))

    def applications(self) -> Mapping[str, bool]:
        # False: the application may also have App Intents
        return dict.fromkeys(self._groups, False)

    def apis(self, application: str) -> Iterable[Api]:
        return self._groups.get(application, ())

    def _read(self, folder: Path) -> Iterable[Api]:
        for path in find_files(folder, ".intentdefinition"):
            bundle = bundle_identifier(path, folder)
            try:
                root = plistlib.loads(path.read_bytes())
            except Exception as error:  # plistlib lets through what its XML and binary parsers raise
                self.skipped.append(f"{path}: not readable as a property list: {error}")
                continue
            if bundle is None:
                self.skipped.append(f"{path}: no Info.plist, folder or file name says which application this is")
            elif not isinstance(root, dict) or not isinstance(root.get("INIntents"), list):
                self.skipped.append(f"{path}: no INIntents")
            else:
                yield from _File(path, bundle, root, self.skipped).apis()


class _File:
    """One file: its enumerations, and the intents that use them."""

    def __init__(self, path: Path, bundle: str, root: Mapping[str, Any], skipped: list[str]):
        self.path, self.bundle, self.root, self.skipped = path, bundle, root, skipped
        self.enums = {enum.get("INEnumName"): _enum_values(enum) for enum in _dicts(root.get("INEnums"))}

    def apis(self) -> Iterable[Api]:
        for intent in self.root["INIntents"]:
            name = _class_name(intent) if isinstance(intent, dict) else ""
            if name:
                yield self._api(name, intent)
            else:
                self.skipped.append(f"{self.path}: an intent without a name")

    def _api(self, name: str, intent: Mapping[str, Any]) -> Api:
        parameters: dict[str, Parameter] = {}
        for item in _dicts(intent.get("INIntentParameters")):
            key = item.get("INIntentParameterName")
            if isinstance(key, str) and key:
                parameters.setdefault(key, self._parameter(name, key, item))
            else:
                self.skipped.append(f"{self.path}: {name}: a parameter without a name")
        input_key = intent.get("INIntentInput")
        return Api(
            identifier=f"{self.bundle}.{name}",
            name=one_line(intent.get("INIntentTitle")) or name,
            description=one_line(intent.get("INIntentDescription")),
            parameters=tuple(parameters.values()),
            returns=self._returns(name, intent.get("INIntentResponse")),
            input_key=input_key if isinstance(input_key, str) and input_key in parameters else "",
            source=IntentDefinitions.name,
        )

    def _parameter(self, intent: str, key: str, item: Mapping[str, Any]) -> Parameter:
        metadata = item.get("INIntentParameterMetadata")
        default = metadata.get("INIntentParameterMetadataDefaultValue") if isinstance(metadata, dict) else None
        values = self.enums.get(item.get("INIntentParameterEnumType"), {})
        type_, kind = self._type(item, "INIntentParameter", f"{intent}.{key}")
        type_ = "enum" if values and type_ != "list" else type_
        if type_ == "boolean" and isinstance(default, int):
            default = bool(default)
        return Parameter(
            key=key,
            type=type_,
            title=one_line(item.get("INIntentParameterDisplayName")),
            kind=kind,
            default=plain(default) if default != "" else None,
            values=values,
            when=_when(item.get("INIntentParameterRelationship")),
        )

    def _returns(self, intent: str, response: Any) -> Returns | None:
        """The parameter of the response that INIntentResponseOutput names."""
        if not isinstance(response, dict) or not isinstance(response.get("INIntentResponseOutput"), str):
            return None
        for item in _dicts(response.get("INIntentResponseParameters")):
            if item.get("INIntentResponseParameterName") == response["INIntentResponseOutput"]:
                type_, kind = self._type(item, "INIntentResponseParameter", f"{intent}, its output")
                name = one_line(item.get("INIntentResponseParameterDisplayName"))
                return Returns(type_, name or response["INIntentResponseOutput"], kind)
        self.skipped.append(f"{self.path}: {intent}: the output is not a parameter of the response")
        return None

    def _type(self, item: Mapping[str, Any], prefix: str, where: str) -> tuple[str, str]:
        stored = item.get(prefix + "Type")
        type_ = _TYPES.get(stored) if isinstance(stored, str) else None
        if type_ is None and not isinstance(item.get(prefix + "EnumType"), str):
            self.skipped.append(f"{self.path}: {where}: an unknown type: {stored!r}")
        kind = item.get(prefix + "ObjectType") if type_ == "object" else None
        kind = kind if isinstance(kind, str) else ""
        if item.get(prefix + "SupportsMultipleValues") is True:
            return "list", kind or type_ or ""
        return type_ or "any", kind


def _dicts(items: Any) -> list[Mapping[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _class_name(intent: Mapping[str, Any]) -> str:
    """The name of the intent's class; `Intent` is not appended to a name that ends with it."""
    class_name, name = intent.get("INIntentClassName"), intent.get("INIntentName")
    if isinstance(class_name, str) and class_name:
        return class_name
    if not isinstance(name, str) or not name:
        return ""
    prefix = intent.get("INIntentClassPrefix")
    return (prefix if isinstance(prefix, str) else "") + name.removesuffix("Intent") + "Intent"


def _enum_values(enum: Mapping[str, Any]) -> dict[str, str]:
    values = _dicts(enum.get("INEnumValues"))
    named = [value for value in values if isinstance(value.get("INEnumValueName"), str)]
    return {value["INEnumValueName"]: one_line(value.get("INEnumValueDisplayName")) for value in named}


def _when(relationship: Any) -> dict[str, Any]:
    """The equality under which a parameter applies; other relations are left out. A missing Boolean means false."""
    if not isinstance(relationship, dict):
        return {}
    parent = relationship.get("INIntentParameterRelationshipParentName")
    predicate = relationship.get("INIntentParameterRelationshipPredicateName")
    value = relationship.get("INIntentParameterRelationshipPredicateValue")
    if not isinstance(parent, str) or predicate not in ("BooleanHasExactValue", "EnumHasExactValue"):
        return {}
    if predicate == "BooleanHasExactValue":
        return {parent: bool(value)}
    return {parent: value} if isinstance(value, str) else {}
