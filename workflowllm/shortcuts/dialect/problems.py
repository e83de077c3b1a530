"""What is wrong with a piece of Python, with places, and the error that carries all of it."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from workflowllm.shortcuts.model.errors import ShortcutError


class Problem(NamedTuple):
    """A fault in the source: 1-based line and column, what is wrong, what to write instead, and its kind."""

    line: int
    column: int
    message: str
    code: str = "not-in-dialect"

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class DialectError(ShortcutError):
    """Python that Shortcuts has no way to say: every problem of the file."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Fault(Exception):
    """Stops the statement being compiled; the compiler notes it as a Problem and goes on with the next."""

    def __init__(self, node: ast.AST, message: str, code: str = "not-in-dialect"):
        super().__init__(message)
        self.problem = Problem(getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, message, code)
