"""Content types: what an output can be, the properties that it has, and those that a Find action filters by.

The package shortcutkit has tables of what Find and Get Details offer; data/api/content_types.yml adds the rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from workflowllm.apis.model import Api, Parameter
from workflowllm.apis.sources.shortcutkit import Package
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml
from workflowllm.shortcuts.dialect.comparisons import FILTER_OPERATORS

# The package's words for what a filter compares with. An `enumeration` without choices is a list of the user's own.
_TYPES = {
    "text": "text", "email": "contact", "phone": "contact", "contactHandle": "contact", "number": "number",
    "fileSize": "quantity", "duration": "duration", "date": "date", "enumeration": "enum", "enumCase": "enum",
}  # fmt: skip


@dataclass(frozen=True)
class Property:
    """One property: its type, its values where they are fixed, whether Find filters by it, and with what operators."""

    type: str = "text"
    values: tuple[str, ...] = ()
    is_filterable: bool = False
    operators: tuple[str, ...] = ()  # as where(...) has them; none where they are not known


@dataclass(frozen=True)
class ContentType:
    """One type of content. An open one may have properties that are not listed."""

    name: str
    title: str
    properties: Mapping[str, Property] = field(default_factory=dict)
    is_open: bool = False

    def filterable(self) -> list[str]:
        """The properties that a Find action filters by."""
        return [name for name, item in self.properties.items() if item.is_filterable]


class ContentTypes:
    """All content types by their class, and by the classes of outputs that become them."""

    def __init__(self, table: Mapping[str, Any], package: Package):
        self._generic = {name: Property(type_) for name, type_ in table["generic"].items()}
        self.generic = tuple(self._generic)
        self._names = package.properties()
        self._filters = {package.item_class(identifier): rows for identifier, rows in package.filters.items()}
        self._entries: Mapping[str, Mapping[str, Any]] = table["types"]
        self._by_class: dict[str, ContentType] = {}
        for name, entry in self._entries.items():
            self._by_class[name] = self._read(name, entry)
            self._by_class.update(dict.fromkeys(entry.get("also", ()), self._by_class[name]))
        for name in self._filters.keys() - self._by_class.keys():
            self._by_class[name] = ContentType(name, name.rpartition(".")[2], self._filtered(name), is_open=True)

    def get(self, name: str) -> ContentType | None:
        """The type of a content class, or of the Find action of an entity."""
        return self._by_class.get(name)

    def of_output(self, api: Api) -> list[ContentType]:
        """The types that an API's output can have; empty where any of them is not known."""
        classes = api.returns.classes if api.returns else ()
        known = [self.get(name) for name in classes]
        return [] if None in known else [item for item in known if item]

    def of_filter(self, parameter: Parameter) -> ContentType | None:
        """What a filter is over."""
        return self.get(parameter.kind) if parameter.type == "filter" else None

    def _read(self, name: str, entry: Mapping[str, Any]) -> ContentType:
        base = self._by_class[entry["like"]] if "like" in entry else None
        properties = {**self._generic, **(base.properties if base else {})}
        properties |= {item: Property() for item in self._names.get(name, ()) if item not in (*properties, "Random")}
        properties |= self._filtered(name)
        for item, type_ in entry.get("properties", {}).items():
            properties[item] = replace(properties.get(item, Property()), type=type_)
        has_find = name in self._filters or "filterable" in entry
        also = {item for item, known in properties.items() if has_find and known.type == "boolean"}
        for item in (*entry.get("filterable", ()), *sorted(also)):
            properties[item] = replace(properties.get(item, Property()), is_filterable=True)
        return ContentType(name, entry["title"], properties, entry.get("open", False))

    def _filtered(self, name: str) -> dict[str, Property]:
        rows = self._filters.get(name, {})
        return {
            item: Property(
                _TYPES.get(row["values"], "text"),
                tuple(row.get("choices", ())),
                is_filterable=True,
                operators=tuple(FILTER_OPERATORS[code] for code in row["operators"] if code in FILTER_OPERATORS),
            )
            for item, row in rows.items()
        }


def own_properties(types: Iterable[ContentType], generic: Iterable[str]) -> list[str]:
    """The properties of some types, beyond those that everything has."""
    names = dict.fromkeys(name for item in types for name in item.properties)
    return [name for name in names if name not in set(generic)]


@lru_cache(maxsize=1)
def content_types() -> ContentTypes:
    """The content types of this installation."""
    return ContentTypes(load_yaml(shipped("data/api/content_types.yml").read_text("utf-8")), Package())
