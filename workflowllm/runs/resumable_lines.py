"""The JSON Lines files of a stage that resumes: each record is one line the moment it is finished."""

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.locks import OutputLock
from workflowllm.runs.output_files import PRIVATE, errors_file, open_private, whole_file
from workflowllm.runs.paths import check_output_file
from workflowllm.runs.reasons import cannot_write

Identity = Callable[[dict[str, Any]], str]


class Lines:
    """A JSON Lines file that is added to. What it already holds is found by `identity`; a torn last line is dropped."""

    def __init__(self, path: Path, identity: Identity, overwrite: bool = False):
        self.path = path
        self._places: dict[str, tuple[int, int]] = {}  # identity -> start and length in the file
        self._size = 0
        check_output_file(path)
        self._lock = OutputLock(path)
        try:
            self._file = open(path, "a+b", buffering=0, opener=open_private)  # noqa: SIM115
        except OSError as error:
            self._lock.release()
            raise cannot_write(path, error) from None
        if overwrite:
            self._file.truncate(0)
        for name, length in _whole_lines(path, identity):
            self._places[name] = (self._size, length)
            self._size += length
        self._file.truncate(self._size)

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, name: str, record: dict[str, Any]) -> None:
        """Append a record in one write."""
        line = json_line(record)
        written = 0
        while written < len(line):  # a disk that is nearly full takes a part
            written += self._file.write(line[written:]) or 0
        self._places[name] = (self._size, len(line))
        self._size += len(line)

    def sort(self, names: Iterable[str]) -> None:
        """Bring the lines into the order of `names`, atomically; lines of other names follow in their old order."""
        order = [name for name in names if name in self._places]
        known = set(order)
        order += [name for name in self._places if name not in known]
        if order == list(self._places):
            return
        with whole_file(self.path, PRIVATE) as sorted_file:
            for name in order:
                start, length = self._places[name]
                sorted_file.write(os.pread(self._file.fileno(), length, start))

    def close(self) -> None:
        """Let another run write the file."""
        self._file.close()
        self._lock.release()


def identities_in(path: Path, identity: Identity) -> set[str]:
    """What an output already holds, which may not exist yet."""
    return {name for name, _ in _whole_lines(path, identity)} if path.exists() else set()


def _whole_lines(path: Path, identity: Identity) -> Iterator[tuple[str, int]]:
    """Identity and length of the file's lines, but for a last one that a kill has torn."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield identity(json.loads(line)), len(line)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise CommandError(
                    f"{path} line {number} is no record of this stage; name another output, or use --overwrite."
                ) from None


class Failures:
    """`<output>.errors.jsonl`: why each record failed, until it succeeds. There only when something failed."""

    def __init__(self, output: Path, done: Lines, overwrite: bool = False):
        self.path = errors_file(output)
        self._reasons: dict[str, str] = {}
        self._fresh: set[str] = set()  # names that failed in this run
        if overwrite:
            self.path.unlink(missing_ok=True)
        elif self.path.is_file():
            self._reasons = {name: reason for name, reason in self._read() if name not in done}

    def _read(self) -> Iterator[tuple[str, str]]:
        for line in self.path.read_bytes().splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                row = json.loads(line)
                yield row["key"], row["error"]

    def __len__(self) -> int:
        return len(self._reasons)

    def add(self, name: str, reason: str) -> None:
        self._reasons[name] = reason
        self._fresh.add(name)
        with open(self.path, "ab", opener=open_private) as file:
            file.write(json_line({"key": name, "error": reason}))

    def succeeded(self, name: str) -> None:
        self._reasons.pop(name, None)

    def forget_earlier(self) -> None:
        """Once a run has tried all of its input, an earlier failure is of a record that is no more."""
        self._reasons = {name: reason for name, reason in self._reasons.items() if name in self._fresh}

    def close(self) -> None:
        """Write what still stands, or no file."""
        if not self._reasons:
            self.path.unlink(missing_ok=True)
            return
        with whole_file(self.path, PRIVATE) as file:
            for name, reason in self._reasons.items():
                file.write(json_line({"key": name, "error": reason}))
