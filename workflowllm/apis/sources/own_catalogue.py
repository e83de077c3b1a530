"""Our own catalogue: data/api/*.yaml, one file for each application; data/api/README.md describes the format.

These files are edited by hand. A mistake in one raises CatalogueError with file and line.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from workflowllm.apis.model import TYPES, Api, Parameter, Returns, application_of
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import FastLoader, load_yaml

KeyPath = tuple[str | int, ...]

# field -> (type of its value, whether it is required)
_FILE = {"application": (str, True), "name": (str, True), "complete": (bool, True), "apis": (list, True)}
_API = {
    "identifier": (str, True), "name": (str, True), "description": (str, True), "parameters": (list, True),
    "aliases": (list, False), "returns": (dict, False),
}  # fmt: skip
_PARAMETER = {
    "key": (str, True), "type": (str, True), "title": (str, False), "description": (str, False), "kind": (str, False),
    "required": (bool, False), "default": (object, False), "values": ((list, dict), False), "when": (dict, False),
}  # fmt: skip
_RETURNS = {"type": (str, True), "name": (str, True), "kind": (str, False)}
_TYPE_NAMES = {str: "a text", bool: "true or false", list: "a list", dict: "fields", (list, dict): "a list or fields"}
_LITERALS = {
    "boolean": bool, "number": (int, float), "integer": int, "text": str, "enum": str, "date": str, "url": str,
    "list": (list, str), "duration": (int, float, str), "quantity": (int, float, str),
}  # fmt: skip


class CatalogueError(ValueError):
    """A broken catalogue file: file, line, what is wrong."""


class EntryError(ValueError):
    """What is wrong in a file's tree, and the path of keys and indexes that leads to it."""

    def __init__(self, path: KeyPath, message: str):
        super().__init__(message)
        self.path = path


def check_file(tree: Any) -> None:
    """Raise EntryError for the first mistake in a file."""
    _check_fields(tree, _FILE, ())
    seen: set[str] = set()
    for index, entry in enumerate(tree["apis"]):
        path: KeyPath = ("apis", index)
        _check_fields(entry, _API, path)
        _check_identifiers(entry, tree["application"], seen, path)
        if "returns" in entry:
            _check_fields(entry["returns"], _RETURNS, (*path, "returns"))
            _check_type(entry["returns"], (*path, "returns"))
        _check_parameters(entry["parameters"], (*path, "parameters"))


def _check_fields(part: Any, known: Mapping[str, tuple[Any, bool]], path: KeyPath) -> None:
    """The part has every required field and no unknown one, and each value has the right type."""
    if not isinstance(part, dict):
        raise EntryError(path, f"expected the fields {', '.join(known)}")
    for name in part:
        if name not in known:
            raise EntryError((*path, name), f"{name!r} is not a field here; the fields are {', '.join(known)}")
    for name, (wanted, is_required) in known.items():
        if name not in part:
            if is_required:
                raise EntryError(path, f"{name} is missing")
        elif not isinstance(part[name], wanted):
            hint = "; put it in quotes" if wanted is str and isinstance(part[name], bool | int | float) else ""
            raise EntryError((*path, name), f"{name} must be {_TYPE_NAMES[wanted]}{hint}")
        elif wanted is str and not part[name].strip():
            raise EntryError((*path, name), f"{name} is empty")


def _check_identifiers(entry: Mapping[str, Any], application: str, seen: set[str], path: KeyPath) -> None:
    paths = [(entry["identifier"], (*path, "identifier"))]
    paths += [(alias, (*path, "aliases", index)) for index, alias in enumerate(entry.get("aliases", ()))]
    for identifier, where in paths:
        if not isinstance(identifier, str):
            raise EntryError(where, "an alias must be a text")
        if application_of(identifier) != application:
            raise EntryError(where, f"{identifier} is not an identifier of {application}")
        if identifier in seen:
            raise EntryError(where, f"{identifier} is described twice")
        seen.add(identifier)


def _check_parameters(parameters: list[Any], path: KeyPath) -> None:
    keys = set()
    for index, item in enumerate(parameters):
        here: KeyPath = (*path, index)
        _check_fields(item, _PARAMETER, here)
        _check_type(item, here)
        if item["key"] in keys:
            raise EntryError((*here, "key"), f"the key {item['key']} stands twice")
        keys.add(item["key"])
        _check_values(item, here)
    for index, item in enumerate(parameters):
        for key, value in item.get("when", {}).items():
            if key not in keys:
                raise EntryError((*path, index, "when"), f"{key!r} is not a parameter of this API")
            if not isinstance(value, str | bool | int | float):
                raise EntryError((*path, index, "when", key), "must be a text, a number, true or false")


def _check_type(part: Mapping[str, Any], path: KeyPath) -> None:
    if part["type"] not in TYPES:
        raise EntryError((*path, "type"), f"{part['type']!r} is not a type; the types are {', '.join(sorted(TYPES))}")


def _check_values(item: Mapping[str, Any], path: KeyPath) -> None:
    """An enum has values, and no other type but a list does; the default fits the type."""
    values = item.get("values")
    if item["type"] == "enum" and not values:
        raise EntryError(path, "an enum needs values")
    if values is not None and item["type"] not in ("enum", "list"):
        raise EntryError((*path, "values"), f"a {item['type']} has no values; the type is enum")
    for index, value in enumerate(values or ()):
        where = (*path, "values", value if isinstance(values, dict) else index)
        if not isinstance(value, str):
            raise EntryError(where, f"the value {value!r} must be a text; put it in quotes")
        if isinstance(values, dict) and not isinstance(values[value], str):
            raise EntryError(where, f"the title of {value!r} must be a text; put it in quotes")
    if isinstance(values, list) and len(set(values)) < len(values):
        raise EntryError((*path, "values"), "a value stands twice")
    if "default" in item:
        _check_default(item, path)


def _check_default(item: Mapping[str, Any], path: KeyPath) -> None:
    default, wanted = item["default"], _LITERALS.get(item["type"])
    where = (*path, "default")
    if wanted is None or not isinstance(default, wanted) or (isinstance(default, bool) and wanted is not bool):
        raise EntryError(where, f"{default!r} cannot be the default of the type {item['type']}")
    if item["type"] == "enum" and default not in item["values"]:
        raise EntryError(where, f"the default {default!r} is not among the values")


CATALOGUE_FOLDER = shipped("data/api")
_FIRST_KEY = "application: "


class _Loader(FastLoader):
    """YAML in which no mapping has a key twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            seen = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands twice", key.start_mark)
                seen.add(key.value)
        return mapping


class CatalogueFiles:
    """The files of a folder. Each is read when its application is first needed."""

    name = "our catalogue"

    def __init__(self, folder: Path = CATALOGUE_FOLDER):
        self.skipped: list[str] = []
        self.folder = folder
        self._read: dict[str, dict[str, Any]] = {}

    @cached_property
    def files(self) -> dict[str, Path]:
        """Application -> file. Only the first line of each file is read."""
        files: dict[str, Path] = {}
        for path in sorted(self.folder.glob("*.yaml")):
            with path.open(encoding="utf-8", errors="replace") as handle:
                first = handle.readline()
            application = first.removeprefix(_FIRST_KEY).strip()
            if not first.startswith(_FIRST_KEY) or not application:
                raise CatalogueError(f"{path}:1: the first line must be `{_FIRST_KEY}` and the bundle identifier")
            if application in files:
                raise CatalogueError(f"{path}:1: {files[application].name} describes {application} already")
            files[application] = path
        return files

    def applications(self) -> Mapping[str, bool]:
        return dict.fromkeys(self.files, False)

    def complete(self, application: str) -> bool:
        """Whether the file of this application lists all its actions."""
        return application in self.files and self._file(application)["complete"]

    def apis(self, application: str) -> Iterable[Api]:
        if application not in self.files:
            return
        for entry in self._file(application)["apis"]:
            for identifier in [entry["identifier"], *entry.get("aliases", ())]:
                yield _api(identifier, entry)

    def application_name(self, application: str) -> str:
        """The name of an application."""
        return self._file(application)["name"]

    def _file(self, application: str) -> dict[str, Any]:
        if application not in self._read:
            self._read[application] = read_catalogue_file(self.files[application])
        return self._read[application]


def read_catalogue_file(path: Path) -> dict[str, Any]:
    """The checked content of one file."""
    try:
        text = path.read_text("utf-8")
        tree = load_yaml(text, _Loader)
        check_file(tree)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CatalogueError(f"{path}:{line}: not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CatalogueError(f"{path}:{mark.line + 1 if mark else 1}: {error.problem or error}") from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise CatalogueError(f"{path}:{line}: a character that YAML does not allow") from None
    except EntryError as error:
        raise CatalogueError(f"{path}:{_line(text, error.path)}: {error}") from None
    except (ValueError, RecursionError) as error:  # an impossible date, say
        raise CatalogueError(f"{path}:1: {error}") from None
    return tree


def _line(text: str, path: tuple[str | int, ...]) -> int:
    """The line, from 1, of the part that a path of keys and indexes leads to, or of its nearest parent."""
    node = yaml.compose(text, _Loader)
    line = node.start_mark.line if node else 0
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        else:
            break
    return line + 1


def _api(identifier: str, entry: Mapping[str, Any]) -> Api:
    returns = entry.get("returns")
    return Api(
        identifier=identifier,
        name=entry["name"],
        description=entry["description"],
        parameters=tuple(_parameter(item) for item in entry["parameters"]),
        returns=Returns(**returns) if returns else None,
        source=CatalogueFiles.name,
    )


def _parameter(item: Mapping[str, Any]) -> Parameter:
    values = item.get("values", {})
    if not isinstance(values, dict):
        item = {**item, "values": dict.fromkeys(values, "")}
    return Parameter(**item)
