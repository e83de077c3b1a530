"""Runs a program over a world: preparation, the runs one after the other, and the results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflowllm.runtime.answering import Answers, MadeUpAnswers, WorldAnswers
from workflowllm.runtime.interpreter import Ending, execute
from workflowllm.runtime.patterns import Patterns
from workflowllm.runtime.runnable import Program, read_shortcuts
from workflowllm.runtime.session import Session
from workflowllm.runtime.trace import Tracer
from workflowllm.runtime.world import World
from workflowllm.runtime.world_state import WorldState


@dataclass(slots=True)
class Outcome:
    """What the runs over one world did."""

    endings: list[Ending]
    session: Session
    seed: int
    effects: list[dict[str, Any]] = field(default_factory=list)

    @property
    def unsettled(self) -> list[str]:
        """The rules of grade U or ? that were leant on."""
        return sorted(self.session.unsettled)


def run_world(
    program: Program,
    world: World,
    folder: Path | None = None,
    seed: int | None = None,
    makes_up: bool = False,
    tracer: Tracer | None = None,
) -> Outcome:
    """Run a program over a world as often as it says. `folder`: where the world's other shortcuts are."""
    shortcuts = read_shortcuts(world.shortcuts, folder or Path())
    return run_prepared(program, world, shortcuts, seed, makes_up, tracer)


def run_prepared(
    program: Program,
    world: World,
    shortcuts: Mapping[str, Program],
    seed: int | None = None,
    makes_up: bool = False,
    tracer: Tracer | None = None,
) -> Outcome:
    """The pure part: no file, no network, no clock, no process from here on."""
    seed = world.seed if seed is None else seed
    state = WorldState(world, seed)
    patterns = Patterns(state.zone)
    is_made_up = makes_up and not world.answers
    answers: Answers = MadeUpAnswers(seed) if is_made_up else WorldAnswers(world.answers, patterns)
    return _all_runs(program, Session(state, answers, patterns, shortcuts, makes_up, tracer=tracer), seed)


def run_answered(program: Program, world: World, answers: Answers) -> Outcome:
    """Run a program in a world that makes up what it lacks, with someone else to answer. Pure, as `run_prepared`."""
    state = WorldState(world, world.seed)
    session = Session(state, answers, Patterns(state.zone), makes_up=True)
    return _all_runs(program, session, world.seed)


def _all_runs(program: Program, session: Session, seed: int) -> Outcome:
    """The runs of a world, one after the other over the same state."""
    endings = []
    for number in range(1, session.world.description.runs + 1):
        session.run_number = number
        endings.append(execute(session, program, session.world.input))
    return Outcome(endings, session, seed, [effect.as_json() for effect in session.effects])
