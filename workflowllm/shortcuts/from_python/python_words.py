"""Functions and methods of Python that Shortcuts has actions for: `t.split(",")`, `sum(xs)`, `random.choice(xs)`."""

import ast
from collections.abc import Callable
from typing import Any

from workflowllm.shortcuts.dialect.bindings import is_asked
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.value_kinds import ASKED, NUMBER, TEXT
from workflowllm.shortcuts.from_python.choices import choice_action
from workflowllm.shortcuts.from_python.date_patterns import date_pattern
from workflowllm.shortcuts.from_python.literals import is_string, number_of, only_argument
from workflowllm.shortcuts.from_python.operators import calculate, dictionary_value
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.plist_types import Parameters, Wrapped
from workflowllm.shortcuts.model.wrapped import attachment, text_token

Word = Callable[[ValueCompiler, ast.Call], NewAction]

_CASES = {
    "upper": "UPPERCASE",
    "lower": "lowercase",
    "title": "Capitalize Every Word",
    "capitalize": "Capitalize with sentence case",
}
_BLANKS = {"strip": r"^\s+|\s+$", "lstrip": r"^\s+", "rstrip": r"\s+$"}
_SEPARATORS = {"\n": "New Lines", " ": "Spaces"}
_STATISTICS = {"sum": "Sum", "max": "Maximum", "min": "Minimum"}
_ROUND_TO = (
    "Ones Place", "Tenths", "Hundredths", "Thousandths", "Ten Thousandths", "Hundred Thousandths", "Millionths",
)  # fmt: skip


def _action(name: str, parameters: Parameters) -> NewAction:
    return NewAction(BUILT_IN + name, parameters)


def _arguments(call: ast.Call, least: int, most: int, **defaults: ast.expr | None) -> list[ast.expr]:
    """The positional arguments of a call, where their number fits and it has no keywords but those named."""
    extra = [keyword.arg for keyword in call.keywords if keyword.arg not in defaults]
    if extra or not least <= len(call.args) <= most or any(isinstance(node, ast.Starred) for node in call.args):
        raise Fault(call, f"{ast.unparse(call.func)}() takes {least} to {most} values here." if least != most else
                    f"{ast.unparse(call.func)}() takes {least} value{'s' * (least != 1)} here.")  # fmt: skip
    return call.args


def _text(values: ValueCompiler, node: ast.expr) -> Any:
    """A text that a field of text holds."""
    return node.value if is_string(node) else text_token(values.text(node))


def _is_literal(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


# Texts


def _change_case(values: ValueCompiler, call: ast.Call) -> NewAction:
    _arguments(call, 0, 0)
    return _action("text.changecase", {"text": _owner(values, call), "WFCaseType": _CASES[call.func.attr]})


def _owner(values: ValueCompiler, call: ast.Call) -> Wrapped:
    return values.attached(call.func.value)


def _strip(values: ValueCompiler, call: ast.Call) -> NewAction:
    _arguments(call, 0, 0)
    return _replaced(values, call.func.value, _BLANKS[call.func.attr], "", {"WFReplaceTextRegularExpression": True})


def _replace(values: ValueCompiler, call: ast.Call) -> NewAction:
    old, new = _arguments(call, 2, 2)
    return _replaced(values, call.func.value, _text(values, old), _text(values, new), {})


def _replaced(values: ValueCompiler, text: ast.expr, old: Any, new: Any, more: Parameters) -> NewAction:
    stored = {"WFInput": text_token(values.text(text)), "WFReplaceTextFind": old, "WFReplaceTextReplace": new, **more}
    return _action("text.replace", stored)


def _separator(values: ValueCompiler, node: ast.expr | None) -> Parameters:
    if node is None:
        return {"WFTextSeparator": "Spaces"}
    if is_string(node) and node.value in _SEPARATORS:
        return {"WFTextSeparator": _SEPARATORS[node.value]}
    return {"WFTextSeparator": "Custom", "WFTextCustomSeparator": _text(values, node)}


def _split(values: ValueCompiler, call: ast.Call) -> NewAction:
    parts = _arguments(call, 0, 1)
    return _action("text.split", {"text": _owner(values, call), **_separator(values, parts[0] if parts else None)})


def _split_lines(values: ValueCompiler, call: ast.Call) -> NewAction:
    _arguments(call, 0, 0)
    return _action("text.split", {"text": _owner(values, call), "WFTextSeparator": "New Lines"})


def _join(values: ValueCompiler, call: ast.Call) -> NewAction:
    (items,) = _arguments(call, 1, 1)
    return _action("text.combine", {"text": values.attached(items), **_separator(values, call.func.value)})


def _format_date(values: ValueCompiler, call: ast.Call) -> NewAction:
    """d.strftime("%Y-%m-%d")."""
    (pattern,) = _arguments(call, 1, 1)
    stored = {"WFDate": text_token(values.text(call.func.value)), "WFDateFormatStyle": "Custom"}
    return _action("format.date", {**stored, "WFDateFormat": date_pattern(pattern)})


# Dictionaries


def _get(values: ValueCompiler, call: ast.Call) -> NewAction:
    """d.get(key), and d.get(key, default): an If of whether there is a value."""
    parts = _arguments(call, 1, 2)
    value = dictionary_value(values, _owner(values, call), parts[0])
    if len(parts) == 1 or _is_literal(parts[1], None):
        return value
    name = values.state.held(values.state.emit_step(value), call)
    return choice_action(values, ast.copy_location(ast.IfExp(name, name, parts[1]), call))


# Numbers and lists


def _statistics(values: ValueCompiler, call: ast.Call) -> NewAction:
    word = call.func.id
    parts = _arguments(call, 1, 1 if word == "sum" else 20)
    items = parts[0] if len(parts) == 1 else ast.copy_location(ast.List(parts), call)
    return _action("statistics", {"Input": values.attached(items), "WFStatisticsOperation": _STATISTICS[word]})


def _abs(values: ValueCompiler, call: ast.Call) -> NewAction:
    return calculate(values.attached(only_argument(call)), "abs(x)")


def _as_number(values: ValueCompiler, node: ast.expr) -> Wrapped:
    if values.state.kinds.of(node) == NUMBER:
        return values.attached(node)
    return attachment(values.coerced(node, "WFNumberContentItem"))


def _int(values: ValueCompiler, call: ast.Call) -> NewAction:
    (number,) = _arguments(call, 1, 1)
    if is_asked(number):
        return _ask_number(values, number)
    return _action("round", {"WFInput": _as_number(values, number), "WFRoundMode": "Always Round Down"})


def _float(values: ValueCompiler, call: ast.Call) -> NewAction:
    """float(input("?")), or a number written out."""
    (number,) = _arguments(call, 1, 1)
    if is_asked(number):
        return _ask_number(values, number)
    try:
        return _action("number", {"WFNumberActionNumber": float(number.value)})  # type: ignore[attr-defined]
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise Fault(call, "float() takes a number, a name or input(...).") from None


def _ask_number(values: ValueCompiler, asked: ast.Call) -> NewAction:
    return _action("ask", {"WFAskActionPrompt": _text(values, only_argument(asked)), "WFInputType": "Number"})


def _round(values: ValueCompiler, call: ast.Call) -> NewAction:
    parts = _arguments(call, 1, 2)
    stored: Parameters = {"WFInput": _as_number(values, parts[0])}
    if len(parts) == 1:
        return _action("round", stored)
    digits = number_of(parts[1])
    if not isinstance(digits, int) or isinstance(digits, bool) or not 0 <= digits < len(_ROUND_TO):
        raise Fault(parts[1], f"round() takes 0 to {len(_ROUND_TO) - 1} places, written out.")
    return _action("round", {**stored, "WFRoundTo": _ROUND_TO[digits]})


def _sorted(values: ValueCompiler, call: ast.Call) -> NewAction:
    """Filter Files sorts whatever it is given by its name."""
    (items,) = _arguments(call, 1, 1, reverse=None)
    backwards = any(_is_literal(keyword.value, True) for keyword in call.keywords)
    stored = {"WFContentItemInputParameter": values.attached(items), "WFContentItemSortProperty": "Name"}
    return _action("filter.files", {**stored, "WFContentItemSortOrder": "Z to A" if backwards else "A to Z"})


def _ceiling(values: ValueCompiler, call: ast.Call) -> NewAction:
    (number,) = _arguments(call, 1, 1)
    return _action("round", {"WFInput": _as_number(values, number), "WFRoundMode": "Always Round Up"})


def _root(values: ValueCompiler, call: ast.Call) -> NewAction:
    (number,) = _arguments(call, 1, 1)
    return calculate(values.attached(number), "√x")


def _sleep(values: ValueCompiler, call: ast.Call) -> NewAction:
    (seconds,) = _arguments(call, 1, 1)
    number = number_of(seconds)
    return _action("delay", {"WFDelayTime": values.attached(seconds) if number is None else number})


def _loads(values: ValueCompiler, call: ast.Call) -> NewAction:
    (text,) = _arguments(call, 1, 1)
    return _action("detect.dictionary", {"WFInput": values.attached(text)})


def _now(_: ValueCompiler, call: ast.Call) -> NewAction:
    _arguments(call, 0, 0)
    return _action("date", {"WFDateActionMode": "Current Date"})


def _random_number(values: ValueCompiler, call: ast.Call) -> NewAction:
    least, most = (_number(values, node) for node in _arguments(call, 2, 2))
    return _action("number.random", {"WFRandomNumberMinimum": least, "WFRandomNumberMaximum": most})


def _number(values: ValueCompiler, node: ast.expr) -> Any:
    number = number_of(node)
    return values.attached(node) if number is None else str(number)


def _choice(values: ValueCompiler, call: ast.Call) -> NewAction:
    (items,) = _arguments(call, 1, 1)
    return _action("getitemfromlist", {"WFInput": values.attached(items), "WFItemSpecifier": "Random Item"})


def _len(values: ValueCompiler, call: ast.Call) -> NewAction:
    """The characters of a text, the items of anything else."""
    node = only_argument(call)
    counted = "Characters" if values.state.kinds.of(node) in (TEXT, ASKED) else "Items"
    return _action("count", {"Input": values.attached(node), "WFCountType": counted})


FUNCTIONS: dict[str, Word] = {
    **dict.fromkeys(_STATISTICS, _statistics),
    "abs": _abs,
    "int": _int,
    "float": _float,
    "round": _round,
    "sorted": _sorted,
    "len": _len,
}
METHODS: dict[str, Word] = {
    **dict.fromkeys(_CASES, _change_case),
    **dict.fromkeys(_BLANKS, _strip),
    "replace": _replace,
    "split": _split,
    "splitlines": _split_lines,
    "join": _join,
    "strftime": _format_date,
    "get": _get,
}
OF_MODULES: dict[str, dict[str, Word]] = {
    "random": {"randint": _random_number, "choice": _choice},
    "math": {"floor": _int, "ceil": _ceiling, "sqrt": _root},
    "time": {"sleep": _sleep},
    "json": {"loads": _loads},
    "datetime": {"now": _now},
}
