"""How the inputs of a run end: as a line of the output or of the errors file, and in its counts."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, NamedTuple

from workflowllm.runs.command import ALL_DONE, SOME_FAILED
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import errors_file, whole_file


class Piece(NamedTuple):
    """Bytes that a worker has left in a file."""

    path: Path
    start: int
    length: int


def left_behind(data: bytes, folder: Path) -> Piece:
    """Leave bytes in this process's own file of a folder."""
    path = folder / str(os.getpid())
    with open(path, "ab") as handle:
        handle.write(data)
        return Piece(path, handle.tell() - len(data), len(data))


class Outcomes:
    """How the inputs of a run end: counts, and what failed in `<output>.errors.jsonl`, there only when needed."""

    def __init__(self, output: Path):
        self.errors = errors_file(output)
        self.done = self.skipped = self.failed = 0
        self.files = ExitStack()

    def __enter__(self) -> "Outcomes":
        self._errors = self.files.enter_context(whole_file(self.errors))
        return self

    def __exit__(self, *failure: Any) -> None:
        self.files.__exit__(*failure)
        if failure[0] is None and not self.failed:
            self.errors.unlink(missing_ok=True)

    def fail(self, key: str, reason: str) -> None:
        self._errors.write(json_line({"key": key, "error": reason}))
        self.failed += 1

    def summary(self) -> int:
        """Print the counts as the last line on standard error; return the exit status."""
        where = f" (reasons in {self.errors})" if self.failed else ""
        print(f"done {self.done}, skipped {self.skipped}, failed {self.failed}{where}", file=sys.stderr)
        return SOME_FAILED if self.failed else ALL_DONE


class RecordOutcomes(Outcomes):
    """Outcomes of a stage that writes records: its JSON Lines file appears when it is whole."""

    def __init__(self, output: Path):
        super().__init__(output)
        self.output = output
        self._pieces: dict[Path, IO[bytes]] = {}

    def __enter__(self) -> "RecordOutcomes":
        self._records = self.files.enter_context(whole_file(self.output))
        return super().__enter__()

    def add(self, line: bytes | Piece) -> None:
        """A record, as `json_line` gives it, here or left behind by a worker."""
        if isinstance(line, Piece):
            if line.path not in self._pieces:
                self._pieces[line.path] = self.files.enter_context(line.path.open("rb"))
            self._pieces[line.path].seek(line.start)
            line = self._pieces[line.path].read(line.length)
        self._records.write(line)
        self.done += 1
