"""How fast CodeBLEU is, beside the package codebleu 0.7.0 where a Python that has it is named.

    python eval/benchmark_codebleu.py --pairs pairs.jsonl.gz --package_python /path/to/venv/bin/python

Rates are pairs per second of processor time on one core, each pair scored once, in alternating rounds of which the
fastest counts. Growth is the slope of log time over log lines, on programs of 50 to 2,000 lines that differ in a tenth
of them. The last lines are for several worker processes, starting them included: where other programs keep the cores
busy, their processor time, which should stay the same, tells more than the wall time.
"""

import argparse
import json
import math
import os
import random
import subprocess
import time
from pathlib import Path

from workflowllm.metrics.codebleu.options import MODES, Options
from workflowllm.metrics.codebleu.pool import Pair, score_pairs
from workflowllm.metrics.codebleu.scorer import CodeBleu
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import read_records

LINES = (50, 100, 200, 500, 1000, 2000)
PACKAGE = """
import json, logging, sys, time
from codebleu import calc_codebleu
logging.disable(logging.WARNING)
pairs = json.load(sys.stdin)
start = time.process_time()
for reference, candidate in pairs:
    calc_codebleu([reference], [candidate], "python", (0.1, 0.1, 0.4, 0.4))
print(time.process_time() - start)
"""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="JSON Lines of reference and candidate")
    parser.add_argument("--package_python", help="a Python that has codebleu 0.7.0 (default: no comparison)")
    parser.add_argument("--rounds", type=positive_int, default=2, help="timed rounds (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=2, help="most processes tried (default: %(default)s)")
    return parser.parse_args()


def our_seconds(pairs: list[Pair], options: Options) -> float:
    scorer = CodeBleu(options)
    start = time.process_time()
    for reference, candidate in pairs:
        scorer.score(reference, candidate)
    return time.process_time() - start


def package_seconds(pairs: list[Pair], python: str) -> float:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            [python, "-c", PACKAGE], input=json.dumps(pairs), capture_output=True, text=True, env=environment
        )
    except OSError as error:
        raise CommandError(f"cannot run {python}: {error.strerror}.") from None
    if done.returncode:
        raise CommandError(f"the package failed: {done.stderr.strip().splitlines()[-1]}")
    return float(done.stdout.split()[-1])


def program(lines: int, rng: random.Random) -> str:
    """A program of so many lines like those the converter writes: calls, branches, loops, text with variables in it."""
    names = [f"value_{number}" for number in range(max(5, lines // 5))]
    written: list[str] = []
    depth = 0
    while len(written) < lines:
        one, two = rng.choice(names), rng.choice(names)
        action = f"is_workflow_actions_{rng.choice('abcdefgh')}"
        call = f"{action}( Text=f'''{{{two}}} text''', Count={rng.randint(1, 9)})"
        choice = rng.random()
        if choice < 0.1 and depth < 4:
            opening = rng.choice([f"if {one} == '{two}':", f"for {one} in range(int({two})):"])
            written.append("    " * depth + opening)
            depth += 1
        written.append("    " * depth + (f"{one} = {call}" if choice < 0.8 else call))
        depth -= depth > 0 and choice > 0.85
    return "\n".join(written[:lines])


def growth(options: Options, rounds: int) -> tuple[list[float], float]:
    """Seconds for each number of lines, and the slope of their logarithms (least squares)."""
    rng = random.Random(0)
    seconds = []
    for lines in LINES:
        pairs = []
        for _ in range(max(1, 1000 // lines)):
            reference = program(lines, rng)
            kept = [line for line in reference.split("\n") if rng.random() > 0.1]
            pairs.append((reference, "\n".join(kept)))
        seconds.append(min(our_seconds(pairs, options) for _ in range(rounds)) / len(pairs))
    xs, ys = [math.log(lines) for lines in LINES], [math.log(value) for value in seconds]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)
    return seconds, slope


def main() -> int:
    arguments = parse_arguments()
    records = [record for _, record in read_records(arguments.pairs)]
    pairs = [(record["reference"], record["candidate"]) for record in records]
    best = dict.fromkeys([*MODES, "package"], math.inf)
    for _ in range(arguments.rounds):
        for mode, options in MODES.items():
            best[mode] = min(best[mode], our_seconds(pairs, options))
        if arguments.package_python:
            best["package"] = min(best["package"], package_seconds(pairs, arguments.package_python))
    for name, seconds in best.items():
        if seconds < math.inf:
            print(f"{name}: {len(pairs) / seconds:.1f} pairs/s, {best['package'] / seconds:.2f} times the package's")
    for mode, options in MODES.items():
        seconds_each, slope = growth(options, arguments.rounds)
        times = ", ".join(f"{lines}: {1000 * value:.1f} ms" for lines, value in zip(LINES, seconds_each))
        print(f"{mode}: {times}; growth exponent {slope:.2f}")
    for workers in range(1, arguments.workers + 1):
        start, before = time.monotonic(), os.times()
        list(score_pairs(pairs, MODES["fixed"], workers))
        wall, after = time.monotonic() - start, os.times()
        used = sum(after[:4]) - sum(before[:4])
        print(f"{workers} worker(s): {len(pairs) / wall:.1f} pairs/s of wall time, {used:.1f} s of processor time")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
