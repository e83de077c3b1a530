"""Expressions that make an action of their own: API calls, literals, arithmetic, subscripts."""

import ast
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python import references
from workflowllm.shortcuts.from_python import values as expressions
from workflowllm.shortcuts.from_python.refusals import refuse_expression
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.identifiers import identifier_of

if TYPE_CHECKING:
    from workflowllm.shortcuts.from_python.compiler import Compiler


_BLOCK_CALLS = frozenset(
    f"is_workflow_actions_{name}" for name in ("conditional", "repeat_each", "repeat_count", "choosefrommenu")
)
_MATH = {ast.Add: "+", ast.Sub: "-", ast.Mult: "×", ast.Div: "÷"}
_SCIENTIFIC = {ast.Mod: "Modulus", ast.Pow: "x^y"}
# Words that stand for no action.
WORDS = frozenset(
    {*expressions.VALUES, *references.REFERENCES, "text_of", "item", "where", "legacy", "listed", "shown_as"}
    | {"untitled", "missing", "import_question"}
)


def action(compiler: "Compiler", node: ast.expr) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """(identifier, parameters, other keys) of the action that an expression makes."""
    made = _literal_action(compiler, node)
    if made is None and isinstance(node, ast.Subscript):
        made = _dictionary_value(compiler, node)
    if made is None and isinstance(node, ast.BinOp):
        made = _arithmetic(compiler, node)
    if made is not None:
        return *made, {}
    if isinstance(node, ast.Call):
        return call(compiler, node)
    raise refuse_expression(node)


def _literal_action(compiler: "Compiler", node: ast.expr) -> tuple[str, dict[str, Any]] | None:
    """The action that holds a literal: Text, Number, Dictionary or List."""
    if expressions.is_text(node) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return BUILT_IN + "gettext", {"WFTextActionText": expressions.value(compiler, node)}
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
        return BUILT_IN + "number", {"WFNumberActionNumber": node.value + 0}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and expressions.is_number(node.operand):
        return BUILT_IN + "number", {"WFNumberActionNumber": -node.operand.value}
    if isinstance(node, (ast.Dict, ast.List)):
        kind = "dictionary" if isinstance(node, ast.Dict) else "list"
        return BUILT_IN + kind, {"WFItems": expressions.parameter(compiler, "WFItems", node)}
    return None


def call(compiler: "Compiler", node: ast.Call) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """An API called with keywords, or one of the dialect's short forms for an action."""
    if isinstance(node.func, ast.Attribute):
        return *_method(compiler, node), {}
    name = called(node)
    if name in ("input", "print", "len"):
        return *_short_form(compiler, node), {}
    if name in _BLOCK_CALLS:
        raise Fault(node, f"{name} opens a block; write if, for or match instead.")
    arguments = list(node.args)
    if name == "action":
        identifier = expressions.constant_text(arguments.pop(0) if arguments else None, node)
    elif name is None or "_" not in name or name in WORDS:
        raise refuse_expression(node)
    else:
        identifier = identifier_of(name)
    return identifier, expressions.keyword_values(compiler, node), action_keys(compiler, arguments)


def action_keys(compiler: "Compiler", arguments: list[ast.expr]) -> dict[str, Any]:
    """Keys of an action beside its identifier and parameters: a dictionary in front of the keywords."""
    if not arguments:
        return {}
    if len(arguments) > 1 or not isinstance(arguments[0], ast.Dict):
        raise Fault(arguments[0], "actions take keyword arguments only.")
    return expressions.value(compiler, arguments[0])


def _method(compiler: "Compiler", node: ast.Call) -> tuple[str, dict[str, Any]]:
    """d.keys() and d.values()."""
    asked = {"keys": "All Keys", "values": "All Values"}.get(node.func.attr)
    if asked is None or node.args or node.keywords:
        raise refuse_expression(node)
    return BUILT_IN + "getvalueforkey", {
        "WFInput": expressions.attachment(references.reference(compiler, node.func.value)),
        "WFGetDictionaryValueType": asked,
    }


def _short_form(compiler: "Compiler", node: ast.Call) -> tuple[str, dict[str, Any]]:
    """input(prompt), print(text), len(items)."""
    name = called(node)
    if name == "input" and not node.args and not node.keywords:
        return BUILT_IN + "ask", {}
    argument = expressions.only_argument(node)
    if name == "len":
        return BUILT_IN + "count", {"Input": expressions.attachment(references.reference(compiler, argument))}
    if name == "print":
        return BUILT_IN + "showresult", {"Text": expressions.text_token(expressions.text(compiler, argument))}
    if not (isinstance(argument, ast.Constant) or expressions.is_text(argument)):
        return BUILT_IN + "ask", {"WFAskActionPrompt": expressions.text_token(expressions.text(compiler, argument))}
    return BUILT_IN + "ask", {"WFAskActionPrompt": expressions.value(compiler, argument)}


def _arithmetic(compiler: "Compiler", node: ast.BinOp) -> tuple[str, dict[str, Any]]:
    """The Calculate action of a sum, difference, product, quotient, remainder or power."""
    operation = _MATH.get(type(node.op))
    scientific = _SCIENTIFIC.get(type(node.op))
    if operation is None and scientific is None:
        raise Fault(node, "Shortcuts calculates with + - * / % ** only.")
    operand = expressions.value(compiler, node.right) if not isinstance(node.right, ast.Constant) else node.right.value
    if isinstance(operand, str) or not isinstance(operand, (int, float, dict)):
        raise Fault(node.right, "a number or a name must stand here.")
    given = {"WFInput": expressions.attachment(references.reference(compiler, node.left))}
    if scientific:
        return BUILT_IN + "math", {
            **given,
            "WFMathOperation": "…",
            "WFScientificMathOperation": scientific,
            "WFScientificMathOperand": operand,
        }
    return BUILT_IN + "math", {**given, "WFMathOperation": operation, "WFMathOperand": operand}


def _dictionary_value(compiler: "Compiler", node: ast.Subscript) -> tuple[str, dict[str, Any]]:
    """Get Dictionary Value, or Get Item from List for a whole number (Python counts from 0, Shortcuts from 1)."""
    index = node.slice
    given = expressions.attachment(references.reference(compiler, node.value))
    if (
        isinstance(index, ast.UnaryOp)
        and isinstance(index.op, ast.USub)
        and expressions.is_number(index.operand)
        and index.operand.value == 1
    ):
        return BUILT_IN + "getitemfromlist", {"WFInput": given, "WFItemSpecifier": "Last Item"}
    if expressions.is_number(index) and isinstance(index.value, int):
        return BUILT_IN + "getitemfromlist", {
            "WFInput": given,
            "WFItemSpecifier": "Item At Index",
            "WFItemIndex": index.value + 1,
        }
    if isinstance(index, (ast.Slice, ast.Tuple, ast.UnaryOp)):
        raise Fault(
            index,
            'call is_workflow_actions_getitemfromlist with WFItemSpecifier="Items in Range" for a part of a list.',
        )
    return BUILT_IN + "getvalueforkey", {"WFInput": given, "WFDictionaryKey": expressions.value(compiler, index)}
