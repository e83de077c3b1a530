"""All scores of many answers, each distinct answer once: CodeBLEU in both modes and every other measure."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tqdm import tqdm

from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.pool import score_pairs
from workflowllm.metrics.codebleu.scorer import FIGURES
from workflowllm.metrics.measures import Case, Measured, measure, measuring_crashed
from workflowllm.runs.pools import map_inputs
from workflowllm.shortcuts.dialect.comments import strip_comments

Strip = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Scores:
    """What one answer scores: CodeBLEU's figures by mode, the other measures, and what could not be computed."""

    modes: dict[str, dict[str, float]]
    measured: Measured
    notes: dict[str, str]  # by mode


def score_cases(
    cases: Iterable[Case], workers: int = 1, share: float = 0.5, strip_compat: Strip = strip_comments
) -> dict[Case, Scores]:
    """The scores of each distinct case. Comments are removed before CodeBLEU: in mode fixed always by the tokenizer."""
    distinct = sorted(dict.fromkeys(cases), key=lambda case: case.reference)
    strips = {"fixed": strip_comments, "compat": strip_compat}
    by_mode = {mode: _codebleu(distinct, mode, strips[mode], workers) for mode in MODES}
    work = partial(measure, share=share)
    measured = map_inputs(work, distinct, workers, measuring_crashed, total=len(distinct), unit="answer")
    scores: dict[Case, Scores] = {}
    for place, (case, one) in enumerate(zip(distinct, measured)):
        modes = {mode: by_mode[mode][place][0] for mode in MODES}
        notes = {mode: by_mode[mode][place][1] for mode in MODES if by_mode[mode][place][1]}
        scores[case] = Scores(modes, one, notes)
    return scores


def _codebleu(cases: Sequence[Case], mode: str, strip: Strip, workers: int) -> list[tuple[dict[str, float], str]]:
    """By case, CodeBLEU's figures in one mode, and a note where they are not whole."""
    pairs = [(strip(case.reference), strip(case.candidate)) for case in cases]
    places = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
    found: dict[int, tuple[dict[str, float], str]] = {}
    scored = score_pairs(list(places), MODES[mode], workers)
    for place, one in tqdm(scored, total=len(places), desc=mode, unit="pair", disable=None, file=sys.stderr):
        found[place] = ({figure: one.scores[figure] for figure in FIGURES}, one.note)
    return [found[places[pair]] for pair in pairs]


def scored_record(record: dict[str, Any], scores: Scores) -> dict[str, Any]:
    """A prediction's record with its scores."""
    measured = scores.measured
    found = record | {
        "shape": measured.shape._asdict(),
        "scores": {**scores.modes, **measured.scores},
        "static_reason": measured.static.reason,
        "findings": [
            {"code": item.code, "line": item.line, "message": item.message, "severity": item.severity}
            for item in measured.findings
        ],
    }
    notes = "; ".join(f"{mode}: {note}" for mode, note in scores.notes.items())
    return found | {"codebleu_note": notes} if notes else found
