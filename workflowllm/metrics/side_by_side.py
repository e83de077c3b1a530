"""What a reference and an answer did in the same world, told line by line, and where the two runs part."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflowllm.runtime.running import Outcome
from workflowllm.runtime.telling import effect_sentence

SHOWN_LINES = 30  # of a run; most real shortcuts have fewer than ten effects
LONGEST_LINE = 300  # characters
_BEFORE = 5  # lines shown above the one where the runs part, where that is far down
_ENDINGS = {"ok": "ends", "stopped": "stops", "cancelled": "is cancelled"}


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both runs in the first world where they part, or in the first of all. Ranks count from 1."""

    world: int
    worlds: int
    worlds_apart: int
    first_line: int  # rank of the first line shown
    parts_at: int | None  # rank of the first line that differs; one past the last where a run only ends early
    reference: tuple[str, ...]
    answer: tuple[str, ...]


def sentences_of(outcome: Outcome) -> tuple[str, ...]:
    """The effects of a run in words, and how it ended."""
    ending = outcome.endings[-1]
    last = _ENDINGS.get(ending.how) or f"breaks: {ending.error}"
    return tuple(_short(sentence) for sentence in (*map(effect_sentence, outcome.effects), last))


def shortened(sentences: Sequence[str]) -> list[str]:
    """The first sentences and the ending, and how many are left out between them."""
    if len(sentences) <= SHOWN_LINES:
        return list(sentences)
    left_out = len(sentences) - SHOWN_LINES + 1
    return [*sentences[: SHOWN_LINES - 2], f"... {left_out} more", sentences[-1]]


def beside(
    reference: Sequence[tuple], sentences: Sequence[Sequence[str]], answer: Sequence[tuple], outcomes: Sequence[Outcome]
) -> SideBySide:
    """Both runs of one world. `reference` and `answer` hold the comparable effects of each world in order."""
    parting = [_parts_at(ours, theirs) for ours, theirs in zip(reference, answer)]
    apart = [index for index, rank in enumerate(parting) if rank is not None]
    index = apart[0] if apart else 0
    rank = parting[index]
    first = max(0, rank - 1 - _BEFORE) if rank and rank > SHOWN_LINES - _BEFORE else 0
    both = sentences[index], sentences_of(outcomes[index])
    ours, theirs = (tuple(lines[first : first + SHOWN_LINES]) for lines in both)
    return SideBySide(index + 1, len(reference), len(apart), first + 1, rank, ours, theirs)


def _parts_at(ours: Sequence[object], theirs: Sequence[object]) -> int | None:
    """The rank of the first effect that is not the same on both sides."""
    for rank, (one, other) in enumerate(zip(ours, theirs), 1):
        if one != other:
            return rank
    return None if len(ours) == len(theirs) else min(len(ours), len(theirs)) + 1


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + "…"
