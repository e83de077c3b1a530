"""Does CodeBLEU measure? Scores of damaged references beside what is demanded, and the effect of each switch.

    python eval/check_codebleu.py --samples data_samples.json
    python eval/check_codebleu.py --samples data_samples.json --pairs pairs.jsonl.gz --table dev/codebleu_switches.md
    python eval/check_codebleu.py --make tests/metrics/package_scores.jsonl --package_python ENVIRONMENT/bin/python

The samples are records with `annotated_code`; comments are removed first. The first table has the means over them in
both modes, the second the change of the mean total that each switch makes alone on the pairs. Exit 1 if a demand of
mode fixed is not met.

--make writes pairs of the project's own programs (data/shortcuts, damaged) with the scores that the package codebleu
0.7.0 gives them; tests hold mode compat to these. The package has an environment of its own:

    python -m venv ENVIRONMENT
    ENVIRONMENT/bin/pip install --no-deps codebleu==0.7.0 tree-sitter==0.25.2 tree-sitter-python==0.25.0
"""

import argparse
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from support.metric_damage import drop_lines, rename_variables
from support.package_scores import make_pairs, package_scores

from workflowllm.metrics.codebleu.options import COMPAT, FIXED, SWITCHES
from workflowllm.metrics.codebleu.scorer import FIGURES, TOTAL, CodeBleu
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths
from workflowllm.runs.shipped import shipped
from workflowllm.shortcuts.dialect.comments import strip_comments

OTHERS = 20  # samples in the constant answer
MORE_DAMAGE = ("30 % of lines dropped", "50 % of lines dropped")  # must score less than the row before
Demand = tuple[str, Callable[[int, list[str], random.Random], str], str, float]


def constant_answer(number: int, codes: list[str], _: random.Random) -> str:
    """The first 20 samples that are not this one."""
    return "\n".join([code for other, code in enumerate(codes) if other != number][:OTHERS])


def dropped(share: float) -> Callable[[int, list[str], random.Random], str]:
    return lambda number, codes, rng: drop_lines(codes[number], share, rng)


DEMANDS: list[Demand] = [
    ("empty answer", lambda number, codes, rng: "", "<", 0.01),
    ("another sample", lambda number, codes, rng: codes[(number + 1) % len(codes)], "<", 0.25),
    ("constant answer of 20 others", constant_answer, "<", 0.15),
    ("unrelated first line", lambda number, codes, rng: "zz_start = zz_begin(7)\n" + codes[number], ">", 0.9),
    ("variables renamed", lambda number, codes, rng: rename_variables(codes[number]), ">", 0.7),
    ("10 % of lines dropped", dropped(0.1), ">", 0.7),
    ("30 % of lines dropped", dropped(0.3), "<", 1.0),
    ("50 % of lines dropped", dropped(0.5), "<", 1.0),
    ("the reference itself", lambda number, codes, rng: codes[number], "=", 1.0),
]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, help="records whose annotated_code is damaged and scored")
    parser.add_argument(
        "--pairs", type=Path, help="JSON Lines of pairs for the table of switches (default: no such table)"
    )
    parser.add_argument("--table", type=Path, help="Markdown file to write both tables to (default: print only)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the damage (default: %(default)s)")
    parser.add_argument(
        "--make", type=Path, metavar="FILE", help="only write pairs with the package's scores to this file"
    )
    parser.add_argument("--package_python", default="", help="Python that has the package codebleu 0.7.0, for --make")
    arguments = parser.parse_args()
    if arguments.make and not arguments.package_python:
        parser.error("--make needs --package_python.")
    if not arguments.make and not arguments.samples:
        parser.error("--samples or --make is needed.")
    return arguments


def write_package_scores(path: Path, python: str, seed: int) -> int:
    """Write pairs of the bundled programs with the package's scores."""
    codes = [file.read_text("utf-8") for file in sorted(shipped("data/shortcuts").glob("*.py"))]
    pairs = list(make_pairs(codes, seed))
    lines = [pair | {"scores": scores} for pair, scores in zip(pairs, package_scores(pairs, python))]
    write_bytes(path, b"".join(map(json_line, lines)))
    print(f"{path}: {len(lines)} pairs")
    return ALL_DONE


def field(path: Path, name: str) -> list[str]:
    """A text field of every record."""
    values = [record.get(name) if isinstance(record, dict) else None for _, record in read_records(path)]
    if not values or not all(isinstance(value, str) for value in values):
        raise CommandError(f"{path} must hold records, each with a text {name!r}.")
    return values


def score_demand(demand: Demand, scorer: CodeBleu, codes: list[str], seed: int) -> dict[str, float]:
    rng = random.Random(seed)
    rows = [scorer.score(code, demand[1](number, codes, rng)) for number, code in enumerate(codes)]
    return {figure: mean(row[figure] for row in rows) for figure in FIGURES}


def is_met(value: float, sign: str, limit: float) -> bool:
    return {"<": value < limit, ">": value > limit, "=": abs(value - limit) < 1e-12}[sign]


def demand_table(codes: list[str], seed: int) -> tuple[list[str], bool]:
    """The table's lines, and whether all is met: the limits, and that more damage scores less."""
    lines = [
        f"Means over {len(codes)} samples as references.",
        "",
        "| candidate | demand | compat | fixed | n-gram | weighted | syntax | data-flow | met |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    compat, fixed = CodeBleu(COMPAT), CodeBleu(FIXED)
    totals = []
    all_met = True
    for demand in DEMANDS:
        name, _, sign, limit = demand
        old, new = (score_demand(demand, scorer, codes, seed) for scorer in (compat, fixed))
        met = is_met(new[TOTAL], sign, limit) and not (name in MORE_DAMAGE and new[TOTAL] >= totals[-1])
        totals.append(new[TOTAL])
        all_met = all_met and met
        cells = " | ".join(f"{new[figure]:.3f}" for figure in FIGURES)
        lines.append(f"| {name} | {sign} {limit} | {old[TOTAL]:.3f} | {cells} | {'yes' if met else 'NO'} |")
    return lines, all_met


def switch_table(pairs: list[tuple[str, str]]) -> list[str]:
    """What each switch does alone: added to compat, and taken from fixed."""
    lines = [
        f"Each switch alone on {len(pairs)} pairs: pairs whose total changes, the mean and largest change when it is",
        "added to compat, and the mean change when it is taken from fixed.",
        "",
        "| switch | pairs changed | mean change | largest | without it in fixed |",
        "|---|---|---|---|---|",
    ]
    compat, fixed = totals_of(COMPAT, pairs), totals_of(FIXED, pairs)
    for switch in SWITCHES:
        on = totals_of(replace(COMPAT, **{switch: True}), pairs)
        off = totals_of(replace(FIXED, **{switch: False}), pairs)
        changes = [new - old for new, old in zip(on, compat)]
        changed = sum(abs(change) > 1e-9 for change in changes)
        largest = max(changes, key=abs)
        lines.append(
            f"| {switch} | {changed} | {mean(changes):+.4f} | {largest:+.3f} | {mean(off) - mean(fixed):+.4f} |"
        )
    changes = [new - old for new, old in zip(fixed, compat)]
    changed = sum(abs(change) > 1e-9 for change in changes)
    lines.append(f"| all of them | {changed} | {mean(changes):+.4f} | {max(changes, key=abs):+.3f} | |")
    return lines


def totals_of(options: Any, pairs: list[tuple[str, str]]) -> list[float]:
    scorer = CodeBleu(options)
    return [scorer.score(*pair)[TOTAL] for pair in pairs]


def main() -> int:
    arguments = parse_arguments()
    check_paths([arguments.samples, arguments.pairs], [arguments.table, arguments.make])
    if arguments.make:
        return write_package_scores(arguments.make, arguments.package_python, arguments.seed)
    codes = [strip_comments(code).strip() for code in field(arguments.samples, "annotated_code")]
    lines, all_met = demand_table(codes, arguments.seed)
    if arguments.pairs:
        pairs = list(zip(field(arguments.pairs, "reference"), field(arguments.pairs, "candidate")))
        lines += ["", *switch_table(pairs)]
    print("\n".join(lines))
    if arguments.table:
        write_bytes(arguments.table, ("# What the switches of CodeBLEU do\n\n" + "\n".join(lines) + "\n").encode())
    return ALL_DONE if all_met else SOME_FAILED


if __name__ == "__main__":
    run_command(main)
