"""Python that says the same in other lines: a program inside `def main():`, `a, b = 1, 2`, `xs.extend([...])`.

It is rewritten before names are looked up. Nothing here is ever written by the converter.
"""

import ast
from collections.abc import Callable

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.nodes import nodes_of

_IMPORTS = (ast.Import, ast.ImportFrom)


def rewrite(tree: ast.Module, nodes: list[ast.AST]) -> bool:
    """Rewrite a program, all of whose nodes are given, in place; say whether it was changed."""
    body = _unwrapped(tree.body)
    is_changed, tree.body = body is not tree.body, body
    for node in nodes:
        for field in ("body", "orelse"):
            statements = getattr(node, field, None)
            if isinstance(statements, list) and any(map(_lines, statements)):
                is_changed = True
                setattr(node, field, [line for statement in statements for line in _lines(statement) or [statement]])
    return is_changed


def _unwrapped(body: list[ast.stmt]) -> list[ast.stmt]:
    """The body of a program whose only function takes nothing and is all that runs: main(), or OS 27's shortcut()."""
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    if len(functions) != 1:
        return body
    function = functions[0]
    arguments = function.args
    takes = [*arguments.args, *arguments.posonlyargs, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    if any(takes) or function.decorator_list or function.name not in ("main", "shortcut"):
        return body
    calls = [node for node in body if _runs(node, function.name)]
    rest = [node for node in body if node is not function and node not in calls and not _is_text(node)]
    if len(calls) > 1 or any(not isinstance(node, _IMPORTS) for node in rest):
        return body
    before = [node for node in body if node is not function and node not in calls]
    return [*before, *function.body]


def _runs(node: ast.stmt, name: str) -> bool:
    """`main()`, also under `if __name__ == "__main__":`."""
    if isinstance(node, ast.If) and not node.orelse and len(node.body) == 1 and isinstance(node.test, ast.Compare):
        is_guard = isinstance(node.test.left, ast.Name) and node.test.left.id == "__name__"
        return is_guard and _runs(node.body[0], name)
    return isinstance(node, ast.Expr) and called(node.value) == name and not node.value.args


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _lines(node: ast.stmt) -> list[ast.stmt] | None:
    """The lines that a statement stands for; None where it stands for itself."""
    rewriter = _REWRITERS.get(type(node))
    return rewriter(node) if rewriter else None


def _several(node: ast.Assign) -> list[ast.stmt] | None:
    """`a, b = 1, 2`, where no value reads a name that the line has assigned before it."""
    target, value = node.targets[0], node.value
    if len(node.targets) > 1 or not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple):
        return None
    names = [name.id for name in target.elts if isinstance(name, ast.Name)]
    if not len(names) == len(target.elts) == len(value.elts):
        return None
    for number, item in enumerate(value.elts):
        if {inner.id for inner in nodes_of(item) if isinstance(inner, ast.Name)} & set(names[:number]):
            return None
    return [ast.copy_location(ast.Assign([name], item), node) for name, item in zip(target.elts, value.elts)]


def _extended(node: ast.Expr) -> list[ast.stmt] | None:
    """`xs.extend([a, b])` as an append for each."""
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "extend":
        return None
    if len(call.args) != 1 or call.keywords or not isinstance(call.args[0], ast.List):
        return None
    append = ast.copy_location(ast.Attribute(call.func.value, "append"), call)
    return [
        ast.copy_location(ast.Expr(ast.copy_location(ast.Call(append, [item], []), node)), node)
        for item in call.args[0].elts
    ]


_REWRITERS: dict[type, Callable[..., list[ast.stmt] | None]] = {ast.Assign: _several, ast.Expr: _extended}
