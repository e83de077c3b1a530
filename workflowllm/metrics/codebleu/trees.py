"""Python syntax trees as flat arrays, walked with loops: 20,000 nested parentheses exhaust no stack."""

from __future__ import annotations

import re
from dataclasses import dataclass

import tree_sitter_python
from tree_sitter import Language, Parser, Tree

__all__ = ["ERROR", "FlatTree", "Grammar", "encode"]

HIDDEN_MISSING = re.compile(r'\(MISSING "?_')
PRINTABLE_DEPTH = 2_000  # tree-sitter prints recursively: deeper trees would exhaust the stack
OPERATORS = frozenset(
    """+ - * / // % ** @ == != < > <= >= <> & | ^ ~ << >> and or not in is += -= *= /= //= %= **= @= &= |= ^= <<=
    >>=""".split()  # noqa: SIM905
) | {"not in", "is not"}
ERROR = 0xFFFF  # tree-sitter's id of the node kind ERROR


class Grammar:
    """The parser and its tables: names of node kinds, which of them are named, ids of kinds and fields."""

    def __init__(self) -> None:
        self.language = Language(tree_sitter_python.language())
        self.parser = Parser(self.language)
        count = self.language.node_kind_count
        self.names = {kind: self.language.node_kind_for_id(kind) or "" for kind in range(count)}
        self.names[ERROR] = "ERROR"
        self.named = {kind for kind in range(count) if self.language.node_kind_is_named(kind)} | {ERROR}
        self.operators = {kind for kind, name in self.names.items() if name in OPERATORS and kind not in self.named}
        self.strings = frozenset(kind for kind in self.named if self.names[kind] == "string")
        # One name may have several ids (an alias has its own), so a kind is looked up by name.
        self.kinds_of: dict[str, frozenset[int]] = {}
        for kind, name in self.names.items():
            if kind in self.named:
                self.kinds_of[name] = self.kinds_of.get(name, frozenset()) | {kind}
        self._unions: dict[tuple[str, ...], frozenset[int]] = {}  # what `kinds` has answered

    def kinds(self, *names: str) -> frozenset[int]:
        if names not in self._unions:
            missing = [name for name in names if name not in self.kinds_of]
            assert not missing, f"the grammar has no node kinds {missing}"
            self._unions[names] = frozenset().union(*(self.kinds_of[name] for name in names))
        return self._unions[names]

    def field(self, name: str) -> int:
        field = self.language.field_id_for_name(name)
        assert field is not None, f"the grammar has no field {name!r}"
        return field

    def parse(self, code: str) -> FlatTree:
        source = encode(code)
        return _flatten(code, source, self.parser.parse(source), self.strings)


def encode(code: str) -> bytes:
    """UTF-8; a lone surrogate, which has none, becomes `?`, so that columns still fit."""
    return code.encode("utf-8", "replace")


@dataclass
class FlatTree:
    """A tree in pre-order. The children of node i are i + 1, ends[i + 1], ends[ends[i + 1]], ... below ends[i]."""

    code: str
    source: bytes
    kinds: list[int]
    fields: list[int]  # 0: none
    ends: list[int]  # one past the last node under this one
    inner: list[int]  # the nodes with children
    leaves: list[tuple[int, int, int]]  # node, first byte, last byte + 1
    strings: list[tuple[int, int, int]]  # the same for string literals, which have children
    unreadable: dict[int, str]  # leaves that tree-sitter made up (MISSING) or gave up on: what it says of them
    hidden_missing: dict[int, str]  # nodes with a made-up token in them that is no node (a dedent), written out
    depth: int  # of the tree without the inside of strings

    def children(self, node: int) -> list[int]:
        found = []
        child, end = node + 1, self.ends[node]
        while child < end:
            found.append(child)
            child = self.ends[child]
        return found

    def child_by_field(self, node: int, field: int) -> int | None:
        child, end = node + 1, self.ends[node]
        while child < end:
            if self.fields[child] == field:
                return child
            child = self.ends[child]
        return None


def _flatten(code: str, source: bytes, tree: Tree, string_kinds: frozenset[int]) -> FlatTree:
    cursor = tree.walk()
    down, right, up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    flat = FlatTree(code, source, [], [], [0] * tree.root_node.descendant_count, [], [], [], {}, {}, 1)
    kinds, fields, ends, leaves, inner = flat.kinds, flat.fields, flat.ends, flat.leaves, flat.inner
    path: list[int] = []  # the open nodes
    level, deepest = 1, 1
    string_level = 0  # how long `path` is inside the outermost open string
    index = -1
    while True:
        index += 1
        node = cursor.node
        assert node is not None
        kind = node.kind_id
        kinds.append(kind)
        fields.append(cursor.field_id or 0)
        if level > deepest and not string_level:
            deepest = level
        if down():
            path.append(index)
            inner.append(index)
            if kind in string_kinds:
                flat.strings.append((index, node.start_byte, node.end_byte))
                string_level = string_level or level
            level += 1
            continue
        start, end = node.byte_range
        leaves.append((index, start, end))
        if start == end or kind == ERROR:
            _note_unreadable(flat.unreadable, index, str(node))
        ends[index] = index + 1
        while not right():
            if not up():
                flat.depth = deepest
                flat.hidden_missing.update(_hidden_missing(tree, deepest))
                return flat
            ends[path.pop()] = index + 1
            level -= 1
            if string_level >= level:
                string_level = 0


def _note_unreadable(unreadable: dict[int, str], index: int, text: str) -> None:
    if text.startswith(("(MISSING", "(UNEXPECTED")):
        unreadable[index] = text


def _hidden_missing(tree: Tree, depth: int) -> dict[int, str]:
    """Tree-sitter's printed form shows such tokens, its nodes do not: a third of the samples have some."""
    root = tree.root_node
    if not root.has_error or depth > PRINTABLE_DEPTH:
        return {}
    found = {}
    todo = [(root, 0, str(root))]
    while todo:
        node, index, text = todo.pop()
        own = len(HIDDEN_MISSING.findall(text))
        child_index = index + 1
        for child in node.children if own else ():
            if child.has_error:
                inside = str(child)
                todo.append((child, child_index, inside))
                own -= len(HIDDEN_MISSING.findall(inside))
            child_index += child.descendant_count
        if own:
            found[index] = text
    return found
