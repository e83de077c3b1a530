"""How fast the runtime is: simple actions a second, whether the time grows with the steps, and a whole evaluation.

    python eval/benchmark_runtime.py
    python eval/benchmark_runtime.py --input RECORDS.jsonl --field code --programs 1190 --workers 2

Prints, by CPU time of one process: the actions a second of a loop of Calculate and Set Variable for growing numbers of
rounds; then the time by the clock of running so many programs in worlds made for them. Without `--input`, the bundled
shortcuts are repeated.
"""

import argparse
import time
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from workflowllm.metrics.execution import WORLDS, execution, reference_runs
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import read_records
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.runnable import program_of_code
from workflowllm.runtime.running import run_world
from workflowllm.runtime.world import World

SAMPLES = Path(__file__).parents[1] / "data" / "shortcuts"
ROUNDS = (5_000, 20_000, 80_000)
ACTIONS_A_ROUND = 2
LOOP = """
Total = 0
for _ in range({}):
    more = is_workflow_actions_math(WFInput=Total, WFMathOperation="+", WFMathOperand=3)
    Total = more
"""


@dataclass(frozen=True)
class Flags:
    """What a command line asks for."""

    input: Path | None
    field: str
    programs: int
    workers: int


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, help="records with Python (default: the bundled shortcuts)")
    parser.add_argument("--field", default="code", help="the records' field that holds it (default: %(default)s)")
    parser.add_argument("--programs", type=positive_int, default=1190, help="programs evaluated (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=2, help="processes for them (default: %(default)s)")
    return Flags(**vars(parser.parse_args()))


def seconds_of_loop(rounds: int) -> float:
    """CPU seconds of the loop, compiling left out."""
    program = program_of_code(LOOP.format(rounds))
    assert program.steps
    begun = time.process_time()
    ending = run_world(program, World()).endings[-1]
    seconds = time.process_time() - begun
    if ending.how != "ok":
        raise CommandError(f"the loop ended {ending.how}: {ending.error}")
    return seconds


def programs_of(flags: Flags) -> list[str]:
    if flags.input is None:
        codes = [path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.py"))]
    else:
        records = (record for _, record in read_records(flags.input) if isinstance(record, dict))
        codes = [record[flags.field] for record in records if isinstance(record.get(flags.field), str)]
    if not codes:
        raise CommandError("there is no program to run.")
    return list(islice(cycle(codes), flags.programs))


def evaluated(code: str, worlds: int) -> bool:
    """A program as its own reference and as the answer; whether it could be measured."""
    return execution(code, reference_runs(code, worlds)).reference_runs


def main() -> int:
    flags = parse_flags()
    seconds_of_loop(1000)  # modules and caches
    for rounds in ROUNDS:
        seconds = seconds_of_loop(rounds)
        actions = rounds * ACTIONS_A_ROUND
        print(f"{actions:9,} actions in {seconds:6.2f} s of CPU: {actions / seconds:9,.0f} a second", flush=True)
    codes = programs_of(flags)
    begun = time.perf_counter()
    work = partial(evaluated, worlds=WORLDS)
    measured = sum(map_inputs(work, codes, flags.workers, lambda code: False, len(codes), "program"))
    seconds = time.perf_counter() - begun
    print(
        f"{len(codes):,} programs, each as reference and as answer in {WORLDS} worlds: {seconds:.0f} s by the clock "
        f"with {flags.workers} processes; {measured:,} could be measured"
    )
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
