"""Records to shortcut files."""

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import build_workflow, from_json, to_bytes

ENDING = ".shortcut"


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A record's shortcut: where it may go, best first, and its bytes; or a reason, and no path."""

    key: str
    paths: tuple[str, ...] = ()
    data: bytes = b""
    error: str = ""


def compile_numbered(numbered: tuple[int, Any], field: str, otherwise_if: bool = False) -> CompiledFile:
    """A record, with its line number, as a shortcut file, whatever the record holds."""
    number, record = numbered
    key = record.get("key") if isinstance(record, dict) else None
    name = key if isinstance(key, str) else f"line {number}"
    try:
        return CompiledFile(name, output_paths(record), compile_record(record, field, otherwise_if))
    except ShortcutError as error:
        return CompiledFile(name, error=str(error))
    except (RecursionError, MemoryError) as error:
        return CompiledFile(name, error=f"the record is too large or nested too deeply ({type(error).__name__}).")
    except Exception as error:  # a bad record never stops the others
        return CompiledFile(name, error=f"the record cannot be compiled ({type(error).__name__}: {error}).")


def compilation_crashed(numbered: tuple[int, Any]) -> CompiledFile:
    return CompiledFile(f"line {numbered[0]}", error="the process that compiled it died; the record may be too large.")


def compile_record(record: dict[str, Any], field: str, otherwise_if: bool = False) -> bytes:
    """The shortcut that a record's Python stands for, with its metadata put back.

    `otherwise_if` is that of `compile_program`. Raises ShortcutError with what is wrong with the record.
    """
    code, metadata = record.get(field), record.get("metadata")
    if not isinstance(code, str):
        raise ShortcutError(f"the record has no text in the field {field}; name another with --field.")
    if metadata is not None and not isinstance(metadata, dict):
        raise ShortcutError("the record's metadata is no JSON object.")
    compiled = compile_code(code, otherwise_if)
    return to_bytes(build_workflow(compiled, None if metadata is None else from_json(metadata)))


def source_path(record: Any) -> PurePosixPath:
    """The record's source below its folder, or else its key; never a path that leaves the folder."""
    if not isinstance(record, dict):
        raise ShortcutError(str(record) if isinstance(record, ValueError) else "this record is no JSON object.")
    source = record.get("source")
    name = source.get("path") if isinstance(source, dict) else None
    name = name if isinstance(name, str) else record.get("key")
    if not isinstance(name, str) or not PurePosixPath(name).name or "\0" in name:
        raise ShortcutError("the record has neither a source path nor a key to name its file by.")
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        raise ShortcutError(f"the record's path {name!r} holds a lone surrogate, which no file name can.") from None
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ShortcutError(f"the record's path {name!r} leaves the output folder.")
    return path


def output_paths(record: Any) -> tuple[str, ...]:
    """The record's source, or its key, with the ending `.shortcut`.

    The second is for a source whose neighbour differs in nothing but the ending.
    """
    path = source_path(record)
    # "Backup 2.0" has no ending
    stem = path.with_suffix("") if re.fullmatch(r"\.[A-Za-z]\w*", path.suffix) else path
    return f"{stem}{ENDING}", f"{path}{ENDING}"
