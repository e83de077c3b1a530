"""Kill builds, evaluations and local inference at hostile moments, and compare with a run that nobody disturbed.

    python eval/check_kills.py
    python eval/check_kills.py build evaluate --kills 20 --seed 3

Each stage runs on small made records. The kills of a stage hit one output, one after the other: by turns at a file
operation (a rename, a removal, a sync to the disk), before or after it, and after a share of the run's time, with
`kill -9` for the script and all its processes. Then a run is left alone. All files that it leaves, but for
`*.run.json`, which hold times, must be those of the undisturbed run, byte by byte. eval/check_training.py does the same
for train.py. Exit status 1: some stage's output differs.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from support.stand_in import small_records, write_small_model

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line

ROOT = Path(__file__).parents[1]
KILLER = ROOT / "eval" / "support" / "kill_at.py"
Words = list[str | Path]  # a script and its flags


def build_words(inputs: Path, output: Path) -> Words:
    return ["preprocess/build_dataset.py", "--seed_data", inputs / "records.jsonl", "--allow_duplicates",
            "--allow_uncompiled", "--output", output / "data"]  # fmt: skip


def evaluate_words(inputs: Path, output: Path) -> Words:
    return ["eval/evaluate.py", "--predictions", inputs / "predictions.jsonl", "--split", "ID", "--resamples", "50",
            "--output_dir", output / "scores"]  # fmt: skip


def infer_words(inputs: Path, output: Path) -> Words:
    model = inputs / "model"
    if not model.exists():
        write_small_model(model)
    return ["infer.py", "--model", model, "--backend", "hf", "--input", inputs / "records.jsonl", "--max_tokens", "40",
            "--max_rows", "1", "--output", output / "predictions.jsonl"]  # fmt: skip


STAGES: dict[str, Callable[[Path, Path], Words]] = {
    "build": build_words,
    "evaluate": evaluate_words,
    "infer": infer_words,
}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"of {', '.join(STAGES)} (default: all)")
    parser.add_argument("--records", type=positive_int, default=24, help="of each stage (default: %(default)s)")
    parser.add_argument("--kills", type=positive_int, default=5, help="of each stage (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: %(default)s)")
    arguments = parser.parse_args()
    if unknown := set(arguments.stages) - set(STAGES):
        raise CommandError(f"there is no stage {unknown.pop()}; there are {', '.join(STAGES)}.")
    return arguments


def write_inputs(folder: Path, count: int) -> None:
    folder.mkdir()
    records = small_records(count)
    answers = [record["workflow_code"] for record in [*records[1:], records[0]]]
    predictions = [record | {"generated_code": answer} for record, answer in zip(records, answers)]
    (folder / "records.jsonl").write_bytes(b"".join(map(json_line, records)))
    (folder / "predictions.jsonl").write_bytes(b"".join(map(json_line, predictions)))


def killed_run(words: Words, number: int = 0, seconds: float | None = None, counts: Path | None = None) -> int:
    """The exit status of a script that is killed at this file operation, or after so many seconds; -9 if it was."""
    command = list(map(str, [sys.executable, KILLER, number, ROOT / words[0], *words[1:]]))
    environment = os.environ | ({"KILL_AT_COUNTS": str(counts)} if counts else {})
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd=ROOT,
                               start_new_session=True)  # fmt: skip
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, errors = process.communicate()
    if process.returncode not in (ALL_DONE, SOME_FAILED, -signal.SIGKILL):
        raise CommandError(f"{words[0]} ended with status {process.returncode}: {errors.decode()[-300:]}")
    return process.returncode


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".run.json"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def check(stage: str, folder: Path, kills: int, rng: Random) -> bool:
    """Whether a stage that was killed so often ends with the undisturbed run's files. Each kill is a line."""
    whole, output, counts = folder / "whole" / stage, folder / "killed" / stage, folder / f"{stage}.count"
    for each in (whole, output):
        each.mkdir(parents=True)
    inputs = folder / "inputs"
    STAGES[stage](inputs, whole)
    begun = time.monotonic()
    killed_run(STAGES[stage](inputs, whole), counts=counts)
    seconds, operations = time.monotonic() - begun, int(counts.read_text("ascii"))
    words = STAGES[stage](inputs, output)
    for number in range(kills):
        if number % 2:
            after = seconds * rng.uniform(0.3, 1)
            moment, status = f"after {after:.2f} of {seconds:.2f} s", killed_run(words, seconds=after)
        else:
            at = rng.randint(1, operations)
            moment, status = f"at file operation {at} of {operations}", killed_run(words, at)
        print(f"{stage}: {moment}: {'killed' if status < 0 else 'it had ended'}", flush=True)
    killed_run(words)
    wanted, made = contents(whole), contents(output)
    differing = sorted(name for name in wanted.keys() | made.keys() if wanted.get(name) != made.get(name))
    print(f"{stage}: {len(wanted)} files; {'all are equal' if not differing else 'not equal: ' + ', '.join(differing)}")
    return bool(wanted) and not differing


def main() -> int:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as name:
        write_inputs(Path(name, "inputs"), arguments.records)
        equal = [check(stage, Path(name), arguments.kills, Random(f"{arguments.seed} {stage}"))
                 for stage in arguments.stages or STAGES]  # fmt: skip
    return ALL_DONE if all(equal) else SOME_FAILED


if __name__ == "__main__":
    run_command(main)
