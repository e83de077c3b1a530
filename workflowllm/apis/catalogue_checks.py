"""What a file of our own catalogue must look like. A fault knows where in the file it is."""

from collections.abc import Mapping
from typing import Any

from workflowllm.apis.model import TYPES, application_of

Path = tuple[str | int, ...]

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

    def __init__(self, path: Path, message: str):
        super().__init__(message)
        self.path = path


def check_file(tree: Any) -> None:
    """Raise the first fault of a file."""
    _fields(tree, _FILE, ())
    seen: set[str] = set()
    for place, entry in enumerate(tree["apis"]):
        path: Path = ("apis", place)
        _fields(entry, _API, path)
        _check_identifiers(entry, tree["application"], seen, path)
        if "returns" in entry:
            _fields(entry["returns"], _RETURNS, (*path, "returns"))
            _check_type(entry["returns"], (*path, "returns"))
        _check_parameters(entry["parameters"], (*path, "parameters"))


def _fields(part: Any, known: Mapping[str, tuple[Any, bool]], path: Path) -> None:
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


def _check_identifiers(entry: Mapping[str, Any], application: str, seen: set[str], path: Path) -> None:
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


def _check_parameters(parameters: list[Any], path: Path) -> None:
    keys = set()
    for place, item in enumerate(parameters):
        here: Path = (*path, place)
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


def _check_type(part: Mapping[str, Any], path: Path) -> None:
    if part["type"] not in TYPES:
        raise Fault((*path, "type"), f"{part['type']!r} is no type; the types are {', '.join(sorted(TYPES))}")


def _check_values(item: Mapping[str, Any], path: Path) -> None:
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


def _check_default(item: Mapping[str, Any], path: Path) -> None:
    default, wanted = item["default"], _LITERALS.get(item["type"])
    where = (*path, "default")
    if wanted is None or not isinstance(default, wanted) or (isinstance(default, bool) and wanted is not bool):
        raise Fault(where, f"{default!r} is no default for the type {item['type']}")
    if item["type"] == "enum" and default not in item["values"]:
        raise Fault(where, f"the default {default!r} is not among the values")
