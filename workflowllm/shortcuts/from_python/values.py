"""Python expressions as parameter values and references: the way back from `to_python/values.py`."""

import ast
from collections.abc import Callable
from typing import Any

from workflowllm.shortcuts.dialect.bindings import called, is_asked
from workflowllm.shortcuts.dialect.comparisons import CALLED_KEY
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.value_kinds import DATE as DATE_KIND
from workflowllm.shortcuts.dialect.words import (
    CLASS_PREFIX,
    CLASS_SUFFIX,
    COERCIONS,
    DATE_FORMAT,
    PROPERTY_INFO,
    SOURCES,
)
from workflowllm.shortcuts.from_python import fields
from workflowllm.shortcuts.from_python import literals as literal
from workflowllm.shortcuts.from_python.date_patterns import date_pattern, decimals
from workflowllm.shortcuts.from_python.literals import constant_text, is_string, is_text, only_argument
from workflowllm.shortcuts.from_python.state import NewAction, State
from workflowllm.shortcuts.from_python.typed_literals import LITERAL_CALLS, typed_parameter
from workflowllm.shortcuts.model.action_table import BUILT_IN, holds_text, parameter_kind
from workflowllm.shortcuts.model.plist_types import (
    COERCION,
    DATE,
    DICTIONARY_VALUE,
    FIELD_KEYS,
    PROPERTY,
    Aggrandizement,
    Parameters,
    Token,
    TokenText,
    Wrapped,
)
from workflowllm.shortcuts.model.wrapped import (
    ATTACHMENT,
    MARK,
    attached_token,
    attachment,
    lone_reference,
    text_token,
    utf16_length,
    wrap,
)

_CLASS_OF = {word: item_class for item_class, word in COERCIONS.items()}
_SOURCE_OF = {word: kind for kind, word in SOURCES.items()}


class ValueCompiler:
    """Compiles expressions to values.

    `new_action` gives the action that an expression needs where it is no value by itself, such as a nested call; it is
    added before the action that the value is for.
    """

    def __init__(self, state: State, new_action: Callable[["ValueCompiler", ast.expr], NewAction]):
        self.state = state
        self.new_action = new_action

    # Values

    def keywords(self, call: ast.Call, identifier: str = "") -> Parameters:
        """The keyword arguments of a call as parameters of an action, `**{...}` included."""
        values: Parameters = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                values[keyword.arg] = self.parameter(keyword.arg, keyword.value, identifier)
                continue
            if not isinstance(keyword.value, ast.Dict):
                raise Fault(keyword.value, 'only a dictionary written out can follow **; write **{"key": value}.')
            for key, node in zip(keyword.value.keys, keyword.value.values):
                name = constant_text(key, keyword.value)
                values[name] = self.parameter(name, node, identifier)
        return values

    def parameter(self, key: str, node: ast.expr, identifier: str = "") -> Any:
        """The value of an action's parameter.

        Those in FIELD_KEYS hold typed fields. In one that holds typed text a reference stands inside a text: bare, it
        would read as empty on a phone. In one that holds references only a literal becomes an action before.
        """
        if key in FIELD_KEYS and isinstance(node, (ast.Dict, ast.List)):
            return fields.field_parameter(self, node)
        typed = typed_parameter(self, key, node)
        if typed is not None:
            return typed
        if parameter_kind(identifier, key) == "variable" and _is_literal(node):
            return attachment(self.hoist(node))
        value = self.value(node)
        if holds_text(identifier, key) and called(node) != ATTACHMENT and (token := attached_token(value)):
            return text_token(lone_reference(token))
        return value

    def value(self, node: ast.expr) -> Any:
        """Any expression as a value of the property list."""
        if isinstance(node, ast.Constant):
            return literal.constant(node)
        if isinstance(node, ast.UnaryOp):
            number = literal.number_of(node)
            if number is not None:
                return number
        if isinstance(node, ast.List):
            return [self.value(item) for item in node.elts]
        if isinstance(node, ast.Dict):
            return {constant_text(key, node): self.value(item) for key, item in zip(node.keys, node.values)}
        if is_text(node):
            return text_token(self.text(node))
        if isinstance(node, ast.Call):
            name = called(node) or ""
            special = VALUE_CALLS.get(name)
            if special:
                return special(self, node)
            if name.startswith("WF") and "_" not in name:
                return wrap(name, self._wrapped(node))
            if name == "float" and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
                return literal.real(node)
        return attachment(self.reference(node))

    def _wrapped(self, call: ast.Call) -> Any:
        """The value in a call of a serialization type: its one argument, or its keywords as a dictionary."""
        if len(call.args) == 1 and not call.keywords:
            return self.value(call.args[0])
        if call.args:
            raise Fault(call, f"{called(call)} takes one value, or keywords.")
        return self.keywords(call)

    # Texts

    def text(self, node: ast.expr) -> TokenText:
        """A text expression, or anything that can stand in an f-string."""
        strings: list[str] = []
        attachments: dict[str, Token] = {}
        position = 0
        for part in _parts(node):
            if isinstance(part, str):
                strings.append(part)
                position += utf16_length(part)
                continue
            attachments[f"{{{position}, 1}}"] = _shown(self, part)
            strings.append(MARK)
            position += 1
        return {"string": "".join(strings), "attachmentsByRange": attachments}

    # References

    def attached(self, node: ast.expr) -> Wrapped:
        """A parameter that is one reference."""
        return attachment(self.reference(node))

    def reference(self, node: ast.expr) -> Token:
        """What an expression refers to; what needs an action of its own becomes one before."""
        if isinstance(node, ast.Name):
            return self.state.name(node)
        if isinstance(node, ast.Attribute):
            return _with(self, node.value, _usual_property(node.attr.replace("_", " ")))
        if isinstance(node, ast.Subscript) and is_string(node.slice):
            return _with(self, node.value, {"Type": DICTIONARY_VALUE, "DictionaryKey": node.slice.value})
        if isinstance(node, ast.Call):
            name = called(node)
            if name in _CLASS_OF and node.args and not (name == "float" and is_asked(node.args[0])):
                return self.coerced(only_argument(node), _CLASS_OF[name])
            if name in _SOURCE_OF and not node.args and not node.keywords:
                return {"Type": _SOURCE_OF[name]}
            if name in REFERENCE_CALLS:
                return REFERENCE_CALLS[name](self, node)
        return self.hoist(node)

    def hoist(self, node: ast.expr) -> Token:
        """Add the action that an expression needs, and refer to its output."""
        return self.state.emit_step(self.new_action(self, node))

    def once(self, node: ast.expr) -> ast.expr:
        """An expression that is read more than once: a name for its output where it needs an action."""
        is_plain = isinstance(node, (ast.Constant, ast.Name, ast.Attribute, ast.UnaryOp)) or is_text(node)
        if is_plain or called(node) in {*VALUE_CALLS, *_SOURCE_OF, *CALLED_KEY, "number"} - {"input"}:
            return node
        return self.state.held(self.reference(node), node)

    def coerced(self, node: ast.expr, item_class: str) -> Token:
        return _with(self, node, {"Type": COERCION, "CoercionItemClass": item_class})


def _is_literal(node: ast.expr) -> bool:
    is_value = isinstance(node, ast.Constant) and node.value is not None and node.value is not Ellipsis
    return is_value or isinstance(node, (ast.Dict, ast.List)) or is_text(node)


def _parts(node: ast.expr) -> list[str | ast.expr]:
    """Literal pieces and referring expressions of a text, in order."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float)):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return [part for piece in node.values for part in _parts(piece)]
    if isinstance(node, ast.FormattedValue):
        if node.conversion not in (-1, ord("s")):
            raise Fault(node, "Shortcuts has no format !r or !a; take it out.")
        return _parts(node.value) if node.format_spec is None else [node]
    if isinstance(node, ast.BinOp) and is_text(node):
        return _parts(node.left) + _parts(node.right)
    if called(node) == "text_of":
        return [part for argument in node.args for part in _parts(argument)]
    return [node]


def _shown(values: ValueCompiler, node: ast.expr) -> Token:
    """What stands in a text, with the format of an f-string."""
    if not isinstance(node, ast.FormattedValue):
        return values.reference(node)
    spec = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
    if len(spec) != 1 or not is_string(spec[0]):
        raise Fault(node, "a format is written out, as in {x:.2f} or {day:%Y-%m-%d}.")
    if "%" in spec[0].value[:-1]:
        return _dated(values, node.value, date_pattern(spec[0]))
    places = decimals(spec[0].value)
    if places is None:
        raise Fault(
            node, "Shortcuts formats decimals, {x:.2f}, and dates, {day:%Y-%m-%d}; take out any other format."
        )
    parameters = {"WFNumber": values.attached(node.value), "WFNumberFormatDecimalPlaces": places}
    return values.state.emit_step(NewAction(BUILT_IN + "format.number", parameters))


def _dated(values: ValueCompiler, node: ast.expr, pattern: str) -> Token:
    """A date in a format: a conversion of what is surely a date, the action Format Date of anything else."""
    if values.state.kinds.of(node) == DATE_KIND:
        steps = {"WFDateFormatStyle": "Custom", "WFDateFormat": pattern, "WFISO8601IncludeTime": False}
        return _with(values, node, {"Type": DATE, **steps})
    parameters = {"WFDate": text_token(values.text(node)), "WFDateFormatStyle": "Custom", "WFDateFormat": pattern}
    return values.state.emit_step(NewAction(BUILT_IN + "format.date", parameters))


# Calls that give a value


def _bare(values: ValueCompiler, call: ast.Call) -> TokenText | Token:
    node = only_argument(call)
    return values.text(node) if is_text(node) or isinstance(node, ast.Constant) else values.reference(node)


def _serialized(values: ValueCompiler, call: ast.Call) -> Wrapped:
    if len(call.args) != 2:
        raise Fault(call, "serialized() takes a type and a value.")
    value = values.value(call.args[1])
    return wrap(constant_text(call.args[0], call), value)


VALUE_CALLS: dict[str, Callable[[ValueCompiler, ast.Call], Any]] = {
    "date": lambda _, call: literal.date(call),
    "data": lambda _, call: literal.data(call),
    "placeholder": lambda _, call: literal.placeholder(call),
    "uid": lambda _, call: literal.uid(call),
    "bare": _bare,
    "serialized": _serialized,
    "plain": lambda values, call: values.value(only_argument(call)),
    "fields": lambda values, call: fields.field_value(values, only_argument(call)),
    "all_of": fields.content_filter,
    "any_of": fields.content_filter,
    **LITERAL_CALLS,
}


# Calls that give a reference


def _with(values: ValueCompiler, node: ast.expr, step: Aggrandizement) -> Token:
    """A reference with one conversion more."""
    token = values.reference(node)
    steps = token.get("Aggrandizements", [])
    if not isinstance(steps, list):
        raise Fault(node, "the Aggrandizements of this reference are no list, so that nothing can be added to them.")
    return {**token, "Aggrandizements": [*steps, step]}


def _usual_property(name: str) -> Aggrandizement:
    step: Aggrandizement = {"Type": PROPERTY, "PropertyName": name}
    return {**step, "PropertyUserInfo": PROPERTY_INFO[name]} if name in PROPERTY_INFO else step


def _coerce(values: ValueCompiler, call: ast.Call) -> Token:
    if len(call.args) != 2:
        raise Fault(call, 'coerce() takes a value and a type, as in coerce(x, "URL").')
    name = constant_text(call.args[1], call)
    full = name if CLASS_SUFFIX in name else f"{CLASS_PREFIX}{name}{CLASS_SUFFIX}"
    return values.coerced(call.args[0], full)


def _getattr(values: ValueCompiler, call: ast.Call) -> Token:
    if len(call.args) not in (2, 3):
        raise Fault(call, 'getattr() takes a value and a property, as in getattr(x, "File Size").')
    info = {"PropertyUserInfo": values.value(call.args[2])} if len(call.args) == 3 else {}
    name = constant_text(call.args[1], call)
    return _with(values, call.args[0], {"Type": PROPERTY, "PropertyName": name, **info})


def _format_date(values: ValueCompiler, call: ast.Call) -> Token:
    if len(call.args) != 1 or any(keyword.arg not in DATE_FORMAT for keyword in call.keywords):
        raise Fault(call, f"format_date() takes a date and any of {', '.join(DATE_FORMAT)}.")
    settings = {"include_time": False, **{word.arg: values.value(word.value) for word in call.keywords}}
    step = {DATE_FORMAT[word]: item for word, item in settings.items() if item is not None}
    return _with(values, call.args[0], {"Type": DATE, **step})


def _modified(values: ValueCompiler, call: ast.Call) -> Token:
    if len(call.args) != 2:
        raise Fault(call, "modified() takes a value and the conversion as it is stored.")
    return _with(values, call.args[0], values.value(call.args[1]))


def _extra(values: ValueCompiler, call: ast.Call) -> Token:
    if len(call.args) != 1:
        raise Fault(call, "extra() takes a value and keywords.")
    return {**values.reference(call.args[0]), **values.keywords(call)}


def _token(values: ValueCompiler, call: ast.Call) -> Token:
    node = only_argument(call)
    if not isinstance(node, ast.Dict):
        raise Fault(call, "token() takes a reference as it is stored, a dictionary.")
    return values.value(node)


def _misplaced(_: ValueCompiler, call: ast.Call) -> Token:
    raise Fault(call, f"{called(call)}() cannot stand here: give the output a name in the line before and use that.")


REFERENCE_CALLS: dict[str, Callable[[ValueCompiler, ast.Call], Token]] = {
    "coerce": _coerce,
    "getattr": _getattr,
    "format_date": _format_date,
    "modified": _modified,
    "extra": _extra,
    "token": _token,
    "previous": _misplaced,
    "block_result": _misplaced,
}
