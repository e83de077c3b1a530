"""What `summary.json` holds: a row for each model, floor and ceiling of each split, the paper's rows, breakdowns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflowllm.evaluation.predictions import SPLITS
from workflowllm.evaluation.scoring import MODEL, Group, Scores, execution_scores
from workflowllm.metrics.bootstrap import RESAMPLES, Figure, figures
from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.scorer import FIGURES, TOTAL
from workflowllm.metrics.measures import MEASURES
from workflowllm.metrics.workflow_shape import BREAKDOWNS, bucket_number, buckets
from workflowllm.records.paper import paper_results

SummaryRow = dict[str, Any]
PAPER = "paper"
EXECUTION = ("execution_match", "effect_f1", "runs")  # where the reference can be measured against


def summary_rows(groups: Sequence[Group], seed: int, resamples: int = RESAMPLES) -> list[SummaryRow]:
    """The rows of all groups, each with its figures and their intervals."""
    return [{**_head(group), **_figures(group, seed, resamples)} for group in groups]


def _head(group: Group) -> SummaryRow:
    head: SummaryRow = {
        "model": group.model, "split": group.split, "kind": group.kind, "count": len(set(group.samples)),
        "answers": len(group.scores), "of": group.sample_count,
    }  # fmt: skip
    return head if group.kind == MODEL else head | {"samples_of": list(group.samples_of), "is_apart": group.is_apart}


def _figures(group: Group, seed: int, resamples: int) -> SummaryRow:
    means = iter(figures(_by_sample([_columns(scores) for scores in group.scores], group.samples), seed, resamples))
    modes = {mode: {figure: next(means) for figure in FIGURES} for mode in MODES}
    measures = {name: next(means) for name in MEASURES}
    passes = [scores.measured.static.passes for scores in group.scores]
    verdicts = [(item.verdict, sample) for item, sample in zip(group.verdicts, group.samples) if item is not None]
    unreadable = sum(verdict is None for verdict, _ in verdicts)
    runs = [execution_scores(scores.execution) for scores in group.scores]
    executed = {name: _rate([run[name] for run in runs], group.samples, seed, resamples) for name in EXECUTION}
    measured = {sample for scores, sample in zip(group.scores, group.samples) if scores.execution.reference_runs}
    return {
        "modes": modes,
        "measures": measures,
        "pass_rate": {
            "static": _rate(passes, group.samples, seed, resamples),
            # An answer of the judge that could not be read counts as no pass.
            "judge": _rate([verdict is True for verdict, _ in verdicts], [of for _, of in verdicts], seed, resamples),
            "execution": executed.pop("execution_match"),
        },
        "execution": executed,
        "execution_samples": len(measured),
        "static_verdicts": sum(value is not None for value in passes),
        "judged": len(verdicts) - unreadable,
        "unreadable": unreadable,
    }


def _rate(values: Sequence[float | None], samples: Sequence[Any], seed: int, resamples: int) -> Figure | None:
    """The figure of one column over the samples that have a value; None without any."""
    valued = [(float(value), sample) for value, sample in zip(values, samples) if value is not None]
    if not valued:
        return None
    rows = _by_sample([[value] for value, _ in valued], [sample for _, sample in valued])
    return figures(rows, seed, resamples)[0]


def _by_sample(rows: Sequence[Sequence[float]], samples: Sequence[Any]) -> list[list[float]]:
    """One row for each sample: the mean over its answers."""
    by_sample: dict[Any, list[Sequence[float]]] = {}
    for row, sample in zip(rows, samples):
        by_sample.setdefault(sample, []).append(row)
    return [[sum(column) / len(answers) for column in zip(*answers)] for answers in by_sample.values()]


def _columns(scores: Scores) -> list[float]:
    """The figures that every answer has, in the order in which `_figures` takes them."""
    modes = [scores.modes[mode][figure] for mode in MODES for figure in FIGURES]
    return [*modes, *(float(scores.measured.scores[name]) for name in MEASURES)]


def breakdown_rows(groups: Sequence[Group], seed: int, resamples: int = RESAMPLES) -> list[SummaryRow]:
    """The rows of all groups once more for each bucket of each breakdown that has answers in it."""
    return [row for by in BREAKDOWNS for group in groups for row in _broken_down(group, by, seed, resamples)]


def _broken_down(group: Group, by: str, seed: int, resamples: int) -> Iterator[SummaryRow]:
    numbers = [bucket_number(scores.measured.shape, by) for scores in group.scores]
    for number, bucket in enumerate(buckets(by)):
        inside = [index for index, of_answer in enumerate(numbers) if of_answer == number]
        if inside:
            part = replace(
                group,
                scores=[group.scores[index] for index in inside],
                samples=[group.samples[index] for index in inside],
                verdicts=[group.verdicts[index] for index in inside] if group.verdicts else (),
            )
            row = _figures(part, seed, resamples)
            totals = {mode: figures_of_mode[TOTAL] for mode, figures_of_mode in row.pop("modes").items()}
            yield {"by": by, "bucket": bucket, "order": number, **_head(part), "codebleu": totals, **row}


def paper_rows() -> list[SummaryRow]:
    """The paper's rows as printed, as shares of 1; `marked` names a total that is not the sum of its parts."""
    return [_paper_row(row["model"], split, row[split]) for split in SPLITS for row in paper_results()]


def _paper_row(model: str, split: str, printed: Mapping[str, float]) -> SummaryRow:
    row: SummaryRow = {
        "model": model, "split": split, "kind": PAPER, "count": None,
        "modes": {"compat": {figure: _printed(printed[figure]) for figure in FIGURES}},
        "measures": {}, "pass_rate": {"static": None, "judge": _printed(printed["pass_rate"]), "execution": None},
    }  # fmt: skip
    if "sum_of_parts" in printed:
        row |= {"marked": [TOTAL], "sum_of_parts": round(printed["sum_of_parts"] / 100, 6)}
    return row


def _printed(percent: float) -> Figure:
    return Figure(mean=round(percent / 100, 6), low=None, high=None)
