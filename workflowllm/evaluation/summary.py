"""What `summary.json` holds: a row for each model, floor and ceiling of each split, the paper's rows, breakdowns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workflowllm.evaluation.judged import Judged
from workflowllm.evaluation.predictions import SPLITS
from workflowllm.evaluation.scoring import Scores
from workflowllm.metrics.bootstrap import RESAMPLES, Figure, figures
from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.scorer import FIGURES, TOTAL
from workflowllm.metrics.measures import MEASURES
from workflowllm.metrics.workflow_shape import BREAKDOWNS, bucket_number, buckets
from workflowllm.runs.shipped import shipped

Row = dict[str, Any]
MODEL, FLOOR, CEILING, PAPER = "model", "floor", "ceiling", "paper"
PAPER_RESULTS = shipped("data/paper_results.json")


@dataclass(frozen=True)
class Group:
    """Answers that make a row: those of a model, a floor or the ceiling, on one split."""

    model: str
    split: str
    kind: str
    scores: Sequence[Scores]
    judged: Sequence[Judged | None] = ()
    samples_of: tuple[str, ...] = ()  # of a floor or ceiling: the models that answer these samples
    is_apart: bool = False  # other models of the split answer other samples


def summary_rows(groups: Sequence[Group], seed: int, resamples: int = RESAMPLES) -> list[Row]:
    """The rows of all groups, each with its figures and their intervals."""
    return [{**_head(group), **_figures(group, seed, resamples)} for group in groups]


def _head(group: Group) -> Row:
    head: Row = {"model": group.model, "split": group.split, "kind": group.kind, "count": len(group.scores)}
    return head if group.kind == MODEL else head | {"samples_of": list(group.samples_of), "is_apart": group.is_apart}


def _figures(group: Group, seed: int, resamples: int) -> Row:
    found = iter(figures([_columns(scores) for scores in group.scores], seed, resamples))
    modes = {mode: {figure: next(found) for figure in FIGURES} for mode in MODES}
    measures = {name: next(found) for name in MEASURES}
    static = next(found)
    verdicts = [judged.verdict for judged in group.judged if judged is not None]
    # An answer of the judge that could not be read counts as no pass.
    judge = figures([[float(verdict is True)] for verdict in verdicts], seed, resamples)[0] if verdicts else None
    return {
        "modes": modes,
        "measures": measures,
        "pass_rate": {"static": static, "judge": judge},
        "judged": len(verdicts) - verdicts.count(None),
        "unreadable": verdicts.count(None),
    }


def _columns(scores: Scores) -> list[float]:
    """All figures of one answer, in the order in which `_figures` takes them."""
    modes = [scores.modes[mode][figure] for mode in MODES for figure in FIGURES]
    measures = [float(scores.measured.scores[name]) for name in MEASURES]
    return [*modes, *measures, float(scores.measured.static.passes)]


def breakdown_rows(groups: Sequence[Group], seed: int, resamples: int = RESAMPLES) -> list[Row]:
    """The rows of all groups once more for each bucket of each breakdown that has answers in it."""
    return [row for by in BREAKDOWNS for group in groups for row in _broken_down(group, by, seed, resamples)]


def _broken_down(group: Group, by: str, seed: int, resamples: int) -> Iterator[Row]:
    numbers = [bucket_number(scores.measured.shape, by) for scores in group.scores]
    for number, bucket in enumerate(buckets(by)):
        inside = [place for place, own in enumerate(numbers) if own == number]
        if inside:
            judged = [group.judged[place] for place in inside] if group.judged else ()
            part = replace(group, scores=[group.scores[place] for place in inside], judged=judged)
            found = _figures(part, seed, resamples)
            totals = {mode: figures_of_mode[TOTAL] for mode, figures_of_mode in found.pop("modes").items()}
            yield {"by": by, "bucket": bucket, "order": number, **_head(part), "codebleu": totals, **found}


def paper_rows(path: Path = PAPER_RESULTS) -> list[Row]:
    """The paper's rows as printed, as shares of 1; `marked` names a total that is not the sum of its parts."""
    printed = json.loads(path.read_text("utf-8"))["rows"]
    return [_paper_row(row["model"], split, row[split]) for split in SPLITS for row in printed]


def _paper_row(model: str, split: str, printed: Mapping[str, float]) -> Row:
    row: Row = {
        "model": model, "split": split, "kind": PAPER, "count": None,
        "modes": {"compat": {figure: _printed(printed[figure]) for figure in FIGURES}},
        "measures": {}, "pass_rate": {"static": None, "judge": _printed(printed["pass_rate"])},
    }  # fmt: skip
    if "sum_of_parts" in printed:
        row |= {"marked": [TOTAL], "sum_of_parts": round(printed["sum_of_parts"] / 100, 6)}
    return row


def _printed(percent: float) -> Figure:
    return Figure(mean=round(percent / 100, 6), low=None, high=None)
