"""Our own catalogue: data/api/*.yaml, one file for each application; data/api/README.md describes the format.

A file is edited by hand, so whatever is wrong in it is refused with file and line.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from workflowllm.apis.catalogue_checks import Fault, check_file
from workflowllm.apis.model import Api, Parameter, Returns

CATALOGUE_FOLDER = Path(__file__).parents[2] / "data" / "api"
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
