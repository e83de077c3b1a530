"""Literals of a program: what can be read off a syntax tree without knowing what names mean."""

import ast
import base64
import binascii
import plistlib
from datetime import datetime, timezone

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.words import PLACEHOLDER


def constant_text(node: ast.expr | None, around: ast.AST) -> str:
    """A plain string literal; `around` is where its absence is reported."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise Fault(node or around, "a plain string literal must stand here.")


def only_argument(call: ast.Call) -> ast.expr:
    """The argument of a call that takes one."""
    if len(call.args) != 1 or call.keywords:
        raise Fault(call, f"{ast.unparse(call.func)}() takes one argument.")
    return call.args[0]


def is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def number_of(node: ast.expr) -> int | float | None:
    """The number that a literal stands for, a minus before it included; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and is_number(node.operand):
        return -node.operand.value
    return node.value if is_number(node) else None


def is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_text(node: ast.expr) -> bool:
    """An f-string, text_of(...), or a sum in which a text takes part."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):  # sums lean to the left: no recursion
        if is_string(node.left) or is_string(node.right) or is_text(node.right):
            return True
        node = node.left
    return isinstance(node, ast.JoinedStr) or called(node) == "text_of"


def constant(node: ast.Constant) -> str | int | float | bool | None:
    """A literal as a value of the property list."""
    if node.value is Ellipsis or isinstance(node.value, (complex, bytes)):
        kind = type(node.value).__name__
        raise Fault(node, f'a shortcut cannot hold a value of the type {kind}; for bytes write data("base64").')
    return node.value


def date(call: ast.Call) -> datetime:
    """date("2024-05-01T12:00:00"), in UTC and without a zone, as property lists have it."""
    try:
        moment = datetime.fromisoformat(constant_text(only_argument(call), call).removesuffix("Z"))
        return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise Fault(call, 'date() takes a date such as "2024-05-01T12:00:00".') from None


def data(call: ast.Call) -> bytes:
    """data("base64")."""
    try:
        return base64.b64decode(constant_text(only_argument(call), call), validate=True)
    except (binascii.Error, ValueError):
        raise Fault(call, "data() takes bytes in base64.") from None


def placeholder(call: ast.Call) -> bytes:
    """placeholder("png, 2 kB"): bytes that say what they stand for, so that they are printed as they were written."""
    return PLACEHOLDER + constant_text(only_argument(call), call).encode("utf-8", "surrogatepass")


def uid(call: ast.Call) -> plistlib.UID:
    """uid(3), a key of an archive."""
    node = only_argument(call)
    if not (is_number(node) and isinstance(node.value, int) and 0 <= node.value < 2**64):
        raise Fault(call, "uid() takes a whole number.")
    return plistlib.UID(node.value)


def real(call: ast.Call) -> float:
    """float("nan"), float("inf") and the like, which have no literal."""
    try:
        return float(constant(only_argument(call)))
    except (TypeError, ValueError, OverflowError):
        raise Fault(call, 'float() of a literal takes a number, "inf" or "nan".') from None
