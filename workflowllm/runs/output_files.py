"""Output files that appear under their names only when they are whole, and the names of the files beside them."""

import contextlib
import hashlib
import os
import platform
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO

from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import cannot_write

ERRORS, RUN = ".errors.jsonl", ".run.json"  # endings of the files beside an output
PRIVATE = 0o600  # mode of files with prompts and answers, which may quote what their user keeps to themself
_PUBLIC = 0o666  # less the umask
_OLD = 24 * 3600.0  # seconds after which another machine's unfinished file is taken for abandoned
_LONGEST_NAME = 120  # characters of a name inside its unfinished file's name; file systems allow 255 bytes in all


def beside(output: Path, ending: str) -> Path:
    """The file next to an output that has its name and this ending."""
    return output.with_name(output.name + ending)


def errors_file(output: Path) -> Path:
    """`<output>.errors.jsonl`: a line `{"key": ..., "error": ...}` for each input that failed."""
    return beside(output, ERRORS)


def run_file(output: Path) -> Path:
    """`<output>.run.json`: what the output was made with."""
    return beside(output, RUN)


@contextmanager
def whole_file(path: Path, mode: int = _PUBLIC) -> Iterator[IO[bytes]]:
    """A file that appears under its name when the block ends, and not at all when it raises.

    The folder is made where it is missing. A link under that name is replaced, not followed. What a killed run left
    unfinished under the same name is removed. Raises CommandError where the file cannot be opened for writing.
    """
    if reason := why_no_output(path):
        raise CommandError(f"cannot write {path}: {reason}.")
    try:
        unfinished = _new_unfinished(path, mode)
    except OSError as error:
        raise cannot_write(path, error) from None
    with _renamed_when_whole(unfinished, path) as handle:
        yield handle


def write_bytes(path: Path, data: bytes, mode: int = _PUBLIC) -> None:
    """Write a file as `whole_file` does. Raises OSError, for callers whose other files go on."""
    if reason := why_no_output(path):
        raise OSError(0, reason, str(path))
    with _renamed_when_whole(_new_unfinished(path, mode), path) as handle:
        handle.write(data)


def open_private(path: str, flags: int) -> int:
    """For `open(..., opener=open_private)`: a file that is made is its user's alone, and no link is followed."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), PRIVATE)


def why_no_output(path: Path) -> str:
    """Why a path cannot be written as a file; empty where it can."""
    if path.is_dir():
        return "it is a folder"
    return "it is no regular file" if path.exists() and not path.is_file() else ""


@contextmanager
def _renamed_when_whole(unfinished: Path, path: Path) -> Iterator[IO[bytes]]:
    try:
        with open(unfinished, "r+b") as handle:
            yield handle
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _new_unfinished(path: Path, mode: int) -> Path:
    """A new file beside `path`, named so that a later run can tell whether its process lives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep_once(path.parent)
    name = path.name
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = hashlib.blake2s(os.fsencode(name), digest_size=16).hexdigest()
    unfinished = path.with_name(f".{name}.{_MACHINE}-{os.getpid()}-{secrets.token_hex(4)}.part")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    return unfinished


_MACHINE = hashlib.blake2s(platform.node().encode("utf-8", "replace"), digest_size=4).hexdigest()
_UNFINISHED = re.compile(r"\..+\.([0-9a-f]{8})-([0-9]{1,10})-[0-9a-f]{8}\.part", re.DOTALL)


def sweep(folder: Path) -> None:
    """Remove the unfinished files that killed runs left in a folder; those of runs that live stay."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".part") and (owner := _UNFINISHED.fullmatch(entry.name)):
                with contextlib.suppress(OSError):
                    if _is_abandoned(owner[1], int(owner[2]), entry.stat(follow_symlinks=False)):
                        os.unlink(entry.path)


# A folder of 25,000 outputs is not looked through before each of them.
_sweep_once = lru_cache(maxsize=4096)(sweep)


def _is_abandoned(machine: str, process: int, status: os.stat_result) -> bool:
    if not stat.S_ISREG(status.st_mode):
        return False
    if machine != _MACHINE:
        return time.time() - status.st_mtime > _OLD
    if sys.platform == "win32":
        return True  # a file that is open there cannot be removed
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it lives, as another user's
        return False
    return False
