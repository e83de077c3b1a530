"""Operators and subscripts as actions: Calculate, Text, Get Item from List, Get Dictionary Value."""

import ast
from typing import Any

from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.value_kinds import ASKED, DATE, DICTIONARY, NUMBER, TEXT, is_list
from workflowllm.shortcuts.from_python.literals import is_string, number_of
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.plist_types import Parameters, Wrapped
from workflowllm.shortcuts.model.wrapped import attachment, text_token

_MATH = {ast.Add: "+", ast.Sub: "-", ast.Mult: "×", ast.Div: "÷"}
_SCIENTIFIC = {ast.Mod: "Modulus", ast.Pow: "x^y"}
_MOST_REPEATS = 200  # of a text, which is written out


def arithmetic(values: ValueCompiler, node: ast.BinOp) -> NewAction:
    """The action of a sum, difference, product, quotient, remainder or power."""
    kinds = values.state.kinds
    left, right = kinds.of(node.left), kinds.of(node.right)
    if DATE in (left, right):
        raise Fault(node, "calculate with dates by is_workflow_actions_adjustdate(WFDuration=..., WFDate=...) or "
                    "is_workflow_actions_gettimebetweendates(...).")  # fmt: skip
    if isinstance(node.op, ast.Add) and (is_list(left) or is_list(right)):
        return _joined_lists(values, node)
    if isinstance(node.op, ast.Add) and kinds.of(node) == TEXT:
        pieces = [ast.FormattedValue(piece, -1) for piece in _pieces(values, node)]
        text = values.text(ast.copy_location(ast.JoinedStr(pieces), node))
        return NewAction(BUILT_IN + "gettext", {"WFTextActionText": text_token(text)})
    if isinstance(node.op, ast.Mult) and any(kind == TEXT or is_list(kind) for kind in (left, right)):
        return _repeated(values, node)
    if isinstance(node.op, ast.FloorDiv):
        quotient = ast.copy_location(ast.BinOp(node.left, ast.Div(), node.right), node)
        return NewAction(BUILT_IN + "round", {"WFInput": values.attached(quotient), "WFRoundMode": "Always Round Down"})
    operation, scientific = _MATH.get(type(node.op)), _SCIENTIFIC.get(type(node.op))
    if operation is None and scientific is None:
        raise Fault(node, "Shortcuts calculates with + - * / // % ** only.")
    first = values.attached(node.left)
    return calculate(first, operation or scientific, _operand(values, node.right))


def _pieces(values: ValueCompiler, node: ast.expr) -> list[ast.expr]:
    """The texts or lists of a sum, in order."""
    kind = values.state.kinds.of(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and (kind == TEXT or is_list(kind)):
        return [*_pieces(values, node.left), *_pieces(values, node.right)]
    return [node]


def calculate(first: Wrapped, operation: str, operand: Any = None) -> NewAction:
    """Calculate; what is no + - × ÷ is stored as a scientific operation."""
    if operation in _MATH.values():
        return NewAction(BUILT_IN + "math", {"WFInput": first, "WFMathOperation": operation, "WFMathOperand": operand})
    if operation == "x^y" and operand == 2 and not isinstance(operand, dict):
        operation, operand = "x^2", None
    stored = {"WFInput": first, "WFMathOperation": "…", "WFScientificMathOperation": operation}
    return NewAction(BUILT_IN + "math", stored if operand is None else {**stored, "WFScientificMathOperand": operand})


def negative(values: ValueCompiler, node: ast.UnaryOp) -> NewAction:
    """`-n`."""
    return calculate(values.attached(node.operand), "×", -1)


def _operand(values: ValueCompiler, node: ast.expr) -> Any:
    number = number_of(node)
    if number is None and isinstance(node, ast.Constant):
        raise Fault(node, "a number or a name must stand here.")
    return values.attached(node) if number is None else number


def _repeated(values: ValueCompiler, node: ast.BinOp) -> NewAction:
    """`"ab" * 3`, written out."""
    text, count = (node.left, node.right) if isinstance(node.left, ast.Constant) else (node.right, node.left)
    if is_string(count):
        text, count = count, text
    number = number_of(count)
    if is_string(text) and isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _MOST_REPEATS:
        return NewAction(BUILT_IN + "gettext", {"WFTextActionText": text.value * number})
    raise Fault(node, "this repeats a text or list in Python; write float(x) * n for a product.")


def _joined_lists(values: ValueCompiler, node: ast.BinOp) -> NewAction:
    """`xs + ys`: a List action with both, whose items it takes one by one."""
    items = [item for side in _pieces(values, node) for item in (side.elts if isinstance(side, ast.List) else [side])]
    rows = ast.copy_location(ast.List(items), node)
    return NewAction(BUILT_IN + "list", {"WFItems": values.parameter("WFItems", rows)})


# Subscripts


def subscript(values: ValueCompiler, node: ast.Subscript) -> NewAction:
    """Get Item from List, Get Dictionary Value, or a part of a text. Python counts from 0, Shortcuts from 1."""
    index, kinds = node.slice, values.state.kinds
    container = kinds.of(node.value)
    if isinstance(index, ast.Tuple):
        raise Fault(index, "one key or one index stands in brackets.")
    is_number = isinstance(index, ast.Slice) or kinds.of(index) == NUMBER
    if container in (TEXT, ASKED) and is_number:
        return _part_of_text(values, node)
    items = values.attached(node.value)
    if isinstance(index, ast.Slice):
        return _range(values, items, index)
    is_index = is_number or (is_list(container) and kinds.of(index) != TEXT)
    if is_index and container != DICTIONARY:
        return _item(values, items, index)
    return dictionary_value(values, items, index)


def dictionary_value(values: ValueCompiler, items: Wrapped, key: ast.expr) -> NewAction:
    """Get Dictionary Value."""
    stored = key.value if is_string(key) else text_token(values.text(key))
    return NewAction(BUILT_IN + "getvalueforkey", {"WFInput": items, "WFDictionaryKey": stored})


def _item(values: ValueCompiler, items: Wrapped, index: ast.expr) -> NewAction:
    number = number_of(index)
    if number == -1:
        return NewAction(BUILT_IN + "getitemfromlist", {"WFInput": items, "WFItemSpecifier": "Last Item"})
    parameters: Parameters = {"WFInput": items, "WFItemSpecifier": "Item At Index"}
    return NewAction(BUILT_IN + "getitemfromlist", {**parameters, "WFItemIndex": _counted(values, items, index, 1)})


def _range(values: ValueCompiler, items: Wrapped, part: ast.Slice) -> NewAction:
    """`x[a:b]`: Items in Range takes both its ends."""
    if part.step is not None:
        raise Fault(part.step, "Shortcuts takes each item of a range; leave out the step.")
    parameters: Parameters = {"WFInput": items, "WFItemSpecifier": "Items in Range"}
    parameters["WFItemRangeStart"] = _text(_counted(values, items, part.lower, 1)) if part.lower else "1"
    upper = part.upper or ast.copy_location(ast.UnaryOp(ast.USub(), ast.Constant(0)), part)
    parameters["WFItemRangeEnd"] = _text(_counted(values, items, upper, 0))
    return NewAction(BUILT_IN + "getitemfromlist", parameters)


def _text(number: Any) -> Any:
    """Shortcuts stores the ends of a range as texts."""
    return str(number) if isinstance(number, int) else number


def _counted(values: ValueCompiler, items: Wrapped, index: ast.expr, more: int) -> Any:
    """An index as Shortcuts counts, `more` added; a negative one counts from the end."""
    number = number_of(index)
    if number is not None and not isinstance(number, int):
        raise Fault(index, "an index is a whole number.")
    if number is None:
        return attachment(_plus(values, values.attached(index), more)) if more else values.attached(index)
    if not isinstance(index, ast.UnaryOp):
        return number + more
    count = NewAction(BUILT_IN + "count", {"Input": items, "WFCountType": "Items"})
    return attachment(_plus(values, attachment(values.state.emit_step(count)), number + more))


def _plus(values: ValueCompiler, number: Wrapped, more: int) -> Any:
    if not more:
        return number["Value"]
    operation = "+" if more > 0 else "-"
    return values.state.emit_step(calculate(number, operation, abs(more)))


def _part_of_text(values: ValueCompiler, node: ast.Subscript) -> NewAction:
    """`t[0]`, `t[:5]`: split into characters, and for a range combined again."""
    split = {"text": values.attached(node.value), "WFTextSeparator": "Every Character"}
    characters = attachment(values.state.emit_step(NewAction(BUILT_IN + "text.split", split)))
    if not isinstance(node.slice, ast.Slice):
        return _item(values, characters, node.slice)
    part = attachment(values.state.emit_step(_range(values, characters, node.slice)))
    separator = {"WFTextSeparator": "Custom", "WFTextCustomSeparator": ""}
    return NewAction(BUILT_IN + "text.combine", {"text": part, **separator})
