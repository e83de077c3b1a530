"""A run in words: what a person would have seen, how it ended, and where it broke."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflowllm.runtime.effects import LASTING, PASSING, group_of
from workflowllm.runtime.interpreter import Ending
from workflowllm.runtime.lines import lines_of_code, printed
from workflowllm.runtime.patterns import text_of
from workflowllm.runtime.rules import RULES
from workflowllm.runtime.runnable import Program
from workflowllm.runtime.trace import Tracer, TraceStep
from workflowllm.shortcuts.model.errors import ShortcutError

_VERBS = {
    "show": "shows",
    "alert": "shows the alert",
    "notify": "notifies",
    "speak": "says",
    "preview": "previews",
    "output": "gives back",
    "ask": "asks",
    "menu": "asks by a menu",
    "choose": "asks to choose",
    "pick": "asks to pick",
}
_HIDDEN = frozenset({"n", "run", "action", "kind", "made_up", "shortcut"})


class Source:
    """A program's Python, and the line of each action."""

    def __init__(self, program: Program):
        self.code, self.lines = program.code or "", {}
        try:
            if program.code is None:
                self.code, self.lines = printed(program.workflow)
            else:
                self.lines = dict(enumerate(lines_of_code(program.code)))
        except ShortcutError:
            return

    def line(self, action: int) -> int | None:
        return self.lines.get(action)

    def text(self, action: int) -> str:
        """The line of Python that an action stands in."""
        line, texts = self.lines.get(action), self.code.split("\n")
        return texts[line - 1].strip() if line and line <= len(texts) else ""

    def where(self, action: int) -> str:
        """The line of an action in brackets."""
        line = self.line(action)
        return f" (line {line}: {self.text(action)[:120]})" if line else ""


def effect_sentence(effect: Mapping[str, Any]) -> str:
    """One effect as a line for people."""
    kind, mark = effect["kind"], " (made up)" if effect.get("made_up") else ""
    if kind in ("ask", "menu", "choose", "pick"):
        return f"{_VERBS[kind]} {effect.get('prompt', '')!r}; the answer is {_short(effect.get('answer'))}{mark}"
    if kind in _VERBS:
        title = f"{effect['title']}: " if effect.get("title") else ""
        return f"{_VERBS[kind]}: {title}{effect.get('text', '')}{mark}"
    fields = ", ".join(f"{key} {_short(value)}" for key, value in effect.items() if key not in _HIDDEN)
    word = {LASTING: "does", PASSING: "passes"}.get(group_of(effect), "reads")
    return f"{word} {kind}: {fields}{mark}"


def _short(value: Any) -> str:
    text = text_of(value) if not isinstance(value, list) else ", ".join(map(text_of, value))
    return text if len(text) <= 200 else text[:200] + "…"


def ending_sentence(ending: Ending, source: Source) -> str:
    """How a run ended; of a broken one: the action, its line of Python, and why."""
    if ending.how != "broken":
        return {"ok": "The run ended.", "stopped": "The workflow stopped.", "cancelled": "The person cancelled."}[
            ending.how
        ]
    where = source.where(ending.action)
    return f"The run broke in action {ending.action}, {ending.identifier}{where}: {ending.error}."


def unsettled_lines(rules: list[str]) -> Iterator[str]:
    """The rules of grade U or ? that a run leant on."""
    for rule in rules:
        known = RULES.get(rule)
        yield f"{rule} [{known.grade}] {known.sentence}" if known else rule


def trace_lines(tracer: Tracer, source: Source) -> Iterator[str]:
    """The trace for a terminal: each step with its line of Python, why, input, output and effects."""
    for step in tracer.steps:
        indent = "  " * step.depth
        yield f"{indent}{step.action:>4} {_place(step, source)}"
        yield from (f"{indent}       {note}" for note in step.notes)
        if step.input:
            yield f"{indent}       in:  {step.input}"
        if step.output:
            yield f"{indent}       out: {step.output}"
        yield from (f"{indent}     > {effect_sentence(effect)}" for effect in step.effects)
    if tracer.left_out:
        yield f"... {tracer.left_out:,} more steps"


def _place(step: TraceStep, source: Source) -> str:
    line = source.line(step.action)
    if step.shortcut or not line:
        return step.identifier + (f" in {step.shortcut}" if step.shortcut else "")
    return f"line {line}: {source.text(step.action)[:140]}"
