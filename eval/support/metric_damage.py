"""What is done to code to see whether a measure notices, or rightly does not.

All of it works on text, since half of the code that is scored does not parse. A share is of the
spots that a kind of damage can strike, at least one of them; code without such a spot is returned unchanged.
"""

from __future__ import annotations

import keyword
import random
import re
from collections.abc import Callable, Collection, Iterator, Sequence

from workflowllm.metrics.codebleu.trees import Grammar, encode
from workflowllm.shortcuts.dialect.comments import STRING_OR_COMMENT

ASSIGNED = re.compile(r"^[ \t]*(?:for[ \t]+)?([^\W\d]\w*)[ \t]*(?:=(?!=)|in\b)", re.MULTILINE)
WORD = re.compile(r"[^\W\d]\w*")
_BLANK = "\0"  # stands for every character of a string or comment, line breaks included
_CALL = re.compile(r"(?<![\w.])([^\W\d]\w*_\w+)(?=\()")
_CONDITION = re.compile(r"^[ \t]*(?:el)?if[ \t]+([^\n]*?)[ \t]*:[ \t]*$", re.MULTILINE)
_OPERATOR = re.compile(r"(?<=[^\w=!<>])(==|!=|<=|>=|<|>|\band\b|\bor\b)(?=[^=<>])")
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "and": "or", "or": "and"}
_ARGUMENTS = re.compile(r"(?<![\w.])[^\W\d]\w*_\w+\(([^()]*)\)")
_LITERAL = r"[rbfuRBFU]{0,2}\0+|-?\d+(?:\.\d+)?|True|False"
_ARGUMENT = re.compile(rf"[(,][\s\0]*[^\W\d]\w*[ \t]*=[ \t]*({_LITERAL})(?=[ \t]*[,)])")


def drop_lines(code: str, share: float, rng: random.Random) -> str:
    """Without that share of its lines, at least one."""
    lines = code.split("\n")
    dropped = set(rng.sample(range(len(lines)), max(1, round(share * len(lines)))))
    return "\n".join(line for number, line in enumerate(lines) if number not in dropped)


def lose_characters(code: str, share: float, rng: random.Random) -> str:
    """Without that share of its characters, at least one."""
    lost = set(rng.sample(range(len(code)), max(1, round(share * len(code)))))
    return "".join(character for offset, character in enumerate(code) if offset not in lost)


def swap_calls(code: str, share: float, rng: random.Random, names: Sequence[str]) -> str:
    """That share of the calls of `names` call another one of them."""
    calls = [match.span(1) for match in _CALL.finditer(blanked(code)) if match[1] in set(names)]
    return _replaced(code, _struck(calls, share, rng), lambda name: _another(name, names, rng))


def change_arguments(code: str, share: float, rng: random.Random, values: Sequence[str]) -> str:
    """That share of the literals passed by keyword take another one of `values`."""
    spans = [match.span(1) for match in _ARGUMENT.finditer(blanked(code))]
    return _replaced(code, _struck(spans, share, rng), lambda value: _another(value, values, rng))


def negate_conditions(code: str) -> str:
    """The condition of every if on one line becomes its opposite."""
    spans = [match.span(1) for match in _CONDITION.finditer(blanked(code))]
    return _replaced(code, spans, lambda condition: f"not ({condition})")


def swap_operators(code: str) -> str:
    """Every comparison becomes its opposite, and every `and` an `or`."""
    spans = [match.span(1) for match in _OPERATOR.finditer(blanked(code))]
    return _replaced(code, spans, _OPPOSITE.__getitem__)


def remove_arguments(code: str) -> str:
    """Calls of APIs lose all their arguments, where no call stands among these."""
    spans = [match.span(1) for match in _ARGUMENTS.finditer(blanked(code))]
    return _replaced(code, spans, lambda arguments: "")


def reorder_lines(code: str, share: float, rng: random.Random) -> str:
    """That share of the statements on one line change positions; each takes the indentation of its new line."""
    lines = code.split("\n")
    movable = list(_movable(code))
    if len(movable) < 2:
        return code
    numbers = rng.sample(movable, max(2, round(share * len(movable))))
    moved = [lines[number].lstrip() for number in numbers]
    for number, line in zip(numbers, moved[1:] + moved[:1]):
        lines[number] = lines[number][: len(lines[number]) - len(lines[number].lstrip())] + line
    return "\n".join(lines)


def pad(code: str, share: float, rng: random.Random, others: Sequence[str]) -> str:
    """With lines of other samples behind it, that share of its own number; all of a sample is used before the next."""
    lines: list[str] = []
    wanted = max(1, round(share * (code.count("\n") + 1)))
    for other in rng.sample(others, len(others)):
        lines += other.split("\n")
        if len(lines) >= wanted:
            break
    return "\n".join([code, *lines[:wanted]])


def rename_variables(code: str) -> str:
    """Every name that an assignment or a loop binds becomes v_0, v_1, ..., wherever the word stands, in text too."""
    names = [name for name in dict.fromkeys(ASSIGNED.findall(code)) if not keyword.iskeyword(name)]
    new = {name: f"v_{number}" for number, name in enumerate(names)}
    return WORD.sub(lambda match: new.get(match.group(), match.group()), code)


def rename_bound_names(code: str, grammar: Grammar) -> str:
    """The same where the word is that name only: texts, parameters and attributes of the same spelling stay."""
    source = encode(code)
    names = [name for name in dict.fromkeys(ASSIGNED.findall(blanked(code))) if not keyword.iskeyword(name)]
    new = {name.encode(): f"v_{number}".encode() for number, name in enumerate(names)}
    pieces, end = [], 0
    for start, stop in sorted(_names(source, grammar)):
        pieces += [source[end:start], new.get(source[start:stop], source[start:stop])]
        end = stop
    return b"".join([*pieces, source[end:]]).decode("utf-8")


def called_names(code: str) -> Iterator[str]:
    """Names with an underscore that are called, as APIs are."""
    return (match[1] for match in _CALL.finditer(blanked(code)))


def passed_literals(code: str) -> Iterator[str]:
    """Literals passed by keyword, as they are written."""
    return (code[match.start(1) : match.end(1)] for match in _ARGUMENT.finditer(blanked(code)))


def blanked(code: str) -> str:
    """The code with NULs for its strings and comments, character by character."""
    return STRING_OR_COMMENT.sub(lambda match: _BLANK * len(match.group()), code)


def _names(source: bytes, grammar: Grammar) -> Iterator[tuple[int, int]]:
    """First byte and end of each identifier that is no parameter's and no attribute's name."""
    nodes = [grammar.parser.parse(source).root_node]
    while nodes:
        node = nodes.pop()
        if node.type == "identifier":
            yield node.start_byte, node.end_byte
        left_out = {"keyword_argument": "name", "attribute": "attribute"}.get(node.type)
        skipped = node.child_by_field_name(left_out) if left_out else None
        nodes += [child for child in node.children if child != skipped]


def _struck(spans: Sequence[tuple[int, int]], share: float, rng: random.Random) -> list[tuple[int, int]]:
    return sorted(rng.sample(spans, max(1, round(share * len(spans))))) if spans else []


def _another(old: str, pool: Collection[str], rng: random.Random) -> str:
    return rng.choice([value for value in pool if value != old] or [old])


def _replaced(code: str, spans: Sequence[tuple[int, int]], new: Callable[[str], str]) -> str:
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [code[end:start], new(code[start:stop])]
        end = stop
    return "".join([*pieces, code[end:]])


def _movable(code: str) -> Iterator[int]:
    """Numbers of lines that are a statement by themselves: no block's head, nothing that goes on on another line."""
    blank = blanked(code)
    start = depth = 0
    for number, line in enumerate(code.split("\n")):
        end = start + len(line)
        content = blank[start:end].strip()
        after = max(0, depth + sum(map(content.count, "([{")) - sum(map(content.count, ")]}")))
        is_whole = depth == after == 0 and blank[max(0, start - 1) : start] != _BLANK and blank[end : end + 1] != _BLANK
        if is_whole and content.strip(_BLANK) and not content.endswith((":", "\\")):
            yield number
        start, depth = end + 1, after
