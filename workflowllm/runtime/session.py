"""What all runs over one world share: the state, the person who answers, the effects, the bounds, what was leant on."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from workflowllm.runtime.answering import Answers, Prompt
from workflowllm.runtime.effects import Effect, checked_fields
from workflowllm.runtime.endings import Broken
from workflowllm.runtime.items import ITEM_BYTES, Value
from workflowllm.runtime.limits import MAX_ACTIONS, MAX_BYTES
from workflowllm.runtime.patterns import Patterns
from workflowllm.runtime.world_state import WorldState


class Runnable(Protocol):
    """A shortcut that can be run, as far as runs know it (`program.Program`)."""

    steps: Sequence[Any]

    def identifier_at(self, index: int) -> str: ...


class Watcher(Protocol):
    """Who is told of each step (`trace.Tracer`)."""

    def note(self, sentence: str) -> None: ...

    def action(self, run: Any, leaf: Any, call: Any, value: Value, effects: Sequence[Effect]) -> None: ...

    def branch(self, run: Any, arm: Any, implicit: Value, holds: bool) -> None: ...

    def loop(self, run: Any, loop: Any, rounds: Sequence[Any]) -> None: ...

    def menu(self, run: Any, menu: Any, title: str) -> None: ...


@dataclass(slots=True)
class Session:
    """Mutable; lives as long as the runs over one world."""

    world: WorldState
    answers: Answers
    patterns: Patterns
    shortcuts: Mapping[str, Runnable] = field(default_factory=dict)
    makes_up: bool = False  # a stock world: what is missing in it is made up, not an error
    effects: list[Effect] = field(default_factory=list)
    unsettled: dict[str, int] = field(default_factory=dict)  # rule -> how often
    implemented: dict[str, int] = field(default_factory=dict)  # identifier -> executions, with a function of its own
    unimplemented: dict[str, int] = field(default_factory=dict)
    hints: dict[int, str] = field(default_factory=dict)  # action -> what a person has probably overlooked
    tracer: Watcher | None = None
    run_number: int = 1
    actions: int = 0
    held: int = 0  # bytes of the values that are held
    depth: int = 0

    def count_action(self) -> None:
        self.actions += 1
        if self.actions > MAX_ACTIONS:
            self.too_many()

    def too_many(self) -> NoReturn:
        raise Broken(f"the run has more than {MAX_ACTIONS:,} actions")

    def hold(self, held: dict[str, Value], key: str, value: Value) -> None:
        """Store a value under a name, within the bound on what is held."""
        before = held.get(key)
        held[key] = value
        self.held += value.bytes - before.bytes if before is not None else value.bytes
        if self.held > MAX_BYTES:
            self.grow(0)

    def grow(self, bytes_: int) -> None:
        self.held += bytes_
        if self.held > MAX_BYTES:
            raise Broken(f"the values of the run take more than {MAX_BYTES >> 20} MiB")

    def lean(self, rule: str) -> None:
        self.unsettled[rule] = self.unsettled.get(rule, 0) + 1

    def emit(self, effect: Effect) -> None:
        checked_fields(effect.kind, effect.fields)
        self.grow(ITEM_BYTES + _bytes_of(effect.fields))
        self.effects.append(effect)

    def ask(self, prompt: Prompt) -> Any:
        """The person's answer, as the world has it."""
        answer = self.answers.answer(prompt)
        if self.tracer:
            self.tracer.note(f"asked {prompt.shown()!r}, answered {answer!r}")
        return answer


def _bytes_of(data: Any) -> int:
    """The size of an effect's data, roughly. A character takes up to four bytes."""
    if isinstance(data, str):
        return sys.getsizeof(data)
    if isinstance(data, Mapping):
        return sum(ITEM_BYTES + _bytes_of(value) for value in data.values())
    if isinstance(data, list):
        return sum(ITEM_BYTES + _bytes_of(value) for value in data)
    return 0
