"""Findings: the checker's statements about a piece of code, with their codes and severities."""

import ast
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

# Every code that a finding can have, with its severity. Code with an error cannot do what it says.
SEVERITIES: dict[str, Severity] = {
    "syntax-error": "error",            # Python cannot parse it
    "not-in-dialect": "error",          # Python without an equivalent in Shortcuts; it does not compile
    "too-deep": "error",                # nested beyond the compiler's limit
    "unknown-function": "error",        # a call of neither an API nor a function of the dialect
    "import": "error",
    "forbidden": "error",               # dunder names, exec and the like
    "unknown-api": "error",             # no such action among the built-ins, or of an application known as a whole
    "api-not-offered": "error",         # exists, but is not among the APIs that may be used
    "wrong-type": "error",              # a literal that the parameter cannot hold
    "bad-value": "error",               # a literal outside the parameter's allowed values
    "unknown-property": "error",        # a property that a type of content lacks, or that Find cannot filter by
    "repeated-parameter": "error",
    "unassigned-name": "error",         # no path before assigns the name
    "unknown-application": "warning",   # the catalogue does not know the application, or only some of its actions
    "unknown-parameter": "warning",     # real shortcuts hold parameters that no definition has
    "missing-parameter": "warning",     # a required parameter that no implicit input fills
    "nothing-filled-in": "warning",     # a call without arguments of an action that does nothing without them
    "bare-reference": "warning",        # a name alone in a text field
    "unlikely-value": "warning",        # a value that no list has, where no list is known to be whole
    "bad-comparison": "warning",        # texts have no order
    "loop-over-text": "warning",        # a text is one item
    "sometimes-unassigned": "warning",  # some path leaves the name empty
    "dangling-reference": "warning",    # a name that nothing ever gives a value
    "unused-output": "warning",
    "unreachable-code": "warning",
    "empty-block": "warning",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding; line and column count from 1."""

    line: int
    column: int
    code: str
    severity: Severity
    message: str
    suggestion: str | None = None


def finding(node: ast.AST, code: str, message: str, suggestion: str | None = None) -> Finding:
    """A finding at the position of a node."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    return Finding(line, column, code, SEVERITIES[code], message, suggestion)
