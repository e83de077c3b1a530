"""Measure the checker on the Python of real shortcuts, which is right by definition, and on faults put into it.

    python eval/check_checker.py --records output/shortcuts.jsonl [--faults 200] [--seed 0]

Prints three things: the errors by rule on the code as it is, all of them false; how many seeded faults of each kind the
checker finds; and how many workflows a second one core checks, by length.
"""

import argparse
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from support.checker_damage import DAMAGES, Damage, Maker, Sample, sample_of
from support.kind_faults import KIND_FAULTS
from tqdm import tqdm

from workflowllm.apis.catalogue import catalogue
from workflowllm.checking.calls import called_identifier
from workflowllm.checking.checker import check_code
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import read_records
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code

TIMED = 200  # workflows of about one length
TRIES = 50  # workflows drawn until one can be damaged


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    records: Path
    faults: int
    seed: int


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True, help="records with `code` and `apis`")
    parser.add_argument("--faults", type=positive_int, default=200, help="faults of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the faults (default: %(default)s)")
    return Flags(**vars(parser.parse_args()))


def print_false_errors(samples: list[Sample]) -> None:
    """Print the errors on correct code by rule, and the most frequent messages."""
    errors, messages, calls = Counter[str](), Counter[str](), 0
    warnings = Counter[str]()
    for sample in tqdm(samples, unit="workflow", disable=None):
        calls += sum(called_identifier(node) is not None for node in sample.nodes)
        for item in check_code(sample.code, sample.apis):
            (errors if item.severity == "error" else warnings)[item.code] += 1
            if item.severity == "error":
                messages[item.message[:100]] += 1
    total = errors.total()
    print(f"errors on {len(samples)} real workflows: {total} in {calls} calls ({100 * total / max(calls, 1):.2f} %)")
    for code, count in errors.most_common():
        print(f"    {count:>5} {code}")
    for message, count in messages.most_common(10):
        print(f"          {count:>5} {message}")
    print("warnings: " + ", ".join(f"{code} {count}" for code, count in warnings.most_common()))


def print_recall(samples: list[Sample], faults: int, rng: Random) -> None:
    """Print how many faults of each kind the checker finds, and how many the compiler made right after all."""
    for name, make in (DAMAGES | KIND_FAULTS).items():
        damaged = detected = mended = 0
        for _ in range(faults):
            sample, damage = draw(samples, make, rng)
            if damage:
                damaged += 1
                # Faults keep the lines where they are, so that a finding counts only if it was not there before.
                before = {(item.line, item.code, item.message) for item in check_code(sample.code, sample.apis)}
                after = {(item.line, item.code, item.message) for item in check_code(damage.code, damage.offered)}
                is_found = any(code in damage.expected for _, code, _ in after - before)
                detected += is_found
                mended += not is_found and is_mended(damage)
        share = f"{100 * (detected + mended) / max(damaged, 1):.1f} %"
        print(f"{name:<28} {detected} of {damaged} found" + f", {mended} compiled right" * bool(mended) + f" ({share})")


def is_mended(damage: Damage) -> bool:
    """Whether the compiler makes the stored form of what a fault writes."""
    try:
        return damage.is_right is not None and damage.is_right(compile_code(damage.code).actions)
    except DialectError:
        return False


def draw(samples: list[Sample], make: Maker, rng: Random) -> tuple[Sample, Damage | None]:
    """A workflow to which a kind of damage can be done, and its damaged form; None where TRIES workflows have none."""
    for _ in range(TRIES):
        sample = rng.choice(samples)
        damage = make(sample, catalogue(), rng)
        if damage:
            break
    return sample, damage


def print_speed(samples: list[Sample]) -> None:
    """Print how many workflows a second are checked: of the median length, of 4 times and of 16 times that length."""
    ordered = sorted(samples, key=lambda sample: len(sample.lines))
    middle = median(len(sample.lines) for sample in ordered)
    for factor in (1, 4, 16):
        near = sorted(ordered, key=lambda sample: abs(len(sample.lines) - factor * middle))[:TIMED]
        begun = time.process_time()
        for sample in near:
            check_code(sample.code)
        seconds = (time.process_time() - begun) / len(near)
        lines = sum(len(sample.lines) for sample in near) / len(near)
        print(f"{1 / seconds:6.0f} workflows a second at {lines:.0f} lines ({1e6 * seconds / lines:.0f} µs a line)")


def main() -> int:
    flags = parse_flags()
    records = [record for _, record in read_records(flags.records) if isinstance(record, dict)]
    samples = [sample_of(record["code"], record.get("apis") or []) for record in records if record.get("code")]
    if not samples:
        raise CommandError(f"{flags.records} has no record with code.")
    print_false_errors(samples)
    print_recall(samples, flags.faults, Random(flags.seed))
    print_speed(samples)
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
