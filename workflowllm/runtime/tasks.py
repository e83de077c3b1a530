"""Tasks: a request, programs, and worlds with what must happen in them (docs/runtime.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from workflowllm.runtime.effects import LASTING, group_of
from workflowllm.runtime.endings import WorldError
from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.patterns import Patterns, check_pattern
from workflowllm.runtime.runnable import Program, program_of_code, read_shortcuts
from workflowllm.runtime.running import Outcome, run_prepared
from workflowllm.runtime.world import World, parse_world, read_yaml
from workflowllm.shortcuts.model.errors import ShortcutError

TASK_KEYS = frozenset(["key", "note", "request", "apis", "edit", "reference", "wrong", "worlds"])
EXPECTATION_KEYS = frozenset(["expect", "in_order", "never", "optional", "others", "varied", "ends"])
ENDINGS = frozenset(["ok", "stopped", "cancelled", "broken"])
MAX_CHOICES = 10_000  # combinations of any_of that are tried

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must and must not happen in one world."""

    expect: Sequence[Entry] = ()
    optional: Sequence[Entry] = ()
    never: Sequence[Entry] = ()
    in_order: bool = False
    others_allowed: bool = False
    varied: Entry | None = None
    ends: Any = "ok"


@dataclass(frozen=True, slots=True)
class TaskWorld:
    name: str
    world: World
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class Task:
    """A task as its file has it, checked."""

    key: str
    request: str
    reference: str
    wrong: Sequence[str]
    worlds: Sequence[TaskWorld]
    folder: Path
    apis: Sequence[str] = ()
    edit: str | None = None


@dataclass(slots=True)
class WorldResult:
    """How a program did in one world."""

    name: str
    passed: bool
    failures: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "passed": self.passed,
            "failures": self.failures,
            "unsettled": self.unsettled,
        }


# Reading


def read_task(path: Path) -> Task:
    """A task from its file; whatever is wrong with it is one sentence."""
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise WorldError(f"{path} is no task: its root is no dictionary.")
    unknown = set(map(str, data)) - TASK_KEYS
    if unknown:
        raise WorldError(f"{path}: {sorted(unknown)[0]} is not a key that a task has.")
    worlds = data.get("worlds")
    if not isinstance(worlds, list) or not worlds:
        raise WorldError(f"{path}: a task needs a list of worlds.")
    return Task(
        key=str(data.get("key", path.stem)),
        request=_text(data, "request", path),
        reference=_text(data, "reference", path),
        wrong=_texts(data, "wrong", path),
        worlds=[task_world(entry, position, path) for position, entry in enumerate(worlds, 1)],
        folder=path.parent,
        apis=_texts(data, "apis", path),
        edit=data.get("edit"),
    )


def _text(data: Mapping[str, Any], key: str, path: Path) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise WorldError(f"{path}: {key} is no text.")
    return value


def _texts(data: Mapping[str, Any], key: str, path: Path) -> list[str]:
    values = data.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise WorldError(f"{path}: {key} is no list of texts.")
    return values


def task_world(data: Any, position: int, path: Path) -> TaskWorld:
    where = f"{path}, world {position}"
    if not isinstance(data, dict):
        raise WorldError(f"{where} is no dictionary.")
    expectation = {key: value for key, value in data.items() if key in EXPECTATION_KEYS}
    described = {key: value for key, value in data.items() if key not in EXPECTATION_KEYS}
    world = parse_world(described, where)
    return TaskWorld(world.name or f"world {position}", world, parse_expectation(expectation, where))


def parse_expectation(data: Mapping[str, Any], where: str) -> Expectation:
    for key in ("expect", "optional", "never"):
        _check_entries(data.get(key) or [], f"{where}: {key}", with_choices=key == "expect")
    ends = data.get("ends", "ok")
    options = ends.get("one_of") if isinstance(ends, Mapping) else [ends]
    if not isinstance(options, list) or not all(option in ENDINGS for option in options if isinstance(option, str)):
        raise WorldError(f"{where}: ends is {ends!r}, and must be ok, stopped, cancelled, broken or one_of them.")
    if data.get("others") not in (None, "allowed", "forbidden"):
        raise WorldError(f"{where}: others is {data['others']!r}, and can only be allowed.")
    varied = data.get("varied")
    if varied is not None:
        _check_entries([varied], f"{where}: varied", with_choices=False)
    return Expectation(
        expect=data.get("expect") or [],
        optional=data.get("optional") or [],
        never=data.get("never") or [],
        in_order=bool(data.get("in_order")),
        others_allowed=data.get("others") == "allowed",
        varied=varied,
        ends=ends,
    )


def _check_entries(entries: Any, where: str, with_choices: bool) -> None:
    if not isinstance(entries, list):
        raise WorldError(f"{where} is no list.")
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise WorldError(f"{where} holds {entry!r}, which is no pattern of an effect.")
        if with_choices and set(entry) == {"any_of"}:
            options = entry["any_of"]
            if not isinstance(options, list) or not all(isinstance(option, list) for option in options):
                raise WorldError(f"{where}: any_of needs a list of lists.")
            for option in options:
                _check_entries(option, f"{where}: any_of", with_choices=False)
        else:
            check_pattern(dict(entry))


def task_files(paths: Sequence[Path]) -> list[Path]:
    """The task files named, and those of folders named; sub-folders are not read."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(entry for entry in path.iterdir() if entry.suffix in (".yaml", ".yml") and entry.is_file())
        else:
            files.append(path)
    return files


# Judging


def choices(expect: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Every way to read a list of entries with any_of in it: one list of plain entries each."""
    options = [entry["any_of"] if set(entry) == {"any_of"} else [[entry]] for entry in expect]
    for number, picked in enumerate(product(*options)):
        if number >= MAX_CHOICES:
            return
        yield [entry for group in picked for entry in group]


def unmatched(entries: Sequence[Entry], effects: Sequence[Entry], patterns: Patterns, in_order: bool) -> list[Entry]:
    """The entries that find no effect of their own."""
    fits = [[patterns.fits_effect(entry, effect) for effect in effects] for entry in entries]
    return _first_missing(entries, fits) if in_order else _matched(entries, fits)


def _first_missing(entries: Sequence[Entry], fits: list[list[bool]]) -> list[Entry]:
    start = 0
    for entry, row in zip(entries, fits, strict=True):
        position = next((index for index in range(start, len(row)) if row[index]), None)
        if position is None:
            return [entry]
        start = position + 1
    return []


def _matched(entries: Sequence[Entry], fits: list[list[bool]]) -> list[Entry]:
    """A largest matching of entries with effects, by augmenting paths; the entries left over."""
    owner: dict[int, int] = {}

    def find(entry: int, tried: set[int]) -> bool:
        for effect, fitting in enumerate(fits[entry]):
            if fitting and effect not in tried:
                tried.add(effect)
                if effect not in owner or find(owner[effect], tried):
                    owner[effect] = entry
                    return True
        return False

    return [entries[index] for index in range(len(entries)) if not find(index, set())]


def judge(expectation: Expectation, outcomes: Sequence[Outcome]) -> list[str]:
    """What is wrong with the runs over one world, one outcome for each seed; nothing where they pass."""
    failures: list[str] = []
    for outcome in outcomes:
        patterns = outcome.session.patterns
        failures += [
            _after_seed(sentence, outcome, outcomes) for sentence in _judge_one(expectation, outcome, patterns)
        ]
    if expectation.varied is not None and not _varies(expectation.varied, outcomes):
        failures.append(f"over {len(outcomes)} seeds, what fits {_shown(expectation.varied)} is always the same")
    return failures


def _after_seed(sentence: str, outcome: Outcome, outcomes: Sequence[Outcome]) -> str:
    return sentence if len(outcomes) == 1 else f"seed {outcome.seed}: {sentence}"


def _judge_one(expectation: Expectation, outcome: Outcome, patterns: Patterns) -> list[str]:
    effects = outcome.effects
    failures = _ending_failures(expectation, outcome, patterns)
    missing = _missing(expectation, effects, patterns)
    failures += [f"no effect fits {_shown(entry)}" for entry in missing]
    for entry in expectation.never:
        failures += [f"{_shown(e)} must not happen" for e in effects if patterns.fits_effect(entry, e)][:1]
    if not expectation.others_allowed:
        failures += _unexpected(expectation, effects, patterns)
    return failures


def _ending_failures(expectation: Expectation, outcome: Outcome, patterns: Patterns) -> list[str]:
    failures = []
    for ending in outcome.endings:
        if not patterns.fits(expectation.ends, ending.how):
            reason = f": {ending.error}" if ending.error else ""
            failures.append(f"the run ended {ending.how}, not {_shown(expectation.ends)}{reason}")
    return failures


def _missing(expectation: Expectation, effects: Sequence[Entry], patterns: Patterns) -> list[Entry]:
    """The entries that find no effect, in the reading that misses fewest."""
    best: list[Entry] | None = None
    for entries in choices(expectation.expect):
        missing = unmatched(entries, effects, patterns, expectation.in_order)
        if not missing:
            return []
        if best is None or len(missing) < len(best):
            best = missing
    return best or []


def _unexpected(expectation: Expectation, effects: Sequence[Entry], patterns: Patterns) -> list[str]:
    """Lasting effects that no entry of expect or optional fits."""
    entries = list(expectation.optional)
    for entry in expectation.expect:
        entries += [part for option in entry["any_of"] for part in option] if set(entry) == {"any_of"} else [entry]
    return [
        f"nobody asked for {_shown(effect)}"
        for effect in effects
        if group_of(effect) == LASTING and not any(patterns.fits_effect(entry, effect) for entry in entries)
    ]


def _varies(entry: Entry, outcomes: Sequence[Outcome]) -> bool:
    """Whether the effects that fit are not the same for all seeds."""
    shown = set()
    for outcome in outcomes:
        fitting = [e for e in outcome.effects if outcome.session.patterns.fits_effect(entry, e)]
        shown.add(repr([{key: value for key, value in e.items() if key != "n"} for e in fitting]))
    return len(shown) > 1


def _shown(data: Any) -> str:
    """A pattern or effect in a sentence."""
    if isinstance(data, Mapping):
        data = {key: value for key, value in data.items() if key not in ("n", "run", "action")}
    text = str(dict(data) if isinstance(data, Mapping) else data)
    return text if len(text) <= 300 else text[:300] + "…"


# Running


def run_program(task: Task, code: str) -> list[WorldResult]:
    """A program in every world of a task. Code that is no program fails in all of them."""
    try:
        program = program_of_code(code, task.key)
        _ = program.actions
    except ShortcutError as error:
        return [WorldResult(world.name, False, [f"it is no program: {error}"]) for world in task.worlds]
    return [run_task_world(task, program, world) for world in task.worlds]


def run_task_world(task: Task, program: Program, world: TaskWorld) -> WorldResult:
    shortcuts = read_shortcuts(world.world.shortcuts, task.folder)
    if world.world.import_answers:
        program = Program(program.workflow, program.name, program.code, world.world.import_answers)
    seeds = world.world.seeds or [world.world.seed]
    outcomes = []
    for seed in seeds:
        with time_limit():
            outcomes.append(run_prepared(program, world.world, shortcuts, seed))
    failures = judge(world.expectation, outcomes)
    unsettled = sorted({rule for outcome in outcomes for rule in outcome.unsettled})
    return WorldResult(world.name, not failures, failures, unsettled)
