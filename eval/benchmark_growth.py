"""How time and memory of the stages grow with the number of records.

    python eval/benchmark_growth.py --sizes 250 2500 25000 --workers 2
    python eval/benchmark_growth.py --sizes 50 100 200 --stages check build

Synthetic records of 78 actions on average (as in benchmark_build.py) are compiled to shortcuts, converted back,
checked, annotated offline, built into a data set, and evaluated as predictions of themselves. For each stage and size
the script prints seconds, processor seconds, and the peak memory of all processes together. Between neighbouring sizes
it prints the processor seconds and the bytes that one record more takes, so that neither start-up nor other programs
count. Exit status 1: a record more takes over --most_growth times as long at the largest sizes as at the smallest.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from support.made_workflows import SAMPLES, blocks_of, made_records
from support.watched_run import watched_run

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive, positive_int
from workflowllm.runs.json_lines import json_line

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    sizes: list[int]
    stages: list[str]
    workers: int
    seed: int
    most_growth: float
    output: Path | None


class Measured(NamedTuple):
    """One stage on so many records."""

    records: int
    seconds: float
    cpu_seconds: float  # of all processes
    memory: int  # bytes at the peak


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=positive_int, nargs="+", default=[250, 2500, 25000],
                        help="numbers of records (default: 250 2500 25000)")  # fmt: skip
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES), help="default: all")
    parser.add_argument("--workers", type=positive_int, default=1, help="of each stage (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the records (default: %(default)s)")
    parser.add_argument("--most_growth", type=positive, default=1.5, help="limit (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="JSON Lines of the figures (default: none)")
    flags = Flags(**vars(parser.parse_args()))
    if len(flags.sizes) < 2 or sorted(set(flags.sizes)) != flags.sizes:
        raise CommandError("--sizes must be two or more numbers in ascending order.")
    return flags


def write_inputs(folder: Path, count: int, seed: int) -> None:
    """Records with the code of both fields, and each as a prediction of itself."""
    blocks = blocks_of(SAMPLES)
    with (folder / "records.jsonl").open("wb") as records, (folder / "predictions.jsonl").open("wb") as predictions:
        for number, record in enumerate(made_records(count, blocks, seed)):
            record |= {"key": f"record-{number}", "code": record["workflow_code"]}
            records.write(json_line(record))
            predictions.write(json_line(record | {"generated_code": record["workflow_code"], "model": "itself"}))


def compile_words(folder: Path) -> list[str | Path]:
    return ["preprocess/Convert_Python_to_ShortCut.py", "--input", folder / "records.jsonl",
            "--output_dir", folder / "shortcuts"]  # fmt: skip


def convert_words(folder: Path) -> list[str | Path]:
    return ["preprocess/Convert_ShortCut_to_Python.py", "--folder_path", folder / "shortcuts",
            "--output", folder / "converted.jsonl"]  # fmt: skip


def check_words(folder: Path) -> list[str | Path]:
    return ["eval/check_workflows.py", folder / "records.jsonl", "--output", folder / "findings.jsonl"]


def annotate_words(folder: Path) -> list[str | Path]:
    return ["preprocess/annotate_workflows.py", "--input", folder / "records.jsonl", "--backend", "offline",
            "--output", folder / "annotated.jsonl"]  # fmt: skip


def build_words(folder: Path) -> list[str | Path]:
    return ["preprocess/build_dataset.py", "--synthesized", folder / "records.jsonl", "--output", folder / "data"]


def evaluate_words(folder: Path) -> list[str | Path]:
    return ["eval/evaluate.py", "--predictions", folder / "predictions.jsonl", "--split", "ID",
            "--output_dir", folder / "scores"]  # fmt: skip


# In this order: what compiling writes is converted.
STAGES: dict[str, Callable[[Path], list[str | Path]]] = {
    "compile": compile_words,
    "convert": convert_words,
    "check": check_words,
    "annotate": annotate_words,
    "build": build_words,
    "evaluate": evaluate_words,
}


def measure(flags: Flags, size: int) -> dict[str, Measured]:
    """Every stage on this many records, each in processes of its own."""
    measured = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, size, flags.seed)
        for stage, words in STAGES.items():
            is_needed = stage in flags.stages or (stage == "compile" and "convert" in flags.stages)
            if not is_needed:
                continue
            script, *arguments = words(folder)
            command = [sys.executable, ROOT / script, *arguments, "--workers", str(flags.workers)]
            before = processor_seconds()
            status, seconds, memory = watched_run(command, output=subprocess.DEVNULL)
            if status != ALL_DONE:  # what fails is not measured
                raise CommandError(f"{stage} of {size} records ended with status {status}.")
            measured[stage] = Measured(size, seconds, processor_seconds() - before, memory)
            print(f"{stage:<9} {size:>7} records {seconds:>9.1f} s {measured[stage].cpu_seconds:>9.1f} CPU s "
                  f"{memory / 2**20:>7.0f} MiB", flush=True)  # fmt: skip
    return {stage: figures for stage, figures in measured.items() if stage in flags.stages}


def processor_seconds() -> float:
    """Of the child processes that have ended, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def growth(runs: Sequence[Measured]) -> list[tuple[float, float]]:
    """(processor seconds, bytes) that one record more takes, between each two neighbouring sizes."""
    return [
        ((more.cpu_seconds - fewer.cpu_seconds) / (more.records - fewer.records),
         (more.memory - fewer.memory) / (more.records - fewer.records))
        for fewer, more in pairwise(runs)
    ]  # fmt: skip


def main() -> int:
    flags = parse_flags()
    by_size = [measure(flags, size) for size in flags.sizes]
    status, lines = ALL_DONE, []
    print("\none record more takes, from size to size:")
    for stage in by_size[0]:
        runs = [measured[stage] for measured in by_size]
        steps = growth(runs)
        factor = steps[-1][0] / max(steps[0][0], 1e-9)
        if factor > flags.most_growth:
            status = SOME_FAILED
        shown = ", ".join(f"{1000 * seconds:.2f} ms and {memory / 1000:.1f} kB" for seconds, memory in steps)
        print(f"{stage:<9} {shown}; the last {factor:.2f} times as long as the first")
        lines.append({"stage": stage, "runs": [run._asdict() for run in runs], "growth": factor})
    if flags.output:
        flags.output.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return status


if __name__ == "__main__":
    run_command(main)
