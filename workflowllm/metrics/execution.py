"""Execution measures: what an answer does, against what the reference does, in the same worlds.

Both run in worlds made from what the reference reads (`runtime.made_worlds`). Three figures come out: whether all
effects are equal in all worlds, an F1 over the facts that effects state, and whether the answer's runs end unbroken.
They are defined only where the reference itself runs whole and does something.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflowllm.runtime.endings import WorldError
from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.made_worlds import Reads, SeededAnswers, made_worlds, reads_of
from workflowllm.runtime.runnable import Program, program_of_code
from workflowllm.runtime.running import Outcome, run_answered
from workflowllm.runtime.world import World
from workflowllm.shortcuts.model.errors import ShortcutError

WORLDS = 3
MAX_SECONDS = 5.0  # of one run; a real shortcut's takes milliseconds
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


@dataclass(frozen=True, slots=True)
class ReferenceRuns:
    """A reference's worlds and what it did in each; `why_not` says why it cannot be measured against."""

    reads: Reads
    worlds: Sequence[World]
    facts: Sequence[Facts]
    effects: Sequence[tuple]
    why_not: str = ""


def reference_runs(code: str, count: int = WORLDS, seed: int = 0) -> ReferenceRuns:
    """Run a reference in worlds of its own."""
    try:
        program = program_of_code(code)
        reads, worlds = reads_of(program), made_worlds(program, count, seed)
    except (ShortcutError, WorldError, RecursionError) as error:
        return ReferenceRuns(Reads(), (), (), (), f"the reference is no program: {error}")
    outcomes = [run_in(program, world, reads) for world in worlds]
    why_not = next(filter(None, map(_not_whole, outcomes)), "")
    if not why_not and not any(outcome.effects for outcome in outcomes):
        why_not = "the reference does nothing that can be seen"
    effects = [normal_effects(outcome.effects) for outcome in outcomes]
    facts, in_order = [facts_of(each) for each in effects], [ordered(each) for each in effects]
    return ReferenceRuns(reads, worlds, facts, in_order, why_not)


def _not_whole(outcome: Outcome) -> str:
    ending = outcome.endings[-1]
    if ending.how not in _WHOLE:
        return f"the reference breaks: {ending.error}"
    unknown = next(iter(outcome.session.unimplemented), None)
    return f"the reference calls {unknown}, which the runtime does not have" if unknown else ""


def run_in(program: Program, world: World, reads: Reads) -> Outcome:
    """One run in a made world, with a person who answers by type."""
    with time_limit(MAX_SECONDS):
        return run_answered(program, world, SeededAnswers(reads, world.seed))


def execution(code: str, reference: ReferenceRuns) -> Execution:
    """An answer against a reference."""
    if reference.why_not:
        return Execution(False)
    try:
        program = program_of_code(code)
        outcomes = [run_in(program, world, reference.reads) for world in reference.worlds]
    except (ShortcutError, RecursionError):
        return Execution(True, False, 0.0, False)
    effects = [normal_effects(outcome.effects) for outcome in outcomes]
    runs = all(outcome.endings[-1].how in _WHOLE for outcome in outcomes)
    match = runs and all(ordered(own) == wanted for own, wanted in zip(effects, reference.effects))
    scores = [fact_f1(facts_of(own), wanted) for own, wanted in zip(effects, reference.facts)]
    return Execution(True, match, sum(scores) / len(scores), runs)


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
