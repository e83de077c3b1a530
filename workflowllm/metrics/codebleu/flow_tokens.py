"""The tokens of a tree that data-flow looks at: identifiers and literals, with their names and their order."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from workflowllm.metrics.codebleu.options import Options
from workflowllm.metrics.codebleu.trees import FlatTree, Grammar

STRING_PARTS = (
    "string_start",
    "string_content",
    "string_end",
    "escape_sequence",
    "escape_interpolation",
    "type_conversion",
)

Span = tuple[int, int, int]  # node, first byte, last byte + 1


@dataclass
class FlowTokens:
    """Parallel lists over the tokens in source order, and how many of them lie before each node."""

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
