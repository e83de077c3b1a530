"""A trace: each action of a run with its line of Python, input, output, effects, and why a branch was taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.runtime.coercions import to_text
from workflowllm.runtime.effects import Effect
from workflowllm.runtime.interpreter import Arm, LeafStep, LoopStep, MenuStep
from workflowllm.runtime.items import Value, kind_of
from workflowllm.runtime.run_state import Run

MAX_STEPS = 20_000  # a trace is read by people
MAX_SHOWN = 200


@dataclass(slots=True)
class TraceStep:
    """One step as a person reads it."""

    action: int
    identifier: str
    depth: int
    shortcut: str | None = None
    input: str = ""
    output: str = ""
    notes: list[str] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)


class Tracer:
    """Collects the steps of a run."""

    def __init__(self) -> None:
        self.steps: list[TraceStep] = []
        self.notes: list[str] = []
        self.left_out = 0

    def note(self, text: str) -> None:
        self.notes.append(text)

    def add(self, step: TraceStep) -> None:
        step.notes = self.notes + step.notes
        self.notes = []
        if len(self.steps) < MAX_STEPS:
            self.steps.append(step)
        else:
            self.left_out += 1

    def action(self, run: Run, leaf: LeafStep, call: Any, value: Value, effects: Sequence[Effect]) -> None:
        given = shown(call.input, run) if leaf.rule.input else ""
        step = TraceStep(leaf.index, leaf.identifier, run.session.depth, run.name, given, shown(value, run))
        step.effects = [effect.as_json() for effect in effects]
        self.add(step)

    def branch(self, run: Run, arm: Arm, implicit: Value, holds: bool) -> None:
        if arm.conditions is None:
            words = "otherwise"
        else:
            words = (" and " if arm.all_of else " or ").join(
                f"{shown(c.left.evaluate(run) if c.left else implicit, run)} {c.explain(run)}" for c in arm.conditions
            )
        note = f"{words}: {'yes' if holds else 'no'}"
        self.add(TraceStep(arm.index, "is.workflow.actions.conditional", run.session.depth, run.name, notes=[note]))

    def loop(self, run: Run, loop: LoopStep, rounds: Sequence[Any]) -> None:
        count = len(rounds)
        note = f"{count} {'round' if count == 1 else 'rounds'}"
        kind = "is.workflow.actions.repeat." + ("each" if loop.each else "count")
        self.add(TraceStep(loop.index, kind, run.session.depth, run.name, notes=[note]))

    def menu(self, run: Run, menu: MenuStep, title: str) -> None:
        identifier = "is.workflow.actions.choosefrommenu"
        self.add(TraceStep(menu.index, identifier, run.session.depth, run.name, notes=[f"chose {title!r}"]))


def shown(value: Value, run: Run) -> str:
    """A value in a line: its items with their types, cut where they are long."""
    if not value.items:
        return "nothing"
    parts = [f"{kind_of(item)} {_cut(to_text(item, run.world))!r}" for item in value.items[:5]]
    if len(value.items) > 5:
        parts.append(f"... {len(value.items)} items")
    return ", ".join(parts) + (" (made up)" if value.made_up else "")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
