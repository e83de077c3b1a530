"""Attack the runtime with real shortcuts: every form of a workflow, damaged workflows, damaged worlds.

    python eval/check_runtime.py --folder DIR --workers 2
    python eval/check_runtime.py --folder DIR --mutations 10000 --worlds 2000 --workers 2

First each file is run from its own bytes, its Python, its annotated Python and its training form: the effects must be
equal. Then mutations of the files are run in the stock world, and the files in mutations of it: each must end with
effects or in one sentence, never with a mistake of the runtime. Exit status 1: something was not so.
"""

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from support.runtime_damage import damaged_workflow, damaged_world
from support.runtime_forms import compare_file, comparison_crashed

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import not_negative, positive_int
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.endings import Broken
from workflowllm.runtime.interpreter import MISTAKE
from workflowllm.runtime.limits import MAX_SECONDS, time_limit
from workflowllm.runtime.runnable import Program
from workflowllm.runtime.running import run_prepared
from workflowllm.runtime.stock_world import stock_world
from workflowllm.runtime.world import parse_world
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files

SECONDS, MEBIBYTES = MAX_SECONDS + 1, 512


@dataclass(frozen=True)
class Ran:
    """How one damaged run ended: ok, stopped, cancelled, broken, refused; a mistake has a reason."""

    name: str
    how: str
    mistake: str = ""
    seconds: float = 0.0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="folder of real shortcuts")
    parser.add_argument("--mutations", type=not_negative, default=0, help="damaged workflows (default: %(default)s)")
    parser.add_argument("--worlds", type=not_negative, default=0, help="damaged worlds (default: %(default)s)")
    parser.add_argument("--skip-forms", action="store_true", help="only damage")
    parser.add_argument("--seed", type=int, default=0, help="seed of the damage (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def check_forms(folder: Path, keys: list[str], workers: int) -> list[str]:
    """Run every form of every file; print the counts, return what differs."""
    compared = list(map_inputs(partial(compare_file, folder=folder), keys, workers, comparison_crashed, len(keys)))
    runs = sum(item.forms for item in compared)
    refused = sum(bool(item.unreadable) for item in compared)
    faults = [line for item in compared for line in item.differences]
    files = len(compared) - refused
    print(f"{runs} forms of {files} files ran, {len(faults)} do not do what the file does; {refused} files refused")
    without_data = sum(item.without_data for item in compared)
    print(f"{without_data} training forms leave out data, of which the effects are made, and were not compared")
    return faults


def run_damaged(job: tuple[str, str, int], folder: Path) -> Ran:
    """One damaged run: of a workflow, or in a world."""
    key, kind, seed = job
    name, rng = f"{key}, {kind} {seed}", Random(f"{kind} {seed}")
    started = time.perf_counter()
    try:
        workflow = read_file(folder / key).workflow
        if kind == "mutation":
            workflow = damaged_workflow(workflow, rng)
        world = parse_world(damaged_world(rng)) if kind == "world" else stock_world()
        with time_limit():
            outcome = run_prepared(Program(workflow, key), world, {}, makes_up=True)
    except ShortcutError:
        return Ran(name, "refused")
    except Broken:
        return Ran(name, "broken", seconds=MAX_SECONDS)
    except Exception as error:  # what this script looks for
        return Ran(name, "mistake", f"{type(error).__name__}: {error}")
    ending = outcome.endings[-1]
    mistake = f"{ending.identifier}: {ending.error}" if MISTAKE in ending.error else ""
    return Ran(name, ending.how, mistake, time.perf_counter() - started)


def damage_crashed(job: tuple[str, str, int]) -> Ran:
    return Ran(f"{job[0]}, {job[1]} {job[2]}", "mistake", "the process died")


def jobs(keys: list[str], kind: str, count: int, seed: int) -> Iterator[tuple[str, str, int]]:
    rng = Random(f"{kind} {seed}")
    for number in range(count):
        yield rng.choice(keys), kind, seed * 1_000_000 + number


def check_damage(folder: Path, listed: list[tuple[str, str, int]], workers: int) -> list[str]:
    """Run damaged workflows or worlds; print how they ended, return the mistakes."""
    if not listed:
        return []
    ran = list(map_inputs(partial(run_damaged, folder=folder), listed, workers, damage_crashed, len(listed)))
    endings = Counter("mistake" if item.mistake else item.how for item in ran)
    slowest = max(ran, key=lambda item: item.seconds)
    counts = ", ".join(f"{how} {count}" for how, count in sorted(endings.items()))
    print(f"{listed[0][1]}s: {len(ran)} ({counts}); slowest {slowest.seconds:.2f} s")
    faults = [f"{item.name}: {item.mistake}" for item in ran if item.mistake]
    return faults + [f"{item.name} took {item.seconds:.1f} s" for item in ran if item.seconds > SECONDS]


def main() -> int:
    arguments = parse_arguments()
    if not arguments.folder.is_dir():
        raise CommandError(f"{arguments.folder} is no folder.")
    keys = list_files(arguments.folder)
    faults = [] if arguments.skip_forms else check_forms(arguments.folder, keys, arguments.workers)
    for kind, count in (("mutation", arguments.mutations), ("world", arguments.worlds)):
        listed = list(jobs(keys, kind, int(count), arguments.seed))
        faults += check_damage(arguments.folder, listed, arguments.workers)
    usage = max(resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"peak memory of a process: {usage} MiB")
    if usage > MEBIBYTES:
        faults.append(f"a process took over {MEBIBYTES} MiB")
    print("\n".join(faults[:50]))
    return SOME_FAILED if faults else ALL_DONE


if __name__ == "__main__":
    run_command(main)
