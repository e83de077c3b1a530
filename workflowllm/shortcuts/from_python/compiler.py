"""The compiler's driver: statements one after the other, each by the function for its construct."""

import ast
from collections.abc import Callable
from typing import Any

from workflowllm.shortcuts.dialect.bindings import Binding
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python import blocks, statements
from workflowllm.shortcuts.from_python.actions import new_action
from workflowllm.shortcuts.from_python.refusals import refuse_statement
from workflowllm.shortcuts.from_python.state import State
from workflowllm.shortcuts.from_python.statements import Ended
from workflowllm.shortcuts.from_python.values import ValueCompiler

_BLOCKS: dict[type, Callable[[ValueCompiler, Any, blocks.CompileBody], Ended]] = {
    ast.If: blocks.compile_if,
    ast.For: blocks.compile_for,
    ast.Match: blocks.compile_match,
}
_LINES: dict[type, Callable[[ValueCompiler, Any, Ended], None]] = {
    ast.Expr: statements.compile_expression,
    ast.Assign: statements.compile_assignment,
    ast.AnnAssign: statements.compile_assignment,
    ast.AugAssign: statements.compile_augmented,
    ast.Import: statements.compile_import,
    ast.ImportFrom: statements.compile_import,
    ast.Pass: lambda _values, _node, _ended: None,
}


class Compiler:
    """Compiles the statements of a program into one flat list of actions."""

    def __init__(self, bindings: dict[str, Binding], otherwise_if: bool = False):
        self.state = State(bindings, otherwise_if)
        self.values = ValueCompiler(self.state, new_action)

    def program(self, body: list[ast.stmt]) -> State:
        """Compile a whole program; what is wrong with it is in the state's problems."""
        self.block(body)
        self.state.finish()
        return self.state

    def block(self, body: list[ast.stmt]) -> None:
        """Compile the statements of one block; a fault ends one statement, not the block."""
        ended: Ended = None
        for statement in body:
            try:
                ended = self.statement(statement, ended)
            except Fault as fault:
                self.state.problems.append(fault.problem)
                ended = None

    def statement(self, node: ast.stmt, ended: Ended) -> Ended:
        """Compile one statement; a block's closing action is given back, for a block_result() in the next line."""
        if type(node) in _BLOCKS:
            return _BLOCKS[type(node)](self.values, node, self.block)
        if type(node) not in _LINES:
            refuse_statement(node)
        _LINES[type(node)](self.values, node, ended)
        return None
