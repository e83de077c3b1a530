"""A long workflow in windows that a model can read: numbered lines of code, and an outline of the whole."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflowllm.annotation.comment_lines import statement_heads
from workflowllm.shortcuts.dialect.bindings import Binding

LONGEST_LINE = 240  # characters of a line that are shown
MOST_CHARACTERS = 9_000  # of a window's code; with outline and answer some 6,000 tokens
LONGEST_OUTLINE = 3_000
_TO_RENAME = frozenset({"output", "loop", "variable"})


@dataclass(frozen=True)
class Window:
    """Some lines of a program: their numbers, their text, and the variables that they assign first."""

    lines: tuple[int, ...]
    code: str
    variables: tuple[str, ...]


def windows(code: str, bindings: Mapping[str, Binding], most_lines: int) -> list[Window]:
    """A program cut between lines of code; each window has at most so many, and `MOST_CHARACTERS`."""
    lines = code.split("\n")
    heads = statement_heads(code)
    ends = [*heads[1:], len(lines) + 1]
    shown = [(head, shown_line(head, lines[head - 1 : end - 1])) for head, end in zip(heads, ends)]
    firsts = _first_lines(code, bindings)
    return [_window(part, firsts) for part in _parts(shown, most_lines)]


def shown_line(number: int, lines: Sequence[str]) -> str:
    """`12| code`; a text that goes over several lines, or a long one, is cut in its middle."""
    text = lines[0].rstrip()
    rest = [line for line in lines[1:] if line.strip() and not line.lstrip().startswith("#")]
    if rest:
        text += f" … ({len(rest)} more lines)"
    if len(text) > LONGEST_LINE:
        text = f"{text[: LONGEST_LINE * 2 // 3]} … {text[-LONGEST_LINE // 4 :]}"
    return f"{number}| {text}"


def _parts(shown: Sequence[tuple[int, str]], most_lines: int) -> Iterator[list[tuple[int, str]]]:
    """Windows of nearly equal length, so that the last is no leftover of two lines."""
    count = max(1, -(-len(shown) // most_lines))
    most = -(-len(shown) // count)
    part: list[tuple[int, str]] = []
    size = 0
    for line in shown:
        if part and (len(part) >= most or size + len(line[1]) > MOST_CHARACTERS):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line[1])
    if part:
        yield part


def _window(part: Sequence[tuple[int, str]], firsts: Mapping[str, int]) -> Window:
    numbers = tuple(number for number, _ in part)
    inside = set(numbers)
    variables = tuple(name for name, line in firsts.items() if line in inside)
    return Window(numbers, "\n".join(text for _, text in part), variables)


def _first_lines(code: str, bindings: Mapping[str, Binding]) -> dict[str, int]:
    """Each variable that may be renamed, and the line that assigns it first."""
    firsts: dict[str, int] = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "_":
            binding = bindings.get(node.id)
            if binding and binding.kind in _TO_RENAME and binding.label is None:
                firsts[node.id] = min(node.lineno, firsts.get(node.id, node.lineno))
    return dict(sorted(firsts.items(), key=lambda pair: pair[1]))


def outline(plan: str) -> str:
    """The rule-based plan, cut to what a prompt has room for."""
    if len(plan) <= LONGEST_OUTLINE:
        return plan
    return plan[:LONGEST_OUTLINE].rpartition("\n")[0] + "\n…"


def comment_tree(code: str, comments: Mapping[int, str], most_characters: int) -> str:
    """A program's comments, indented as its lines are; deep levels go where there are too many."""
    lines = code.split("\n")
    rows = [((len(lines[number - 1]) - len(lines[number - 1].lstrip())) // 4, text)
            for number, text in sorted(comments.items())]  # fmt: skip
    deepest = max((depth for depth, _ in rows), default=0)
    while True:
        text = "\n".join("  " * depth + text for depth, text in rows if depth <= deepest)
        if len(text) <= most_characters:
            return text
        if deepest == 0:
            return re.sub(r"\n[^\n]*\Z", "\n…", text[:most_characters])
        deepest -= 1
