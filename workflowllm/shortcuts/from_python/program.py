"""Python in the dialect, compiled to a shortcut's actions: the way back from `to_python/`.

The code is only ever parsed. Everything that Shortcuts cannot say is reported with its line and column, all of a file
at once.
"""

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from workflowllm.shortcuts.dialect.bindings import Binding, find_bindings
from workflowllm.shortcuts.dialect.nodes import nodes_of
from workflowllm.shortcuts.dialect.problems import DialectError, Fault, Problem
from workflowllm.shortcuts.from_python.compiler import Compiler
from workflowllm.shortcuts.from_python.rewriting import rewrite
from workflowllm.shortcuts.from_python.shortpy import rewrite_shortpy
from workflowllm.shortcuts.model.workflow import Compiled

_MAX_BITS = 2048  # of a whole number; JSON dumps hold at most 400 digits, and str() refuses over 4,300


@dataclass(frozen=True, slots=True)
class Program:
    """A parsed program: its tree, all nodes in the order of the text, and what each name stands for."""

    tree: ast.Module
    nodes: list[ast.AST]
    bindings: dict[str, Binding]


def parse_program(code: str) -> Program:
    """Parse a program. Raises DialectError where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks on other people's code, such as escapes it will forbid
            tree = ast.parse(code)
    except SyntaxError as error:
        message = f"this is not Python: {error.msg}."
        raise DialectError([Problem(error.lineno or 1, error.offset or 1, message, _syntax_code(error))]) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise DialectError([Problem(1, 1, f"this cannot be read as Python: {error}.", "syntax-error")]) from None
    nodes = nodes_of(tree)
    try:
        nodes = nodes_of(tree) if rewrite_shortpy(tree, nodes) else nodes
    except Fault as fault:
        raise DialectError([fault.problem]) from None
    if rewrite(tree, nodes):
        nodes = nodes_of(tree)
    return Program(tree, nodes, find_bindings(nodes))


def compile_program(program: Program, otherwise_if: bool = False) -> Compiled:
    """Compile a program. Raises DialectError with every problem found.

    `otherwise_if` makes every elif OS 27's Otherwise If, in place of an If within Otherwise, which all versions run.
    """
    _refuse_long_numbers(program.nodes)
    try:
        state = Compiler(program.bindings, otherwise_if).program(program.tree.body)
    except RecursionError:
        raise DialectError([Problem(1, 1, "an expression is nested too deeply; split it.", "too-deep")]) from None
    if state.problems:
        raise DialectError(state.problems)
    return state.result


def compile_code(code: str, otherwise_if: bool = False) -> Compiled:
    """Parse and compile a program, as `compile_program` does."""
    return compile_program(parse_program(code), otherwise_if)


def _syntax_code(error: SyntaxError) -> str:
    return "repeated-parameter" if "keyword argument repeated" in error.msg else "syntax-error"


def _refuse_long_numbers(nodes: Iterable[ast.AST]) -> None:
    """Numbers too long to be written down again, which only hexadecimal and the like can spell."""
    for node in nodes:
        if type(node) is ast.Constant and type(node.value) is int and node.value.bit_length() > _MAX_BITS:
            message = f"a whole number of over {_MAX_BITS:,} bits does not fit a shortcut."
            raise DialectError([Problem(node.lineno, node.col_offset + 1, message)])
