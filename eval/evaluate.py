"""Every score of a predictions file: scored records, summary, tables and report.

    python eval/evaluate.py --predictions output/predictions.jsonl --output_dir output/evaluation
    python eval/evaluate.py --predictions id.jsonl ood.jsonl --judged output/judged.jsonl --output_dir output/evaluation
    python eval/evaluate.py --predictions theirs.jsonl --split OOD --strip published --workers 8 --output_dir out

A line of the input is a prediction of infer.py, or any object with a reference (workflow_code, annotated_code, code,
reference), an answer (generated_code, or raw_output, prediction, output, response with code in them) and, where it has
them, query, key, model (else the file's name), split (else --split) and apis (else those that the reference calls).

The folder gets scored.jsonl (each prediction with its scores), summary.json (means with 95 % intervals, floors and
ceiling on the same samples, breakdowns), table.md and report.html. Exit status 1: some lines could not be scored.
"""

import argparse
import json
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workflowllm.evaluation.evaluation import evaluate
from workflowllm.evaluation.judged import Judged, read_judged, verdicts_on
from workflowllm.evaluation.predictions import SPLITS, Prediction, Rejected, read_predictions
from workflowllm.evaluation.report_file import write_report
from workflowllm.evaluation.scoring import Scores, scored_record
from workflowllm.evaluation.summary import breakdown_rows, paper_rows, summary_rows
from workflowllm.evaluation.tables import results_markdown
from workflowllm.llm.run_facts import file_sha256
from workflowllm.metrics.bootstrap import RESAMPLES
from workflowllm.metrics.codebleu.stripping import STRIPPERS
from workflowllm.metrics.static_pass import SHARE
from workflowllm.runs.command import CommandError, run_command
from workflowllm.runs.flags import positive_int, share_or_none
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.output_files import write_bytes

WITHOUT_TEXTS = ("key", "model", "split", "shape", "scores", "passes", "codebleu_note")
PACKAGES = ("tree-sitter", "tree-sitter-python", "nltk", "apted", "numpy")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True, help="JSON Lines (also .gz), JSON arrays")
    parser.add_argument("--output_dir", type=Path, default=Path("output/evaluation"), help="(default: %(default)s)")
    parser.add_argument("--judged", type=Path, help="verdicts of eval/judge_pass_rate.py (default: none)")
    parser.add_argument("--split", choices=SPLITS, help="the split of predictions that name none (default: none)")
    parser.add_argument(
        "--strip",
        choices=("tokenizer", "published"),
        default="tokenizer",
        help="how comments are removed before CodeBLEU in mode compat; published: cut every line at its first # "
        "(default: %(default)s; mode fixed always takes the tokenizer)",
    )
    parser.add_argument(
        "--static_share",
        type=share_or_none,
        default=SHARE,
        help="share of the reference's distinct APIs that a static pass calls (default: %(default)s)",
    )
    parser.add_argument("--resamples", type=positive_int, default=RESAMPLES, help="bootstrap (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of floors and bootstrap (default: %(default)s)")
    parser.add_argument(
        "--without_texts", action="store_true",
        help="leave queries, plans and codes out of scored.jsonl and the report, where they are other people's",
    )  # fmt: skip
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def sort_out(found: Iterable[Prediction | Rejected], outcomes: RecordOutcomes) -> list[Prediction]:
    """The predictions; what is none goes to the errors file."""
    predictions = []
    for one in found:
        if isinstance(one, Prediction):
            predictions.append(one)
        else:
            outcomes.fail(one.key, one.reason)
    return predictions


def record_line(prediction: Prediction, scores: Scores, judged: Judged | None, with_texts: bool) -> bytes:
    """A line of scored.jsonl; without texts it holds keys, scores and verdicts, and of findings the kinds."""
    record = prediction.record | {
        "key": prediction.key,
        "query": prediction.query,
        "workflow_code": prediction.reference,
        "generated_plan": prediction.plan,
        "generated_code": prediction.candidate,
        "model": prediction.model,
        "split": prediction.split,
        "passes": {"static": scores.measured.static.passes, "judge": judged.verdict if judged else None},
    }
    scored = scored_record(record | ({"judge_reason": judged.reason} if judged else {}), scores)
    if not with_texts:
        kinds = [{name: item[name] for name in ("code", "severity")} for item in scored["findings"]]
        scored = {name: scored[name] for name in WITHOUT_TEXTS if name in scored} | {"findings": kinds}
    return json_line(scored)


def run_settings(arguments: argparse.Namespace, counts: dict[str, int]) -> dict[str, Any]:
    """What the figures depend on, to be found beside them."""
    inputs = [*arguments.predictions, *([arguments.judged] if arguments.judged else [])]
    return {
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "flags": {name: getattr(arguments, name) for name in ("split", "strip", "static_share", "resamples", "seed")},
        "inputs": [{"name": path.name, "sha256": file_sha256(path)} for path in inputs],
        "counts": counts,
    }


def main() -> int:
    arguments = parse_arguments()
    judged = read_judged(arguments.judged) if arguments.judged else {}
    scored_path = arguments.output_dir / "scored.jsonl"
    if scored_path.resolve() in {path.resolve() for path in arguments.predictions}:
        raise CommandError(f"{scored_path} is read and would be written; name another --output_dir.")
    with RecordOutcomes(scored_path) as outcomes:
        predictions = sort_out(read_predictions(arguments.predictions, arguments.split), outcomes)
        verdicts, unused = verdicts_on(predictions, judged)
        if unused:
            print(f"{arguments.judged}: verdicts on no one of these predictions: {len(unused)}", file=sys.stderr)
        strip = STRIPPERS[arguments.strip]
        result = evaluate(predictions, verdicts, arguments.seed, arguments.workers, arguments.static_share, strip)
        for prediction, scores, verdict in zip(predictions, result.scores, verdicts):
            outcomes.add(record_line(prediction, scores, verdict, not arguments.without_texts))
    counts = {"predictions": outcomes.done, "failed": outcomes.failed, "unused_verdicts": len(unused)}
    drawn = arguments.seed, arguments.resamples
    summary = {
        "rows": [*summary_rows(result.groups, *drawn), *paper_rows()],
        "breakdowns": breakdown_rows(result.groups, *drawn),
        "settings": run_settings(arguments, counts),
    }
    text = json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False)
    write_bytes(arguments.output_dir / "summary.json", text.encode("utf-8", "replace"))
    write_bytes(arguments.output_dir / "table.md", results_markdown(summary).encode("utf-8", "replace"))
    write_report(scored_path, summary, arguments.output_dir / "report.html")
    return outcomes.summary()


if __name__ == "__main__":
    run_command(main)
