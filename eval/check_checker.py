"""Measure the checker on the Python of real shortcuts, which is right by definition, and on faults put into it.

    python eval/check_checker.py --records output/shortcuts.jsonl [--faults 200] [--seed 0]

Prints the errors by rule on the code as it is (all of them false), how many of so many seeded faults of each kind are
found, and how many workflows a second one core checks, over all and by length.
"""

import argparse
import time
from collections import Counter
from pathlib import Path
from random import Random
from statistics import median

from support.checker_damage import FAULTS, Damage, Maker, Source, source_of
from tqdm import tqdm

from workflowllm.apis.catalogue import catalogue
from workflowllm.checking.calls import called_identifier
from workflowllm.checking.checker import check_code
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import read_records

TIMED = 200  # workflows around a length
TRIES = 50  # draws of a workflow to damage before a kind of fault is given up


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True, help="records with `code` and `apis`")
    parser.add_argument("--faults", type=positive_int, default=200, help="faults of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the faults (default: %(default)s)")
    return parser.parse_args()


def print_false_errors(sources: list[Source]) -> None:
    """Errors on code that is right, with their most frequent messages."""
    errors, messages, calls = Counter[str](), Counter[str](), 0
    warnings = Counter[str]()
    for source in tqdm(sources, unit="workflow", disable=None):
        calls += sum(called_identifier(node) is not None for node in source.nodes)
        for item in check_code(source.code, source.apis):
            (errors if item.severity == "error" else warnings)[item.code] += 1
            if item.severity == "error":
                messages[item.message[:100]] += 1
    total = errors.total()
    print(f"errors on {len(sources)} real workflows: {total} in {calls} calls ({100 * total / max(calls, 1):.2f} %)")
    for code, count in errors.most_common():
        print(f"    {count:>5} {code}")
    for message, count in messages.most_common(10):
        print(f"          {count:>5} {message}")
    print("warnings: " + ", ".join(f"{code} {count}" for code, count in warnings.most_common()))


def print_recall(sources: list[Source], faults: int, random: Random) -> None:
    for name, make in FAULTS.items():
        made = found = 0
        for _ in range(faults):
            source, damage = draw(sources, make, random)
            if damage:
                made += 1
                # Faults keep the lines where they are, so that a finding counts only if it was not there before.
                before = {(item.line, item.code, item.message) for item in check_code(source.code, source.apis)}
                after = {(item.line, item.code, item.message) for item in check_code(damage.code, damage.offered)}
                found += any(code in damage.expected for _, code, _ in after - before)
        print(f"{name:<28} {found} of {made} found ({100 * found / max(made, 1):.1f} %)")


def draw(sources: list[Source], make: Maker, random: Random) -> tuple[Source, Damage | None]:
    """A workflow that has a place for a kind of fault, and its damaged form."""
    for _ in range(TRIES):
        source = random.choice(sources)
        damage = make(source, catalogue(), random)
        if damage:
            break
    return source, damage


def print_speed(sources: list[Source]) -> None:
    """Workflows a second around the median length, and for ten times longer ones."""
    ordered = sorted(sources, key=lambda source: len(source.lines))
    middle = median(len(source.lines) for source in ordered)
    for factor in (1, 4, 16):
        near = sorted(ordered, key=lambda source: abs(len(source.lines) - factor * middle))[:TIMED]
        begun = time.process_time()
        for source in near:
            check_code(source.code)
        seconds = (time.process_time() - begun) / len(near)
        lines = sum(len(source.lines) for source in near) / len(near)
        print(f"{1 / seconds:6.0f} workflows a second at {lines:.0f} lines ({1e6 * seconds / lines:.0f} µs a line)")


def main() -> int:
    arguments = parse_arguments()
    records = [record for _, record in read_records(arguments.records) if isinstance(record, dict)]
    sources = [source_of(record["code"], record["apis"]) for record in records if record.get("code")]
    if not sources:
        raise CommandError(f"{arguments.records} has no record with code.")
    print_false_errors(sources)
    print_recall(sources, arguments.faults, Random(arguments.seed))
    print_speed(sources)
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
