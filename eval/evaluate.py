"""Every score of a predictions file: scored records, summary, tables and report.

    python eval/evaluate.py --predictions output/predictions.jsonl --output_dir output/evaluation
    python eval/evaluate.py --predictions id.jsonl ood.jsonl --judged output/judged.jsonl --output_dir output/evaluation
    python eval/evaluate.py --predictions theirs.jsonl --split OOD --strip published --workers 8 --output_dir out

    python eval/evaluate.py --predictions vllm.jsonl --references data/seed_data.json --split ID --output_dir out

A line of the input is a prediction of infer.py, or any object with a reference (workflow_code, annotated_code, code,
reference, label), an answer (generated_code, or raw_output, prediction, predict, output, response with code in them)
and, where it has them, query, key, model (else the file's name), split (else --split) and apis (else those that the
reference calls). Lines of vLLM's outputs, OpenAI's batches, choices and messages are read too; a .json file may also
hold an object of records by key, or {"data": [...]}.

An absent, null or failed answer counts as an empty one. Several answers to one key are samples: each is scored, and
their mean counts. --references fixes the samples: those that a model does not answer count as empty for it.

The folder gets scored.jsonl (each prediction with its scores), summary.json (means with 95 % intervals, floors and
ceiling on the same samples, breakdowns), table.md and report.html. Exit status 1: some lines could not be scored, or a
verdict is on none of the predictions.
"""

import argparse
import json
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workflowllm.evaluation.predictions import (
    NO_ANSWER,
    SPLITS,
    Prediction,
    ReadingOptions,
    Rejected,
    read_predictions,
    read_references,
    unanswered,
)
from workflowllm.evaluation.report_file import write_report
from workflowllm.evaluation.scoring import Group, Scores, ScoringOptions, evaluate, scored_record
from workflowllm.evaluation.summary import breakdown_rows, paper_rows, summary_rows
from workflowllm.evaluation.tables import results_markdown
from workflowllm.evaluation.verdicts import JudgeVerdict, read_verdicts, verdicts_on
from workflowllm.metrics.bootstrap import RESAMPLES
from workflowllm.metrics.codebleu.stripping import STRIPPERS
from workflowllm.metrics.static_pass import SHARE
from workflowllm.runs.command import run_command
from workflowllm.runs.facts import file_sha256
from workflowllm.runs.flags import positive_int, share_or_none
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths

WITHOUT_TEXTS = ("key", "model", "split", "sample", "shape", "scores", "passes", "codebleu_note", "measuring_fault")
RESULTS = ("summary.json", "table.md", "report.html")  # beside scored.jsonl
FLAGS = ("split", "strip", "static_share", "resamples", "seed", "answer_field")
NAMED_FAILURES = 100  # in the summary and the report; the errors file has all
PACKAGES = ("tree-sitter", "tree-sitter-python", "nltk", "apted", "numpy")


@dataclass(frozen=True)
class Settings:
    """The command's flags."""

    predictions: tuple[Path, ...]
    output_dir: Path
    judged: Path | None
    references: Path | None
    answer_field: str | None
    split: str | None
    strip: str
    static_share: float
    resamples: int
    seed: int
    without_texts: bool
    workers: int

    @property
    def inputs(self) -> list[tuple[str, Path]]:
        """Every file that is read, and what it holds."""
        others = (("verdicts", self.judged), ("references", self.references))
        return [*(("predictions", path) for path in self.predictions), *((role, path) for role, path in others if path)]


def parse_settings() -> Settings:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True, help="JSON Lines (also .gz), JSON arrays")
    parser.add_argument("--output_dir", type=Path, default=Path("output/evaluation"), help="(default: %(default)s)")
    parser.add_argument("--judged", type=Path, help="verdicts of eval/judge_pass_rate.py (default: none)")
    parser.add_argument(
        "--references", type=Path, help="records that fix the samples (default: those that are answered)"
    )
    parser.add_argument("--answer_field", help="the field that holds the answer (default: the usual names)")
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
    arguments = vars(parser.parse_args())
    return Settings(**arguments | {"predictions": tuple(arguments["predictions"])})


def accepted(rows: Iterable[Prediction | Rejected], outcomes: RecordOutcomes) -> list[Prediction]:
    """The predictions; the rejected rows go to the errors file."""
    predictions = []
    for row in rows:
        if isinstance(row, Prediction):
            predictions.append(row)
        else:
            outcomes.fail(row.key, row.reason)
    return predictions


def all_predictions(settings: Settings, outcomes: RecordOutcomes) -> list[Prediction]:
    """The predictions of all files, and an empty one for each sample of the references without an answer."""
    references = read_references(settings.references) if settings.references else None
    options = ReadingOptions(settings.split, settings.answer_field, references)
    predictions = accepted(read_predictions(settings.predictions, options), outcomes)
    predictions += unanswered(predictions, options)
    for note, count in Counter(prediction.note for prediction in predictions if prediction.note).items():
        noun = "answer counts" if count == 1 else "answers count"
        print(f"{count} {noun} as empty: {note.removesuffix('; it counts as an empty one')}.", file=sys.stderr)
    return predictions


def record_line(prediction: Prediction, scores: Scores, judged: JudgeVerdict | None, with_texts: bool) -> bytes:
    """A line of scored.jsonl; without texts it holds keys, scores and verdicts, and of findings the kinds."""
    record = prediction.record | {
        "key": prediction.key,
        "query": prediction.query,
        "workflow_code": prediction.reference,
        "generated_plan": prediction.plan,
        "generated_code": prediction.candidate,
        "model": prediction.model,
        "split": prediction.split,
        **({"sample": prediction.number} if prediction.number else {}),
        "passes": {
            "static": scores.measured.static.passes, "execution": scores.execution.match,
            "judge": judged.verdict if judged else None,
        },
    }  # fmt: skip
    scored = scored_record(record | ({"judge_reason": judged.reason} if judged else {}), scores)
    if not with_texts:
        kinds = [{name: item[name] for name in ("code", "severity")} for item in scored["findings"]]
        scored = {name: scored[name] for name in WITHOUT_TEXTS if name in scored} | {"findings": kinds}
    return json_line(scored)


def run_settings(settings: Settings, counts: dict[str, int]) -> dict[str, Any]:
    """What the figures depend on, for the summary."""
    return {
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "flags": {name: getattr(settings, name) for name in FLAGS},
        "inputs": [{"name": path.name, "holds": role, "sha256": file_sha256(path)} for role, path in settings.inputs],
        "counts": counts,
    }


def main() -> int:
    settings = parse_settings()
    scored_path = settings.output_dir / "scored.jsonl"
    read = [path for _, path in settings.inputs]
    check_paths(read, [scored_path, *(settings.output_dir / name for name in RESULTS)])
    verdicts = read_verdicts(settings.judged) if settings.judged else {}
    with RecordOutcomes(scored_path) as outcomes:
        predictions = all_predictions(settings, outcomes)
        matched, unmatched = verdicts_on(predictions, verdicts)
        for key, model, split, _ in unmatched:
            named = f"{key} ({model or 'no model'}, {split or 'no split'})"
            outcomes.fail(key, f"{settings.judged}: the verdict on {named} matches no single prediction.")
        strip = STRIPPERS[settings.strip]
        options = ScoringOptions(settings.seed, settings.workers, settings.static_share, strip)
        result = evaluate(predictions, matched, options)
        for prediction, scores, verdict in zip(predictions, result.scores, matched):
            outcomes.add(record_line(prediction, scores, verdict, not settings.without_texts))
    counts = {
        "predictions": outcomes.done, "failed": outcomes.failed, "unused_verdicts": len(unmatched),
        "empty_by_absence": sum(prediction.note == NO_ANSWER for prediction in predictions),
    }  # fmt: skip
    faults = [
        {"key": prediction.key, "error": scores.measured.fault}
        for prediction, scores in zip(predictions, result.scores) if scores.measured.fault
    ]  # fmt: skip
    failures = [row for _, row in read_records(outcomes.errors)] if outcomes.failed else []
    write_results(settings, scored_path, result.groups, counts, [*failures, *faults][:NAMED_FAILURES])
    return outcomes.summary()


def write_results(
    settings: Settings, scored_path: Path, groups: Sequence[Group], counts: dict[str, int], failures: Sequence[Any]
) -> None:
    """Write summary.json, table.md and report.html."""
    summary = {
        "rows": [*summary_rows(groups, settings.seed, settings.resamples), *paper_rows()],
        "breakdowns": breakdown_rows(groups, settings.seed, settings.resamples),
        "settings": run_settings(settings, counts),
        "failures": failures,
    }
    text = json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False)
    write_bytes(settings.output_dir / "summary.json", text.encode("utf-8", "replace"))
    write_bytes(settings.output_dir / "table.md", results_markdown(summary).encode("utf-8", "replace"))
    write_report(scored_path, summary, settings.output_dir / "report.html")


if __name__ == "__main__":
    run_command(main)
