"""Python expressions as parameter values and references: the way back from `values.py`."""

import ast
import base64
import binascii
import plistlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python import fields as field_expressions
from workflowllm.shortcuts.from_python import references

if TYPE_CHECKING:
    from workflowllm.shortcuts.from_python.compiler import Compiler


MARK = "\ufffc"


def attachment(token: dict[str, Any]) -> dict[str, Any]:
    return {"Value": token, "WFSerializationType": dialect.ATTACHMENT}


def text_token(value: dict[str, Any]) -> dict[str, Any]:
    return {"Value": value, "WFSerializationType": dialect.TEXT}


def keyword_values(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    """The keyword arguments of a call as parameters, `**{...}` included."""
    values: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            values[keyword.arg] = parameter(compiler, keyword.arg, keyword.value)
            continue
        if not isinstance(keyword.value, ast.Dict):
            raise Fault(keyword.value, 'only a dictionary written out can follow **; write **{"key": value}.')
        for key, node in zip(keyword.value.keys, keyword.value.values):
            name = constant_text(key, keyword.value)
            values[name] = parameter(compiler, name, node)
    return values


def constant_text(node: ast.expr | None, place: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise Fault(node or place, "a plain string literal must stand here.")


def parameter(compiler: "Compiler", key: str, node: ast.expr) -> Any:
    """The value of a parameter; those in FIELD_KEYS hold typed fields."""
    if key in dialect.FIELD_KEYS and isinstance(node, (ast.Dict, ast.List)):
        return field_expressions.field_parameter(compiler, node)
    return value(compiler, node)


def value(compiler: "Compiler", node: ast.expr) -> Any:
    """Any expression as a value of the property list."""
    if isinstance(node, ast.Constant):
        return _constant(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and is_number(node.operand):
        return -node.operand.value
    if isinstance(node, ast.List):
        return [value(compiler, item) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {constant_text(key, node): value(compiler, item) for key, item in zip(node.keys, node.values)}
    if is_text(node):
        return text_token(text(compiler, node))
    if isinstance(node, ast.Call):
        name = called(node)
        special = VALUES.get(name or "")
        if special:
            return special(compiler, node)
        if name and name.startswith("WF") and "_" not in name:
            return {"Value": _wrapped(compiler, node), "WFSerializationType": name}
        if name == "float" and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
            return float(node.args[0].value)
    return attachment(references.reference(compiler, node))


def _constant(node: ast.Constant) -> Any:
    if node.value is Ellipsis or isinstance(node.value, (complex, bytes)):
        raise Fault(node, f'{type(node.value).__name__} has no place in a shortcut; for bytes write data("base64").')
    return node.value


def is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def is_text(node: ast.expr) -> bool:
    """An f-string, text_of(...), or a sum in which a text takes part."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = (node.left, node.right)
        return any(is_text(side) or (isinstance(side, ast.Constant) and isinstance(side.value, str)) for side in sides)
    return isinstance(node, ast.JoinedStr) or called(node) == "text_of"


def _wrapped(compiler: "Compiler", call: ast.Call) -> Any:
    """The `Value` of a call of a serialization type: its one argument, or its keywords as a dictionary."""
    if len(call.args) == 1 and not call.keywords:
        return value(compiler, call.args[0])
    if call.args:
        raise Fault(call, f"{called(call)} takes one value, or keywords.")
    return keyword_values(compiler, call)


def only_argument(call: ast.Call) -> ast.expr:
    if len(call.args) != 1 or call.keywords:
        raise Fault(call, f"{ast.unparse(call.func)}() takes one argument.")
    return call.args[0]


def _literal(call: ast.Call) -> str:
    return constant_text(only_argument(call), call)


def _date(_: "Compiler", call: ast.Call) -> datetime:
    try:
        moment = datetime.fromisoformat(_literal(call).removesuffix("Z"))
    except ValueError:
        raise Fault(call, 'date() takes a date such as "2024-05-01T12:00:00".') from None
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment


def _data(_: "Compiler", call: ast.Call) -> bytes:
    try:
        return base64.b64decode(_literal(call), validate=True)
    except (binascii.Error, ValueError):
        raise Fault(call, "data() takes bytes in base64.") from None


def _uid(_: "Compiler", call: ast.Call) -> plistlib.UID:
    node = only_argument(call)
    if not (isinstance(node, ast.Constant) and isinstance(node.value, int) and 0 <= node.value < 2**64):
        raise Fault(call, "uid() takes a whole number.")
    return plistlib.UID(node.value)


def _bare(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    node = only_argument(call)
    if is_text(node) or isinstance(node, ast.Constant):
        return text(compiler, node)
    return references.reference(compiler, node)


def _serialized(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    if len(call.args) != 2:
        raise Fault(call, "serialized() takes a type and a value.")
    return {"Value": value(compiler, call.args[1]), "WFSerializationType": constant_text(call.args[0], call)}


VALUES = {
    "date": _date,
    "data": _data,
    "uid": _uid,
    "bare": _bare,
    "serialized": _serialized,
    "plain": lambda compiler, call: value(compiler, only_argument(call)),
    "fields": lambda compiler, call: field_expressions.field_value(compiler, only_argument(call)),
    "all_of": field_expressions.content_filter,
    "any_of": field_expressions.content_filter,
}


# Texts


def text(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    """`{string, attachmentsByRange}` of a text expression. Ranges count UTF-16 units."""
    string, attachments, at = [], {}, 0
    for part in _parts(node):
        if isinstance(part, str):
            string.append(part)
            at += len(part.encode("utf-16-le", "surrogatepass")) // 2
            continue
        attachments[f"{{{at}, 1}}"] = references.reference(compiler, part)
        string.append(MARK)
        at += 1
    return {"string": "".join(string), "attachmentsByRange": attachments}


def _parts(node: ast.expr) -> list[str | ast.expr]:
    """Literal pieces and referring expressions, in order."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float)):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return [part for piece in node.values for part in _parts(piece)]
    if isinstance(node, ast.FormattedValue):
        if node.format_spec is not None or node.conversion != -1:
            raise Fault(
                node,
                "Shortcuts formats by actions: take out the format after ':' or '!' and call "
                "is_workflow_actions_format_number or is_workflow_actions_format_date before.",
            )
        return _parts(node.value)
    if isinstance(node, ast.BinOp) and is_text(node):
        return _parts(node.left) + _parts(node.right)
    if called(node) == "text_of":
        return [part for argument in node.args for part in _parts(argument)]
    return [node]
