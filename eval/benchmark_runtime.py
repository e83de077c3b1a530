"""Measure the runtime's speed: simple actions a second, growth with the number of steps, and a whole evaluation.

    python eval/benchmark_runtime.py
    python eval/benchmark_runtime.py --folder DIR --programs 1190 --worlds 3 --workers 2

The first figures are of a loop of Calculate and Set Variable on one core, in time of this process; the last is the
wall time of so many programs of a folder in so many worlds each, made for what they read.
"""

import argparse
import sys
import time
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.errors import Broken
from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.program import program_of, program_of_code
from workflowllm.runtime.running import run_prepared
from workflowllm.runtime.stock_world import stock_world
from workflowllm.runtime.world import parse_world
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files

ROUNDS = (10_000, 40_000, 160_000)
LEAST = 50_000  # simple actions a second
MOST_GROWTH = 1.5  # time a step at the most rounds over that at the fewest
LOOP = """
zero = is_workflow_actions_number(WFNumberActionNumber="0")
total = zero
for _ in range({rounds}):
    result = is_workflow_actions_math(WFInput=total, WFMathOperation="+", WFMathOperand="3")
    total = result
"""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="folder of shortcuts for the evaluation (default: none)")
    parser.add_argument("--programs", type=positive_int, default=1190, help="programs to run (default: %(default)s)")
    parser.add_argument("--worlds", type=positive_int, default=3, help="worlds for each (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=2, help="processes (default: %(default)s)")
    return parser.parse_args()


def simple_actions(rounds: int) -> float:
    """Leaf actions a second in a loop of two; the best of three runs, so that a busy machine counts less."""
    program, world = program_of_code(LOOP.format(rounds=rounds)), parse_world({})
    speeds = []
    for _ in range(3):
        started = time.process_time()
        outcome = run_prepared(program, world, {})
        speeds.append(sum(outcome.session.implemented.values()) / (time.process_time() - started))
    return max(speeds)


def run_seeds(key: str, folder: Path, worlds: int) -> str:
    """One program in the stock world with several seeds."""
    try:
        program = program_of(folder / key)
        with time_limit():
            for seed in range(worlds):
                run_prepared(program, stock_world(), {}, seed=seed, makes_up=True)
    except ShortcutError:
        return "refused"
    except Broken:
        return "too long"
    return "ran"


def evaluation(folder: Path, programs: int, worlds: int, workers: int) -> float:
    """Seconds for all programs in all worlds; a folder with fewer files is gone through again."""
    keys = list(islice(cycle(list_files(folder)), programs))
    started = time.perf_counter()
    work = partial(run_seeds, folder=folder, worlds=worlds)
    for _ in map_inputs(work, keys, workers, lambda key: "died", len(keys), "program"):
        pass
    return time.perf_counter() - started


def main() -> int:
    arguments = parse_arguments()
    speeds = [simple_actions(rounds) for rounds in ROUNDS]
    for rounds, speed in zip(ROUNDS, speeds):
        print(f"{rounds:>9,} rounds: {speed:,.0f} simple actions a second")
    growth = speeds[0] / speeds[-1]
    print(f"time a step at {ROUNDS[-1]:,} rounds over that at {ROUNDS[0]:,}: {growth:.2f}")
    if arguments.folder:
        if not arguments.folder.is_dir():
            raise CommandError(f"{arguments.folder} is no folder.")
        seconds = evaluation(arguments.folder, arguments.programs, arguments.worlds, arguments.workers)
        print(f"{arguments.programs} programs in {arguments.worlds} worlds each: {seconds:.0f} s")
    if min(speeds) < LEAST or growth > MOST_GROWTH:
        print("the runtime is slower than it must be.", file=sys.stderr)
        return SOME_FAILED
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
