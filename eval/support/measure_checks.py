"""What each measure makes of references that are damaged by degrees: figures, and the table of them."""

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from statistics import mean
from typing import NamedTuple

from tqdm import tqdm

from workflowllm.apis.catalogue import catalogue
from workflowllm.evaluation.floors import bare_calls, offered_apis
from workflowllm.evaluation.predictions import Prediction
from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.pool import score_pairs
from workflowllm.metrics.codebleu.scorer import FIGURES
from workflowllm.metrics.codebleu.trees import Grammar
from workflowllm.metrics.execution import measured_execution
from workflowllm.metrics.measures import Case, Measured, measure, measuring_crashed
from workflowllm.runs.pools import map_inputs
from workflowllm.shortcuts.model.identifiers import identifier_of

from . import metric_damage as damage

SHARES = (0.1, 0.3, 0.5)
WHOLE, RENAMED = "undamaged", "variables renamed"
DROPPED, SWAPPED, CHANGED = "lines dropped", "calls swapped", "arguments changed"
REORDERED, PADDED = "lines reordered", "other code added"
NEGATED, OPERATORS, REMOVED = "conditions negated", "operators swapped", "arguments removed"
EXIT, BARE = "exit first", "every API bare"
DAMAGES = (DROPPED, SWAPPED, CHANGED, REORDERED, PADDED)
WHOLE_DAMAGES = (NEGATED, OPERATORS, REMOVED, EXIT, BARE)  # done to all of a program, not by degrees
OTHERS = ("api_f1", "order_f1", "control_similarity", "parses", "checks", "compiles")
EXECUTION = ("execution match", "effect f1")
FEWEST_RUNS = 10  # references that run: means over fewer say nothing (2 of the 50 published ones do)
BLIND = 0.005  # a change under half a point over all steps is none

# What a measure promises to see in mode fixed. Syntax trees have no names and values in them; the sequence of APIs has
# no arguments, and their multiset no order either.
MUST_FALL = {
    "fixed codebleu": (*DAMAGES, *WHOLE_DAMAGES),
    "fixed ngram_match_score": DAMAGES,
    "fixed weighted_ngram_match_score": DAMAGES,
    "fixed syntax_match_score": (DROPPED, PADDED, NEGATED, OPERATORS, REMOVED, EXIT, BARE),
    "fixed dataflow_match_score": (DROPPED, SWAPPED, CHANGED, PADDED),
    "api f1": (DROPPED, SWAPPED, PADDED),
    "order f1": (DROPPED, SWAPPED, REORDERED, PADDED),
    "control similarity": (DROPPED, PADDED),
    "static pass": (REMOVED, EXIT, BARE),
    "execution match": WHOLE_DAMAGES,
    # Not the padding: whether a program that was cut off and appended compiles is chance, and what does not has 0.
    "effect f1": (DROPPED, SWAPPED, CHANGED, REORDERED, *WHOLE_DAMAGES),
}


class Sample(NamedTuple):
    """A reference without comments, and the identifiers offered with it (None: those that it calls)."""

    code: str
    apis: tuple[str, ...] | None


class Damaged(NamedTuple):
    """A damaged reference: which sample's, how, and by which share (0 where that says nothing)."""

    number: int
    damage: str
    share: float
    code: str


Figures = dict[tuple[str, str, float], float]  # mean by measure, damage and share


def damaged_samples(samples: Sequence[Sample], seed: int) -> list[Damaged]:
    """Every sample undamaged, renamed, and damaged in each way by each share; chance is the same for every share."""
    codes = [sample.code for sample in samples]
    apis = catalogue()
    names = sorted({name for code in codes for name in damage.called_names(code) if identifier_of(name) in apis})
    values = sorted({value for code in codes for value in damage.passed_literals(code)})
    grammar = Grammar()
    cases = []
    for number, code in enumerate(codes):
        others = codes[:number] + codes[number + 1 :]
        ways: dict[str, Callable[..., str]] = {
            DROPPED: damage.drop_lines,
            SWAPPED: partial(damage.swap_calls, names=names),
            CHANGED: partial(damage.change_arguments, values=values),
            REORDERED: damage.reorder_lines,
            PADDED: partial(damage.pad, others=others),
        }
        renamed = damage.rename_bound_names(code, grammar)
        cases += [Damaged(number, WHOLE, 0, code), Damaged(number, RENAMED, 0, renamed)]
        cases += [Damaged(number, *altered) for altered in _wholly_damaged(samples[number])]
        for name, way in ways.items():
            for share in SHARES:
                cases.append(Damaged(number, name, share, way(code, share, random.Random(f"{seed} {name} {number}"))))
    return cases


def _wholly_damaged(sample: Sample) -> list[tuple[str, float, str]]:
    """(damage, 0, code) of each damage that is done to a whole program."""
    prediction = Prediction("", "", "", "", sample.code, "", "", sample.apis, {})
    codes = {
        NEGATED: damage.negate_conditions(sample.code),
        OPERATORS: damage.swap_operators(sample.code),
        REMOVED: damage.remove_arguments(sample.code),
        EXIT: "is_workflow_actions_exit()\n" + sample.code,
        BARE: bare_calls(offered_apis(prediction)),
    }
    return [(name, 0, code) for name, code in codes.items()]


def measured(samples: Sequence[Sample], cases: Sequence[Damaged], workers: int) -> Figures:
    """The mean of every measure for each damage and share; what does not apply to a sample is left out of its mean."""
    values: dict[tuple[str, str, float], list[float]] = defaultdict(list)
    pairs = [(samples[case.number].code, case.code) for case in cases]
    for mode, options in MODES.items():
        scored = score_pairs(pairs, options, workers)
        by_index = dict(tqdm(scored, f"CodeBLEU, {mode}", len(pairs), unit="pair", disable=None, file=sys.stderr))
        for index, case in enumerate(cases):
            for figure in FIGURES:
                values[f"{mode} {figure}", case.damage, case.share].append(by_index[index].scores[figure])
    answers = (Case(samples[case.number].code, case.code, samples[case.number].apis) for case in cases)
    others = map_inputs(other_measures, answers, workers, other_measures_crashed, len(cases), "answer")
    for case, measured_answer in zip(cases, others):
        for measure_name, value in measured_answer.items():
            values[measure_name, case.damage, case.share].append(value)
    few = len(values["effect f1", WHOLE, 0]) < FEWEST_RUNS
    return {key: mean(figures) for key, figures in values.items() if figures and not (few and key[0] in EXECUTION)}


def other_measures(case: Case) -> dict[str, float]:
    """What is measured besides CodeBLEU, all of it from 0 to 1 and the better the higher."""
    run = measured_execution(case.candidate, case.reference)
    figures = {"execution match": run.match, "effect f1": run.f1} if run.reference_runs else {}
    return _as_shares(measure(case)) | {name: float(figure) for name, figure in figures.items()}


def other_measures_crashed(case: Case) -> dict[str, float]:
    return _as_shares(measuring_crashed(case))


def _as_shares(measured_answer: Measured) -> dict[str, float]:
    shares = {name.replace("_", " "): float(measured_answer.scores[name]) for name in OTHERS}
    return shares | {"static pass": float(measured_answer.static.passes or 0)}


def metric_table(figures: Figures, samples: int) -> tuple[list[str], list[tuple[str, str]]]:
    """The table's lines, and (measure, damage) for each promise that is not kept."""
    lines = [
        f"Means over {samples} samples, times 100, with 10, 30 and 50 % of each damage. `↓` falls with every step,",
        f"`(↓)` falls, but not with every step, `=` does not see it (moves by under {100 * BLIND:g}), `↑` rises.",
        "**Bold**: what a measure must see."
        + ("" if ("effect f1", WHOLE, 0) in figures else f" Fewer than {FEWEST_RUNS} references run: no execution."),
        "",
        "| measure | " + " | ".join([WHOLE, *DAMAGES, *WHOLE_DAMAGES, RENAMED]) + " |",
        "|---" * (len(DAMAGES) + len(WHOLE_DAMAGES) + 3) + "|",
    ]
    missed = []
    for name in dict.fromkeys(name for name, _, _ in figures):
        whole, renamed = figures[name, WHOLE, 0], figures[name, RENAMED, 0]
        cells = [f"{100 * whole:.1f}"]
        for kind in DAMAGES:
            steps = [figures[name, kind, share] for share in SHARES]
            sign = trend([whole, *steps])
            promised = kind in MUST_FALL.get(name, ())
            if promised and sign != "↓":
                missed.append((name, kind))
            cells.append(" ".join(f"{100 * step:.1f}" for step in steps) + (f" **{sign}**" if promised else f" {sign}"))
        for kind in WHOLE_DAMAGES:
            sign = trend([whole, figures[name, kind, 0]])
            promised = kind in MUST_FALL.get(name, ())
            if promised and sign != "↓":
                missed.append((name, kind))
            cells.append(f"{100 * figures[name, kind, 0]:.1f}" + (f" **{sign}**" if promised else f" {sign}"))
        cells.append(f"{100 * renamed:.1f} {trend([whole, renamed])}")
        lines.append(f"| {name.replace('_match_score', '').replace('_', ' ')} | " + " | ".join(cells) + " |")
    return lines, missed


def trend(steps: Sequence[float]) -> str:
    """How a measure goes with damage: `↓` with every step, `(↓)` over all, `=` hardly at all, `↑` up."""
    change = steps[-1] - steps[0]
    if max(steps) - min(steps) < BLIND:
        return "="
    if all(after < before for before, after in pairwise(steps)):
        return "↓"
    return "(↓)" if change < 0 else "↑"
