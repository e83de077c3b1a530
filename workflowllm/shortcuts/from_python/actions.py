"""Expressions that make an action of their own: API calls, literals, arithmetic, subscripts."""

import ast
from typing import Any

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.words import NO_ACTIONS, words_of
from workflowllm.shortcuts.from_python.choices import choice_action, listed_action
from workflowllm.shortcuts.from_python.literals import (
    constant_text,
    is_string,
    is_text,
    number_of,
    only_argument,
)
from workflowllm.shortcuts.from_python.operators import arithmetic, negative, subscript
from workflowllm.shortcuts.from_python.python_words import FUNCTIONS, METHODS, OF_MODULES
from workflowllm.shortcuts.from_python.refusals import refuse_expression
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.action_table import BUILT_IN, action_facts
from workflowllm.shortcuts.model.identifiers import function_name, identifier_of
from workflowllm.shortcuts.model.tree import CONDITIONAL, MENU, REPEAT_COUNT, REPEAT_EACH
from workflowllm.shortcuts.model.wrapped import text_token

_BLOCK_CALLS = frozenset(map(function_name, (CONDITIONAL, REPEAT_EACH, REPEAT_COUNT, MENU)))
_DICTIONARY_PARTS = {word: kind for word, kind in words_of("method").items() if kind.startswith("All ")}


def new_action(values: ValueCompiler, node: ast.expr) -> NewAction:
    """The action that an expression makes."""
    literal = _literal_action(values, node)
    if literal is not None:
        return literal
    if isinstance(node, ast.Subscript):
        return subscript(values, node)
    if isinstance(node, ast.BinOp):
        return arithmetic(values, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return negative(values, node)
    is_negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return listed_action(values, node)
    if isinstance(node, (ast.IfExp, ast.BoolOp, ast.Compare)) or is_negated:
        return choice_action(values, node)
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
    """d.keys() and d.values(), and methods of Python's own."""
    owner, method = node.func.value, node.func.attr
    module = OF_MODULES.get(owner.id) if isinstance(owner, ast.Name) else None
    if module and owner.id not in values.state.bindings:
        if method not in module:
            raise Fault(node, f"Shortcuts has {' and '.join(f'{owner.id}.{word}' for word in module)} only.")
        return module[method](values, node)
    if method in ("startswith", "endswith"):
        return choice_action(values, node)
    if method in METHODS:
        return METHODS[method](values, node)
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
    if len(node.args) > 1 and not node.keywords:
        blank = ast.copy_location(ast.Constant(" "), node)
        parts = [part for argument in node.args for part in (blank, argument)][1:]
        text = values.text(ast.copy_location(ast.Call(ast.Name("text_of"), parts, []), node))
        return NewAction(BUILT_IN + "showresult", {"Text": text_token(text)})
    return NewAction(BUILT_IN + "showresult", {"Text": text_token(values.text(only_argument(node)))})


def _exit(_: ValueCompiler, node: ast.Call) -> NewAction:
    if node.args or node.keywords:
        raise Fault(node, "exit() takes nothing; Shortcuts gives a result with is_workflow_actions_output.")
    return NewAction(BUILT_IN + "exit", {})


_SHORT_FORMS = {"input": _input, "print": _print, "exit": _exit, **FUNCTIONS}
