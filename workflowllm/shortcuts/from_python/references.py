"""Python expressions as references: the way back from the references of `values.py`."""

import ast
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python import values as expressions

if TYPE_CHECKING:
    from workflowllm.shortcuts.from_python.compiler import Compiler


_COERCIONS = {word: item_class for item_class, word in dialect.COERCIONS.items()}
_SOURCES = {word: kind for kind, word in dialect.SOURCES.items()}


def reference(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    """The token that an expression stands for; what needs an action of its own becomes one before."""
    if isinstance(node, ast.Name):
        return compiler.name(node)
    if isinstance(node, ast.Attribute):
        name = node.attr.replace("_", " ")
        info = dialect.PROPERTY_INFO.get(name)
        return _with(
            reference(compiler, node.value), _property(name, {} if info is None else {"PropertyUserInfo": info})
        )
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return _with(
            reference(compiler, node.value), {"Type": dialect.DICTIONARY_VALUE, "DictionaryKey": node.slice.value}
        )
    if isinstance(node, ast.Call):
        name = called(node)
        if name in _COERCIONS and node.args:
            return _coerced(compiler, expressions.only_argument(node), _COERCIONS[name])
        if name in _SOURCES and not node.args and not node.keywords:
            return {"Type": _SOURCES[name]}
        if name in REFERENCES:
            return REFERENCES[name](compiler, node)
    return compiler.hoist(node)


def _with(token: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    return {**token, "Aggrandizements": [*token.get("Aggrandizements", []), step]}


def _property(name: str, info: dict[str, Any]) -> dict[str, Any]:
    return {"Type": dialect.PROPERTY, "PropertyName": name, **info}


def _coerced(compiler: "Compiler", node: ast.expr, item_class: str) -> dict[str, Any]:
    return _with(reference(compiler, node), {"Type": dialect.COERCION, "CoercionItemClass": item_class})


def _coerce(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    if len(call.args) != 2:
        raise Fault(call, 'coerce() takes a value and a type, as in coerce(x, "URL").')
    name = expressions.constant_text(call.args[1], call)
    full = name if dialect.CLASS_SUFFIX in name else f"{dialect.CLASS_PREFIX}{name}{dialect.CLASS_SUFFIX}"
    return _coerced(compiler, call.args[0], full)


def _getattr(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    if len(call.args) not in (2, 3):
        raise Fault(call, 'getattr() takes a value and a property, as in getattr(x, "File Size").')
    info = {"PropertyUserInfo": expressions.value(compiler, call.args[2])} if len(call.args) == 3 else {}
    return _with(reference(compiler, call.args[0]), _property(expressions.constant_text(call.args[1], call), info))


def _format_date(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    if len(call.args) != 1 or any(keyword.arg not in dialect.DATE_FORMAT for keyword in call.keywords):
        raise Fault(call, f"format_date() takes a date and any of {', '.join(dialect.DATE_FORMAT)}.")
    given = {
        "include_time": False,
        **{keyword.arg: expressions.value(compiler, keyword.value) for keyword in call.keywords},
    }
    step = {dialect.DATE_FORMAT[word]: item for word, item in given.items() if item is not None}
    return _with(reference(compiler, call.args[0]), {"Type": dialect.DATE, **step})


def _modified(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    if len(call.args) != 2:
        raise Fault(call, "modified() takes a value and the conversion as it is stored.")
    return _with(reference(compiler, call.args[0]), expressions.value(compiler, call.args[1]))


def _extra(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    if len(call.args) != 1:
        raise Fault(call, "extra() takes a value and keywords.")
    return {**reference(compiler, call.args[0]), **expressions.keyword_values(compiler, call)}


def _token(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    node = expressions.only_argument(call)
    if not isinstance(node, ast.Dict):
        raise Fault(call, "token() takes a reference as it is stored, a dictionary.")
    return expressions.value(compiler, node)


def _unplaced(_: "Compiler", call: ast.Call) -> dict[str, Any]:
    raise Fault(call, f"{called(call)}() cannot stand here: give the output a name in the line before and use that.")


REFERENCES = {
    "coerce": _coerce,
    "getattr": _getattr,
    "format_date": _format_date,
    "modified": _modified,
    "extra": _extra,
    "token": _token,
    "previous": _unplaced,
    "block_result": _unplaced,
}
