"""References to outputs, variables and inputs, with their chain of adjustments, compiled to evaluators."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from workflowllm.runtime.coercions import CLASSES, coerce_all, is_plain_number
from workflowllm.runtime.items import NOTHING, Item, Quantity, Value, as_value
from workflowllm.runtime.properties import property_of
from workflowllm.runtime.run_state import Run
from workflowllm.runtime.units import converted

Evaluate = Callable[[Run], Value]
Step = Callable[[Run, Value], Value]


def is_reference(raw: Mapping[str, Any]) -> bool:
    """Whether a mapping is a reference token."""
    kind = raw.get("Type")
    return isinstance(kind, str) and kind in _SOURCES and "Variable" not in raw


def compile_reference(token: Mapping[str, Any]) -> Evaluate:
    """The evaluator of a reference token."""
    source = _SOURCES[token["Type"]](token)
    chain = token.get("Aggrandizements")
    steps = [step for entry in chain if (step := _step(entry))] if isinstance(chain, list) else []
    if not steps:
        return source

    def evaluate(run: Run) -> Value:
        value = source(run)
        for step in steps:
            value = step(run, value)
        return value

    return evaluate


def _output(token: Mapping[str, Any]) -> Evaluate:
    """A magic variable: the output of the action with this UUID, nothing before that has run."""
    uuid = str(token.get("OutputUUID", "")).upper()

    def evaluate(run: Run) -> Value:
        value = run.outputs.get(uuid)
        if value is None:
            return NOTHING
        if value.made_up:
            run.made_up = True
        return value

    return evaluate


def _variable(token: Mapping[str, Any]) -> Evaluate:
    name = str(token.get("VariableName", ""))

    def evaluate(run: Run) -> Value:
        value = run.variables.get(name)
        if value is None:
            run.lean("variable-before-set")
            return NOTHING
        if value.made_up:
            run.made_up = True
        return value

    return evaluate


_SOURCES: dict[Any, Callable[[Mapping[str, Any]], Evaluate]] = {
    "ActionOutput": _output,
    "Variable": _variable,
    "ExtensionInput": lambda token: lambda run: run.marked(run.input),
    "CurrentDate": lambda token: lambda run: as_value(run.world.current_date()),
    "Clipboard": lambda token: lambda run: run.marked(run.world.clipboard),
    "Ask": lambda token: lambda run: run.ask_each_time(token),
    "DeviceDetails": lambda token: lambda run: run.device(),
    "Input": lambda token: lambda run: run.marked(run.last),
}


# Adjustments


def _step(entry: Any) -> Step | None:
    if not isinstance(entry, Mapping):
        return None
    maker = _STEPS.get(str(entry.get("Type")))
    return (maker(entry) if maker else None) or _unknown


def _unknown(run: Run, value: Value) -> Value:
    run.lean("unknown-adjustment")
    return value


def _coercion(entry: Mapping[str, Any]) -> Step | None:
    kind = CLASSES.get(str(entry.get("CoercionItemClass")))
    if kind is None:
        return None

    def step(run: Run, value: Value) -> Value:
        items = coerce_all(value.items, kind, run.world)
        if kind == "number" and items and any(type(item) is str and not is_plain_number(item) for item in value.items):
            run.lean("f14")
        return as_value(items, value.made_up)

    return step


def _property(entry: Mapping[str, Any]) -> Step:
    name = str(entry.get("PropertyName", ""))

    def step(run: Run, value: Value) -> Value:
        return as_value([property_of(item, name, run.world) for item in value.items], value.made_up)

    return step


def _dictionary_value(entry: Mapping[str, Any]) -> Step:
    key = str(entry.get("DictionaryKey", ""))

    def step(run: Run, value: Value) -> Value:
        dictionaries = coerce_all(value.items, "dictionary", run.world)
        items = [run.read_path(dictionary, key) for dictionary in dictionaries]
        return as_value(items, value.made_up or run.made_up)

    return step


def _date_format(entry: Mapping[str, Any]) -> Step:
    return lambda run, value: run.format_dates(value, entry)


def _unit(entry: Mapping[str, Any]) -> Step | None:
    """A measurement in another unit; a plain number gets the unit."""
    symbol = entry.get("WFUnitSymbol")
    if not isinstance(symbol, str):
        return None
    return lambda run, value: as_value([_in_unit(item, symbol) for item in value.items], value.made_up)


def _in_unit(item: Item, symbol: str) -> Item:
    if type(item) is Decimal:
        return Quantity(item, symbol)
    magnitude = converted(item, symbol) if type(item) is Quantity else None
    return item if magnitude is None else Quantity(magnitude, symbol)


_STEPS: dict[Any, Callable[[Mapping[str, Any]], Step | None]] = {
    "WFCoercionVariableAggrandizement": _coercion,
    "WFPropertyVariableAggrandizement": _property,
    "WFDictionaryValueVariableAggrandizement": _dictionary_value,
    "WFDateFormatVariableAggrandizement": _date_format,
    "WFUnitVariableAggrandizement": _unit,
}


def is_typed(raw: Any, coerced: str, outputs: frozenset[str]) -> bool:
    """Whether a stored reference has a type for sure: coerced to it last, or the output of an action that gives it."""
    token = last_token(raw)
    chain = token.get("Aggrandizements")
    if isinstance(chain, list) and chain:
        return isinstance(chain[-1], Mapping) and chain[-1].get("CoercionItemClass") == coerced
    return token.get("Type") == "ActionOutput" and str(token.get("OutputUUID", "")).upper() in outputs


def last_token(raw: Any) -> Mapping[str, Any]:
    """The reference inside its wrappings; empty where there is none."""
    token = raw
    while isinstance(token, Mapping) and ("Variable" in token or "WFSerializationType" in token):
        token = token.get("Variable", token.get("Value"))
    return token if isinstance(token, Mapping) else {}
