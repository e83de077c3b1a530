"""Walking syntax trees. `ast.walk` spends most of its time on fields that hold no nodes."""

import ast
from functools import lru_cache

_LEAVES = (ast.Load, ast.Store, ast.Constant, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


@lru_cache(maxsize=256)
def _fields_with_nodes(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that can hold nodes, last first."""
    return tuple(name for name in reversed(kind._fields) if name not in _PLAIN)


_PLAIN = frozenset({"id", "attr", "arg", "ctx", "op", "ops", "conversion", "type_comment", "simple", "name", "names",
                    "module", "level", "kind", "type_ignores"})  # fmt: skip


def nodes_of(tree: ast.AST) -> list[ast.AST]:
    """A tree's nodes in the order of the text, each before what it contains; operators and contexts left out."""
    nodes, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        if isinstance(node, _LEAVES):
            continue
        for name in _fields_with_nodes(type(node)):
            value = getattr(node, name, None)
            if type(value) is list:
                waiting += [item for item in reversed(value) if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return nodes
