"""Our own catalogue: data/api/*.yaml, one file for each application; data/api/README.md describes the format.

A file is edited by hand, so whatever is wrong in it is refused with file and line.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from workflowllm.apis.model import TYPES, Api, Parameter, Returns, application_of
from workflowllm.runs.shipped import shipped

KeyPath = tuple[str | int, ...]

# field -> (what its value must be, whether it must be there)
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
_CALLED = {str: "a text", bool: "true or false", list: "a list", dict: "fields", (list, dict): "a list or fields"}
_LITERALS = {
    "boolean": bool, "number": (int, float), "integer": int, "text": str, "enum": str, "date": str, "url": str,
    "list": (list, str), "duration": (int, float, str), "quantity": (int, float, str),
}  # fmt: skip


class Fault(ValueError):
    """Something wrong, and the path of keys and places that leads to it."""

    def __init__(self, path: KeyPath, message: str):
        super().__init__(message)
        self.path = path


def check_file(tree: Any) -> None:
    """Raise the first fault of a file."""
    _fields(tree, _FILE, ())
    seen: set[str] = set()
    for place, entry in enumerate(tree["apis"]):
        path: KeyPath = ("apis", place)
        _fields(entry, _API, path)
        _check_identifiers(entry, tree["application"], seen, path)
        if "returns" in entry:
            _fields(entry["returns"], _RETURNS, (*path, "returns"))
            _check_type(entry["returns"], (*path, "returns"))
        _check_parameters(entry["parameters"], (*path, "parameters"))


def _fields(part: Any, known: Mapping[str, tuple[Any, bool]], path: KeyPath) -> None:
    """The part has the fields it must have, no other, and each is of its kind."""
    if not isinstance(part, dict):
        raise Fault(path, f"expected the fields {', '.join(known)}")
    for name in part:
        if name not in known:
            raise Fault((*path, name), f"{name!r} is no field here; the fields are {', '.join(known)}")
    for name, (wanted, needed) in known.items():
        if name not in part:
            if needed:
                raise Fault(path, f"{name} is missing")
        elif not isinstance(part[name], wanted):
            hint = "; put it in quotes" if wanted is str and isinstance(part[name], bool | int | float) else ""
            raise Fault((*path, name), f"{name} must be {_CALLED[wanted]}{hint}")
        elif wanted is str and not part[name].strip():
            raise Fault((*path, name), f"{name} is empty")


def _check_identifiers(entry: Mapping[str, Any], application: str, seen: set[str], path: KeyPath) -> None:
    places = [(entry["identifier"], (*path, "identifier"))]
    places += [(alias, (*path, "aliases", place)) for place, alias in enumerate(entry.get("aliases", ()))]
    for identifier, where in places:
        if not isinstance(identifier, str):
            raise Fault(where, "an alias must be a text")
        if application_of(identifier) != application:
            raise Fault(where, f"{identifier} is no identifier of {application}")
        if identifier in seen:
            raise Fault(where, f"{identifier} is described twice")
        seen.add(identifier)


def _check_parameters(parameters: list[Any], path: KeyPath) -> None:
    keys = set()
    for place, item in enumerate(parameters):
        here: KeyPath = (*path, place)
        _fields(item, _PARAMETER, here)
        _check_type(item, here)
        if item["key"] in keys:
            raise Fault((*here, "key"), f"the key {item['key']} is given twice")
        keys.add(item["key"])
        _check_values(item, here)
    for place, item in enumerate(parameters):
        for key, value in item.get("when", {}).items():
            if key not in keys:
                raise Fault((*path, place, "when"), f"{key!r} is no parameter of this API")
            if not isinstance(value, str | bool | int | float):
                raise Fault((*path, place, "when", key), "must be a text, a number, true or false")


def _check_type(part: Mapping[str, Any], path: KeyPath) -> None:
    if part["type"] not in TYPES:
        raise Fault((*path, "type"), f"{part['type']!r} is no type; the types are {', '.join(sorted(TYPES))}")


def _check_values(item: Mapping[str, Any], path: KeyPath) -> None:
    """An enum has values and only it (or a list of them) does; a default fits the type."""
    values = item.get("values")
    if item["type"] == "enum" and not values:
        raise Fault(path, "an enum needs values")
    if values is not None and item["type"] not in ("enum", "list"):
        raise Fault((*path, "values"), f"a {item['type']} has no values; the type is enum")
    for place, value in enumerate(values or ()):
        where = (*path, "values", value if isinstance(values, dict) else place)
        if not isinstance(value, str):
            raise Fault(where, f"the value {value!r} must be a text; put it in quotes")
        if isinstance(values, dict) and not isinstance(values[value], str):
            raise Fault(where, f"what {value!r} is shown as must be a text; put it in quotes")
    if isinstance(values, list) and len(set(values)) < len(values):
        raise Fault((*path, "values"), "a value is given twice")
    if "default" in item:
        _check_default(item, path)


def _check_default(item: Mapping[str, Any], path: KeyPath) -> None:
    default, wanted = item["default"], _LITERALS.get(item["type"])
    where = (*path, "default")
    if wanted is None or not isinstance(default, wanted) or (isinstance(default, bool) and wanted is not bool):
        raise Fault(where, f"{default!r} is no default for the type {item['type']}")
    if item["type"] == "enum" and default not in item["values"]:
        raise Fault(where, f"the default {default!r} is not among the values")


CATALOGUE_FOLDER = shipped("data/api")
_FIRST_KEY = "application: "


class CatalogueError(ValueError):
    """A broken catalogue file: file, line, what is wrong."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml's is ten times as fast
    """YAML that refuses a key given twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            seen = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value} is given twice", key.start_mark)
                seen.add(key.value)
        return mapping


class CatalogueFiles:
    """The files of a folder. Each is read when its application is asked for."""

    name = "our catalogue"

    def __init__(self, folder: Path = CATALOGUE_FOLDER):
        self.skipped: list[str] = []
        self.folder = folder
        self._read: dict[str, dict[str, Any]] = {}

    @cached_property
    def files(self) -> dict[str, Path]:
        """Application -> file, by the first line of each, so that nothing else need be read."""
        files: dict[str, Path] = {}
        for path in sorted(self.folder.glob("*.yaml")):
            with path.open(encoding="utf-8", errors="replace") as handle:
                first = handle.readline()
            application = first.removeprefix(_FIRST_KEY).strip()
            if not first.startswith(_FIRST_KEY) or not application:
                raise CatalogueError(f"{path}:1: the first line is `{_FIRST_KEY}` and the bundle identifier")
            if application in files:
                raise CatalogueError(f"{path}:1: {files[application].name} describes {application} already")
            files[application] = path
        return files

    def applications(self) -> Mapping[str, bool]:
        return dict.fromkeys(self.files, False)

    def complete(self, application: str) -> bool:
        """Whether the file of this application lists all that it offers."""
        return application in self.files and self._file(application)["complete"]

    def apis(self, application: str) -> Iterable[Api]:
        if application not in self.files:
            return
        for entry in self._file(application)["apis"]:
            for identifier in [entry["identifier"], *entry.get("aliases", ())]:
                yield _api(identifier, entry)

    def application_name(self, application: str) -> str:
        """What people call the application."""
        return self._file(application)["name"]

    def _file(self, application: str) -> dict[str, Any]:
        if application not in self._read:
            self._read[application] = read_catalogue_file(self.files[application])
        return self._read[application]


def read_catalogue_file(path: Path) -> dict[str, Any]:
    """The checked content of one file."""
    try:
        text = path.read_text("utf-8")
        tree = yaml.load(text, _Loader)
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
    except (ValueError, RecursionError) as error:  # an impossible date, a thousand brackets
        if not isinstance(error, Fault):
            raise CatalogueError(f"{path}:1: {error}") from None
        raise CatalogueError(f"{path}:{_line(text, error.path)}: {error}") from None
    return tree


def _line(text: str, path: tuple[str | int, ...]) -> int:
    """The line of the part that a path of keys and places leads to, or of what is nearest to it."""
    node = yaml.compose(text, _Loader)
    line = node.start_mark.line if node else 0
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
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
