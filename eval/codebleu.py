"""CodeBLEU of bare pairs: each input line plus the four parts and their total.

    python eval/codebleu.py --pairs pairs.jsonl --output scores.jsonl
    python eval/codebleu.py --pairs pairs.jsonl.gz --output scores.jsonl --mode compat --workers 8

A line of input has `reference` and `candidate`; whatever else it has is kept. --mode fixed is for new work; --mode
compat gives the numbers of the package codebleu 0.7.0, faults included. A pair may take 10 s and 2 GiB: beyond that it
is scored by what could be computed, and `codebleu_note` says so.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.pool import Pair, Scored, score_pairs
from workflowllm.metrics.codebleu.scorer import FIGURES
from workflowllm.metrics.codebleu.stripping import STRIPPERS, normal_text
from workflowllm.runs.command import run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.paths import check_paths

DEFAULT_STRIP = {"fixed": "tokenizer", "compat": "none"}  # the package gets the text as it is, and strips what it can


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="JSON Lines (also .gz) or a JSON array of pairs")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines to write; appears when it is whole")
    parser.add_argument("--mode", choices=sorted(MODES), default="fixed", help="which scores (default: %(default)s)")
    parser.add_argument(
        "--strip",
        choices=sorted(STRIPPERS),
        help="how comments are removed first; published: cut every line at its first # (default: tokenizer in mode "
        "fixed, none in mode compat)",
    )
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def problem(record: Any) -> str:
    """Why a line cannot be scored; empty if it can."""
    if isinstance(record, ValueError):
        return str(record)
    if not isinstance(record, dict):
        return "this line is no JSON object"
    for field in ("reference", "candidate"):
        if field not in record:
            return f"it has no {field}"
        if not isinstance(record[field], str):
            return f"its {field} is no string but {type(record[field]).__name__}"
    return ""


def score_records(records: list[Any], mode: str, strip: Callable[[str], str], workers: int) -> dict[int, Scored]:
    """By the record's index in the list; records with a problem are left out."""
    indices = [index for index, record in enumerate(records) if not problem(record)]
    pairs: list[Pair] = [(strip(records[index]["reference"]), strip(records[index]["candidate"])) for index in indices]
    scored = score_pairs(pairs, MODES[mode], workers)
    bar = tqdm(scored, total=len(pairs), unit="pair", disable=None, file=sys.stderr)
    return {indices[number]: score for number, score in bar}


def main() -> int:
    arguments = parse_arguments()
    check_paths([arguments.pairs], [arguments.output])
    stripper = STRIPPERS[arguments.strip or DEFAULT_STRIP[arguments.mode]]

    def strip(code: str) -> str:
        return stripper(normal_text(code) if arguments.mode == "fixed" else code)

    numbered = list(read_records(arguments.pairs))
    records = [record for _, record in numbered]
    with RecordOutcomes(arguments.output) as outcomes:
        scored = score_records(records, arguments.mode, strip, arguments.workers)
        for index, (line, record) in enumerate(numbered):
            if index in scored:
                note = {"codebleu_note": scored[index].note} if scored[index].note else {}
                figures = {figure: scored[index].scores[figure] for figure in FIGURES}
                outcomes.add(json_line({**record, **figures, **note}))
            else:
                name = record.get("id", line) if isinstance(record, dict) else line
                outcomes.fail(str(name), f"line {line}: {problem(record)}.")
    return outcomes.summary()


if __name__ == "__main__":
    run_command(main)
