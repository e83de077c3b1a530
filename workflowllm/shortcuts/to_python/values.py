"""Parameter values and references as Python expressions.

Every form is chosen so that `from_python/values.py` gives the same value back; a value that fits no pleasant form is
written as what it is: a dictionary, or a call of its serialization type.
"""

import plistlib
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from workflowllm.shortcuts.dialect.typed_values import stored_text
from workflowllm.shortcuts.dialect.words import (
    CLASS_PREFIX,
    CLASS_SUFFIX,
    COERCIONS,
    DATE_FORMAT,
    PROPERTY_INFO,
    SOURCES,
)
from workflowllm.shortcuts.model.action_table import in_order, parameter_kind
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.identifiers import is_name
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
)
from workflowllm.shortcuts.model.wrapped import (
    ATTACHMENT,
    FIELDS,
    FILTER,
    TEXT,
    attached_token,
    is_special,
    is_token,
    parse_ranges,
    slice_utf16,
    unwrap,
    unwrap_as,
)
from workflowllm.shortcuts.to_python import fields
from workflowllm.shortcuts.to_python.literals import (
    data_literal,
    date_literal,
    f_string,
    line_literal,
    number_literal,
    text_literal,
)
from workflowllm.shortcuts.to_python.scope import Scope

_NONE: Mapping[str, str] = MappingProxyType({})
MAX_DEPTH = 50  # CPython reads at most 200 nested brackets, and a level of a value may take three
_MAX_STEPS = 20  # conversions of one reference, a bracket each; real ones have two
_TOKEN_KEYS = {
    "ActionOutput": {"Type", "OutputUUID", "OutputName", "Aggrandizements"},
    "Variable": {"Type", "VariableName", "Aggrandizements"},
}
_SOURCE_KEYS = {"Type", "Aggrandizements"}


class ValuePrinter:
    """Prints values; the scope gives the names of what references mean where they stand."""

    def __init__(self, scope: Scope):
        self.scope = scope
        self.depth = 0

    def value(self, value: Any) -> str:
        """Any value of a property list, as a parameter holds it."""
        kind = type(value)
        if kind is str:
            return text_literal(value)
        if kind is dict:
            return self.mapping(value)
        if kind is list:
            return self.sequence(value)
        printer = _PRINTERS.get(kind)
        if printer is None:
            raise ShortcutError(f"a value of the type {kind.__name__} has no place in a shortcut.")
        return printer(value)

    def parameter(self, key: str, value: Any, identifier: str = "") -> str:
        """The value of an action's parameter.

        Those in FIELD_KEYS hold typed fields. A bare reference in one that holds typed text, where the compiler would
        make a text of it, is named by its serialization type.
        """
        if key in FIELD_KEYS and isinstance(value, (dict, list)):
            return fields.field_parameter(self, value)
        if isinstance(value, str) and stored_text(key, value) is not None:
            return f"plain({self.value(value)})"  # a bare text would become what the parameter usually holds
        kind = parameter_kind(identifier, key) if identifier else ""
        if not kind or (type(value) is str and kind != "variable"):
            return self.value(value)
        token = attached_token(value)
        if kind == "variable":
            return self.value(value) if token else self.literal(value)
        return self.generic(ATTACHMENT, token) if token else self.value(value)

    def literal(self, value: Any) -> str:
        """A value of a parameter that holds references only, where the compiler would make an action of a literal."""
        text = unwrap_as(TEXT, value)
        if isinstance(text, dict):
            return self.generic(TEXT, text)
        printed = self.value(value)
        is_read_as_literal = printed[:1] in "\"'{[-0123456789" or printed in ("True", "False")
        return f"plain({printed})" if is_read_as_literal else printed

    def sequence(self, values: list) -> str:
        self.enter()
        text = "[" + ", ".join(map(self.value, values)) + "]"
        self.leave()
        return text

    def enter(self) -> None:
        """Go one bracket deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ShortcutError(f"a value is nested more than {MAX_DEPTH} levels deep; simplify it.")

    def leave(self) -> None:
        self.depth -= 1

    def mapping(self, value: dict) -> str:
        """A serialized value, a bare reference or text, or a plain dictionary."""
        self.enter()
        try:
            wrapped = unwrap(value)
            if wrapped:
                return self.serialized(*wrapped)
            if "attachmentsByRange" in value and isinstance(value.get("string"), str):
                text = self.text(value) if len(value) == 2 else None
                return f"bare({text})" if text else self.dictionary(value)
            if is_token(value):
                return f"bare({self.reference(value)})"
            return self.dictionary(value)
        finally:
            self.leave()

    def serialized(self, serialization: str, inner: Any) -> str:
        """`{Value, WFSerializationType}`: the common types in their own form, the rest as a call of the type."""
        if serialization == TEXT:
            text = (
                self.text(inner) if isinstance(inner, dict) else text_literal(inner) if isinstance(inner, str) else None
            )
        elif serialization == ATTACHMENT:
            text = self.reference(inner) if isinstance(inner, dict) else None
        elif serialization == FIELDS:
            text = fields.field_dictionary(self, inner)
            text = f"fields({text})" if text else None
        else:
            text = fields.content_filter(self, inner) if serialization == FILTER else None
        return text or self.generic(serialization, inner)

    def generic(self, serialization: str, inner: Any) -> str:
        if not (serialization.startswith("WF") and is_name(serialization) and "_" not in serialization):
            return f"serialized({line_literal(serialization)}, {self.value(inner)})"
        if isinstance(inner, dict) and inner and not is_special(inner) and all(map(is_name, inner)):
            return f"{serialization}({self.arguments(inner)})"
        return f"{serialization}({self.value(inner)})"

    def arguments(self, values: Parameters, identifier: str = "", printed: Mapping[str, str] = _NONE) -> str:
        """Keyword arguments of an action or a word, in one order; keys that are no names go through `**{...}`.

        `printed` are arguments that stand for no stored value, as they are printed.
        """
        named, others = [], []
        for key in in_order(identifier, (*values, *printed)):
            text = printed[key] if key in printed else self.parameter(key, values[key], identifier)
            named.append(f"{key}={text}") if is_name(key) else others.append(f"{line_literal(key)}: {text}")
        if others:
            named.append("**{" + ", ".join(others) + "}")
        return ", ".join(named)

    def dictionary(self, value: dict) -> str:
        """A dictionary as it stands. It has no order in a property list, so it is printed by key."""
        return "{" + ", ".join(f"{line_literal(key)}: {self.value(value[key])}" for key in sorted(value)) + "}"

    # Texts with references

    def text(self, value: TokenText) -> str | None:
        """`{string, attachmentsByRange}` as a str literal, an f-string, or text_of(...); None where it is malformed."""
        string, attachments = value.get("string"), value.get("attachmentsByRange")
        if not isinstance(string, str) or len(value) > (1 if attachments is None else 2):
            return None
        if not attachments:
            return text_literal(string)
        ranged = parse_ranges(attachments)
        if ranged is None:
            return None
        pieces = slice_utf16(string, [start_length for start_length, _ in ranged])
        expressions = [self.reference(token) for _, token in ranged]
        return f_string(pieces, expressions) or _text_call(pieces, expressions)

    # References

    def attached(self, value: Any) -> str | None:
        """A parameter that is nothing but a reference; None for anything else."""
        token = attached_token(value)
        return None if token is None else self.reference(token)

    def reference(self, token: Token) -> str:
        """A reference, with its conversions applied from the inside out."""
        kind = token.get("Type")
        known = _TOKEN_KEYS.get(kind, _SOURCE_KEYS) if isinstance(kind, str) else ()
        base = self.base(kind, token)
        steps = token.get("Aggrandizements")
        if base is None:
            return f"token({self.dictionary(token)})"
        extra = {key: value for key, value in token.items() if key not in known}
        if steps is not None and not (isinstance(steps, list) and 0 < len(steps) <= _MAX_STEPS):
            extra["Aggrandizements"], steps = steps, None
        for step in steps or ():
            base = self.step(base, step)
        return f"extra({base}, {self.arguments(extra)})" if extra else base

    def base(self, kind: Any, token: Token) -> str | None:
        if kind == "ActionOutput":
            uuid = token.get("OutputUUID")
            return self.scope.output(uuid.upper()) if isinstance(uuid, str) else None
        if kind == "Variable":
            name = token.get("VariableName")
            return self.scope.variable(name) if isinstance(name, str) else None
        source = SOURCES.get(kind) if isinstance(kind, str) else None
        return f"{source}()" if source else None

    def step(self, base: str, step: Any) -> str:
        """One aggrandizement around the expression it converts."""
        kind = step.get("Type") if isinstance(step, dict) else None
        keys = len(step) if isinstance(step, dict) else 0
        if kind == COERCION and keys == 2 and isinstance(step.get("CoercionItemClass"), str):
            return _coerced(base, step["CoercionItemClass"]) or f"modified({base}, {self.value(step)})"
        if kind == DICTIONARY_VALUE and keys == 2 and isinstance(step.get("DictionaryKey"), str):
            return f"{base}[{line_literal(step['DictionaryKey'])}]"
        if kind == PROPERTY and isinstance(step.get("PropertyName"), str) and keys == 2 + ("PropertyUserInfo" in step):
            return self.property_of(base, step)
        if kind == DATE and step.keys() <= _DATE_KEYS and None not in step.values():
            return self.formatted_date(base, step)
        return f"modified({base}, {self.value(step)})"

    def property_of(self, base: str, step: Aggrandizement) -> str:
        name = step["PropertyName"]
        usual = PROPERTY_INFO.get(name)
        attribute = name.replace(" ", "_")
        if step.get("PropertyUserInfo") == usual and "_" not in name and is_name(attribute):
            return f"{base}.{attribute}"
        info = f", {self.value(step['PropertyUserInfo'])}" if "PropertyUserInfo" in step else ""
        return f"getattr({base}, {line_literal(name)}{info})"

    def formatted_date(self, base: str, step: Aggrandizement) -> str:
        keywords = {word: step[key] for word, key in DATE_FORMAT.items() if key in step}
        if keywords.get("include_time") is False:
            del keywords["include_time"]
        elif "include_time" not in keywords:
            keywords["include_time"] = None
        arguments = [base, *(f"{word}={self.value(value)}" for word, value in keywords.items())]
        return f"format_date({', '.join(arguments)})"


_PRINTERS: dict[type, Callable[[Any], str]] = {
    bool: str,
    int: number_literal,
    float: number_literal,
    datetime: date_literal,
    bytes: data_literal,
    type(None): str,
    plistlib.UID: lambda uid: f"uid({uid.data})",
}
_DATE_KEYS = set(DATE_FORMAT.values()) | {"Type"}


def _coerced(base: str, item_class: str) -> str | None:
    """str(x), dict(x), ... or coerce(x, "URL"); None for a class whose name is not of the usual form."""
    if item_class in COERCIONS:
        return f"{COERCIONS[item_class]}({base})"
    short = item_class.removeprefix(CLASS_PREFIX).removesuffix(CLASS_SUFFIX)
    if short and CLASS_SUFFIX not in short and f"{CLASS_PREFIX}{short}{CLASS_SUFFIX}" == item_class:
        return f"coerce({base}, {line_literal(short)})"
    return f"coerce({base}, {line_literal(item_class)})" if CLASS_SUFFIX in item_class else None


def _text_call(pieces: list[str], expressions: list[str]) -> str:
    parts = [text_literal(pieces[0])] if pieces[0] else []
    for piece, expression in zip(pieces[1:], expressions):
        parts += [expression, text_literal(piece)] if piece else [expression]
    return f"text_of({', '.join(parts)})"
