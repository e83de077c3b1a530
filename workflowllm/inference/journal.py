"""Predictions on disk: each is a line as soon as it is made; runs resume by key; one file in order at the end.

Every process writes `<output>.part<rank>`; the first one merges the parts of all, and those that a killed run left.
"""

import glob
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from workflowllm.llm.stage import key_of
from workflowllm.records.forms import Record
from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import errors_file
from workflowllm.runs.ranks import current_ranks
from workflowllm.runs.resumable_lines import Failures, Lines, identities_in

_PATIENCE = timedelta(days=30)  # for which one process waits for another


class Processes:
    """This process among those that `torchrun` or `accelerate launch` started; alone without them."""

    def __init__(self) -> None:
        ranks = current_ranks()
        self.rank, self.count = ranks.rank, ranks.world_size

    def __enter__(self) -> "Processes":
        if self.count > 1:
            import torch.distributed

            from workflowllm.runs.launch import die_with_launcher

            die_with_launcher()
            torch.distributed.init_process_group("gloo", timeout=_PATIENCE)
        return self

    def __exit__(self, *failure: object) -> None:
        if self.count > 1 and failure[0] is None:
            import torch.distributed

            torch.distributed.destroy_process_group()

    def wait(self) -> None:
        """Until every process is here."""
        if self.count > 1:
            import torch.distributed

            torch.distributed.barrier()

    def share(self, items: Sequence[Record]) -> list[Record]:
        """This process's part of items that are in order of size."""
        return list(items[self.rank :: self.count])


class Part:
    """What this process writes."""

    def __init__(self, output: Path, rank: int):
        path = output.with_name(f"{output.name}.part{rank}")
        self.lines = Lines(path, key_of, overwrite=True)
        self.failures = Failures(path, self.lines, overwrite=True)

    def add(self, prediction: Record) -> None:
        self.lines.add(prediction["key"], prediction)

    def fail(self, key: str, reason: str) -> None:
        self.failures.add(key, reason)

    def close(self) -> None:
        self.failures.close()
        self.lines.close()


def begin(
    output: Path, keys: Collection[str], processes: Processes, overwrite: bool, shared: Mapping[str, Any]
) -> set[str]:
    """Merge the parts that earlier runs left; return the keys that are done. Every process must call it.

    `shared`: see `check_same_run`.
    """
    if processes.rank == 0:
        if overwrite:
            for path in [output, *_parts(output), *map(errors_file, [output, *_parts(output)])]:
                path.unlink(missing_ok=True)
        gather(output, keys)
        check_same_run(output, shared)
    processes.wait()
    done = identities_in(output, key_of)
    processes.wait()  # nobody writes before everybody has read
    return done


def check_same_run(output: Path, shared: Mapping[str, Any]) -> None:
    """Raise CommandError where the output's predictions were made with other settings: two runs would be mixed.

    `shared` are fields of a prediction or of its `settings`, and what they would be in this run.
    """
    identities_in(output, key_of)  # raises where it is no file of predictions
    first = next(iter(_rows(output)), {})
    stored = first | settings if isinstance(settings := first.get("settings"), dict) else first
    for name, value in shared.items():
        if name in stored and stored[name] != value:
            raise CommandError(
                f"{output} holds predictions made with {name} {stored[name]}, and this run has {value}; name another "
                "--output, or start afresh with --overwrite."
            )


def gather(output: Path, keys: Collection[str]) -> int:
    """Merge the parts into the output, in the order of `keys`; return how many of these records have failed."""
    with closing(Lines(output, key_of)) as lines:
        failed: dict[str, str] = {}
        parts = _parts(output)
        for path in parts:
            with closing(Lines(path, key_of)):  # a torn last line goes; another run that writes it is an error
                for prediction in _rows(path):
                    if prediction["key"] not in lines:
                        lines.add(prediction["key"], prediction)
            failed |= {row["key"]: row["error"] for row in _rows(errors_file(path))}
        lines.sort(keys)
        with closing(Failures(output, lines)) as failures:
            for key, reason in failed.items():
                if key not in lines:
                    failures.add(key, reason)
        for path in parts:
            path.unlink()
            errors_file(path).unlink(missing_ok=True)
    return len({row["key"] for row in _rows(errors_file(output))} & set(keys))


def _parts(output: Path) -> list[Path]:
    paths = output.parent.glob(f"{glob.escape(output.name)}.part*")
    return sorted(path for path in paths if path.suffix.removeprefix(".part").isdecimal())


def _rows(path: Path) -> list[Record]:
    lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    return [json.loads(line) for line in lines if line.endswith(b"\n")]
