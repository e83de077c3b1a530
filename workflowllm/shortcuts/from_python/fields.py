"""Typed fields, typed items and content filters from Python: the way back from `fields.py`."""

import ast
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python import values as expressions

if TYPE_CHECKING:
    from workflowllm.shortcuts.from_python.compiler import Compiler


_OPERATORS = {words: operator for operator, words in dialect.FILTER_OPERATORS.items()}


def field_parameter(compiler: "Compiler", node: ast.Dict | ast.List) -> Any:
    """`{...}` and `[...]` of a parameter in FIELD_KEYS."""
    if isinstance(node, ast.List):
        return [_list_item(compiler, item) for item in node.elts]
    return field_value(compiler, node)


def field_value(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    if not isinstance(node, ast.Dict):
        raise Fault(node, "fields() takes a dictionary written out.")
    return {"Value": _fields(compiler, node), "WFSerializationType": dialect.FIELDS}


def _fields(compiler: "Compiler", node: ast.Dict) -> dict[str, Any]:
    items = []
    for key, item in zip(node.keys, node.values):
        if key is None:
            raise Fault(node, "** cannot stand in a dictionary of fields; write its entries out.")
        kind, stored = _item(compiler, item)
        items.append({"WFItemType": kind, "WFKey": _text(compiler, key), "WFValue": stored})
    return {"WFDictionaryFieldValueItems": items}


def _text(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    return expressions.text_token(expressions.text(compiler, node))


def _item(compiler: "Compiler", node: ast.expr) -> tuple[Any, Any]:
    """(WFItemType, WFValue) of an entry."""
    number = _number(node)
    if number is not None:
        stored = {"string": str(number) if isinstance(number, int) else repr(number), "attachmentsByRange": {}}
        return dialect.ITEM_NUMBER, expressions.text_token(stored)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return dialect.ITEM_BOOLEAN, {"Value": node.value, "WFSerializationType": dialect.NUMBER_STATE}
    if isinstance(node, ast.Dict):
        inner = {"Value": _fields(compiler, node), "WFSerializationType": dialect.FIELDS}
        return dialect.ITEM_DICTIONARY, {"Value": inner, "WFSerializationType": dialect.FIELDS}
    if isinstance(node, ast.List):
        items = [_list_item(compiler, item) for item in node.elts]
        return dialect.ITEM_ARRAY, {"Value": items, "WFSerializationType": dialect.ARRAY}
    if called(node) == "item":
        if len(node.args) != 2 or node.keywords:
            raise Fault(node, "item() takes a type and a value.")
        return expressions.value(compiler, node.args[0]), expressions.value(compiler, node.args[1])
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        raise Fault(
            node, "an entry of a dictionary or list is a text, a number, True, False, a list, a dictionary or a name."
        )
    return dialect.ITEM_TEXT, _text(compiler, node)


def _number(node: ast.expr) -> int | float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and expressions.is_number(node.operand):
        return -node.operand.value
    return node.value if expressions.is_number(node) else None


def _list_item(compiler: "Compiler", node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if called(node) == "plain":
        return expressions.value(compiler, expressions.only_argument(node))
    kind, stored = _item(compiler, node)
    return {"WFItemType": kind, "WFValue": stored}


def content_filter(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    """all_of(where(...), ...) and any_of(...)."""
    if call.keywords:
        raise Fault(call, f"{called(call)}() takes where(...) only.")
    inner = {
        "WFActionParameterFilterPrefix": int(called(call) == "all_of"),
        "WFActionParameterFilterTemplates": [_where(compiler, part) for part in call.args],
        "WFContentPredicateBoundedDate": False,
    }
    return {"Value": inner, "WFSerializationType": dialect.FILTER}


def _where(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    if called(node) != "where" or len(node.args) != 2:
        raise Fault(node, 'a filter is made of where("Property", "operator", ...).')
    words = expressions.constant_text(node.args[1], node)
    if words not in _OPERATORS:
        raise Fault(node.args[1], f"{words!r} is no operator of a filter; there are {', '.join(_OPERATORS)}.")
    values = expressions.keyword_values(compiler, node)
    options = {"Removable": values.pop("Removable", True)}
    if "Bounded" in values:
        options["Bounded"] = values.pop("Bounded")
    return {
        "Property": expressions.constant_text(node.args[0], node),
        "Operator": _OPERATORS[words],
        "Values": values,
        **{key: item for key, item in options.items() if item is not None},
    }
