"""Names that a program reads before every path, or some path, has assigned them."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.nodes import nodes_of

EXIT_CALLS = frozenset({"is_workflow_actions_exit", "is_workflow_actions_output"})


@dataclass(slots=True)
class Reads:
    """Reads of names, in order: `never` where no path before assigns the name, `sometimes` where only some do."""

    never: list[ast.Name] = field(default_factory=list)
    sometimes: list[ast.Name] = field(default_factory=list)


def early_reads(tree: ast.Module) -> Reads:
    """Find them; called names are not read.

    A loop's body is read as if it had run before: what its end assigns, its start may see. What stands in a branch that
    stops the shortcut counts for the paths through that branch alone.
    """
    walk = _Walk()
    walk.block(tree.body)
    return walk.reads


class _Walk:
    """Keeps what some path and what every path has assigned."""

    def __init__(self) -> None:
        self.some: set[str] = set()
        self.every: set[str] = set()
        self.reads = Reads()

    def block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.If):
            self.read(node.test)
            self.branches([node.body, node.orelse])
        elif isinstance(node, ast.Match):
            self.read(node.subject)
            for case in node.cases:
                self.read(case.guard)
            self.branches([case.body for case in node.cases])
        elif isinstance(node, ast.For):
            self.loop(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.read(node.value)
            self.store(_names_stored(node))
        else:
            self.read(node)
            self.store(_names_stored(node))

    def branches(self, bodies: list[list[ast.stmt]]) -> None:
        some, every = self.some, self.every
        some_after, going_on = set(some), []
        for body in bodies:
            self.some, self.every = set(some), set(every)
            self.block(body)
            some_after |= self.some
            if not (body and stops(body[-1])):
                going_on.append(self.every)
        self.some = some_after
        self.every = set.intersection(*going_on) if going_on else every

    def loop(self, node: ast.For) -> None:
        self.read(node.iter)
        before = set(self.every)
        self.every |= _names_stored(node.target)
        self.some |= _names_stored(node)
        self.block(node.body)
        self.every = before

    def read(self, node: ast.AST | None) -> None:
        inside = nodes_of(node) if node else []
        skipped = {id(inner.func) for inner in inside if called(inner)}
        for inner in inside:
            if isinstance(inner, ast.NamedExpr):
                self.store({inner.target.id})
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and id(inner) not in skipped:
                if inner.id not in self.some:
                    self.reads.never.append(inner)
                elif inner.id not in self.every:
                    self.reads.sometimes.append(inner)

    def store(self, names: set[str]) -> None:
        self.some |= names
        self.every |= names


def _names_stored(node: ast.AST) -> set[str]:
    return {inner.id for inner in nodes_of(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}


def stops(node: ast.stmt) -> bool:
    """Whether a statement ends the shortcut."""
    return isinstance(node, ast.Expr) and called(node.value) in EXIT_CALLS
