"""How long preprocess/build_dataset.py takes, and how much memory, for many synthetic records.

    python eval/benchmark_build.py --records 100000 --workers 2

The records are joined from the samples' code, 78 actions on average (the paper has 78.5). Random words as texts and
comments keep them from being near-duplicates, and each calls random APIs of the catalogue, the one of rank n 1/n times
as often as the first. One record in twenty is a copy of an earlier one. The script prints the seconds of the whole run
and the peak memory of all its processes together (proportional set size, sampled five times a second). Exit status 1:
over a limit.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from workflowllm.apis.catalogue import catalogue
from workflowllm.records.forms import normalised, record_file_rows
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line
from workflowllm.shortcuts.from_python.program import compile_code, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError

ROOT = Path(__file__).parents[1]
ACTIONS = 55  # to stop at: a record then has 78 on average
COPIES = 0.05
INTERVAL = 0.2  # seconds between two samples of the memory
LETTERS = "abcdefghiklmnoprstuvw"
Block = tuple[str, re.Pattern[str], int]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=ROOT / "data" / "data_samples.json",
                        help="records to join (default: data/data_samples.json)")  # fmt: skip
    parser.add_argument("--records", type=positive_int, default=100_000, help="how many (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=2, help="of the build (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the records (default: %(default)s)")
    parser.add_argument("--most_seconds", type=float, default=600, help="limit of time (default: %(default)s)")
    parser.add_argument("--most_gib", type=float, default=4, help="limit of memory (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="folder where records and data set stay (default: none)")
    return parser.parse_args()


def blocks_of(path: Path) -> list[Block]:
    """(code, the names that it assigns, actions) of each sample."""
    blocks = []
    for _, record in record_file_rows(path):
        code = normalised(record).get("workflow_code") if isinstance(record, dict) else None
        try:
            actions = compile_code(code or "").actions
        except ShortcutError:
            continue
        if actions and all(action["WFWorkflowActionIdentifier"] in catalogue() for action in actions):
            names = "|".join(map(re.escape, parse_program(code).bindings)) or "(?!)"
            blocks.append((code.rstrip() + "\n", re.compile(rf"\b({names})\b(?!=[^=])"), len(actions)))
    if not blocks:
        raise CommandError(f"{path} holds no code that compiles.")
    return blocks


def made_records(count: int, blocks: list[Block], seed: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(seed)
    words = ["".join(rng.choices(LETTERS, k=rng.randint(3, 9))) for _ in range(20_000)]
    functions = [api.function for api in map(catalogue().__getitem__, sorted(catalogue())) if api.function]
    rng.shuffle(functions)
    weights = [1 / rank for rank in range(1, len(functions) + 1)]
    copied = ""
    for _ in range(count):
        is_copy = bool(copied) and rng.random() < COPIES
        calls = rng.choices(functions, weights, k=3)
        code = copied if is_copy else made_code(rng, blocks, words) + "".join(f"\n{name}()" for name in calls)
        copied = code if rng.random() < COPIES else copied
        plan = "\n".join(f"{step}. {' '.join(rng.choices(words, k=8))}" for step in range(1, 20))
        query = f"How can I {' '.join(rng.choices(words, k=30))}?"
        yield {"key": "synthesized_training_data", "category": rng.choice(("Utilities", "Games", "Music")),
               "query": query, "task_plan": plan, "workflow_code": code, "apis": []}  # fmt: skip


def made_code(rng: random.Random, blocks: list[Block], words: list[str]) -> str:
    lines: list[str] = []
    actions = part = 0
    while actions < ACTIONS:
        code, names, size = rng.choice(blocks)
        part += 1
        renamed = names.sub(lambda match, part=part: f"{match[0]}_part_{part}", code)
        for line in renamed.split("\n"):
            if line[:1].isalpha() and not line.startswith(("else", "elif", "block_result")) and '"""' not in renamed:
                lines.append(f"# {' '.join(rng.choices(words, k=8)).capitalize()}.")
            lines.append(line)
        lines.append(f'note_{part} = "{" ".join(rng.choices(words, k=40))}"')
        actions += size + 1
    return "\n".join(lines)


def watched_run(command: list[str | Path]) -> tuple[int, float, int]:
    """(exit status, seconds, peak memory in bytes of the processes together)."""
    begun = time.monotonic()
    process = psutil.Popen(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory_of(process))
        time.sleep(INTERVAL)
    return process.returncode, time.monotonic() - begun, peak


def memory_of(process: psutil.Process) -> int:
    total = 0
    try:
        for each in (process, *process.children(recursive=True)):
            total += each.memory_full_info().pss
    except psutil.Error:  # one has just ended
        return 0
    return total


def measure(arguments: argparse.Namespace, folder: Path) -> int:
    records = folder / "records.jsonl"
    blocks = blocks_of(arguments.samples)
    with records.open("wb") as handle:
        for record in made_records(arguments.records, blocks, arguments.seed):
            handle.write(json_line(record))
    size = records.stat().st_size
    print(f"records   {arguments.records}, {size / 2**20:.0f} MiB, {size / arguments.records / 1000:.1f} kB each")
    script = ROOT / "preprocess" / "build_dataset.py"
    output = folder / "data"
    status, seconds, peak = watched_run([sys.executable, script, "--synthesized", records, "--output", output,
                                         "--workers", str(arguments.workers)])  # fmt: skip
    if status != ALL_DONE:
        raise CommandError(f"the build ended with status {status}.")
    splits = json.loads((output / "build.json").read_text("utf-8"))["splits"]
    print(f"splits    {json.dumps(splits)}")
    print(f"seconds   {seconds:.0f} with {arguments.workers} workers (limit {arguments.most_seconds:.0f})")
    print(f"memory    {peak / 2**30:.2f} GiB at the peak (limit {arguments.most_gib:g})")
    return ALL_DONE if seconds <= arguments.most_seconds and peak <= arguments.most_gib * 2**30 else SOME_FAILED


def main() -> int:
    arguments = parse_arguments()
    if arguments.folder:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        return measure(arguments, arguments.folder)
    with tempfile.TemporaryDirectory() as folder:
        return measure(arguments, Path(folder))


if __name__ == "__main__":
    run_command(main)
