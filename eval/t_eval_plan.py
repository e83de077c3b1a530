"""T-Eval's plan score: precision, recall and F1 of the calls that a model plans.

    python eval/t_eval_plan.py --predictions predictions.jsonl --output output/plan_scores.jsonl
    python eval/t_eval_plan.py --predictions plan.json --embeddings all-mpnet-base-v2 --output output/plan_scores.jsonl

Input: records with `ground_truth` (a plan) and `prediction` (or `raw_output`), as JSON Lines or as T-Eval's own file,
an object of records by key. T-Eval compares names and arguments by sentence embeddings: --embeddings names such a
model, a folder or a name on a hub. Without it words are compared, a stand-in whose figures do not stand beside
T-Eval's. T-Eval reads a prediction from its first bracket to its last; --tolerant also reads a plan after reasoning, in
prose with brackets, the last of two plans, and the whole calls of an array that was cut off.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

from tqdm import tqdm

from workflowllm.metrics.plan_score import (
    THRESHOLD,
    EmbeddingSimilarity,
    PlanScore,
    plan_score,
    read_plan,
    read_plan_tolerantly,
    word_similarity,
)
from workflowllm.records.forms import record_file_rows
from workflowllm.runs.command import CommandError, run_command
from workflowllm.runs.flags import share_or_none
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.paths import check_paths

FIGURES = ("precision", "recall", "f1", "is_read")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--predictions", type=Path, required=True, help="JSON Lines, or T-Eval's JSON object")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines of scores")
    parser.add_argument("--embeddings", help="model of sentence embeddings (default: words, a stand-in)")
    parser.add_argument("--threshold", type=share_or_none, default=THRESHOLD,
                        help="similarity above which calls match (default: %(default)s)")  # fmt: skip
    parser.add_argument("--tolerant", action="store_true", help="read plans that T-Eval's own rule cannot")
    return parser.parse_args()


def rows(path: Path) -> Iterator[tuple[str, Any]]:
    """(key, record) of a file in either form."""
    if path.suffix == ".json":
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None
        if isinstance(content, dict):
            yield from content.items()
            return
    for number, record in record_file_rows(path):
        yield str(record["key"]) if isinstance(record, dict) and "key" in record else f"line {number}", record


def problem(record: Any) -> str:
    """Why a record cannot be scored; empty if it can."""
    if not isinstance(record, dict):
        return f"{record}." if isinstance(record, ValueError) else "this record is no JSON object."
    if not read_plan(record.get("ground_truth")):
        return "its ground_truth is no plan of calls."
    return "" if "prediction" in record or "raw_output" in record else "it has no prediction."


def main() -> int:
    arguments = parse_arguments()
    check_paths([arguments.predictions], [arguments.output])
    similarity = EmbeddingSimilarity(arguments.embeddings) if arguments.embeddings else word_similarity
    read = read_plan_tolerantly if arguments.tolerant else read_plan
    scores: list[PlanScore] = []
    with RecordOutcomes(arguments.output) as outcomes:
        for key, record in tqdm(rows(arguments.predictions), unit="plan", disable=None):
            if reason := problem(record):
                outcomes.fail(key, reason)
                continue
            predicted = read(record.get("prediction", record.get("raw_output")))
            scores.append(plan_score(predicted, read_plan(record["ground_truth"]), similarity, arguments.threshold))
            outcomes.add(json_line({**record, "key": key, "plan_score": asdict(scores[-1])}))
    if scores:
        named = f"embeddings of {arguments.embeddings}" if arguments.embeddings else "words (stand-in)"
        figures = [f"{name} {mean(getattr(score, name) for score in scores):.3f}" for name in FIGURES]
        print(f"{len(scores)} plans, similarity by {named}: {', '.join(figures)}")
    return outcomes.summary()


if __name__ == "__main__":
    run_command(main)
