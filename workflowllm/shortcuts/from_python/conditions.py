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
from workflowllm.shortcuts.dialect.value_kinds import ASKED, BOOLEAN, DATE, DICTIONARY, NUMBER, TEXT, needed_class
from workflowllm.shortcuts.dialect.words import words_of
from workflowllm.shortcuts.from_python.literals import is_string, is_text, only_argument
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.plist_types import Parameters
from workflowllm.shortcuts.model.tree import CONDITIONAL
from workflowllm.shortcuts.model.wrapped import (
    FILTER,
    attached_token,
    attachment,
    lone_reference,
    subject,
    text_token,
    wrap,
)

_OPERATORS: dict[type, int] = {ast.Lt: 0, ast.LtE: 1, ast.Gt: 2, ast.GtE: 3, ast.Eq: EQUAL, ast.NotEq: NOT_EQUAL}
_CALLED_KEY = {**CALLED_KEY, "quantity": "WFMeasurement"}
_MIRRORED = {0: 2, 1: 3, 2: 0, 3: 1, EQUAL: EQUAL, NOT_EQUAL: NOT_EQUAL}
_OPPOSITES = {0: 3, 1: 2, EQUAL: NOT_EQUAL, CONTAINS: CONTAINS_NOT, HAS_VALUE: HAS_NO_VALUE}
_OPPOSITES |= {opposite: condition for condition, opposite in _OPPOSITES.items()}
_CONDITION_OF = {word: condition for condition, word in METHODS.items()}
_PREFIXES = {word: int(prefix) for word, prefix in words_of("test").items() if prefix in ("1", "0", "-1")}


def condition(values: ValueCompiler, node: ast.expr) -> Parameters:
    """The parameters of an If for a Python test."""
    node = spelt_out(values, node)
    several = _several(node)
    if several:
        prefix, tests = several
        templates = [single_test(values, test) for test in tests]
        inner = {"WFActionParameterFilterPrefix": prefix, "WFActionParameterFilterTemplates": templates}
        return {"WFConditions": wrap(FILTER, inner)}
    if called(node) == function_name(CONDITIONAL):
        return _explicit(values, node)
    return single_test(values, node)


def spelt_out(values: ValueCompiler, node: ast.expr) -> ast.expr:
    """`x in ["a", "b"]` and `1 < x < 5` as tests joined by or and by and."""
    if isinstance(node, ast.BoolOp):
        tests: list[ast.expr] = []
        for test in (spelt_out(values, test) for test in node.values):
            is_same = isinstance(test, ast.BoolOp) and type(test.op) is type(node.op)
            tests += test.values if is_same else [test]
        return ast.copy_location(ast.BoolOp(node.op, tests), node)
    if not isinstance(node, ast.Compare) or called(node.left) == "previous":
        return node
    whole, op = node.comparators[0], node.ops[0]
    if len(node.ops) == 1 and isinstance(op, (ast.In, ast.NotIn)) and isinstance(whole, (ast.List, ast.Tuple, ast.Set)):
        if not whole.elts:
            raise Fault(whole, "nothing is in an empty list.")
        join, sign = (ast.Or(), ast.Eq()) if isinstance(op, ast.In) else (ast.And(), ast.NotEq())
        left = values.once(node.left)
        tests = [ast.copy_location(ast.Compare(left, [sign], [item]), node) for item in whole.elts]
        return tests[0] if len(tests) == 1 else ast.copy_location(ast.BoolOp(join, tests), node)
    is_between = len(node.ops) == 2 and all(isinstance(op, ast.LtE) for op in node.ops)
    if len(node.ops) < 2 or is_between:
        return node
    sides = [node.left, *map(values.once, node.comparators[:-1]), node.comparators[-1]]
    pairs = zip(sides, node.ops, sides[1:])
    tests = [ast.copy_location(ast.Compare(left, [op], [right]), node) for left, op, right in pairs]
    return ast.copy_location(ast.BoolOp(ast.And(), tests), node)


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


def single_test(values: ValueCompiler, node: ast.expr, is_stored: bool = False) -> Parameters:
    """One comparison, method call, membership test, or bare reference.

    `is_stored` says that extra() or legacy() stands around it: nothing is converted then, it is as a file has it.
    """
    word = called(node)
    if word in ("legacy", "extra") and node.args and _is_test(node.args[0], word):
        if len(node.args) != 1:
            raise Fault(node, f"{word}() takes one test and keywords.")
        parameters = {**single_test(values, node.args[0], True), **values.keywords(node)}
        return {**parameters, LEGACY: True} if word == "legacy" else parameters
    if isinstance(node, ast.Compare):
        return _comparison(values, node, is_stored)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _negated(values, node, is_stored)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CONDITION_OF:
        operand = _text(values, only_argument(node))
        tested = _read(values, node.func.value, 8, False, is_stored)
        return {**tested, "WFCondition": _CONDITION_OF[node.func.attr], TEXT_KEY: operand}
    if isinstance(node, (ast.Lambda, ast.Constant)):
        raise Fault(node, "a test compares a name with a value.")
    if values.state.kinds.of(node) == BOOLEAN and not is_stored:
        return _is_true(values, node)
    return {**_subject(values, node), "WFCondition": HAS_VALUE}


def _is_true(values: ValueCompiler, node: ast.expr, is_wanted: bool = True) -> Parameters:
    """A boolean, which Shortcuts stores as a comparison without an operand; false is the number 0.

    69 of 69 tests of a boolean in real files ask whether it is true.
    """
    if is_wanted:
        tested = node if called(node) == "bool" else _converted(node, "bool")
        return {**_subject(values, tested), "WFCondition": EQUAL}
    if called(node) == "bool":
        node = only_argument(node)
    return {**_subject(values, _converted(node, "float")), "WFCondition": EQUAL, NUMBER_KEY: "0"}


def _converted(node: ast.expr, word: str) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(word), [node], []), node)


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


def _read(values: ValueCompiler, node: ast.expr, code: int, is_number: bool, is_stored: bool) -> Parameters:
    """What a comparison is about, converted where Shortcuts would not compare it as it is."""
    needed = None if is_stored or called(node) == "previous" else needed_class(
        values.state.kinds.of(node), code, is_number)  # fmt: skip
    return {"WFInput": subject(values.coerced(node, needed))} if needed else _subject(values, node)


def _negated(values: ValueCompiler, node: ast.UnaryOp, is_stored: bool) -> Parameters:
    if values.state.kinds.of(node.operand) == BOOLEAN and not is_stored and not _has_opposite(node.operand):
        return _is_true(values, node.operand, is_wanted=False)
    parameters = single_test(values, node.operand, is_stored)
    stored = parameters.get("WFCondition")
    opposite = _OPPOSITES.get(stored) if isinstance(stored, int) else None
    if opposite is None:
        raise Fault(node, "this test has no opposite in Shortcuts; swap the two branches instead.")
    return {**parameters, "WFCondition": opposite}


def _has_opposite(node: ast.expr) -> bool:
    """Whether a condition of Shortcuts says the opposite of a boolean."""
    if isinstance(node, ast.Compare):
        return len(node.ops) == 1
    return isinstance(node, ast.UnaryOp)


def _comparison(values: ValueCompiler, node: ast.Compare, is_stored: bool) -> Parameters:
    if len(node.ops) == 2 and all(isinstance(op, ast.LtE) for op in node.ops):
        return _between(values, node, is_stored)
    if len(node.ops) != 1:
        raise Fault(node, "Shortcuts compares two values, or tests low <= value <= high.")
    left, right, op = node.left, node.comparators[0], node.ops[0]
    if isinstance(op, (ast.In, ast.NotIn)):
        return _contains(values, node, is_stored)
    if isinstance(op, (ast.Is, ast.IsNot)) or _is_literal(right, None):
        return _is_none(values, node)
    operator = _OPERATORS[type(op)]
    if _is_operand(left) and not _is_operand(right):
        left, right, operator = right, left, _MIRRORED[operator]
    if operator in (EQUAL, NOT_EQUAL) and (_is_literal(right, True) or _is_literal(right, False)):
        return _is_true(values, left, right.value == (operator == EQUAL))
    kinds = values.state.kinds
    is_number = kinds.of(right) == NUMBER and called(right) != "number"
    is_called = called(right) in ("number", *_CALLED_KEY)
    if not is_stored and not is_called and DATE in (kinds.of(left), kinds.of(right)):
        return {**_subject(values, left), "WFCondition": operator, "WFDate": _moment(values, right)}
    if not is_stored and operator in (0, 1, 2, 3) and {kinds.of(left), kinds.of(right)} <= {TEXT, ASKED}:
        raise Fault(node, "texts have no order; compare numbers, such as float(x), or use ==.")
    parameters = {**_read(values, left, operator, is_number, is_stored or called(right) == "number"),
                  "WFCondition": operator}  # fmt: skip
    if operator in (EQUAL, NOT_EQUAL) and is_string(right) and right.value == "":
        return parameters  # Shortcuts stores nothing for an empty text
    return {**parameters, **_operand(values, right, text_too=operator in (EQUAL, NOT_EQUAL))}


def _contains(values: ValueCompiler, node: ast.Compare, is_stored: bool) -> Parameters:
    """`"a" in x`: for a dictionary whether it has the key, as in Python."""
    part, whole = node.left, node.comparators[0]
    condition = CONTAINS if isinstance(node.ops[0], ast.In) else CONTAINS_NOT
    if values.state.kinds.of(whole) == DICTIONARY and not is_stored:
        keys = ast.Call(ast.Attribute(whole, "keys"), [], [])
        tested = _subject(values, ast.copy_location(keys, whole))
    else:
        tested = _read(values, whole, condition, False, is_stored)
    return {**tested, "WFCondition": condition, TEXT_KEY: _text(values, part)}


def _moment(values: ValueCompiler, node: ast.expr) -> Any:
    """The other date of a comparison: a reference, or the Date action of a text."""
    if not is_string(node):
        return values.attached(node)
    action = NewAction(BUILT_IN + "date", {"WFDateActionMode": "Specified Date", "WFDateActionDate": node.value})
    return attachment(values.state.emit_step(action))


def _is_none(values: ValueCompiler, node: ast.Compare) -> Parameters:
    """`x is None`, `x is not None`."""
    is_equality = isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq))
    if not _is_literal(node.comparators[0], None) or not is_equality:
        raise Fault(node, "write == to compare; `is` goes with None only.")
    has = HAS_NO_VALUE if isinstance(node.ops[0], (ast.Is, ast.Eq)) else HAS_VALUE
    return {**_subject(values, node.left), "WFCondition": has}


def _is_literal(node: ast.expr, value: bool | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _is_operand(node: ast.expr) -> bool:
    """Whether an expression is what something is compared with, so that it cannot be what is tested."""
    is_literal = isinstance(node, (ast.Constant, ast.UnaryOp)) or is_text(node)
    return is_literal or called(node) in ("number", *_CALLED_KEY)


def _between(values: ValueCompiler, node: ast.Compare, is_stored: bool) -> Parameters:
    low = _operand(values, node.left, text_too=False)
    high = _operand(values, node.comparators[1], text_too=False)
    key = next(iter(low))
    if key not in SECOND_KEY or set(high) != {key}:
        raise Fault(node, "low <= value <= high takes two numbers or two dates.")
    tested = _read(values, node.comparators[0], BETWEEN, True, is_stored or key != NUMBER_KEY)
    return {**tested, "WFCondition": BETWEEN, key: low[key], SECOND_KEY[key]: high[key]}


def _operand(values: ValueCompiler, node: ast.expr, text_too: bool) -> Parameters:
    """What a value is compared with, under the key that its form calls for.

    A bare reference is stored as a number, and for == and != (`text_too`) as a text as well: Shortcuts reads the one
    that fits the value.
    """
    word = called(node)
    if isinstance(node, (ast.Dict, ast.List, ast.Tuple, ast.Set)):
        raise Fault(node, "Shortcuts compares with a text, a number, a date or a name; test len(x) == 0 for emptiness.")
    if word in _CALLED_KEY:
        return {_CALLED_KEY[word]: values.value(node)}
    if word == "number":
        return {NUMBER_KEY: values.value(only_argument(node))}
    stored = values.value(node)
    if isinstance(stored, str) or is_text(node):
        return {TEXT_KEY: stored}
    if isinstance(stored, bool) or stored is None:
        raise Fault(node, "Shortcuts has no order of True, False and None; write `if x:` or `if not x:`.")
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
