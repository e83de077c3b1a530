"""How much of a folder of shortcuts the runtime can run: executed actions, files, and what would gain most."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workflowllm.runtime.endings import Broken
from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.runnable import program_of
from workflowllm.runtime.running import run_prepared
from workflowllm.runtime.world import World
from workflowllm.shortcuts.model.errors import ShortcutError

SHOWN = 50


@dataclass(slots=True)
class Covered:
    """How one file ran."""

    key: str
    ending: str  # ok, stopped, cancelled, broken, unreadable, crashed
    reason: str = ""
    implemented: int = 0
    unimplemented: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def cover_file(key: str, folder: Path, world: World, makes_up: bool) -> Covered:
    """Run one file of a folder, whatever it holds."""
    start = time.perf_counter()
    try:
        program = program_of(folder / key, world.import_answers)
    except ShortcutError as error:
        return Covered(key, "unreadable", str(error))
    try:
        with time_limit():
            outcome = run_prepared(program, world, {}, makes_up=makes_up)
    except Broken as error:
        return Covered(key, "broken", str(error), seconds=time.perf_counter() - start)
    session, ending = outcome.session, outcome.endings[-1]
    done = sum(session.implemented.values())
    seconds = time.perf_counter() - start
    reason = f"{ending.identifier}: {ending.error}" if ending.error else ""
    return Covered(key, ending.how, reason, done, dict(session.unimplemented), seconds)


def coverage_crashed(key: str) -> Covered:
    return Covered(key, "crashed", "the process that ran it died")


def coverage_lines(covered: Sequence[Covered]) -> Iterator[str]:
    """The figures: first the share of executed actions, then of files, then the identifiers that would gain most."""
    ran = [item for item in covered if item.ending != "unreadable"]
    done = sum(item.implemented for item in ran)
    missing: Counter[str] = Counter()
    files: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for item in ran:
        missing.update(item.unimplemented)
        files.update(item.unimplemented.keys())
        if len(item.unimplemented) == 1:
            alone.update(item.unimplemented.keys())
    total = done + missing.total()
    whole = sum(not item.unimplemented and item.ending != "crashed" for item in ran)
    yield f"executed actions implemented or of another application: {_share(done, total)}"
    yield f"files without an unimplemented action: {_share(whole, len(ran))}"
    endings = Counter(item.ending for item in covered)
    yield "endings: " + ", ".join(f"{how} {count}" for how, count in sorted(endings.items()))
    if ran:
        slowest = max(ran, key=lambda item: item.seconds)
        yield f"slowest file: {slowest.seconds:.2f} s"
    yield "identifiers that would gain most (files that wait for it alone, files, executions):"
    for identifier in sorted(missing, key=lambda name: (-alone[name], -files[name], name))[:SHOWN]:
        yield f"{alone[identifier]:>5} {files[identifier]:>5} {missing[identifier]:>6} {identifier}"


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.2f} %)" if whole else "none"
