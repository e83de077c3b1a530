"""Who answers prompts, menus, lists and pickers: the world's `answers`, or made-up ones for a stock world."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workflowllm.runtime.endings import Broken, Cancelled
from workflowllm.runtime.patterns import Patterns, text_of

PATIENCE = 500  # prompts that a made-up person answers before cancelling: some menus never end by themselves


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person is asked. `texts` are what a pattern may fit: the prompt, or an alert's title and message."""

    kind: str  # ask, menu, choose, pick, alert
    texts: tuple[str, ...]
    wants: str = "text"  # the type of the answer: text, number, date, url, ...
    choices: tuple[str, ...] = ()
    many: bool = False

    def shown(self) -> str:
        return next(filter(None, self.texts), "")


class Answers(Protocol):
    """The person. `made_up` says whether the answers are."""

    made_up: bool

    def answer(self, prompt: Prompt) -> Any:
        """The answer as the world has it: a text, a number, a title, {index: n}, ... Raises Broken or Cancelled."""

    def cancels(self, prompt: Prompt) -> bool:
        """Whether the person cancels an alert that can be cancelled."""


class WorldAnswers:
    """The answers of a world: those with a pattern for the prompts that they fit, the others in order."""

    made_up = False

    def __init__(self, entries: Sequence[Any], patterns: Patterns):
        self.patterns = patterns
        self.fitted = [entry for entry in entries if _is_fitted(entry)]
        self.in_order = [entry for entry in entries if not _is_fitted(entry)]

    def answer(self, prompt: Prompt) -> Any:
        entry = self._fitting(prompt, only_cancel=False)
        if entry is None:
            if not self.in_order:
                raise Broken(f"nobody answers the prompt {prompt.shown()[:80]!r}; add an answer to the world")
            entry = self.in_order.pop(0)
        if _is_cancel(entry):
            raise Cancelled()
        if not _is_fitted(entry):
            return entry
        return entry.get("answer", {key: value for key, value in entry.items() if key != "prompt"})

    def cancels(self, prompt: Prompt) -> bool:
        if self._fitting(prompt, only_cancel=True) is not None:
            return True
        if self.in_order and _is_cancel(self.in_order[0]):
            self.in_order.pop(0)
            return True
        return False

    def _fitting(self, prompt: Prompt, only_cancel: bool) -> Any:
        """The first answer whose pattern fits the prompt; it is used up."""
        for position, entry in enumerate(self.fitted):
            if only_cancel and not _is_cancel(entry):
                continue
            if any(self.patterns.fits(entry["prompt"], text) for text in prompt.texts):
                return self.fitted.pop(position)
        return None


class MadeUpAnswers:
    """Answers of the wanted type from a seed, for worlds that nobody has written."""

    made_up = True

    def __init__(self, seed: int):
        self.rng = random.Random(f"answers {seed}")
        self.left = PATIENCE

    def answer(self, prompt: Prompt) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Cancelled()
        if prompt.choices or prompt.kind in ("menu", "choose", "pick"):
            count = len(prompt.choices)
            return {"index": self.rng.randint(1, count)} if count else []
        makers = {"number": lambda: self.rng.randint(1, 10), "date": lambda: "2026-03-20T18:00:00"}
        return makers.get(prompt.wants, lambda: self.rng.choice(("apple", "Ada Lovelace", "hello world")))()

    def cancels(self, prompt: Prompt) -> bool:
        return False


def _is_fitted(entry: Any) -> bool:
    return isinstance(entry, dict) and "prompt" in entry


def _is_cancel(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("cancel") is True


def chosen(answer: Any, prompt: Prompt) -> list[int]:
    """The positions, from 0, that an answer to a menu or list chooses. Raises Broken where it names no item."""
    answers = answer if isinstance(answer, list) else [answer]
    return [_position(entry, prompt) for entry in answers]


def _position(entry: Any, prompt: Prompt) -> int:
    if isinstance(entry, dict) and isinstance(entry.get("index"), int):
        if 1 <= entry["index"] <= len(prompt.choices):
            return entry["index"] - 1
    else:
        wanted = text_of(entry).strip()
        for position, title in enumerate(prompt.choices):
            if title.strip() == wanted:
                return position
        first_lines = [title.strip().split("\n", 1)[0] for title in prompt.choices]
        if wanted in first_lines:
            return first_lines.index(wanted)
    shown = ", ".join(repr(title[:30]) for title in prompt.choices[:8]) or "nothing"
    raise Broken(f"the answer {entry!r} to {prompt.shown()[:60]!r} is none of the choices ({shown})")
