"""Shortcut files to records, and records to shortcut files."""

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from workflowllm.jobs import json_line, write_bytes
from workflowllm.shortcuts.containers import read_file
from workflowllm.shortcuts.errors import ShortcutError
from workflowllm.shortcuts.from_python import compile_code
from workflowllm.shortcuts.to_python import to_python
from workflowllm.shortcuts.workflow import build_workflow, from_json, to_bytes, to_json

ENDING = ".shortcut"
_BESIDE = (".py", ".md")  # Python and notes that people keep beside their shortcuts


@dataclass(frozen=True, slots=True)
class Converted:
    """A shortcut file's record as a line of JSON; or a reason in one sentence, and no line."""

    key: str
    line: bytes = b""
    error: str = ""
    passed_over: bool = False  # not a shortcut, and by its name not meant to be one


def passed_over(key: str) -> bool:
    """Whether a file that is no shortcut is not meant to be one."""
    return key.endswith(_BESIDE)


def list_files(folder: Path, without: tuple[Path, ...] = (), without_folder: Path | None = None) -> list[str]:
    """Every file below a folder, hidden ones too, as sorted paths relative to it with `/`."""
    left_out = {path.resolve() for path in (*without, *([without_folder] if without_folder else []))}
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if (Path(parent) / name).resolve() not in left_out]
        paths = (Path(parent) / name for name in names)
        found += [path.relative_to(folder).as_posix() for path in paths if path.resolve() not in left_out]
    return sorted(found)


def convert_file(key: str, folder: Path, python_dir: Path | None, repair: bool) -> Converted:
    """One file of a folder, whatever it holds; its Python also goes below `python_dir`."""
    try:
        record = shortcut_record(folder, key, repair)
        if python_dir:
            write_bytes(python_dir / (key + ".py"), record["code"].encode("utf-8"))
    except ShortcutError as error:
        return Converted(key, error=str(error), passed_over=passed_over(key))
    except OSError as error:
        return Converted(key, error=f"its Python was not written: {error.strerror}.")
    except (RecursionError, MemoryError) as error:
        return Converted(key, error=f"the file is too large or nested too deeply ({type(error).__name__}).")
    return Converted(key, json_line(record))


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
    }


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A record's shortcut: where it may go, best first, and its bytes; or a reason, and no path."""

    key: str
    paths: tuple[str, ...] = ()
    data: bytes = b""
    error: str = ""


def compile_numbered(numbered: tuple[int, Any], field: str) -> CompiledFile:
    """A record, with its line number, as a shortcut file, whatever the record holds."""
    number, record = numbered
    key = record.get("key") if isinstance(record, dict) else None
    name = key if isinstance(key, str) else f"line {number}"
    try:
        return CompiledFile(name, output_paths(record), compile_record(record, field))
    except ShortcutError as error:
        return CompiledFile(name, error=str(error))
    except (RecursionError, MemoryError) as error:
        return CompiledFile(name, error=f"the record is too large or nested too deeply ({type(error).__name__}).")


def compilation_crashed(numbered: tuple[int, Any]) -> CompiledFile:
    return CompiledFile(f"line {numbered[0]}", error="the process that compiled it died; the record may be too large.")


def compile_record(record: dict[str, Any], field: str) -> bytes:
    """The shortcut that a record's Python stands for, with its metadata put back."""
    code, metadata = record.get(field), record.get("metadata")
    if not isinstance(code, str):
        raise ShortcutError(f"the record has no text in the field {field}; name another with --field.")
    if metadata is not None and not isinstance(metadata, dict):
        raise ShortcutError("the record's metadata is no JSON object.")
    return to_bytes(build_workflow(compile_code(code), None if metadata is None else from_json(metadata)))


def output_paths(record: Any) -> tuple[str, ...]:
    """The record's source, or its key, with the ending `.shortcut`; never a path that leaves the output folder.

    The second is for a source whose neighbour differs in nothing but the ending.
    """
    if not isinstance(record, dict):
        raise ShortcutError(str(record) if isinstance(record, ValueError) else "this record is no JSON object.")
    source = record.get("source")
    name = source.get("path") if isinstance(source, dict) else None
    name = name if isinstance(name, str) else record.get("key")
    if not isinstance(name, str) or not PurePosixPath(name).name or "\0" in name:
        raise ShortcutError("the record has neither a source path nor a key to name its file by.")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ShortcutError(f"the record's path {name!r} leaves the output folder.")
    # "Backup 2.0" has no ending
    stem = path.with_suffix("") if re.fullmatch(r"\.[A-Za-z]\w*", path.suffix) else path
    return f"{stem}{ENDING}", f"{path}{ENDING}"
