"""The test of an `if` as the parameters of a condition: the way back from `to_python/conditions.py`."""

import ast
from typing import Any

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.comparisons import (
    BETWEEN,
    CALLED_KEY,
    CONTAINS,
    CONTAINS_NOT,
    EQUAL,
    HAS_NO_VALUE,
    HAS_VALUE,
    LEGACY,
    METHODS,
    NOT_EQUAL,
    NUMBER_KEY,
    SECOND_KEY,
    TEXT_KEY,
)
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.words import words_of
from workflowllm.shortcuts.from_python.literals import is_string, is_text, only_argument
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.plist_types import Parameters
from workflowllm.shortcuts.model.tree import CONDITIONAL
from workflowllm.shortcuts.model.wrapped import (
    FILTER,
    attached_token,
    lone_reference,
    subject,
    text_token,
    wrap,
)

_OPERATORS: dict[type, int] = {ast.Lt: 0, ast.LtE: 1, ast.Gt: 2, ast.GtE: 3, ast.Eq: EQUAL, ast.NotEq: NOT_EQUAL}
_MIRRORED = {0: 2, 1: 3, 2: 0, 3: 1, EQUAL: EQUAL, NOT_EQUAL: NOT_EQUAL}
_OPPOSITES = {0: 3, 1: 2, EQUAL: NOT_EQUAL, CONTAINS: CONTAINS_NOT, HAS_VALUE: HAS_NO_VALUE}
_OPPOSITES |= {opposite: condition for condition, opposite in _OPPOSITES.items()}
_CONDITION_OF = {word: condition for condition, word in METHODS.items()}
_PREFIXES = {word: int(prefix) for word, prefix in words_of("test").items() if prefix in ("1", "0", "-1")}


def condition(values: ValueCompiler, node: ast.expr) -> Parameters:
    """The parameters of an If for a Python test."""
    several = _several(node)
    if several:
        prefix, tests = several
        templates = [single_test(values, test) for test in tests]
        inner = {"WFActionParameterFilterPrefix": prefix, "WFActionParameterFilterTemplates": templates}
        return {"WFConditions": wrap(FILTER, inner)}
    if called(node) == function_name(CONDITIONAL):
        return _explicit(values, node)
    return single_test(values, node)


def _several(node: ast.expr) -> tuple[int, list[ast.expr]] | None:
    """(prefix, tests) of tests that are stored as a list."""
    if isinstance(node, ast.BoolOp):
        return int(isinstance(node.op, ast.And)), node.values
    word = called(node)
    if word == "listed":
        return _PREFIXES[word], [only_argument(node)]
    if word in _PREFIXES and len(node.args) == 1 and isinstance(node.args[0], ast.List) and node.args[0].elts:
        return _PREFIXES[word], node.args[0].elts
    return None


def _explicit(values: ValueCompiler, call: ast.Call) -> Parameters:
    parameters = values.keywords(call, CONDITIONAL)
    for keyword in call.keywords:
        if keyword.arg == "WFInput" and called(keyword.value) != "plain":
            token = attached_token(parameters["WFInput"])
            if token is None:
                raise Fault(keyword.value, "WFInput is what the If tests: a name, or plain(...) for anything else.")
            parameters["WFInput"] = subject(token)
    return parameters


def single_test(values: ValueCompiler, node: ast.expr) -> Parameters:
    """One comparison, method call, membership test, or bare reference."""
    word = called(node)
    if word in ("legacy", "extra") and node.args and _is_test(node.args[0], word):
        if len(node.args) != 1:
            raise Fault(node, f"{word}() takes one test and keywords.")
        parameters = {**single_test(values, node.args[0]), **values.keywords(node)}
        return {**parameters, LEGACY: True} if word == "legacy" else parameters
    if isinstance(node, ast.Compare):
        return _comparison(values, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _negated(values, node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CONDITION_OF:
        operand = _text(values, only_argument(node))
        tested = _subject(values, node.func.value)
        return {**tested, "WFCondition": _CONDITION_OF[node.func.attr], TEXT_KEY: operand}
    if isinstance(node, (ast.BoolOp, ast.IfExp, ast.Lambda, ast.Constant)):
        raise Fault(
            node, "a test compares a name; Shortcuts joins tests by `and` or by `or`, not both, and on one level."
        )
    return {**_subject(values, node), "WFCondition": HAS_VALUE}


def _is_test(node: ast.expr, word: str) -> bool:
    """extra() around a bare reference belongs to the reference, unless legacy() says that it is a test."""
    return (
        word == "legacy"
        or isinstance(node, (ast.Compare, ast.UnaryOp))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    )


def _subject(values: ValueCompiler, node: ast.expr) -> Parameters:
    """What a test is about; previous() leaves it implicit."""
    if called(node) == "previous":
        return {}
    return {"WFInput": subject(values.reference(node))}


def _negated(values: ValueCompiler, node: ast.UnaryOp) -> Parameters:
    parameters = single_test(values, node.operand)
    stored = parameters.get("WFCondition")
    opposite = _OPPOSITES.get(stored) if isinstance(stored, int) else None
    if opposite is None:
        raise Fault(node, "this test has no opposite in Shortcuts; swap the two branches instead.")
    return {**parameters, "WFCondition": opposite}


def _comparison(values: ValueCompiler, node: ast.Compare) -> Parameters:
    if len(node.ops) == 2 and all(isinstance(op, ast.LtE) for op in node.ops):
        return _between(values, node)
    if len(node.ops) != 1:
        raise Fault(node, "Shortcuts compares two values, or tests low <= value <= high.")
    left, right, op = node.left, node.comparators[0], node.ops[0]
    if isinstance(op, (ast.In, ast.NotIn)):
        contains = CONTAINS if isinstance(op, ast.In) else CONTAINS_NOT
        tested = _subject(values, right)
        return {**tested, "WFCondition": contains, TEXT_KEY: _text(values, left)}
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _is_none(values, node)
    operator = _OPERATORS[type(op)]
    if _is_operand(left) and not _is_operand(right):
        left, right, operator = right, left, _MIRRORED[operator]
    parameters = {**_subject(values, left), "WFCondition": operator}
    if operator in (EQUAL, NOT_EQUAL) and is_string(right) and right.value == "":
        return parameters  # Shortcuts stores nothing for an empty text
    return {**parameters, **_operand(values, right, text_too=operator in (EQUAL, NOT_EQUAL))}


def _is_none(values: ValueCompiler, node: ast.Compare) -> Parameters:
    """`x is None`, `x is not None`."""
    right = node.comparators[0]
    if not (isinstance(right, ast.Constant) and right.value is None):
        raise Fault(node, "write == to compare; `is` goes with None only.")
    has = HAS_NO_VALUE if isinstance(node.ops[0], ast.Is) else HAS_VALUE
    return {**_subject(values, node.left), "WFCondition": has}


def _is_operand(node: ast.expr) -> bool:
    """Whether an expression is what something is compared with, so that it cannot be what is tested."""
    is_literal = isinstance(node, (ast.Constant, ast.UnaryOp)) or is_text(node)
    return is_literal or called(node) in ("number", *CALLED_KEY)


def _between(values: ValueCompiler, node: ast.Compare) -> Parameters:
    low = _operand(values, node.left, text_too=False)
    high = _operand(values, node.comparators[1], text_too=False)
    key = next(iter(low))
    if key not in SECOND_KEY or set(high) != {key}:
        raise Fault(node, "low <= value <= high takes two numbers or two dates.")
    tested = _subject(values, node.comparators[0])
    return {**tested, "WFCondition": BETWEEN, key: low[key], SECOND_KEY[key]: high[key]}


def _operand(values: ValueCompiler, node: ast.expr, text_too: bool) -> Parameters:
    """What a value is compared with, under the key that its form calls for.

    A bare reference is stored as a number, and for == and != (`text_too`) as a text as well: Shortcuts reads the one
    that fits the value.
    """
    word = called(node)
    if word in CALLED_KEY:
        return {CALLED_KEY[word]: values.value(node)}
    if word == "number":
        return {NUMBER_KEY: values.value(only_argument(node))}
    stored = values.value(node)
    if isinstance(stored, str) or is_text(node):
        return {TEXT_KEY: stored}
    if isinstance(stored, bool) or stored is None:
        raise Fault(node, "Shortcuts has no True, False or None to compare with; write `if x:` or `if not x:`.")
    if isinstance(stored, int):
        return {NUMBER_KEY: str(stored)}  # Shortcuts stores a typed number as text
    if isinstance(stored, float):
        return {NUMBER_KEY: stored}
    token = attached_token(stored)
    if token is None:
        raise Fault(node, "Shortcuts compares with a text, a number, a date or a name.")
    return {NUMBER_KEY: stored, TEXT_KEY: text_token(lone_reference(token))} if text_too else {NUMBER_KEY: stored}


def _text(values: ValueCompiler, node: ast.expr) -> Any:
    """The text of `in`, startswith and endswith."""
    return node.value if is_string(node) else text_token(values.text(node))
