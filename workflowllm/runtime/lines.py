"""Which line of Python each action of a program stands in, for traces and messages."""

import ast
from typing import Any

from workflowllm.shortcuts.from_python.compiler import Compiler
from workflowllm.shortcuts.from_python.program import parse_program
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.tree import build_tree, read_actions
from workflowllm.shortcuts.to_python.printer import Printer


class _LineCompiler(Compiler):
    """A compiler that notes the line of the statement that each action comes from."""

    def __init__(self, bindings: Any):
        super().__init__(bindings)
        self.line = 1
        self.lines: list[int] = []

    def statement(self, node: ast.stmt, ended: Any) -> Any:
        self.line = node.lineno
        return super().statement(node, ended)

    def emit(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        self.lines.append(self.line)
        return super().emit(*arguments, **named)


class _LinePrinter(Printer):
    """A printer that notes the action that each line was printed for."""

    def __init__(self, actions: Any):
        super().__init__(actions)
        self.first_line: dict[int, int] = {}

    def add(self, text: str) -> None:
        before = sum(line.count("\n") + 1 for line in self.lines[self._counted :]) + self._lines
        self._counted, self._lines = len(self.lines), before
        self.first_line.setdefault(self.at, before + 1)
        super().add(text)

    _counted = 0
    _lines = 0


def lines_of_code(code: str) -> list[int]:
    """The line of each action that a program compiles to."""
    program = parse_program(code)
    compiler = _LineCompiler(program.bindings)
    compiler.block(program.tree.body)
    return compiler.lines


def printed(workflow: dict[str, Any]) -> tuple[str, dict[int, int]]:
    """A workflow as Python, and the line of each action; no code where it cannot be said in Python."""
    try:
        actions = read_actions(workflow)
        printer = _LinePrinter(actions)
        printer.block(build_tree(actions, repair=True))
        declared = printer.declarations()
    except (ShortcutError, RecursionError, KeyError):
        return "", {}
    offset = sum(line.count("\n") + 1 for line in declared)
    return "\n".join(declared + printer.lines), {at: line + offset for at, line in printer.first_line.items()}
