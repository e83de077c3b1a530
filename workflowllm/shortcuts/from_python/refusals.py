"""Python that Shortcuts cannot say, and what to write instead."""

import ast
from typing import NoReturn

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.words import words_of

_NO_FUNCTIONS = "Shortcuts has no functions; make it a shortcut of its own, called by is_workflow_actions_runworkflow."

_STATEMENTS: dict[type, str] = {
    ast.While: "Shortcuts has no while; write `for _ in range(n):` and stop with is_workflow_actions_exit().",
    ast.Break: "Shortcuts cannot leave a loop early; put the rest of the body under an if.",
    ast.Continue: "Shortcuts cannot skip to the next round; put the rest of the body under an if.",
    ast.FunctionDef: _NO_FUNCTIONS,
    ast.AsyncFunctionDef: _NO_FUNCTIONS,
    ast.ClassDef: "Shortcuts has no classes; use a dictionary.",
    ast.Return: 'Shortcuts gives a result with is_workflow_actions_output(WFOutput=f"{x}").',
    ast.Try: "Shortcuts cannot catch errors; test the value with if before using it.",
    ast.With: "Shortcuts has no with; call the actions one after the other.",
    ast.Import: "Shortcuts imports nothing; take the line out.",
    ast.ImportFrom: "Shortcuts imports nothing; take the line out.",
    ast.Delete: "Shortcuts cannot delete a variable; assign None.",
    ast.Raise: "Shortcuts stops with is_workflow_actions_exit().",
    ast.Assert: "Shortcuts has no assert; write an if that calls is_workflow_actions_exit().",
    ast.Global: "all variables of a shortcut are global; take the line out.",
    ast.Nonlocal: "all variables of a shortcut are global; take the line out.",
}

_EXPRESSIONS: dict[type, str] = {
    ast.ListComp: "write a for loop that appends to a list.",
    ast.SetComp: "write a for loop that appends to a list.",
    ast.DictComp: "write a for loop that sets keys of a dictionary.",
    ast.GeneratorExp: "write a for loop that appends to a list.",
    ast.Lambda: "Shortcuts has no functions.",
    ast.Await: "Shortcuts waits by itself; take the await out.",
    ast.Yield: "append to a list instead.",
    ast.Starred: "write the items out.",
    ast.Set: "write a list.",
    ast.Constant: 'this value has no action of its own; bytes are data("base64"), in a parameter.',
    ast.Tuple: "write a list.",
}

_METHODS = words_of("refused method")
_FUNCTIONS = words_of("refused")


def refuse_statement(node: ast.stmt) -> NoReturn:
    """Raise the Fault of a statement that has no form in Shortcuts."""
    code = "import" if isinstance(node, (ast.Import, ast.ImportFrom)) else "not-in-dialect"
    advice = next(
        (advice for kind, advice in _STATEMENTS.items() if isinstance(node, kind)), "Shortcuts has no such statement."
    )
    raise Fault(node, advice, code)


def refuse_expression(node: ast.expr) -> Fault:
    """The Fault of an expression that makes no action."""
    name = called(node)
    if name is not None:
        instead = f"; write {_FUNCTIONS[name]}" if name in _FUNCTIONS else ""
        return Fault(
            node,
            f"{name}() is neither an API nor a word of the dialect that can stand here{instead}.",
            "unknown-function",
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        instead = _METHODS.get(node.func.attr)
        return Fault(
            node, f"Shortcuts has no method {node.func.attr}" + (f"; use {instead}." if instead else "; call an API.")
        )
    if isinstance(node, (ast.Name, ast.Attribute)):
        return Fault(node, "a value on its own does nothing; assign it or give it to an API.")
    for kind, advice in _EXPRESSIONS.items():
        if isinstance(node, kind):
            return Fault(node, advice)
    return Fault(node, f"Shortcuts has no form for this ({type(node).__name__}).")
