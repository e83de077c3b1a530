"""Expressions that make an action of their own: API calls, literals, arithmetic, subscripts."""

import ast
from typing import Any

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.words import NO_ACTIONS, words_of
from workflowllm.shortcuts.from_python.literals import (
    constant_text,
    is_number,
    is_string,
    is_text,
    number_of,
    only_argument,
)
from workflowllm.shortcuts.from_python.refusals import refuse_expression
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.action_table import BUILT_IN, action_facts
from workflowllm.shortcuts.model.identifiers import function_name, identifier_of
from workflowllm.shortcuts.model.tree import CONDITIONAL, MENU, REPEAT_COUNT, REPEAT_EACH
from workflowllm.shortcuts.model.wrapped import text_token

_BLOCK_CALLS = frozenset(map(function_name, (CONDITIONAL, REPEAT_EACH, REPEAT_COUNT, MENU)))
_MATH = {ast.Add: "+", ast.Sub: "-", ast.Mult: "×", ast.Div: "÷"}
_SCIENTIFIC = {ast.Mod: "Modulus", ast.Pow: "x^y"}
_DICTIONARY_PARTS = {word: kind for word, kind in words_of("method").items() if kind.startswith("All ")}


def new_action(values: ValueCompiler, node: ast.expr) -> NewAction:
    """The action that an expression makes."""
    literal = _literal_action(values, node)
    if literal is not None:
        return literal
    if isinstance(node, ast.Subscript):
        return _subscript(values, node)
    if isinstance(node, ast.BinOp):
        return _arithmetic(values, node)
    if isinstance(node, ast.Call):
        return call_action(values, node)
    raise refuse_expression(node)


def _literal_action(values: ValueCompiler, node: ast.expr) -> NewAction | None:
    """The action that holds a literal: Text, Number, Dictionary or List."""
    if is_text(node) or is_string(node):
        return NewAction(BUILT_IN + "gettext", {"WFTextActionText": values.value(node)})
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
        return NewAction(BUILT_IN + "number", {"WFNumberActionNumber": node.value + 0})
    number = number_of(node)
    if number is not None:
        return NewAction(BUILT_IN + "number", {"WFNumberActionNumber": number})
    if isinstance(node, (ast.Dict, ast.List)):
        kind = "dictionary" if isinstance(node, ast.Dict) else "list"
        return NewAction(BUILT_IN + kind, {"WFItems": values.parameter("WFItems", node)})
    return None


# Calls


def call_action(values: ValueCompiler, node: ast.Call) -> NewAction:
    """An API called with keywords, or one of the dialect's short forms for an action."""
    if isinstance(node.func, ast.Attribute):
        return _method(values, node)
    name = called(node)
    if name in _SHORT_FORMS:
        return _SHORT_FORMS[name](values, node)
    if name in _BLOCK_CALLS:
        raise Fault(node, f"{name} opens a block; write if, for or match instead.")
    arguments = list(node.args)
    if name == "action":
        identifier = constant_text(arguments.pop(0) if arguments else None, node)
    elif name is None or "_" not in name or name in NO_ACTIONS:
        raise refuse_expression(node)
    else:
        identifier = identifier_of(name)
    is_implicit = _leave_implicit(node, identifier)
    count = len(values.state.result.actions)
    parameters = values.keywords(node, identifier)
    if is_implicit and len(values.state.result.actions) > count:
        raise Fault(node, "previous() is what the action before gives: give what the other arguments do a name above.")
    return NewAction(identifier, parameters, action_keys(values, arguments))


def _leave_implicit(node: ast.Call, identifier: str) -> bool:
    """Take `key=previous()` out of a call, where key is the parameter that the action before fills."""
    implicit = [keyword for keyword in node.keywords if called(keyword.value) == "previous"]
    facts = action_facts().get(identifier)
    for keyword in implicit:
        if facts is None or not facts.input_key or keyword.arg != facts.input_key:
            raise Fault(keyword.value, f"the action before does not fill {keyword.arg}: name its output and use that.")
        node.keywords.remove(keyword)
    return bool(implicit)


def action_keys(values: ValueCompiler, arguments: list[ast.expr]) -> dict[str, Any]:
    """Keys of an action beside its identifier and parameters: a dictionary in front of the keywords."""
    if not arguments:
        return {}
    if len(arguments) > 1 or not isinstance(arguments[0], ast.Dict):
        raise Fault(arguments[0], "actions take keyword arguments only.")
    return values.value(arguments[0])


def _method(values: ValueCompiler, node: ast.Call) -> NewAction:
    """d.keys() and d.values()."""
    part = _DICTIONARY_PARTS.get(node.func.attr)
    if part is None or node.args or node.keywords:
        raise refuse_expression(node)
    parameters = {"WFInput": values.attached(node.func.value), "WFGetDictionaryValueType": part}
    return NewAction(BUILT_IN + "getvalueforkey", parameters)


def _input(values: ValueCompiler, node: ast.Call) -> NewAction:
    """input(prompt)."""
    if not node.args and not node.keywords:
        return NewAction(BUILT_IN + "ask", {})
    argument = only_argument(node)
    if isinstance(argument, ast.Constant) or is_text(argument):
        return NewAction(BUILT_IN + "ask", {"WFAskActionPrompt": values.value(argument)})
    return NewAction(BUILT_IN + "ask", {"WFAskActionPrompt": text_token(values.text(argument))})


def _print(values: ValueCompiler, node: ast.Call) -> NewAction:
    return NewAction(BUILT_IN + "showresult", {"Text": text_token(values.text(only_argument(node)))})


def _len(values: ValueCompiler, node: ast.Call) -> NewAction:
    return NewAction(BUILT_IN + "count", {"Input": values.attached(only_argument(node))})


_SHORT_FORMS = {"input": _input, "print": _print, "len": _len}


# Operators


def _arithmetic(values: ValueCompiler, node: ast.BinOp) -> NewAction:
    """The Calculate action of a sum, difference, product, quotient, remainder or power."""
    operation, scientific = _MATH.get(type(node.op)), _SCIENTIFIC.get(type(node.op))
    if operation is None and scientific is None:
        raise Fault(node, "Shortcuts calculates with + - * / % ** only.")
    operand = node.right.value if isinstance(node.right, ast.Constant) else values.value(node.right)
    if isinstance(operand, str) or not isinstance(operand, (int, float, dict)):
        raise Fault(node.right, "a number or a name must stand here.")
    parameters = {"WFInput": values.attached(node.left)}
    if scientific:
        parameters |= {"WFMathOperation": "…", "WFScientificMathOperation": scientific}
        return NewAction(BUILT_IN + "math", {**parameters, "WFScientificMathOperand": operand})
    return NewAction(BUILT_IN + "math", {**parameters, "WFMathOperation": operation, "WFMathOperand": operand})


def _subscript(values: ValueCompiler, node: ast.Subscript) -> NewAction:
    """Get Dictionary Value, or Get Item from List for a whole number (Python counts from 0, Shortcuts from 1)."""
    index = node.slice
    parameters: dict[str, Any] = {"WFInput": values.attached(node.value)}
    number = number_of(index)
    if isinstance(number, int) and number == -1:
        return NewAction(BUILT_IN + "getitemfromlist", {**parameters, "WFItemSpecifier": "Last Item"})
    if is_number(index) and isinstance(number, int):
        parameters |= {"WFItemSpecifier": "Item At Index", "WFItemIndex": number + 1}
        return NewAction(BUILT_IN + "getitemfromlist", parameters)
    if isinstance(index, (ast.Slice, ast.Tuple, ast.UnaryOp)):
        raise Fault(
            index,
            'call is_workflow_actions_getitemfromlist with WFItemSpecifier="Items in Range" for a part of a list.',
        )
    identifier, key = BUILT_IN + "getvalueforkey", "WFDictionaryKey"
    return NewAction(identifier, {**parameters, key: values.parameter(key, index, identifier)})
