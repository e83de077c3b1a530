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
    for name, site, annotation in _sites(nodes):
        binding = bindings.setdefault(name, Binding(name))
        if site == "declare" and binding.sites.total() > binding.sites["declare"]:
            site = "reference"  # emptied after it held something
        binding.sites[site] += 1
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str) and binding.label is None:
            binding.label = annotation.value
    return bindings


def _sites(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str, ast.expr | None]]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _target(target, node.value, None)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield from _target(node.target, node.value, node.annotation)
        elif isinstance(node, ast.AugAssign):
            yield from _target(node.target, ast.Name("_"), None)
        elif isinstance(node, ast.NamedExpr):
            yield node.target.id, "action", None
        elif isinstance(node, ast.For):
            names = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
            yield from ((name.id, "loop", None) for name in names if isinstance(name, ast.Name))
        elif is_append(node):
            yield node.func.value.id, "append", None


def _target(
    target: ast.expr, value: ast.expr, annotation: ast.expr | None
) -> Iterator[tuple[str, str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, classify(value), annotation
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        yield target.value.id, "reference", None


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
    is_reference = isinstance(value, (ast.Name, ast.Attribute)) or (name in REFERENCE_CALLS and not _is_literal(value))
    return "reference" if is_reference else "action"


def _is_literal(call: ast.Call) -> bool:
    """str("5") and the like convert nothing that Shortcuts would have to."""
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and called(call) not in ("extra",)
