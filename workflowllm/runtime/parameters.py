"""Parameters, compiled once: what an action stores becomes a small evaluator that gives a value when the action runs.

A parameter is plain data, a text with references in it, a reference with a chain of adjustments, a dictionary of
typed fields, a list, a number or a quantity. Evaluators take the run (`run.Run`) and give a `Value`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from workflowllm.runtime.endings import Broken
from workflowllm.runtime.items import (
    NOTHING,
    Date,
    Dictionary,
    Quantity,
    Thing,
    Value,
    as_value,
    bounded,
    flat,
    quick_text,
    size_of,
)
from workflowllm.runtime.limits import check_size
from workflowllm.runtime.references import compile_reference, is_reference
from workflowllm.runtime.run_state import Run

Evaluate = Callable[[Run], Value]
MAX_DEPTH = 60
OBJECT = "\ufffc"
_RANGE = re.compile(r"\{(\d+), ?(\d+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One compiled parameter. `form`: plain, text, reference, dictionary, list, filter, quantity or other."""

    form: str
    evaluate: Evaluate
    raw: Any
    constant: Value | None = None  # where it never changes
    lone: Evaluate | None = None  # of a text that is nothing but one reference: the reference
    text: str | None = None  # of a constant that is one text


def compile_parameter(raw: Any, depth: int = 0) -> Parameter:
    """The evaluator of a stored value, whatever it is; what can't be read gives nothing."""
    if depth > MAX_DEPTH:
        raise Broken(f"a parameter is nested more than {MAX_DEPTH} levels deep")
    if isinstance(raw, Mapping):
        return _mapping(raw, depth)
    if isinstance(raw, list):
        return _list(raw, depth)
    return _constant("plain", _plain(raw), raw)


def emptied(parameter: Parameter) -> Parameter:
    """A parameter that reads as empty. What it refers to still marks the effect as made up."""

    def evaluate(run: Run) -> Value:
        parameter.evaluate(run)
        return NOTHING

    return Parameter("reference", evaluate, parameter.raw)


def _constant(form: str, value: Value, raw: Any) -> Parameter:
    text = value.items[0] if len(value.items) == 1 and type(value.items[0]) is str else None
    return Parameter(form, lambda run: value, raw, value, text=text)


def _plain(raw: Any) -> Value:
    if isinstance(raw, str):
        return quick_text(raw)
    if isinstance(raw, bool):
        return as_value(raw)
    if isinstance(raw, (int, float)):
        return as_value(bounded(Decimal(str(raw))))
    if isinstance(raw, datetime):
        return as_value(Date(raw if raw.tzinfo else raw.replace(tzinfo=timezone.utc)))
    return as_value(Thing("file", {"name": "Data", "data": raw})) if isinstance(raw, bytes) else NOTHING


def _mapping(raw: Mapping[str, Any], depth: int) -> Parameter:
    kind = raw.get("WFSerializationType")
    if isinstance(kind, str) and "Value" in raw:
        reader = _SERIALIZED.get(kind)
        return reader(raw["Value"], depth + 1) if reader else compile_parameter(raw["Value"], depth + 1)
    if is_reference(raw):
        return Parameter("reference", compile_reference(raw), raw)
    if "string" in raw and "attachmentsByRange" in raw:
        return _text(raw, depth)
    if raw.get("Type") == "Variable" and "Variable" in raw:
        return compile_parameter(raw["Variable"], depth + 1)
    return _plain_dictionary(raw, depth)


def _plain_dictionary(raw: Mapping[str, Any], depth: int) -> Parameter:
    """A dictionary that no type is written on: its values are evaluated, its keys are as they are."""
    parts = {str(key): compile_parameter(value, depth + 1) for key, value in raw.items()}
    if all(part.constant is not None for part in parts.values()):
        return _constant("other", as_value(Dictionary({key: _stored(p.constant) for key, p in parts.items()})), raw)

    def evaluate(run: Run) -> Value:
        return as_value(Dictionary({key: _stored(part.evaluate(run)) for key, part in parts.items()}))

    return Parameter("other", evaluate, raw)


def _stored(value: Value) -> Any:
    """A value inside a dictionary. Fact 73: a list of one item becomes the item."""
    return None if not value.items else value.items[0] if len(value.items) == 1 else value.items


def _attachment(inner: Any, depth: int) -> Parameter:
    if isinstance(inner, Mapping) and is_reference(inner):
        return Parameter("reference", compile_reference(inner), inner)
    return Parameter("reference", lambda run: NOTHING, inner, NOTHING)


def _state(inner: Any, depth: int) -> Parameter:
    """A number or text that may be a reference instead."""
    return compile_parameter(inner, depth)


# Texts


def _text(inner: Any, depth: int) -> Parameter:
    """A text with references at offsets that count UTF-16 units (fact 24)."""
    if isinstance(inner, str):
        return _constant("text", quick_text(inner), inner)
    if not isinstance(inner, Mapping) or not isinstance(inner.get("string"), str):
        return _constant("text", NOTHING, inner)
    parts = text_parts(inner["string"], inner.get("attachmentsByRange"))
    if not any(callable(part) for part in parts):
        return _constant("text", quick_text("".join(parts)), inner)
    lone = parts[0] if len(parts) == 1 else None
    return Parameter("text", _joiner(parts), inner, lone=lone)


def text_parts(text: str, attachments: Any) -> list[Any]:
    """A template's literal pieces and the evaluators between them."""
    spans = []
    for key, token in attachments.items() if isinstance(attachments, Mapping) else ():
        match = _RANGE.fullmatch(key) if isinstance(key, str) else None
        if match and isinstance(token, Mapping):
            spans.append((int(match[1]), int(match[2]), token))
    if not spans:
        return [text]
    units = text.encode("utf-16-le", "surrogatepass")
    parts: list[Any] = []
    end = 0
    for start, length, token in sorted(spans, key=lambda span: span[0]):
        if start < end or 2 * start > len(units):
            continue
        parts.append(units[2 * end : 2 * start].decode("utf-16-le", "replace"))
        parts.append(compile_reference(token) if is_reference(token) else _no_text)
        end = start + length
    parts.append(units[2 * end :].decode("utf-16-le", "replace"))
    return [part for part in parts if part != ""]


def _no_text(run: Run) -> Value:
    return NOTHING


def _joiner(parts: list[Any]) -> Evaluate:
    def evaluate(run: Run) -> Value:
        pieces = [part if type(part) is str else run.text_of(part(run)) for part in parts]
        check_size(sum(map(len, pieces)))
        return quick_text("".join(pieces))

    return evaluate


# Dictionaries and lists of typed fields


def _fields(inner: Any, depth: int) -> Parameter:
    """A dictionary of typed fields; key and value may both hold references."""
    rows = inner.get("WFDictionaryFieldValueItems") if isinstance(inner, Mapping) else None
    rows = rows if isinstance(rows, list) else []
    compiled = [_row(row, depth) for row in rows if isinstance(row, Mapping)]

    def evaluate(run: Run) -> Value:
        entries = {}
        for key, value in compiled:
            name = run.text_of(key.evaluate(run)) if key else ""
            entries[name] = value(run)
        dictionary = Dictionary(entries)
        return Value((dictionary,), False, size_of(dictionary))

    return Parameter("dictionary", evaluate, inner)


def _row(row: Mapping[str, Any], depth: int) -> tuple[Parameter | None, Callable[[Run], Any]]:
    key = compile_parameter(row["WFKey"], depth + 1) if "WFKey" in row else None
    return key, _typed(row, depth + 1)


def _typed(row: Mapping[str, Any], depth: int) -> Callable[[Run], Any]:
    """What a typed field stores: fact 85, 0 text, 1 dictionary, 2 array, 3 number, 4 boolean."""
    kind, raw = row.get("WFItemType", 0), row.get("WFValue")
    if kind == 2:
        return _array_items(_unwrapped(raw), depth)
    if kind == 1 and isinstance(inner := _unwrapped(raw), Mapping) and "WFDictionaryFieldValueItems" in inner:
        return _entry(_fields(inner, depth + 1))
    parameter = compile_parameter(_unwrapped(raw) if kind == 4 else raw, depth + 1)
    if kind == 3:
        return lambda run: run.number_or_text(parameter.evaluate(run))
    if kind == 4:
        return lambda run: run.truth_or_item(parameter.evaluate(run))
    if kind == 0:
        return lambda run: run.content_of(parameter.evaluate(run), parameter.form)
    return _entry(parameter)


def _entry(parameter: Parameter) -> Callable[[Run], Any]:
    return lambda run: _stored(parameter.evaluate(run))


def _unwrapped(raw: Any) -> Any:
    """Values of typed fields are wrapped once or twice: `{Value: {Value: ..., WFSerializationType}, ...}`."""
    while isinstance(raw, Mapping) and raw.get("WFSerializationType") in _WRAPPERS and "Value" in raw:
        raw = raw["Value"]
    return raw


_WRAPPERS = (
    "WFArrayParameterState",
    "WFDictionaryFieldValue",
    "WFNumberSubstitutableState",
    "WFBooleanSubstitutableState",
)


def _array_items(raw: Any, depth: int) -> Callable[[Run], Any]:
    items = [_element(item, depth + 1) for item in raw] if isinstance(raw, list) else []
    return lambda run: tuple(item(run) for item in items)


def _element(item: Any, depth: int) -> Callable[[Run], Any]:
    if isinstance(item, Mapping) and "WFItemType" in item:
        return _typed(item, depth)
    parameter = compile_parameter(item, depth)
    return _entry(parameter)


def _list(raw: list[Any], depth: int) -> Parameter:
    """A list's rows. Fact 70: a row that is one reference gives that reference's items."""
    rows = [_row_parameter(item, depth + 1) for item in raw]

    def evaluate(run: Run) -> Value:
        items: list[Any] = []
        for row in rows:
            items.extend(row(run))
        return as_value(items)

    return Parameter("list", evaluate, raw)


def _row_parameter(item: Any, depth: int) -> Callable[[Run], tuple]:
    if isinstance(item, Mapping) and "WFItemType" in item and "WFValue" in item:
        if item["WFItemType"] in (0, None):
            parameter = compile_parameter(item["WFValue"], depth)
            return lambda run: run.row_items(parameter)
        typed = _typed(item, depth)
        return lambda run: flat((typed(run),))
    parameter = compile_parameter(item, depth)
    return lambda run: parameter.evaluate(run).items


def _array_state(inner: Any, depth: int) -> Parameter:
    return _list(inner, depth) if isinstance(inner, list) else compile_parameter(inner, depth)


def _quantity(inner: Any, depth: int) -> Parameter:
    """A magnitude with a unit."""
    if not isinstance(inner, Mapping):
        return compile_parameter(inner, depth)
    magnitude = compile_parameter(inner.get("Magnitude"), depth + 1)
    unit = compile_parameter(inner.get("Unit"), depth + 1)

    def evaluate(run: Run) -> Value:
        number = run.number_of(magnitude.evaluate(run))
        return NOTHING if number is None else as_value(Quantity(number, run.text_of(unit.evaluate(run))))

    return Parameter("quantity", evaluate, inner)


def _filter(inner: Any, depth: int) -> Parameter:
    """A table of conditions is read by the actions that filter; as a value it is nothing."""
    return Parameter("filter", lambda run: NOTHING, inner, NOTHING)


_SERIALIZED: dict[str, Callable[[Any, int], Parameter]] = {
    "WFTextTokenString": _text,
    "WFTextTokenAttachment": _attachment,
    "WFDictionaryFieldValue": _fields,
    "WFArrayParameterState": _array_state,
    "WFNumberSubstitutableState": _state,
    "WFStringSubstitutableState": _state,
    "WFQuantityFieldValue": _quantity,
    "WFContentPredicateTableTemplate": _filter,
}
