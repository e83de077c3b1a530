"""Execution measures: what an answer does, against what the reference does, in the same worlds.

Both run in worlds made from what the reference reads (`runtime.made_worlds`). Three figures come out: whether all
effects are equal in all worlds, an F1 over the facts that effects state, and whether the answer's runs end unbroken.
They are defined only where the reference itself runs whole and does something beside asking questions.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from workflowllm.metrics.side_by_side import SideBySide, beside, sentences_of, shortened
from workflowllm.runs.reasons import first_line
from workflowllm.runtime.endings import RunEnds, WorldError
from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.made_worlds import Reads, SeededAnswers, made_worlds, reads_of
from workflowllm.runtime.runnable import Program, program_of_code
from workflowllm.runtime.running import Outcome, run_answered
from workflowllm.runtime.world import World
from workflowllm.shortcuts.model.errors import ShortcutError

WORLDS = 3
MAX_SECONDS = 5.0  # of one run, and of compiling; a real shortcut's takes milliseconds
LONGEST_CODE = 1_000_000  # characters that are compiled; ten times the longest published workflow
# What the wording of a question, or a run's bookkeeping, adds to an effect is no part of what was done.
_FREE = frozenset({"n", "run", "action", "made_up", "shortcut", "prompt"})
_ASKED = frozenset({"ask", "menu", "choose", "pick"})
_WHOLE = ("ok", "stopped", "cancelled")

Facts = Counter[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Execution:
    """How an answer did. `match`, `f1` and `runs` are None where the reference does not run whole."""

    reference_runs: bool
    match: bool | None = None
    f1: float | None = None
    runs: bool | None = None
    why_not: str = field(default="", compare=False)  # it could not be measured, or what the answer broke by
    side_by_side: SideBySide | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ReferenceRuns:
    """A reference's worlds and what it did in each; `why_not` says why it cannot be measured against."""

    reads: Reads = field(default_factory=Reads)
    worlds: Sequence[World] = ()
    facts: Sequence[Facts] = ()
    effects: Sequence[tuple] = ()
    sentences: Sequence[Sequence[str]] = ()  # the same effects in words
    why_not: str = ""


def reference_runs(code: str, count: int = WORLDS, seed: int = 0) -> ReferenceRuns:
    """Run a reference in worlds of its own."""
    try:
        program = compiled(code)
        reads, worlds = reads_of(program), made_worlds(program, count, seed)
    except (ShortcutError, WorldError, RunEnds, RecursionError) as error:
        return ReferenceRuns(why_not=f"the reference is no program: {error}")
    outcomes = [run_in(program, world, reads) for world in worlds]
    effects = [normal_effects(outcome.effects) for outcome in outcomes]
    why_not = next(filter(None, map(_not_whole, outcomes)), "")
    if not why_not and not any(_is_telling(effect) for of_world in effects for effect in of_world):
        why_not = "the reference does nothing that can be seen, or the same whatever it is fed"
    facts, in_order = [facts_of(each) for each in effects], [ordered(each) for each in effects]
    return ReferenceRuns(reads, worlds, facts, in_order, [sentences_of(each) for each in outcomes], why_not)


def compiled(code: str) -> Program:
    """The program of a code, within bounds."""
    if len(code) > LONGEST_CODE:
        raise ShortcutError(f"code of over {LONGEST_CODE:,} characters is not run")
    with time_limit(MAX_SECONDS):
        return program_of_code(code)


def _not_whole(outcome: Outcome) -> str:
    ending = outcome.endings[-1]
    if ending.how not in _WHOLE:
        return f"the reference breaks: {ending.error}"
    unknown = next(iter(outcome.session.unimplemented), None)
    return f"the reference calls {unknown}, which the runtime does not have" if unknown else ""


def _is_telling(effect: Mapping[str, Any]) -> bool:
    """Whether an effect tells programs apart: more than a question, and not one whose every field is empty."""
    values = [value for key, value in effect.items() if key != "kind"]
    return effect.get("kind") not in _ASKED and (not values or any(value not in (None, "", [], {}) for value in values))


def run_in(program: Program, world: World, reads: Reads) -> Outcome:
    """One run in a made world, with a person who answers by type."""
    with time_limit(MAX_SECONDS):
        return run_answered(program, world, SeededAnswers(reads, world.seed))


def execution(code: str, reference: ReferenceRuns) -> Execution:
    """An answer against a reference."""
    if reference.why_not:
        return Execution(False, why_not=reference.why_not)
    try:
        program = compiled(code)
        outcomes = [run_in(program, world, reference.reads) for world in reference.worlds]
    except (ShortcutError, RunEnds, RecursionError) as error:
        return Execution(True, False, 0.0, False, f"the answer is no program: {error}")
    effects = [normal_effects(outcome.effects) for outcome in outcomes]
    in_order = [ordered(each) for each in effects]
    broken = next((outcome.endings[-1] for outcome in outcomes if outcome.endings[-1].how not in _WHOLE), None)
    runs = broken is None and bool(program.actions)
    match = runs and in_order == list(reference.effects)
    scores = [fact_f1(facts_of(own), wanted) for own, wanted in zip(effects, reference.facts)]
    why_not = f"the answer breaks: {broken.error}" if broken else ""
    shown = beside(reference.effects, reference.sentences, in_order, outcomes)
    return Execution(True, match, sum(scores) / len(scores), runs, why_not, shown)


def measured_execution(code: str, reference: str) -> Execution:
    """An answer against the code of a reference; an exception of any kind is this record's and stops no other."""
    try:
        runs = _cached_runs(reference)
    except Exception as error:
        return Execution(False, why_not=f"the reference could not be run ({_named(error)}).")
    try:
        return execution(code, runs)
    except Exception as error:
        return Execution(True, False, 0.0, False, f"it could not be run ({_named(error)}).")


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {first_line(error)}"


def told_runs(code: str, count: int = WORLDS) -> str:
    """What a program does in worlds made from what it reads itself, in words; why it cannot run, where it cannot."""
    try:
        program = compiled(code)
        reads = reads_of(program)
        outcomes = [run_in(program, world, reads) for world in made_worlds(program, count)]
    except (ShortcutError, WorldError, RunEnds, RecursionError) as error:
        return f"It cannot run: {error}"
    told = [
        "\n".join([f"Run {rank}:", *(f"- {sentence}" for sentence in shortened(sentences_of(outcome)))])
        for rank, outcome in enumerate(outcomes, 1)
    ]
    return "\n".join(told)


@lru_cache(maxsize=16)
def _cached_runs(reference: str) -> ReferenceRuns:
    """Answers to one reference are measured one after the other."""
    return reference_runs(reference)


def normal_effects(effects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Effects without what is free: their numbers, and the wording of questions."""
    normal = []
    for effect in effects:
        free = _FREE | {"items"} if effect.get("kind") in _ASKED else _FREE
        normal.append({key: _canonical(value) for key, value in effect.items() if key not in free})
    return normal


def _canonical(value: Any) -> Any:
    """Numbers by value, also as text; texts without outer blanks; absent fields left out."""
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else repr(round(float(value), 9))
    return str(value).strip()


def ordered(effects: Sequence[Mapping[str, Any]]) -> tuple:
    """Effects in a form that compares: in order, each with its fields sorted."""
    return tuple(_frozen(effect) for effect in effects)


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(item)) for key, item in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, list) else value if isinstance(value, str) else repr(value)


def facts_of(effects: Sequence[Mapping[str, Any]]) -> Facts:
    """What effects state, as a multiset: each effect's kind, and each of its values at its path."""
    facts: Facts = Counter()
    for effect in effects:
        kind = str(effect.get("kind"))
        facts[kind, "", ""] += 1
        for path, value in _leaves(effect, ""):
            if path != "kind":
                facts[kind, path, value] += 1
    return facts


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{path}[]")
    else:
        yield path, str(value)


def fact_f1(own: Facts, wanted: Facts) -> float:
    """F1 of two multisets; two empty ones are equal."""
    common = sum((own & wanted).values())
    total = sum(own.values()) + sum(wanted.values())
    return 2 * common / total if total else 1.0
