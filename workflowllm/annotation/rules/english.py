"""Expressions of the dialect in English: `f"Hello {name}"` is `"Hello [name]"`, `x["id"]` is `the id of the x`."""

import ast
import re
from collections.abc import Callable

from workflowllm.annotation.comment_lines import printable
from workflowllm.apis.catalogue import catalogue
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.words import SET_VARIABLE_CALL, SOURCES, words_of
from workflowllm.shortcuts.model.identifiers import identifier_of

QUOTED = 60  # characters of a quoted text, at most
_SOURCES = {
    "ExtensionInput": "the shortcut's input",
    "Clipboard": "the clipboard",
    "CurrentDate": "the current date",
    "DeviceDetails": "the device's details",
    "Input": "the action's input",
    "Ask": "what is entered when asked",
}
SOURCE_WORDS = {function: _SOURCES[kind] for kind, function in SOURCES.items()}
_COMPARED = {
    ast.Lt: "is less than", ast.LtE: "is at most", ast.Gt: "is greater than", ast.GtE: "is at least",
    ast.Eq: "is", ast.NotEq: "is not",
}  # fmt: skip
_METHODS = {"startswith": "begins with", "endswith": "ends with"}
_ARITHMETIC = {
    ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divided by", ast.Mod: "modulo",
    ast.Pow: "to the power of",
}  # fmt: skip
_FILTERS = {
    "==": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is greater than", ">=": "is at least",
    "in the next": "is in the next", "in the last": "is in the last", "between": "is between",
}  # fmt: skip


def split_name(name: str) -> str:
    """A name in words: `my list 2` for `myList_2`."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|_+", " ", name).split()
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts) or name


def shortened(text: str, longest: int = QUOTED) -> str:
    """A text on one line, cut at a word where it is too long."""
    line = " ".join(printable(text.replace('"', "'")).split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[longest // 2 :] else cut).rstrip(" ,;:.") + "…"


def words(node: ast.expr | None, longest: int = QUOTED) -> str:
    """An expression in words, a text in it cut to `longest` characters; "a value" for kinds without words."""
    if node is None:
        return "nothing"
    handler = _HANDLERS.get(type(node))
    return handler(node, longest) if handler else "a value"


def keyword_arguments(call: ast.Call) -> dict[str, ast.expr]:
    """A call's keyword arguments by name, without those of `**{...}`."""
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def plain_text(node: ast.expr) -> str | None:
    """A text without its quotes, with names in brackets; None where the expression is not a text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_piece_text, node.values))
    if called(node) == "text_of":
        return "".join(map(_piece_text, node.args))
    return None


def _piece_text(node: ast.expr) -> str:
    """A piece of a text: itself, or in brackets the value that is put in."""
    node = node.value if isinstance(node, ast.FormattedValue) else node
    text = plain_text(node)
    if text is not None:
        return text
    return f"[{words(node, 24).removeprefix('the ').replace('[', '(').replace(']', ')')}]"


def _text(node: ast.expr, longest: int) -> str:
    text = plain_text(node)
    if isinstance(node, ast.JoinedStr) and len(node.values) == 1 and isinstance(node.values[0], ast.FormattedValue):
        return words(node.values[0].value, longest)
    if text is None or not text.strip():
        return "an empty text" if not text else {"\n": "a line break", " ": "a space"}.get(text, "blank text")
    if _CODED.fullmatch(text.strip()):
        return f"a coded text of {len(text.strip()):,} characters"
    return f'"{shortened(text, longest)}"'


_CODED = re.compile(r"(?=\S*\d)[\w+/=\n-]{40,}", re.ASCII)  # Base64, keys, hashes


def _constant(node: ast.Constant, longest: int) -> str:
    if isinstance(node.value, str):
        return _text(node, longest)
    if isinstance(node.value, float):
        return f"{node.value:g}"
    return {"None": "nothing", "True": "yes", "False": "no"}.get(str(node.value), str(node.value))


def _name(node: ast.Name, _: int) -> str:
    name = shortened(split_name(node.id), 40)
    return name if name.startswith("each ") else f"the {name}"


def _attribute(node: ast.Attribute, longest: int) -> str:
    return f"the {split_name(node.attr).lower()} of {words(node.value, longest)}"


def _subscript(node: ast.Subscript, longest: int) -> str:
    key = plain_text(node.slice)
    if key and re.fullmatch(r"[A-Za-z][\w -]{0,30}", key):
        return f"the {split_name(key)} of {words(node.value, longest)}"
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
        return f"item {node.slice.value} of {words(node.value, longest)}"
    return f"the value for {words(node.slice, longest)} in {words(node.value, longest)}"


def _compare(node: ast.Compare, longest: int) -> str:
    if len(node.ops) == 2:
        middle, low, high = node.comparators[0], node.left, node.comparators[1]
        return f"{words(middle, longest)} is between {words(low, longest)} and {words(high, longest)}"
    operator, left, right = node.ops[0], node.left, node.comparators[0]
    if isinstance(operator, (ast.In, ast.NotIn)):
        verb = "contains" if isinstance(operator, ast.In) else "does not contain"
        return f"{words(right, longest)} {verb} {words(left, longest)}"
    if isinstance(right, ast.Constant) and right.value is None:
        return f"{words(left, longest)} has {'a' if isinstance(operator, ast.IsNot) else 'no'} value"
    if called(left) == "bool" and isinstance(right, ast.Constant) and right.value in ("", 1, True, "1"):
        return f"{words(left, longest)} is true"
    verb = _COMPARED.get(type(operator), "matches")
    is_number = called(right) == "number"
    text = plain_text(right.args[0]) if is_number and right.args else None
    return f"{words(left, longest)} {verb} {text or words(right, longest)}"


def condition(node: ast.expr, longest: int = 40) -> str:
    """The condition of an `if`, in words."""
    if isinstance(node, ast.BoolOp):
        joint = " and " if isinstance(node.op, ast.And) else " or "
        return joint.join(condition(part, longest) for part in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return f"{words(node.operand, longest)} has no value"
    name = called(node)
    if name in ("legacy", "listed", "extra") and node.args:
        return condition(node.args[0], longest)
    if name in ("all", "any") and node.args and isinstance(node.args[0], ast.List):
        return (" and " if name == "all" else " or ").join(condition(part, longest) for part in node.args[0].elts)
    if name == "is_workflow_actions_conditional":
        return _explicit_condition(node, longest)
    if isinstance(node, ast.Compare):
        return _compare(node, longest)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        return f"{words(node.func.value, longest)} {_METHODS[node.func.attr]} {words(_first(node), longest)}"
    return f"{words(node, longest)} has any value"


def _explicit_condition(node: ast.Call, longest: int) -> str:
    arguments = keyword_arguments(node)
    subject = words(arguments["WFInput"], longest) if "WFInput" in arguments else "the previous result"
    for key in ("WFConditionalActionString", "WFNumberValue", "WFEnumeration", "WFDate"):
        if key in arguments:
            return f"{subject} matches {words(arguments[key], longest)}"
    return f"{subject} meets the condition"


def _first(node: ast.Call) -> ast.expr | None:
    return node.args[0] if node.args else None


def _call(node: ast.Call, longest: int) -> str:
    name = called(node)
    if isinstance(node.func, ast.Attribute):
        return f"the {split_name(node.func.attr)} of {words(node.func.value, longest)}"
    if name in SOURCE_WORDS:
        return SOURCE_WORDS[name]
    if name == "text_of":
        return _text(node, longest)
    if name in TRANSPARENT:
        return words(_first(node), longest)
    handler = _CALLS.get(name or "")
    if handler:
        return handler(node, longest)
    if name and name.startswith("WF"):  # a value with its type
        return words(_first(node) or next((keyword.value for keyword in node.keywords), None), longest)
    api = catalogue().by_function(name) if name else None
    if api and api.name:
        return f"the result of {api.name}"
    return f"a {split_name(identifier_of(name or 'value').rpartition('.')[2])}" if name else "a value"


Say = Callable[[ast.Call, int], str]
_CALLS: dict[str, Say] = {}  # a word of the dialect, or a class -> what puts a call of it into English


def _says(word: str) -> Callable[[Say], Say]:
    """Make a function the one that puts calls of a word into English."""

    def register(say: Say) -> Say:
        _CALLS[word] = say
        return say

    return register


@_says("getattr")
def _getattr(node: ast.Call, longest: int) -> str:
    what = node.args[1] if len(node.args) > 1 else None
    name = what.value if isinstance(what, ast.Constant) and isinstance(what.value, str) else "detail"
    return f"the {name.lower()} of {words(_first(node), longest)}"


@_says("format_date")
def _formatted(node: ast.Call, longest: int) -> str:
    pattern = keyword_arguments(node).get("format")
    form = (plain_text(pattern) if pattern is not None else "") or ""
    return f"{words(_first(node), longest)}" + (f' as "{shortened(form, 30)}"' if form else "")


@_says("WFQuantityFieldValue")
def _quantity(node: ast.Call, longest: int) -> str:
    arguments = keyword_arguments(node)
    amount = arguments.get("Magnitude")
    text = (plain_text(amount) or words(amount, longest)) if amount is not None else "an amount"
    unit = plain_text(arguments["Unit"]) if "Unit" in arguments else ""
    return f"{text} {unit or ''}".strip()


@_says("where")
def _where(node: ast.Call, longest: int) -> str:
    arguments = [plain_text(argument) or "" for argument in node.args[:2]] + ["", ""]
    truth = next((keyword.value for keyword in node.keywords if keyword.arg == "Bool"), None)
    if isinstance(truth, ast.Constant) and arguments[0].startswith("Is ") and arguments[1] in ("==", "!="):
        is_so = bool(truth.value) == (arguments[1] == "==")
        return f"each is {'' if is_so else 'not '}{arguments[0][3:].lower()}"
    operator = _FILTERS.get(arguments[1], arguments[1])
    values = _operands(keyword_arguments(node), arguments[1], longest)
    return " ".join(part for part in (f"the {arguments[0].lower()}", operator, " and ".join(values)) if part)


def _operands(arguments: dict[str, ast.expr], operator: str, longest: int) -> list[str]:
    """The values that a property is compared to; Shortcuts also stores operands that it does not use."""
    if operator in ("in the next", "in the last"):
        kinds = ["Number"]
    else:
        kinds = ["String", "Enumeration", "Date", "Number", "Bool", "Values"]
    kind = next((kind for kind in kinds if kind in arguments), None)
    if kind is None:
        return []
    pair = [kind, f"Another{kind}"] if operator == "between" else [kind]
    return [words(arguments[name], longest) for name in pair if name in arguments]


@_says("all_of")
@_says("any_of")
def _filter(node: ast.Call, longest: int) -> str:
    joint = " and " if called(node) == "all_of" else " or "
    return joint.join(words(argument, longest) for argument in node.args)


@_says("data")
def _stored_data(_: ast.Call, __: int) -> str:
    return "stored data"


@_says("date")
def _date(node: ast.Call, _: int) -> str:
    return f"the date {plain_text(_first(node)) or ''}".strip() if node.args else "a date"


@_says("previous")
def _previous(_: ast.Call, __: int) -> str:
    return "the previous result"


@_says("len")
def _count(node: ast.Call, longest: int) -> str:
    return f"the number of items in {words(_first(node), longest)}"


@_says("token")
def _token(_: ast.Call, __: int) -> str:
    return "a stored reference"


@_says("serialized")
def _serialized(node: ast.Call, longest: int) -> str:
    return words(node.args[1] if len(node.args) > 1 else None, longest)


@_says(SET_VARIABLE_CALL)
def _set_variable(node: ast.Call, longest: int) -> str:
    return words(keyword_arguments(node).get("WFInput"), longest)


# All other words of these kinds only specify how their first argument is read or stored; so does print().
TRANSPARENT = frozenset({"print", *words_of("coercion", "reference", "value", "part", "test")} - _CALLS.keys())


def _dictionary(node: ast.Dict, _: int) -> str:
    keys = [plain_text(key) for key in node.keys if key is not None]
    if any(key and key.startswith("WF") for key in keys):
        return "stored details"
    shown = [f'"{shortened(key, 20)}"' for key in keys[:4] if key]
    if not shown:
        return "an empty dictionary" if not node.keys else "a dictionary"
    more = f" and {len(keys) - len(shown)} more" if len(keys) > len(shown) else ""
    return f"a dictionary with the key{'s' * (len(keys) > 1)} {', '.join(shown)}{more}"


def _list(node: ast.List, _: int) -> str:
    shown = [words(item, 24) for item in node.elts[:4]]
    more = f" and {len(node.elts) - 4} more" if len(node.elts) > 4 else ""
    return f"a list of {', '.join(shown)}{more}" if shown else "an empty list"


_HANDLERS: dict[type, Callable] = {
    ast.Constant: _constant,
    ast.JoinedStr: _text,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Dict: _dictionary,
    ast.List: _list,
    ast.BinOp: lambda node, longest: (
        f"{words(node.left, longest)} {_ARITHMETIC.get(type(node.op), 'with')} {words(node.right, longest)}"
    ),
    ast.Compare: _compare,
    ast.BoolOp: condition,
    ast.UnaryOp: lambda node, longest: (
        condition(node, longest) if isinstance(node.op, ast.Not) else f"minus {words(node.operand, longest)}"
    ),
}
