"""Feed damaged shortcuts to the converter's script and account for each of them.

    python eval/fuzz_conversion.py --folder DIR [--mutations 10000] [--seed 0]

Each file is a seeded mutation of a real one. Every one must end as a line of the output or of the errors file; every
code must parse, compile back, and give an equal shortcut; no batch may take over 10 s, no process over 1 GiB.
"""

import argparse
import ast
import json
import plistlib
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from support.mutations import mutated
from tqdm import tqdm

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import build_workflow, from_json, to_bytes
from workflowllm.shortcuts.records_from_files import list_files

CONVERTER = Path(__file__).parents[1] / "preprocess" / "Convert_ShortCut_to_Python.py"
BATCH = 100
SECONDS, MEBIBYTES = 10, 1024


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="folder of shortcuts to damage")
    parser.add_argument("--mutations", type=positive_int, default=10000, help="damaged files (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the damage (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="folder for the damaged files that failed (default: none)")
    return parser.parse_args()


def run_batch(folder: Path, count: int, outcomes: Counter[str]) -> list[str]:
    """Convert a folder of damaged files; the keys of those that went wrong, with what did."""
    output = folder.with_suffix(".jsonl")
    command = [sys.executable, CONVERTER, "--folder_path", folder, "--output", output]
    begun = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return [f"a batch took over {SECONDS} s"]
    outcomes["slowest batch, ms"] = max(outcomes["slowest batch, ms"], round(1000 * (time.perf_counter() - begun)))
    if done.returncode not in (ALL_DONE, SOME_FAILED) or "Traceback" in done.stderr:
        return [f"the script ended with {done.returncode}: {done.stderr.strip()[-300:]}"]
    errors = output.with_name(output.name + ".errors.jsonl")
    failed = [json.loads(line) for line in errors.read_text("utf-8").splitlines()] if errors.exists() else []
    records = [json.loads(line) for line in output.read_text("utf-8").split("\n") if line]
    outcomes["refused"] += len(failed)
    outcomes["converted"] += len(records)
    wrong = [] if len(failed) + len(records) == count else [f"{count} files, {len(failed) + len(records)} lines"]
    return wrong + [problem for record in records if (problem := fault(folder, record, outcomes))]


def fault(folder: Path, record: dict, outcomes: Counter[str]) -> str | None:
    """What is wrong with a record's code, if anything."""
    key = record["key"]
    try:
        ast.parse(record["code"])
        again = build_workflow(compile_code(record["code"]), from_json(record["metadata"]))
    except (SyntaxError, ShortcutError) as error:
        return f"{key}: {error}"
    found = next(differences(read_file(folder / key).workflow, again), None)
    if found:
        return f"{key}: {found}"
    try:
        plistlib.loads(to_bytes(again))
    except ShortcutError:  # half a character, or a number over 64 bits: read, but never written
        outcomes["cannot be written"] += 1
    return None


def main() -> int:
    arguments = parse_arguments()
    random, outcomes, wrong = Random(arguments.seed), Counter(), []
    if not arguments.folder.is_dir():
        raise CommandError(f"{arguments.folder} is no folder.")
    sources = [(arguments.folder / key).read_bytes() for key in list_files(arguments.folder)]
    sources = [data for data in sources if data]
    with tempfile.TemporaryDirectory() as scratch, tqdm(total=arguments.mutations, disable=None) as bar:
        for start in range(0, arguments.mutations, BATCH):
            folder = Path(scratch, str(start))
            folder.mkdir()
            count = min(BATCH, arguments.mutations - start)
            for number in range(count):
                (folder / f"{number}.shortcut").write_bytes(mutated(random.choice(sources), random))
            found = run_batch(folder, count, outcomes)
            for line in found if arguments.keep else ():
                keep(folder / line.split(":")[0], arguments.keep, start)
            wrong += [f"batch {start}, {line}" for line in found]
            bar.update(count)
    counts = ", ".join(f"{name} {count}" for name, count in outcomes.items())
    print(f"{arguments.mutations} mutations, seed {arguments.seed}: {counts}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"peak memory {peak} MiB (limit {MEBIBYTES}), wrong {len(wrong)}")
    print("\n".join(wrong[:20]))
    return SOME_FAILED if wrong or peak > MEBIBYTES else ALL_DONE


def keep(path: Path, folder: Path, start: int) -> None:
    if path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{start}_{path.name}").write_bytes(path.read_bytes())


if __name__ == "__main__":
    run_command(main)
