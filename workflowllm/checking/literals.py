"""Literals against the type and the allowed values of a parameter."""

import ast
import difflib
import re
from typing import Any

from workflowllm.apis.model import Parameter

_NUMBER = re.compile(r"\s*[-+−]?[\d.,\s]*\d[\d.,\s]*(?:e[-+]?\d+)?\s*%?", re.IGNORECASE)
_NUMERIC = ("number", "integer")

Fault = tuple[str, str, str | None]


def literal_fault(parameter: Parameter, node: ast.expr) -> Fault | None:
    """(code, message, suggestion) for a literal that the parameter cannot hold; None for any other expression.

    Shortcuts stores typed numbers as text, so a text that reads as a number is one, and an empty one is an empty field.
    """
    value, is_literal = _literal(node)
    if not is_literal or value == "" or value is None:
        return None
    if parameter.values:
        return _value_fault(parameter, value)
    wrong = _is_wrong(parameter.type, value)
    return ("wrong-type", f"{parameter.key} takes {_a(parameter.type)}, not {_kind(value)}.", None) if wrong else None


def _literal(node: ast.expr) -> tuple[Any, bool]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if isinstance(node.operand.value, (int, float)) else None, True
    if isinstance(node, ast.Constant):
        return node.value, True
    return ({}, True) if isinstance(node, ast.Dict) else ([], True) if isinstance(node, ast.List) else (None, False)


def _is_wrong(kind: str, value: Any) -> bool:
    if kind in _NUMERIC:
        return not isinstance(value, (int, float)) and not (isinstance(value, str) and _NUMBER.fullmatch(value))
    if kind == "boolean":
        return not (isinstance(value, bool) or value in (0, 1))
    return kind == "text" and isinstance(value, bool)


def _value_fault(parameter: Parameter, value: Any) -> Fault | None:
    if isinstance(value, (dict, list)) or str(value) in parameter.values:
        return None
    close = difflib.get_close_matches(str(value), list(parameter.values), 1, 0.5)
    some = ", ".join(repr(allowed) for allowed in list(parameter.values)[:8])
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return "bad-value", f"{parameter.key} is one of {some}, not {value!r}{hint}.", close[0] if close else None


def _kind(value: Any) -> str:
    return {str: "a text", bool: "True or False", dict: "a dictionary", list: "a list"}.get(type(value), "a number")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
