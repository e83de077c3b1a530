"""Typed fields, typed items and content filters from Python: the way back from `to_python/fields.py`."""

import ast
from typing import Any, Protocol

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.comparisons import FILTER_OPERATORS
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python.literals import constant_text, number_of, only_argument
from workflowllm.shortcuts.model.plist_types import (
    ITEM_ARRAY,
    ITEM_BOOLEAN,
    ITEM_DICTIONARY,
    ITEM_NUMBER,
    ITEM_TEXT,
    Parameters,
    TokenText,
    Wrapped,
)
from workflowllm.shortcuts.model.wrapped import ARRAY, FIELDS, FILTER, NUMBER_STATE, text_token, wrap

_OPERATORS = {words: operator for operator, words in FILTER_OPERATORS.items()}


class Values(Protocol):
    """What fields need of the compiler of values, which stands above them."""

    def value(self, node: ast.expr) -> Any:
        """Any expression as a value of the property list."""

    def text(self, node: ast.expr) -> TokenText:
        """An expression as a text with references."""

    def keywords(self, call: ast.Call) -> Parameters:
        """The keyword arguments of a call."""


def field_parameter(values: Values, node: ast.Dict | ast.List) -> Any:
    """`{...}` and `[...]` of a parameter in FIELD_KEYS."""
    if isinstance(node, ast.List):
        return [_list_item(values, item) for item in node.elts]
    return field_value(values, node)


def field_value(values: Values, node: ast.expr) -> Wrapped:
    """A dictionary of typed fields, as it stands in fields(...)."""
    if not isinstance(node, ast.Dict):
        raise Fault(node, "fields() takes a dictionary written out.")
    return wrap(FIELDS, _fields(values, node))


def _fields(values: Values, node: ast.Dict) -> dict[str, Any]:
    items = []
    for key, item in zip(node.keys, node.values):
        if key is None:
            raise Fault(node, "** cannot stand in a dictionary of fields; write its entries out.")
        kind, stored = _item(values, item)
        items.append({"WFItemType": kind, "WFKey": text_token(values.text(key)), "WFValue": stored})
    return {"WFDictionaryFieldValueItems": items}


def _item(values: Values, node: ast.expr) -> tuple[Any, Any]:
    """(WFItemType, WFValue) of an entry."""
    number = number_of(node)
    if number is not None:
        string = str(number) if isinstance(number, int) else repr(number)
        return ITEM_NUMBER, text_token({"string": string, "attachmentsByRange": {}})
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ITEM_BOOLEAN, wrap(NUMBER_STATE, node.value)
    if isinstance(node, ast.Dict):
        return ITEM_DICTIONARY, wrap(FIELDS, wrap(FIELDS, _fields(values, node)))
    if isinstance(node, ast.List):
        return ITEM_ARRAY, wrap(ARRAY, [_list_item(values, item) for item in node.elts])
    if called(node) == "item":
        if len(node.args) != 2 or node.keywords:
            raise Fault(node, "item() takes a type and a value.")
        return values.value(node.args[0]), values.value(node.args[1])
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        raise Fault(
            node, "an entry of a dictionary or list is a text, a number, True, False, a list, a dictionary or a name."
        )
    return ITEM_TEXT, text_token(values.text(node))


def _list_item(values: Values, node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if called(node) == "plain":
        return values.value(only_argument(node))
    kind, stored = _item(values, node)
    return {"WFItemType": kind, "WFValue": stored}


def content_filter(values: Values, call: ast.Call) -> Wrapped:
    """all_of(where(...), ...) and any_of(...)."""
    if call.keywords:
        raise Fault(call, f"{called(call)}() takes where(...) only.")
    return wrap(
        FILTER,
        {
            "WFActionParameterFilterPrefix": int(called(call) == "all_of"),
            "WFActionParameterFilterTemplates": [_where(values, part) for part in call.args],
            "WFContentPredicateBoundedDate": False,
        },
    )


def _where(values: Values, node: ast.expr) -> dict[str, Any]:
    if called(node) != "where" or len(node.args) != 2:
        raise Fault(node, 'a filter is made of where("Property", "operator", ...).')
    words = constant_text(node.args[1], node)
    if words not in _OPERATORS:
        raise Fault(node.args[1], f"{words!r} is no operator of a filter; there are {', '.join(_OPERATORS)}.")
    operands = values.keywords(node)
    options = {"Removable": operands.pop("Removable", True)}
    if "Bounded" in operands:
        options["Bounded"] = operands.pop("Bounded")
    return {
        "Property": constant_text(node.args[0], node),
        "Operator": _OPERATORS[words],
        "Values": operands,
        **{key: item for key, item in options.items() if item is not None},
    }
