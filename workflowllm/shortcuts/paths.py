"""Names that no path through a program assigns before they are read."""

import ast
from collections.abc import Iterable

from workflowllm.shortcuts.bindings import called


def unassigned_names(tree: ast.Module) -> list[ast.Name]:
    """Every read of a name that nothing on any path before it assigns, in order; called names are not read.

    A loop's body is read as if it had run before: what its end assigns, its start may see.
    """
    walk = _Walk()
    walk.block(tree.body)
    return walk.found


class _Walk:
    """Keeps the set of names that some path has assigned."""

    def __init__(self) -> None:
        self.assigned: set[str] = set()
        self.found: list[ast.Name] = []

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
            self.read(node.iter)
            self.assigned |= {
                name.id for inner in [node.target, *node.body] for name in ast.walk(inner) if _stores(name)
            }
            self.block(node.body)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.read(node.value)
            self.store(node)
        else:
            self.read(node)
            self.store(node)

    def branches(self, bodies: list[list[ast.stmt]]) -> None:
        before, after = self.assigned, set(self.assigned)
        for body in bodies:
            self.assigned = set(before)
            self.block(body)
            after |= self.assigned
        self.assigned = after

    def read(self, node: ast.AST | None) -> None:
        skipped = {id(inner.func) for inner in ast.walk(node) if called(inner)} if node else set()
        for inner in ast.walk(node) if node else ():
            if isinstance(inner, ast.NamedExpr):
                self.assigned.add(inner.target.id)
            reads = isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and id(inner) not in skipped
            if reads and inner.id not in self.assigned:
                self.found.append(inner)

    def store(self, node: ast.AST) -> None:
        self.assigned |= {inner.id for inner in ast.walk(node) if _stores(inner)}


def _stores(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
