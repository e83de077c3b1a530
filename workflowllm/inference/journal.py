"""Predictions on disk: each a line the moment it is made, resumed by key, one file in order at the end.

Every process writes `<output>.part<rank>`; the first one merges what all of them, or a run that was killed, have left.
"""

import glob
import json
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from workflowllm.llm.stage import key_of
from workflowllm.records.forms import Record
from workflowllm.runs.command import CommandError
from workflowllm.runs.resumable_lines import Failures, Lines, identities_in

_PATIENCE = timedelta(days=30)  # that one process waits for another


class Processes:
    """This process among those that `torchrun` or `accelerate launch` started; alone without them."""

    def __init__(self) -> None:
        self.rank, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))

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
    output: Path, names: Collection[str], processes: Processes, overwrite: bool, made_with: Mapping[str, Any]
) -> set[str]:
    """Take in what earlier runs have left; return the keys that are done. Every process must call it.

    `made_with`: see `check_same_run`.
    """
    if processes.rank == 0:
        if overwrite:
            for path in [output, *_parts(output), *map(_errors, [output, *_parts(output)])]:
                path.unlink(missing_ok=True)
        gather(output, names)
        check_same_run(output, made_with)
    processes.wait()
    done = identities_in(output, key_of)
    processes.wait()  # nobody writes before everybody has read
    return done


def check_same_run(output: Path, made_with: Mapping[str, Any]) -> None:
    """Raises CommandError where the output's predictions were made with other settings: two runs would be mixed.

    `made_with` are fields of a prediction or of its `settings`, and what they would be in this run.
    """
    identities_in(output, key_of)  # what is no file of predictions is told
    first = next(iter(_rows(output)), {})
    found = first | settings if isinstance(settings := first.get("settings"), dict) else first
    for name, wanted in made_with.items():
        if name in found and found[name] != wanted:
            raise CommandError(
                f"{output} holds predictions made with {name} {found[name]}, and this run has {wanted}; name another "
                "--output, or start afresh with --overwrite."
            )


def gather(output: Path, names: Collection[str]) -> int:
    """Merge the parts into the output, in the order of `names`; return how many of them have failed by now."""
    with closing(Lines(output, key_of)) as lines:
        failed: dict[str, str] = {}
        parts = _parts(output)
        for path in parts:
            with closing(Lines(path, key_of)):  # a torn last line goes; another run that writes it is an error
                for prediction in _rows(path):
                    if prediction["key"] not in lines:
                        lines.add(prediction["key"], prediction)
            failed |= {row["key"]: row["error"] for row in _rows(_errors(path))}
        lines.sort(names)
        with closing(Failures(output, lines)) as failures:
            for name, reason in failed.items():
                if name not in lines:
                    failures.add(name, reason)
        for path in parts:
            path.unlink()
            _errors(path).unlink(missing_ok=True)
    return len({row["key"] for row in _rows(_errors(output))} & set(names))


def _parts(output: Path) -> list[Path]:
    found = output.parent.glob(f"{glob.escape(output.name)}.part*")
    return sorted(path for path in found if path.suffix.removeprefix(".part").isdecimal())


def _errors(path: Path) -> Path:
    return path.with_name(path.name + ".errors.jsonl")


def _rows(path: Path) -> list[Record]:
    lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    return [json.loads(line) for line in lines if line.endswith(b"\n")]
