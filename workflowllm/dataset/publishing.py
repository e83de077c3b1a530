"""A data set is built in a folder beside its own and moved there when it is whole.

A kill leaves the data set as it was, or, while files are moved into a folder that exists, without its `build.json`. The
unfinished folder that a kill leaves is removed by the next build of the same data set.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workflowllm.records.release import SEED, SPLITS, STATISTICS, STUBS, SYNTHESIZED
from workflowllm.runs.command import CommandError
from workflowllm.runs.locks import OutputLock
from workflowllm.runs.output_files import why_no_output
from workflowllm.runs.paths import check_paths, why_not_regular
from workflowllm.runs.reasons import cannot_write

BUILD = "build.json"  # written last: a folder that has it is whole
CONFIGURATIONS = ("id", "ood")
PARQUET = tuple(f"{name}/{part}.parquet" for name in CONFIGURATIONS for part in ("train", "dev", "test"))
FILES = (
    SEED, SYNTHESIZED, *SPLITS.values(), STATISTICS, "statistics.json", STUBS, "identifier2python.py",
    "identifier2json.pkl", "identifier2json.json", "held_out_apis.json", "dropped.jsonl", "README.md", *PARQUET, BUILD,
)  # fmt: skip


def check_build_paths(inputs: Iterable[Path], output: Path) -> None:
    """Raises CommandError where an input cannot be read twice, or where the data set would replace one."""
    inputs = list(inputs)
    for path in inputs:
        if reason := why_not_regular(path):
            raise CommandError(f"cannot read {path}: {reason}")
    check_paths(inputs, [output, *(output / name for name in FILES)])
    if output.exists() and not output.is_dir():
        raise CommandError(f"cannot write to {output}: it is no folder.")
    for name in FILES:
        if reason := why_no_output(output / name):
            raise CommandError(f"cannot write {output / name}: {reason}.")


@contextmanager
def folder_beside(output: Path) -> Iterator[Path]:
    """An empty folder beside the output folder, which no other run builds meanwhile; it is gone after the block."""
    with OutputLock(output):
        unfinished = output.with_name(f".{output.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed: who lives holds the lock
        try:
            unfinished.mkdir()
        except OSError as error:
            raise cannot_write(output, error) from None
        try:
            yield unfinished
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def publish(built: Path, output: Path) -> None:
    """Move the files of a whole data set into the output folder. Other files of that folder stay."""
    if not output.exists():
        os.replace(built, output)
        return
    (output / BUILD).unlink(missing_ok=True)
    for name in sorted(FILES, key=lambda name: name == BUILD):
        if (built / name).is_file():
            (output / name).parent.mkdir(exist_ok=True)
            os.replace(built / name, output / name)
        else:
            (output / name).unlink(missing_ok=True)  # of an earlier build: a split without records has no file
