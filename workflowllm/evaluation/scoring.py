"""Predictions to scores and groups of scores: every answer of the models, the floors and the ceiling.

Each distinct answer to a reference is scored once: CodeBLEU in both modes, every measure of the text, and what it does
when it runs.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from tqdm import tqdm

from workflowllm.evaluation.floors import CEILING as REFERENCE
from workflowllm.evaluation.floors import distinct_samples, floor_answers
from workflowllm.evaluation.predictions import SPLITS, Prediction, Sample
from workflowllm.evaluation.verdicts import JudgeVerdict
from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.pool import score_pairs
from workflowllm.metrics.codebleu.scorer import FIGURES
from workflowllm.metrics.codebleu.stripping import normal_text
from workflowllm.metrics.execution import Execution, measured_execution
from workflowllm.metrics.measures import Case, Measured, measure, measuring_crashed
from workflowllm.metrics.static_pass import SHARE
from workflowllm.runs.pools import map_inputs
from workflowllm.shortcuts.dialect.comments import strip_comments

Strip = Callable[[str], str]
MODEL, FLOOR, CEILING = "model", "floor", "ceiling"


@dataclass(frozen=True, slots=True)
class Scores:
    """What one answer scores: CodeBLEU's figures by mode, the other measures, and what could not be computed."""

    modes: dict[str, dict[str, float]]
    measured: Measured
    notes: dict[str, str]  # by mode
    execution: Execution


@dataclass(frozen=True)
class Group:
    """Answers that make a row: those of a model, a floor or the ceiling, on one split."""

    model: str
    split: str
    kind: str
    scores: Sequence[Scores]
    samples: Sequence[Sample]  # of each of the scores; a sample may have several answers
    sample_count: int  # of the split's whole set
    verdicts: Sequence[JudgeVerdict | None] = ()
    samples_of: tuple[str, ...] = ()  # of a floor or ceiling: the models that answer these samples
    is_apart: bool = False  # other models of the split answer other samples


@dataclass(frozen=True)
class Evaluation:
    """The scores of each prediction, in order, and all groups that make a row."""

    scores: list[Scores]
    groups: list[Group]


@dataclass(frozen=True)
class ScoringOptions:
    """How answers are scored: the floors' seed, processes, the static pass's share, comments in mode compat."""

    seed: int = 0
    workers: int = 1
    share: float = SHARE
    strip_compat: Strip = strip_comments


def evaluate(
    predictions: Sequence[Prediction],
    verdicts: Sequence[JudgeVerdict | None],
    options: ScoringOptions = ScoringOptions(),
) -> Evaluation:
    """Score predictions, and on the same samples what the floors and the references score."""
    samples = distinct_samples(predictions)
    answers = floor_answers(samples, options.seed)
    answers[REFERENCE] = {key: sample.reference for key, sample in samples.items()}
    cases = [Case(item.reference, item.candidate, item.offered) for item in predictions]
    floor_cases = {
        name: {key: Case(samples[key].reference, text, samples[key].offered) for key, text in texts.items()}
        for name, texts in answers.items()
    }
    all_cases = [*cases, *(case for by_sample in floor_cases.values() for case in by_sample.values())]
    scores = score_cases(all_cases, options)
    by_floor = {name: {key: scores[case] for key, case in by_sample.items()} for name, by_sample in floor_cases.items()}
    scored = [scores[case] for case in cases]
    return Evaluation(scored, _groups(predictions, scored, verdicts, by_floor))


def score_cases(cases: Iterable[Case], options: ScoringOptions = ScoringOptions()) -> dict[Case, Scores]:
    """The scores of each distinct case. In mode fixed the tokenizer always removes the comments."""
    distinct = sorted(dict.fromkeys(cases), key=lambda case: case.reference)
    strips = {"fixed": lambda code: strip_comments(normal_text(code)), "compat": options.strip_compat}
    by_mode = {mode: _codebleu(distinct, mode, strips[mode], options.workers) for mode in MODES}
    work = partial(measure, share=options.share)
    measured = map_inputs(work, distinct, options.workers, measuring_crashed, total=len(distinct), unit="answer")
    runs = map_inputs(execute, distinct, options.workers, execution_crashed, total=len(distinct), unit="run")
    scores: dict[Case, Scores] = {}
    for index, (case, measures, executed) in enumerate(zip(distinct, list(measured), runs)):
        modes = {mode: by_mode[mode][index][0] for mode in MODES}
        notes = {mode: by_mode[mode][index][1] for mode in MODES if by_mode[mode][index][1]}
        scores[case] = Scores(modes, measures, notes, executed)
    return scores


def execute(case: Case) -> Execution:
    """What an answer does, against its reference."""
    return measured_execution(case.candidate, case.reference)


def execution_crashed(case: Case) -> Execution:
    """What stands for an answer that killed the process running it."""
    return Execution(True, False, 0.0, False, "the process that ran it died.")


def _codebleu(cases: Sequence[Case], mode: str, strip: Strip, workers: int) -> list[tuple[dict[str, float], str]]:
    """By case, CodeBLEU's figures in one mode, and a note where they are not whole."""
    pairs = [(strip(case.reference), strip(case.candidate)) for case in cases]
    indices = {pair: index for index, pair in enumerate(dict.fromkeys(pairs))}
    figures: dict[int, tuple[dict[str, float], str]] = {}
    scored = score_pairs(list(indices), MODES[mode], workers)
    for index, score in tqdm(scored, total=len(indices), desc=mode, unit="pair", disable=None, file=sys.stderr):
        figures[index] = ({figure: score.scores[figure] for figure in FIGURES}, score.note)
    return [figures[indices[pair]] for pair in pairs]


def _groups(
    predictions: Sequence[Prediction],
    scores: Sequence[Scores],
    verdicts: Sequence[JudgeVerdict | None],
    by_floor: Mapping[str, Mapping[Sample, Scores]],
) -> list[Group]:
    groups = []
    for split in SPLITS:
        by_model: dict[str, list[int]] = {}
        for index, prediction in enumerate(predictions):
            if prediction.split == split:
                by_model.setdefault(prediction.model, []).append(index)
        sample_count = len({predictions[index].sample for indices in by_model.values() for index in indices})
        for model, indices in by_model.items():
            groups.append(
                Group(
                    model, split, MODEL, [scores[index] for index in indices],
                    [predictions[index].sample for index in indices], sample_count,
                    [verdicts[index] for index in indices],
                )
            )  # fmt: skip
        groups += _floor_groups(split, sample_count, _sample_sets(predictions, by_model), by_floor)
    return groups


def _sample_sets(
    predictions: Sequence[Prediction], by_model: Mapping[str, Sequence[int]]
) -> dict[tuple[Sample, ...], list[str]]:
    """The sets of samples that models answer, with the models of each."""
    sets: dict[tuple[Sample, ...], list[str]] = {}
    for model, indices in by_model.items():
        sets.setdefault(tuple(sorted({predictions[index].sample for index in indices})), []).append(model)
    return sets


def _floor_groups(
    split: str,
    sample_count: int,
    sets: Mapping[tuple[Sample, ...], Sequence[str]],
    by_floor: Mapping[str, Mapping[Sample, Scores]],
) -> list[Group]:
    groups = []
    for samples, models in sets.items():
        for name, scores in by_floor.items():
            kind = CEILING if name == REFERENCE else FLOOR
            answered = [sample for sample in samples if sample in scores]
            if answered:
                of_samples = [scores[sample] for sample in answered]
                apart = len(sets) > 1
                groups.append(Group(name, split, kind, of_samples, answered, sample_count, (), tuple(models), apart))
    return groups


def scored_record(record: dict[str, Any], scores: Scores) -> dict[str, Any]:
    """A prediction's record with its scores."""
    measured = scores.measured
    scored = record | {
        "shape": measured.shape._asdict(),
        "scores": {**scores.modes, **measured.scores, **execution_scores(scores.execution)},
        "static_reason": measured.static.reason,
        "findings": [
            {"code": item.code, "line": item.line, "message": item.message, "severity": item.severity}
            for item in measured.findings
        ],
    }
    scored |= execution_fields(scores.execution)
    if measured.fault:
        scored["measuring_fault"] = measured.fault
    notes = "; ".join(f"{mode}: {note}" for mode, note in scores.notes.items())
    return scored | {"codebleu_note": notes} if notes else scored


def execution_scores(execution: Execution) -> dict[str, Any]:
    """The figures of a run; None where the reference cannot be measured against."""
    return {"execution_match": execution.match, "effect_f1": execution.f1, "runs": execution.runs}


def execution_fields(execution: Execution) -> dict[str, Any]:
    """What a record says of its run besides the figures."""
    fields: dict[str, Any] = {"execution_reason": execution.why_not} if execution.why_not else {}
    return fields | ({"side_by_side": asdict(execution.side_by_side)} if execution.side_by_side else {})
