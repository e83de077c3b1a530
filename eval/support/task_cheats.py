"""Programs that must not pass a task, made from its reference and its APIs: they prove that its worlds can tell.

Damage is done to the syntax tree; the code is only ever parsed.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflowllm.runtime.actions import ACTIONS
from workflowllm.shortcuts.model.identifiers import function_name

EXIT = "is_workflow_actions_exit()\n"
_BLOCKS = frozenset(
    f"is.workflow.actions.{name}" for name in ("conditional", "repeat.each", "repeat.count", "choosefrommenu")
)
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Cheat:
    """A program that must fail in at least one world of the task. `line` is the one dropped, for a line dropped."""

    name: str
    code: str
    line: int | None = None


def whole_cheats(reference: str, apis: Sequence[str], others: Sequence[str]) -> Iterator[Cheat]:
    """What knows nothing of the request: nothing, the APIs without sense, another task's program, one that stops."""
    yield Cheat("empty", "")
    yield Cheat("APIs bare", bare(apis))
    yield Cheat("APIs chained", chained(apis))
    for other in others:
        yield Cheat("another task's reference", other)
    yield Cheat("exit first", EXIT + reference)


def bare(apis: Sequence[str]) -> str:
    """Every API once, without arguments."""
    return "".join(f"{function_name(api)}()\n" for api in apis if api not in _BLOCKS and function_name(api))


def chained(apis: Sequence[str]) -> str:
    """Every API once, each with the output of the one before as its input."""
    lines, last = [], "shortcut_input()"
    for rank, api in enumerate(apis):
        name = function_name(api)
        if api in _BLOCKS or name is None:
            continue
        key = ACTIONS[api].input if api in ACTIONS else ""
        lines.append(f"step_{rank} = {name}({f'{key}={last}' if key else ''})")
        last = f"step_{rank}"
    return "\n".join(lines) + "\n"


def dropped_lines(reference: str) -> Iterator[Cheat]:
    """The reference with each single statement left out; the only statement of a block becomes `pass`."""
    for index in range(len(_statements(ast.parse(reference)))):
        tree = ast.parse(reference)
        body, position = _statements(tree)[index]
        statement = body[position]
        body[position : position + 1] = [] if len(body) > 1 or body is tree.body else [ast.Pass()]
        yield Cheat(f"without line {statement.lineno}", ast.unparse(tree) + "\n", statement.lineno)


def _statements(tree: ast.Module) -> list[tuple[list[ast.stmt], int]]:
    """Every statement as its block and its index there, blocks within blocks included."""
    found: list[tuple[list[ast.stmt], int]] = []
    waiting: list[list[ast.stmt]] = [tree.body]
    while waiting:
        body = waiting.pop(0)
        for index, statement in enumerate(body):
            if not (isinstance(statement, ast.Pass) or _is_comment(statement)):
                found.append((body, index))
            for name in ("body", "orelse"):
                waiting += [inner] if (inner := getattr(statement, name, None)) else []
            waiting += [case.body for case in getattr(statement, "cases", ())]
    return found


def _is_comment(statement: ast.stmt) -> bool:
    """Whether a statement is a bare text, which is a comment."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def negated(reference: str) -> str | None:
    """The reference with the conditions of its ifs turned around; None where it has none."""
    tree = _Negation().visit(ast.parse(reference))
    changed = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    return None if changed == ast.unparse(ast.parse(reference)) + "\n" else changed


class _Negation(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.If:
        self.generic_visit(node)
        test = node.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            node.test = test.operand
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            test.ops = [_OPPOSITE[type(test.ops[0])]()]
        elif isinstance(test, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            node.test = ast.UnaryOp(ast.Not(), test)
        return node


def literals_changed(reference: str) -> str | None:
    """The reference with its numbers one higher and its booleans turned around; None where it has neither."""
    tree = _OtherLiterals().visit(ast.parse(reference))
    changed = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    return None if changed == ast.unparse(ast.parse(reference)) + "\n" else changed


class _OtherLiterals(ast.NodeTransformer):
    """Numbers only: what a text says is free in most tasks, a number is not."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, bool):
            return ast.copy_location(ast.Constant(not node.value), node)
        if isinstance(node.value, (int, float)):
            return ast.copy_location(ast.Constant(node.value + 1), node)
        if isinstance(node.value, str) and node.value.strip().lstrip("-").replace(".", "", 1).isdigit():
            return ast.copy_location(ast.Constant(str(float(node.value) + 1).removesuffix(".0")), node)
        return node


def changed_cheats(reference: str) -> Iterator[Cheat]:
    """The reference with its conditions negated, and with its literals changed, where it has such."""
    for name, code in (("conditions negated", negated(reference)), ("literals changed", literals_changed(reference))):
        if code is not None:
            yield Cheat(name, code)
