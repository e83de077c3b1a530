"""Predictions to scores and groups of scores: every answer of the models, the floors and the ceiling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workflowllm.evaluation.floors import CEILING as REFERENCE
from workflowllm.evaluation.floors import Sample, distinct_samples, floor_answers
from workflowllm.evaluation.judged import Judged
from workflowllm.evaluation.predictions import SPLITS, Prediction
from workflowllm.evaluation.scoring import Scores, score_cases
from workflowllm.evaluation.summary import CEILING, FLOOR, MODEL, Group
from workflowllm.metrics.measures import Case
from workflowllm.metrics.static_pass import SHARE
from workflowllm.shortcuts.dialect.comments import strip_comments


@dataclass(frozen=True)
class Evaluation:
    """The scores of each prediction, in order, and all groups that make a row."""

    scores: list[Scores]
    groups: list[Group]


def evaluate(
    predictions: Sequence[Prediction],
    judged: Sequence[Judged | None],
    seed: int = 0,
    workers: int = 1,
    share: float = SHARE,
    strip_compat: Callable[[str], str] = strip_comments,
) -> Evaluation:
    """Score predictions, and on the same samples what the floors and the references score."""
    samples = distinct_samples(predictions)
    answers = floor_answers(samples, seed) | {REFERENCE: {key: own.reference for key, own in samples.items()}}
    own = [Case(one.reference, one.candidate, one.offered) for one in predictions]
    beside = {
        name: {key: Case(samples[key].reference, text, samples[key].offered) for key, text in given.items()}
        for name, given in answers.items()
    }
    cases = [*own, *(case for given in beside.values() for case in given.values())]
    scores = score_cases(cases, workers, share, strip_compat)
    by_floor = {name: {key: scores[case] for key, case in given.items()} for name, given in beside.items()}
    scored = [scores[case] for case in own]
    return Evaluation(scored, _groups(predictions, scored, judged, by_floor))


def _groups(
    predictions: Sequence[Prediction],
    scores: Sequence[Scores],
    judged: Sequence[Judged | None],
    by_floor: dict[str, dict[Sample, Scores]],
) -> list[Group]:
    groups = []
    for split in SPLITS:
        places: dict[str, list[int]] = {}
        for place, prediction in enumerate(predictions):
            if prediction.split == split:
                places.setdefault(prediction.model, []).append(place)
        for model, own in places.items():
            verdicts = [judged[place] for place in own]
            groups.append(Group(model, split, MODEL, [scores[place] for place in own], verdicts))
        groups += _floor_groups(split, _sample_sets(predictions, places), by_floor)
    return groups


def _sample_sets(
    predictions: Sequence[Prediction], places: dict[str, list[int]]
) -> dict[tuple[Sample, ...], list[str]]:
    """The sets of samples that models answer, with the models of each."""
    sets: dict[tuple[Sample, ...], list[str]] = {}
    for model, own in places.items():
        sets.setdefault(tuple(sorted({predictions[place].sample for place in own})), []).append(model)
    return sets


def _floor_groups(
    split: str, sets: dict[tuple[Sample, ...], list[str]], by_floor: dict[str, dict[Sample, Scores]]
) -> list[Group]:
    groups = []
    for samples, models in sets.items():
        for name, scores in by_floor.items():
            kind = CEILING if name == REFERENCE else FLOOR
            found = [scores[sample] for sample in samples if sample in scores]
            if found:
                groups.append(Group(name, split, kind, found, (), tuple(models), is_apart=len(sets) > 1))
    return groups
