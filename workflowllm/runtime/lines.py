"""Which line of Python each action of a program stands in, for traces and messages."""

import ast
from typing import Any

from workflowllm.shortcuts.from_python.compiler import Compiler
from workflowllm.shortcuts.from_python.program import parse_program
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.mending import mended_tree
from workflowllm.shortcuts.model.questions import place_questions
from workflowllm.shortcuts.model.tree import read_actions
from workflowllm.shortcuts.model.workflow import QUESTIONS
from workflowllm.shortcuts.to_python.printer import Printer


class _LineCompiler(Compiler):
    """A compiler that notes the line of the statement that each action comes from."""

    def __init__(self, bindings: Any):
        super().__init__(bindings)
        self.line = 1
        self.lines: list[int] = []

    def statement(self, node: ast.stmt, ended: Any) -> Any:
        self.note()  # what the statement around it has made so far
        outer, self.line = self.line, node.lineno
        result = super().statement(node, ended)
        self.note()
        self.line = outer
        return result

    def note(self) -> None:
        """Give the actions that have no line yet the line of the statement that is being compiled."""
        self.lines += [self.line] * (len(self.state.result.actions) - len(self.lines))


class _LinePrinter(Printer):
    """A printer that notes the line that each action begins in."""

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.first_line: dict[int, int] = {}
        self._counted = self._height = 0  # lines that are counted, and how many they are with those inside texts

    def add(self, text: str) -> None:
        self._height += sum(line.count("\n") + 1 for line in self.lines[self._counted :])
        self._counted = len(self.lines)
        self.first_line.setdefault(self.scope.index, self._height + 1)
        super().add(text)


def lines_of_code(code: str) -> list[int]:
    """The line of each action that a program compiles to."""
    program = parse_program(code)
    compiler = _LineCompiler(program.bindings)
    compiler.program(program.tree.body)
    compiler.note()
    return compiler.lines


def printed(workflow: dict[str, Any]) -> tuple[str, dict[int, int]]:
    """A workflow as Python, and the line of each action; no code where it cannot be said in Python."""
    try:
        actions = read_actions(workflow)
        tree = mended_tree(actions)[0]
        printer = _LinePrinter(actions, place_questions(tree, workflow.get(QUESTIONS)))
        lines = printer.program(tree)
        declared = printer.scope.declarations()
    except (ShortcutError, RecursionError, KeyError):
        return "", {}
    offset = sum(line.count("\n") + 1 for line in declared)
    return "\n".join(lines), {index: line + offset for index, line in printer.first_line.items()}
