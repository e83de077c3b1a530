"""What each name of a program stands for: the output of one action, a variable, or nothing at all."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from workflowllm.shortcuts.dialect.words import REFERENCE_CALLS

Kind = Literal["output", "variable", "missing", "loop"]


@dataclass(slots=True)
class Binding:
    """A name and all that assigns it."""

    name: str
    sites: Counter[str] = field(default_factory=Counter)  # declare, missing, reference, action, append, loop
    label: str | None = None  # the name that Shortcuts shows, from an annotation
    uuid: str | None = None  # of an output that nothing makes
    values: list[ast.AST] = field(default_factory=list)  # what is assigned, in order; a loop for its last variable

    @property
    def kind(self) -> Kind:
        if self.sites["missing"]:
            return "missing"
        if self.sites["loop"] and sum(self.sites.values()) == self.sites["loop"]:
            return "loop"
        return "output" if self.sites["action"] == 1 and not self.is_changed else "variable"

    @property
    def is_changed(self) -> bool:
        """Whether more than one action's output is ever stored under the name."""
        return self.sites["action"] > 1 or any(self.sites[site] for site in ("reference", "append", "loop"))

    @property
    def shown(self) -> str:
        return self.name if self.label is None else self.label


def find_bindings(nodes: Iterable[ast.AST]) -> dict[str, Binding]:
    """Every name that a program assigns, from its nodes in the order of the text (`nodes_of`)."""
    bindings: dict[str, Binding] = {}
    for name, site, annotation, value in _sites(nodes):
        binding = bindings.setdefault(name, Binding(name))
        if value is not None:
            binding.values.append(value)
        if site == "declare" and binding.sites.total() > binding.sites["declare"]:
            site = "reference"  # emptied after it held something
        binding.sites[site] += 1
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str) and binding.label is None:
            binding.label = annotation.value
    return bindings


_Site = tuple[str, str, ast.expr | None, ast.AST | None]  # (name, what is done, annotation, value)


def _sites(nodes: Iterable[ast.AST]) -> Iterator[_Site]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _target(target, node.value, None)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield from _target(node.target, node.value, node.annotation)
        elif isinstance(node, ast.AugAssign):
            yield from _changed(node)
        elif isinstance(node, ast.NamedExpr):
            yield node.target.id, "action", None, node.value
        elif isinstance(node, ast.For):
            names = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
            for name in names:
                if isinstance(name, ast.Name):
                    is_index = called(node.iter) == "enumerate" and name is not names[-1]
                    yield name.id, "loop", None, ast.Constant(1) if is_index else node if name is names[-1] else None
        elif is_append(node):
            yield node.func.value.id, "append", None, None


def _target(target: ast.expr, value: ast.expr, annotation: ast.expr | None) -> Iterator[_Site]:
    if isinstance(target, ast.Name):
        yield target.id, classify(value), annotation, value
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        yield target.value.id, "reference", None, None


def _changed(node: ast.AugAssign) -> Iterator[_Site]:
    """`name += value`."""
    if isinstance(node.target, ast.Name):
        yield node.target.id, "reference", None, ast.BinOp(ast.Name(node.target.id), node.op, node.value)


def is_append(node: ast.AST) -> bool:
    """`name.append(...)`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and isinstance(node.func.value, ast.Name)
    )


def called(node: ast.AST) -> str | None:
    """The plain name that a call calls."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def classify(value: ast.expr) -> str:
    """What assigning this value does: declare, missing, reference, or action."""
    if (isinstance(value, ast.Constant) and value.value is None) or (isinstance(value, ast.List) and not value.elts):
        return "declare"
    name = called(value)
    if name == "missing":
        return "missing"
    is_reference = isinstance(value, (ast.Name, ast.Attribute)) or (name in REFERENCE_CALLS and not _is_made(value))
    return "reference" if is_reference else "action"


def _is_made(call: ast.Call) -> bool:
    """str("5") and float(input("?")) convert nothing that Shortcuts would have to: they are actions."""
    first = call.args[0] if call.args and called(call) != "extra" else None
    return isinstance(first, ast.Constant) or (called(call) == "float" and is_asked(first))


def is_asked(node: ast.AST | None) -> bool:
    """`input(prompt)`."""
    return node is not None and called(node) == "input" and bool(node.args)
