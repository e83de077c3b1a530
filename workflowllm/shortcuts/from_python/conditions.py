"""The test of an `if` as the parameters of a condition: the way back from `conditions.py`."""

import ast
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python import references
from workflowllm.shortcuts.from_python import values as expressions
from workflowllm.shortcuts.to_python.conditions import NUMBER_KEY, TEXT_KEY

if TYPE_CHECKING:
    from workflowllm.shortcuts.from_python.compiler import Compiler


CONDITIONAL_CALL = "is_workflow_actions_conditional"
_OPERATORS: dict[type, int] = {ast.Lt: 0, ast.LtE: 1, ast.Gt: 2, ast.GtE: 3, ast.Eq: 4, ast.NotEq: 5}
_MIRRORED = {0: 2, 1: 3, 2: 0, 3: 1, 4: 4, 5: 5}
_NEGATED = {0: 3, 1: 2, 2: 1, 3: 0, 4: 5, 5: 4, 99: 999, 999: 99, 100: 101, 101: 100}
_METHODS = {word: condition for condition, word in dialect.METHODS.items()}
_KEPT_IN = {"date": "WFDate", "WFQuantityFieldValue": "WFMeasurement", "WFStringSubstitutableState": "WFEnumeration"}
_SECOND = {NUMBER_KEY: "WFAnotherNumber", "WFDate": "WFAnotherDate"}


def condition(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    """The parameters of an If for a Python test."""
    several = _several(node)
    if several:
        prefix, tests = several
        templates = [single_test(compiler, test) for test in tests]
        value = {"WFActionParameterFilterPrefix": prefix, "WFActionParameterFilterTemplates": templates}
        return {"WFConditions": {"Value": value, "WFSerializationType": dialect.FILTER}}
    if called(node) == CONDITIONAL_CALL:
        return _explicit(compiler, node)
    return single_test(compiler, node)


def _several(node: ast.expr) -> tuple[int, list[ast.expr]] | None:
    if isinstance(node, ast.BoolOp):
        return int(isinstance(node.op, ast.And)), node.values
    if called(node) == "listed":
        return -1, [expressions.only_argument(node)]
    if (
        called(node) in ("all", "any")
        and len(node.args) == 1
        and isinstance(node.args[0], ast.List)
        and node.args[0].elts
    ):
        return int(called(node) == "all"), node.args[0].elts
    return None


def _explicit(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    given = expressions.keyword_values(compiler, call)
    for keyword in call.keywords:
        if keyword.arg == "WFInput" and called(keyword.value) != "plain":
            given["WFInput"] = subject_value(references.reference(compiler, keyword.value))
    return given


def subject_value(token: dict[str, Any]) -> dict[str, Any]:
    """An If wraps the reference that it tests once more."""
    return {"Type": "Variable", "Variable": expressions.attachment(token)}


def single_test(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    """One comparison, method call, membership test, or bare reference."""
    name = called(node)
    if name in ("legacy", "extra") and node.args and _is_test(node.args[0], name):
        if len(node.args) != 1:
            raise Fault(node, f"{name}() takes one test and keywords.")
        given = {**single_test(compiler, node.args[0]), **expressions.keyword_values(compiler, node)}
        return {**given, dialect.LEGACY: True} if name == "legacy" else given
    if isinstance(node, ast.Compare):
        return _comparison(compiler, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _negated(compiler, node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        operand = _text(compiler, expressions.only_argument(node))
        return {**_subject(compiler, node.func.value), "WFCondition": _METHODS[node.func.attr], TEXT_KEY: operand}
    if isinstance(node, (ast.BoolOp, ast.IfExp, ast.Lambda, ast.Constant)):
        raise Fault(
            node, "a test compares a name; Shortcuts joins tests by `and` or by `or`, not both, and on one level."
        )
    return {**_subject(compiler, node), "WFCondition": dialect.HAS_VALUE}


def _is_test(node: ast.expr, name: str) -> bool:
    """extra() around a bare reference belongs to the reference, unless legacy() says that it is a test."""
    return (
        name == "legacy"
        or isinstance(node, (ast.Compare, ast.UnaryOp))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    )


def _subject(compiler: "Compiler", node: ast.expr) -> dict[str, Any]:
    if called(node) == "previous":
        return {}
    return {"WFInput": subject_value(references.reference(compiler, node))}


def _negated(compiler: "Compiler", node: ast.UnaryOp) -> dict[str, Any]:
    given = single_test(compiler, node.operand)
    opposite = _NEGATED.get(given["WFCondition"]) if isinstance(given.get("WFCondition"), int) else None
    if opposite is None:
        raise Fault(node, "this test has no opposite in Shortcuts; swap the two branches instead.")
    return {**given, "WFCondition": opposite}


def _comparison(compiler: "Compiler", node: ast.Compare) -> dict[str, Any]:
    if len(node.ops) == 2 and all(isinstance(op, ast.LtE) for op in node.ops):
        return _between(compiler, node)
    if len(node.ops) != 1:
        raise Fault(node, "Shortcuts compares two values, or tests low <= value <= high.")
    left, right, op = node.left, node.comparators[0], node.ops[0]
    if isinstance(op, (ast.In, ast.NotIn)):
        contains = dialect.CONTAINS if isinstance(op, ast.In) else dialect.CONTAINS_NOT
        return {**_subject(compiler, right), "WFCondition": contains, TEXT_KEY: _text(compiler, left)}
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _is_none(compiler, node, left, right, op)
    operator = _OPERATORS[type(op)]
    if _is_operand(left) and not _is_operand(right):
        left, right, operator = right, left, _MIRRORED[operator]
    given = {**_subject(compiler, left), "WFCondition": operator}
    if operator in (4, 5) and isinstance(right, ast.Constant) and right.value == "" and isinstance(right.value, str):
        return given  # Shortcuts stores nothing for an empty text
    return {**given, **_operand(compiler, right, text_too=operator in (4, 5))}


def _is_none(compiler: "Compiler", node: ast.Compare, left: ast.expr, right: ast.expr, op: ast.cmpop) -> dict[str, Any]:
    if not (isinstance(right, ast.Constant) and right.value is None):
        raise Fault(node, "write == to compare; `is` goes with None only.")
    has = dialect.HAS_NO_VALUE if isinstance(op, ast.Is) else dialect.HAS_VALUE
    return {**_subject(compiler, left), "WFCondition": has}


def _is_operand(node: ast.expr) -> bool:
    return (
        isinstance(node, (ast.Constant, ast.UnaryOp))
        or called(node) in ("number", *_KEPT_IN)
        or expressions.is_text(node)
    )


def _between(compiler: "Compiler", node: ast.Compare) -> dict[str, Any]:
    low = _operand(compiler, node.left, text_too=False)
    high = _operand(compiler, node.comparators[1], text_too=False)
    key = next(iter(low))
    if key not in _SECOND or set(high) != {key}:
        raise Fault(node, "low <= value <= high takes two numbers or two dates.")
    return {
        **_subject(compiler, node.comparators[0]),
        "WFCondition": dialect.BETWEEN,
        key: low[key],
        _SECOND[key]: high[key],
    }


def _operand(compiler: "Compiler", node: ast.expr, text_too: bool) -> dict[str, Any]:
    """What a value is compared with, under the key that its form calls for.

    A bare reference is stored as a number, and for == and != (`text_too`) as a text as well: Shortcuts reads the one
    that fits the value.
    """
    name = called(node)
    if name in _KEPT_IN:
        return {_KEPT_IN[name]: expressions.value(compiler, node)}
    if name == "number":
        return {NUMBER_KEY: expressions.value(compiler, expressions.only_argument(node))}
    stored = expressions.value(compiler, node)
    if isinstance(stored, str) or expressions.is_text(node):
        return {TEXT_KEY: stored}
    if isinstance(stored, bool) or stored is None:
        raise Fault(node, "Shortcuts has no True, False or None to compare with; write `if x:` or `if not x:`.")
    if isinstance(stored, int):
        return {NUMBER_KEY: str(stored)}  # Shortcuts stores a typed number as text
    if isinstance(stored, dict) and text_too:
        alone = {"string": expressions.MARK, "attachmentsByRange": {"{0, 1}": stored["Value"]}}
        return {NUMBER_KEY: stored, TEXT_KEY: expressions.text_token(alone)}
    return {NUMBER_KEY: stored}


def _text(compiler: "Compiler", node: ast.expr) -> Any:
    """The text of `in`, startswith and endswith."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return expressions.text_token(expressions.text(compiler, node))
