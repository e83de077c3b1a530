"""Python's formats of dates and numbers as those of Shortcuts: `%Y-%m-%d` is `yyyy-MM-dd`, `.2f` two decimals."""

import ast
import re

from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python.literals import constant_text

_LETTERS = {
    "Y": "yyyy", "y": "yy", "m": "MM", "d": "dd", "B": "MMMM", "b": "MMM", "A": "EEEE", "a": "EEE",
    "H": "HH", "I": "hh", "M": "mm", "S": "ss", "p": "a", "j": "DDD", "Z": "zzz", "z": "xx", "%": "%",
    "-d": "d", "-m": "M", "-H": "H", "-I": "h", "-M": "m", "-S": "s", "F": "yyyy-MM-dd", "T": "HH:mm:ss", "R": "HH:mm",
}  # fmt: skip
_DIRECTIVE = re.compile(r"%(-?.)", re.DOTALL)
_DECIMALS = re.compile(r",?(?:\.(\d{1,2}))?f")


def date_pattern(node: ast.expr) -> str:
    """The pattern of a format written out, such as "%Y-%m-%d"; letters between directives stand in quotes."""
    text = constant_text(node, node)
    pattern, at = "", 0
    for directive in _DIRECTIVE.finditer(text):
        if directive[1] not in _LETTERS:
            raise Fault(node, f"Shortcuts has no date format {directive[0]}; see %Y %m %d %B %A %H %M %S and the like.")
        pattern += _quoted(text[at : directive.start()]) + _LETTERS[directive[1]]
        at = directive.end()
    return pattern + _quoted(text[at:])


def _quoted(text: str) -> str:
    text = text.replace("'", "''")
    return re.sub(r"[A-Za-z]+(?: +[A-Za-z]+)*", lambda word: f"'{word[0]}'", text)


def decimals(spec: str) -> int | None:
    """The number of decimals of a format such as `.2f` or `,.0f`; None for any other."""
    match = _DECIMALS.fullmatch(spec)
    return int(match[1] or 6) if match else None
