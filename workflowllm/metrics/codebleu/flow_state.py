"""The state of a reading: a tree's tokens, the definitions that reach a statement, the data-flow found so far."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple
from zlib import crc32

from workflowllm.metrics.codebleu.options import Options
from workflowllm.metrics.codebleu.trees import FlatTree, Grammar

COMES_FROM, COMPUTED_FROM = "comesFrom", "computedFrom"

STRING_PARTS = (
    "string_start",
    "string_content",
    "string_end",
    "escape_sequence",
    "escape_interpolation",
    "type_conversion",
)

Span = tuple[int, int, int]  # node, first byte, last byte + 1

Item = tuple[str, str, tuple[str, ...]]  # name, relation, the names it comes from


class Flow(NamedTuple):
    """A program's data-flow, and the names that it binds."""

    items: list[Item]
    variables: frozenset[str]


class Branches:
    """An `if` being read: where the trail stood when it began, and what each of its branches so far defined."""

    def __init__(self, mark: int) -> None:
        self.mark = mark
        self.changes: list[dict[str, Any]] = []


class Definitions:
    """The definitions of each name that reach the statement being read.

    One definition is a token's index; those of several branches are a list [seen, definition, definition, ...], which
    later lists may contain. Nothing is ever copied: `trail` holds what was overwritten, so that a branch can be undone.
    """

    def __init__(self) -> None:
        self.reaching: dict[str, Any] = {}
        self.trail: list[tuple[str, Any]] = []

    def define(self, name: str, definition: Any) -> None:
        self.trail.append((name, self.reaching.get(name)))
        self.reaching[name] = definition

    def begin(self) -> Branches:
        return Branches(len(self.trail))

    def end_branch(self, branches: Branches) -> None:
        """Note what the branch defined, and return to the state before it."""
        changes: dict[str, Any] = {}
        while len(self.trail) > branches.mark:
            name, old = self.trail.pop()
            changes.setdefault(name, self.reaching[name])
            if old is None:
                del self.reaching[name]
            else:
                self.reaching[name] = old
        branches.changes.append(changes)

    def join(self, branches: Branches, exhaustive: bool) -> None:
        """After the branches any of their definitions may hold, and where none need be taken, the old ones too."""
        changes = branches.changes if exhaustive else [*branches.changes, {}]
        for name in dict.fromkeys(name for change in changes for name in change):
            before = self.reaching.get(name)
            found = [change.get(name, before) for change in changes]
            distinct = list({id(one): one for one in found if one is not None}.values())
            self.define(name, distinct[0] if len(distinct) == 1 else [False, *distinct])


class FlowItems:
    """The items, by their token's index."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.sources: dict[int, tuple[str, ...]] = {}
        self.relations: dict[int, tuple[str, ...]] = {}
        self.repeated: set[int] = set()
        self.variables: set[str] = set()
        self.flowing: set[int] = set()  # tokens that something comes from, or that come from something

    def add(self, index: int, name: str, relation: str, sources: tuple[str, ...]) -> None:
        if index not in self.names:
            self.names[index] = name
            self.relations[index] = (relation,)
            self.sources[index] = sources
            return
        self.repeated.add(index)
        if sources != self.sources[index]:
            self.sources[index] += sources
        if relation not in self.relations[index]:
            self.relations[index] += (relation,)

    def flow(self, definition: Any) -> None:
        """Mark a definition and all it stands for."""
        todo = [definition]
        while todo:
            one = todo.pop()
            if isinstance(one, int):
                self.flowing.add(one)
            elif not one[0]:
                one[0] = True
                todo.extend(one[1:])

    def result(self) -> Flow:
        """The items that take part in a flow, in source order."""
        items = [
            (self.names[index], self.relations[index][-1], self._ordered(index))
            for index in sorted(self.names)
            if index in self.flowing
        ]
        return Flow(items, frozenset(self.variables))

    def _ordered(self, index: int) -> tuple[str, ...]:
        """Sources of a token met more than once form a set. The package lists it in the order of the process's hash
        seed, which is why its scores change from run to run; we take the order of their CRC-32, as one seed would."""
        if index not in self.repeated:
            return self.sources[index]
        return tuple(sorted(set(self.sources[index]), key=_scrambled))


def _scrambled(name: str) -> tuple[int, str]:
    return crc32(name.encode("utf-8", "replace")), name


@dataclass
class FlowTokens:
    """Identifiers and literals, as parallel lists in source order, and how many of them lie before each node."""

    indexes: list[int]  # a token's rank among all tokens: its identity
    names: list[str]
    identifiers: list[bool]
    before: list[int]

    def under(self, tree: FlatTree, node: int) -> range:
        """The tokens in a node."""
        return range(self.before[node], self.before[tree.ends[node]])


def flow_tokens(tree: FlatTree, grammar: Grammar, options: Options) -> FlowTokens:
    spans = _spans(tree, grammar, options)
    texts = _true_texts(tree, spans) if options.true_offsets else _package_texts(tree, spans)
    positions = _last_of_empty(spans)
    unread = _not_variables(tree, grammar) if options.bindings_define else set()
    identifier = grammar.kinds("identifier")
    tokens = FlowTokens([], [], [], [])
    flags = bytearray(len(tree.kinds))
    for position, (node, start, end) in enumerate(spans):
        kind = tree.kinds[node]
        index = positions.get(start, position) if start == end else position
        text = texts[index]
        # Operators and keywords are named by their own text. The package skips them by that, so it takes one for a
        # variable where it cuts the wrong text out of the line.
        if grammar.names[kind] == text or node in unread:
            continue
        flags[node] = 1
        tokens.indexes.append(index)
        tokens.names.append(text)
        tokens.identifiers.append(kind in identifier)
    tokens.before = list(accumulate(flags, initial=0))
    return tokens


def _spans(tree: FlatTree, grammar: Grammar, options: Options) -> list[Span]:
    """Leaves and whole strings, without comments. With `see_fstrings` the leaves in an f-string's braces instead."""
    opened = _interpolated(tree, grammar) if options.see_fstrings else set()
    ignored = grammar.kinds("comment", *(STRING_PARTS if options.see_fstrings else ()))
    if options.true_offsets or tree.code.isascii():
        # Operators are named by their text: cut out rightly they are no tokens. Made-up ones have no text.
        shown = grammar.named - ignored
        leaves = [leaf for leaf in tree.leaves if tree.kinds[leaf[0]] in shown or leaf[1] == leaf[2]]
    else:
        leaves = tree.leaves
    spans: list[Span] = []
    strings = iter([*tree.strings, (len(tree.kinds), 0, 0)])
    string = next(strings)
    skip_to = 0
    for leaf in leaves:
        node = leaf[0]
        while string[0] < node:
            if string[0] >= skip_to and string[0] not in opened:
                spans.append(string)
                skip_to = tree.ends[string[0]]
            string = next(strings)
        if node >= skip_to and tree.kinds[node] not in ignored:
            spans.append(leaf)
    return spans


def _interpolated(tree: FlatTree, grammar: Grammar) -> set[int]:
    """The strings with an expression in braces."""
    interpolation = grammar.kinds("interpolation")
    return {
        node for node, _, _ in tree.strings if any(tree.kinds[child] in interpolation for child in tree.children(node))
    }


def _not_variables(tree: FlatTree, grammar: Grammar) -> set[int]:
    """The names of keyword arguments and of attributes."""
    keyword_argument, attribute = grammar.kinds("keyword_argument"), grammar.field("attribute")
    names = {node + 1 for node in tree.inner if tree.kinds[node] in keyword_argument}
    return names | {node for node, field in enumerate(tree.fields) if field == attribute}


def _last_of_empty(spans: list[Span]) -> dict[int, int]:
    """Tokens that tree-sitter made up have no width; where several start at one byte, the package knows the last."""
    return {start: position for position, (_, start, end) in enumerate(spans) if start == end}


def _true_texts(tree: FlatTree, spans: list[Span]) -> list[str]:
    if tree.code.isascii():
        return [tree.code[start:end] for _, start, end in spans]
    return [tree.source[start:end].decode("utf-8", "replace") for _, start, end in spans]


def _package_texts(tree: FlatTree, spans: list[Span]) -> list[str]:
    """What the package cuts out: byte columns of lines of characters, without the line ends."""
    if tree.code.isascii():
        return [tree.code[start:end].replace("\n", "") for _, start, end in spans]
    lines = tree.code.split("\n")
    starts = list(accumulate((len(line) + 1 for line in tree.source.split(b"\n")), initial=0))
    texts = []
    for _, start, end in spans:
        row = bisect_right(starts, start) - 1
        if end < starts[row + 1]:
            texts.append(lines[row][start - starts[row] : end - starts[row]])
            continue
        last = bisect_right(starts, end) - 1
        between = lines[row + 1 : last]
        texts.append("".join([lines[row][start - starts[row] :], *between, lines[last][: end - starts[last]]]))
    return texts
