"""Parameter values and references as Python expressions.

Every form is chosen so that the compiler (`expressions.py`) gives the same value back; a value that fits no
pleasant form is written as what it is: a dictionary, or a call of its serialization type.
"""

import plistlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.literals import (
    data_literal,
    date_literal,
    f_string,
    line_literal,
    number_literal,
    text_literal,
)
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.identifiers import is_name
from workflowllm.shortcuts.to_python import fields

MAX_DEPTH = 50  # CPython reads at most 200 nested brackets, and a level of a value may take three
_MAX_STEPS = 20  # conversions of one reference, a bracket each; real ones have two
_TOKEN_KEYS = {
    "ActionOutput": {"Type", "OutputUUID", "OutputName", "Aggrandizements"},
    "Variable": {"Type", "VariableName", "Aggrandizements"},
}
_SOURCE_KEYS = {"Type", "Aggrandizements"}


class ValuePrinter:
    """Prints values. `output` and `variable` give the Python names of what a reference means."""

    def __init__(self, output: Callable[[str, Any], str], variable: Callable[[str], str]):
        self.output = output
        self.variable = variable
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

    def parameter(self, key: str, value: Any) -> str:
        """The value of an action's parameter; those in FIELD_KEYS hold typed fields."""
        if key in dialect.FIELD_KEYS and isinstance(value, (dict, list)):
            return fields.field_parameter(self, value)
        return self.value(value)

    def sequence(self, values: list) -> str:
        self.enter()
        text = "[" + ", ".join(map(self.value, values)) + "]"
        self.depth -= 1
        return text

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ShortcutError(f"a value is nested more than {MAX_DEPTH} levels deep; simplify it.")

    def mapping(self, value: dict) -> str:
        """A serialized value, a bare reference or text, or a plain dictionary."""
        self.enter()
        try:
            serialization = value.get("WFSerializationType")
            if serialization is not None and len(value) == 2 and "Value" in value and isinstance(serialization, str):
                return self.serialized(serialization, value["Value"])
            if "attachmentsByRange" in value and isinstance(value.get("string"), str):
                text = self.text(value) if len(value) == 2 else None
                return f"bare({text})" if text else self.dictionary(value)
            if fields.is_token(value):
                return f"bare({self.reference(value)})"
            return self.dictionary(value)
        finally:
            self.depth -= 1

    def serialized(self, serialization: str, inner: Any) -> str:
        """`{Value, WFSerializationType}`: the common types in their own form, the rest as a call of the type."""
        if serialization == dialect.TEXT:
            text = (
                self.text(inner) if isinstance(inner, dict) else text_literal(inner) if isinstance(inner, str) else None
            )
        elif serialization == dialect.ATTACHMENT:
            text = self.reference(inner) if isinstance(inner, dict) else None
        elif serialization == dialect.FIELDS:
            text = fields.field_dictionary(self, inner)
            text = f"fields({text})" if text else None
        else:
            text = fields.content_filter(self, inner) if serialization == dialect.FILTER else None
        return text or self.generic(serialization, inner)

    def generic(self, serialization: str, inner: Any) -> str:
        if not (serialization.startswith("WF") and is_name(serialization) and "_" not in serialization):
            return f"serialized({line_literal(serialization)}, {self.value(inner)})"
        if isinstance(inner, dict) and inner and not fields.is_special(inner) and all(map(is_name, inner)):
            return f"{serialization}({self.arguments(inner)})"
        return f"{serialization}({self.value(inner)})"

    def arguments(self, values: dict[str, Any]) -> str:
        """Keyword arguments; keys that are no names go through `**{...}`."""
        named = [f"{key}={self.parameter(key, value)}" for key, value in values.items() if is_name(key)]
        if len(named) < len(values):
            rest = {key: value for key, value in values.items() if not is_name(key)}
            named.append("**" + self.dictionary(rest, self.parameter))
        return ", ".join(named)

    def dictionary(self, value: dict, print_value: Callable[[str, Any], str] | None = None) -> str:
        entries = (
            f"{line_literal(key)}: {print_value(key, item) if print_value else self.value(item)}"
            for key, item in value.items()
        )
        return "{" + ", ".join(entries) + "}"

    # Texts with references

    def text(self, value: dict) -> str | None:
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

    def reference(self, token: dict) -> str:
        """What a `WFTextTokenAttachment` points at, with its conversions applied from the inside out."""
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

    def base(self, kind: Any, token: dict) -> str | None:
        if kind == "ActionOutput":
            uuid = token.get("OutputUUID")
            return self.output(uuid.upper(), token.get("OutputName")) if isinstance(uuid, str) else None
        if kind == "Variable":
            name = token.get("VariableName")
            return self.variable(name) if isinstance(name, str) else None
        source = dialect.SOURCES.get(kind) if isinstance(kind, str) else None
        return f"{source}()" if source else None

    def step(self, base: str, step: Any) -> str:
        """One aggrandizement around the expression it converts."""
        kind = step.get("Type") if isinstance(step, dict) else None
        keys = len(step) if isinstance(step, dict) else 0
        if kind == dialect.COERCION and keys == 2 and isinstance(step.get("CoercionItemClass"), str):
            return _coerced(base, step["CoercionItemClass"]) or f"modified({base}, {self.value(step)})"
        if kind == dialect.DICTIONARY_VALUE and keys == 2 and isinstance(step.get("DictionaryKey"), str):
            return f"{base}[{line_literal(step['DictionaryKey'])}]"
        if (
            kind == dialect.PROPERTY
            and isinstance(step.get("PropertyName"), str)
            and keys == 2 + ("PropertyUserInfo" in step)
        ):
            return self.property_of(base, step)
        if kind == dialect.DATE and step.keys() <= _DATE_KEYS and None not in step.values():
            return self.formatted_date(base, step)
        return f"modified({base}, {self.value(step)})"

    def property_of(self, base: str, step: dict) -> str:
        name = step["PropertyName"]
        usual = dialect.PROPERTY_INFO.get(name)
        attribute = name.replace(" ", "_")
        if step.get("PropertyUserInfo") == usual and "_" not in name and is_name(attribute):
            return f"{base}.{attribute}"
        info = f", {self.value(step['PropertyUserInfo'])}" if "PropertyUserInfo" in step else ""
        return f"getattr({base}, {line_literal(name)}{info})"

    def formatted_date(self, base: str, step: dict) -> str:
        given = {word: step[key] for word, key in dialect.DATE_FORMAT.items() if key in step}
        if given.get("include_time") is False:
            del given["include_time"]
        elif "include_time" not in given:
            given["include_time"] = None
        return f"format_date({', '.join([base] + [f'{word}={self.value(value)}' for word, value in given.items()])})"


_PRINTERS: dict[type, Callable[[Any], str]] = {
    bool: str,
    int: number_literal,
    float: number_literal,
    datetime: date_literal,
    bytes: data_literal,
    type(None): str,
    plistlib.UID: lambda uid: f"uid({uid.data})",
}
_DATE_KEYS = set(dialect.DATE_FORMAT.values()) | {"Type"}


def _coerced(base: str, item_class: str) -> str | None:
    """str(x), dict(x), ... or coerce(x, "URL"); None for a class whose name is not of the usual form."""
    if item_class in dialect.COERCIONS:
        return f"{dialect.COERCIONS[item_class]}({base})"
    short = item_class.removeprefix(dialect.CLASS_PREFIX).removesuffix(dialect.CLASS_SUFFIX)
    if (
        short
        and dialect.CLASS_SUFFIX not in short
        and f"{dialect.CLASS_PREFIX}{short}{dialect.CLASS_SUFFIX}" == item_class
    ):
        return f"coerce({base}, {line_literal(short)})"
    return f"coerce({base}, {line_literal(item_class)})" if dialect.CLASS_SUFFIX in item_class else None


def parse_ranges(attachments: Any) -> list[tuple[tuple[int, int], dict]] | None:
    """[((start, length), token), ...] in order of place; None where a key or a token is malformed."""
    ranged = []
    for key, token in attachments.items() if isinstance(attachments, dict) else ():
        parts = key.strip("{} ").split(",")
        if len(parts) != 2 or not all(part.strip().isdecimal() for part in parts) or not isinstance(token, dict):
            return None
        ranged.append(((int(parts[0]), int(parts[1])), token))
    ranged.sort(key=lambda pair: pair[0])
    return ranged or None


def slice_utf16(string: str, ranges: list[tuple[int, int]]) -> list[str]:
    """The pieces of text around ranges, which count UTF-16 units."""
    if max(string, default="") <= "\uffff":
        ends = [start + length for start, length in ranges]
        return [string[at:start] for at, (start, _) in zip([0, *ends], ranges)] + [string[ends[-1] :]]
    raw = string.encode("utf-16-le", "surrogatepass")
    pieces, at = [], 0
    for start, length in ranges:
        pieces.append(raw[2 * at : 2 * start].decode("utf-16-le", "surrogatepass"))
        at = start + length
    return [*pieces, raw[2 * at :].decode("utf-16-le", "surrogatepass")]


def _text_call(pieces: list[str], expressions: list[str]) -> str:
    parts = [text_literal(pieces[0])] if pieces[0] else []
    for piece, expression in zip(pieces[1:], expressions):
        parts += [expression, text_literal(piece)] if piece else [expression]
    return f"text_of({', '.join(parts)})"
