"""Shortcut files to records."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import Piece, left_behind
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import collision_key, inside
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import to_json
from workflowllm.shortcuts.to_python.printer import to_python

_BESIDE = (".py", ".md")  # Python and notes that people keep beside their shortcuts


@dataclass(frozen=True, slots=True)
class Converted:
    """A shortcut file's record as a line of JSON; or a reason in one sentence, and no line."""

    key: str
    line: bytes | Piece = b""
    error: str = ""
    repairs: tuple[str, ...] = ()  # what was changed so that its blocks nest
    passed_over: bool = False  # not a shortcut, and by its name not meant to be one


def passed_over(key: str) -> bool:
    """Whether a file that is no shortcut is not meant to be one."""
    return key.endswith(_BESIDE)


def list_files(folder: Path, without: tuple[Path, ...] = (), without_folder: Path | None = None) -> list[str]:
    """Every file below a folder, hidden ones too, as sorted paths relative to it with `/`."""
    left_out = {str(path.resolve()) for path in (*without, *([without_folder] if without_folder else []))}
    top = str(folder.resolve())
    keys = []
    for parent, folders, names in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(parent, name) not in left_out]
        paths = (os.path.join(parent, name) for name in names)
        keys += [Path(os.path.relpath(path, top)).as_posix() for path in paths if path not in left_out]
    return sorted(keys)


class PythonFolder(NamedTuple):
    """The folder that gets the Python of each file, and the files that need another name there."""

    path: Path
    renamed: Mapping[str, str]  # by key

    def write(self, key: str, code: str) -> None:
        """Raises OSError, also where a link leads out of the folder."""
        try:
            path = inside(self.path, self.renamed.get(key, key) + ".py")
        except ValueError as error:
            raise OSError(0, str(error)) from None
        write_bytes(path, code.encode("utf-8"))


def python_folder(path: Path, keys: Iterable[str]) -> PythonFolder:
    """A folder in which no key's file replaces another's, even where case or composition of letters is ignored."""
    keys = list(keys)
    taken = {collision_key(key): key for key in reversed(keys)}
    renamed = {}
    for key in keys:
        if taken[collision_key(key)] != key:
            free = next(name for number in count(2) if collision_key(name := f"{key}.{number}") not in taken)
            taken[collision_key(free)] = renamed[key] = free
    return PythonFolder(path, renamed)


def convert_file(
    key: str, folder: Path, python: PythonFolder | None, repair: bool, scratch: Path | None = None
) -> Converted:
    """One file of a folder, whatever it holds; its Python also goes into the folder `python`.

    With a scratch folder, the line is left there in a file of this process: cheaper than a pipe to the parent.
    """
    try:
        record = shortcut_record(folder, key, repair)
        if python:
            python.write(key, record["code"])
    except ShortcutError as error:
        return Converted(key, error=str(error), passed_over=passed_over(key))
    except OSError as error:
        return Converted(key, error=f"its Python was not written: {error.strerror}.")
    except (RecursionError, MemoryError) as error:
        return Converted(key, error=f"the file is too large or nested too deeply ({type(error).__name__}).")
    except Exception as error:  # a bad file never stops the others
        return Converted(key, error=f"the file cannot be converted ({type(error).__name__}: {error}).")
    line, repairs = json_line(record), tuple(record.get("repairs", ()))
    return Converted(key, line if scratch is None else left_behind(line, scratch), repairs=repairs)


def conversion_crashed(key: str) -> Converted:
    return Converted(key, error="the process that converted it died; the file may be too large for this machine.")


def shortcut_record(folder: Path, key: str, repair: bool = False) -> dict[str, Any]:
    """The record of a shortcut file; its fields are those of every stage that follows."""
    shortcut = read_file(folder / key)
    conversion = to_python(shortcut.workflow, repair)
    metadata = conversion.metadata
    title = metadata.get("WFWorkflowName")
    return {
        "key": key,
        "title": title if isinstance(title, str) else PurePosixPath(key).stem,
        "description": "",
        "category": "",
        "source": {
            "path": key,
            "container": shortcut.container,
            "client_version": to_json(metadata.get("WFWorkflowClientVersion")),
        },
        "metadata": to_json(metadata),
        "code": conversion.code,
        "apis": conversion.apis,
        **({"repairs": conversion.repairs} if conversion.repairs else {}),
    }
