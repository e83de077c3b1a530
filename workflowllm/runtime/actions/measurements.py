"""Measurements: making one, and converting it to another unit."""

from collections.abc import Mapping
from typing import Any

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.items import Item, Quantity
from workflowllm.runtime.rule import ActionRule
from workflowllm.runtime.units import converted


def make(call: Call) -> Item | None:
    """Measurement: a number with a unit."""
    quantity = call.quantity("WFMeasurementUnit")
    return quantity if quantity is None or quantity.unit else Quantity(quantity.magnitude, _unit(call))


def _unit(call: Call) -> str:
    """The unit that is picked: a symbol such as km, alone or beside a magnitude."""
    raw: Any = call.raw("WFMeasurementUnit")
    if isinstance(raw, Mapping):
        for key in ("WFNSUnitSymbol", "Unit"):
            if isinstance(raw.get(key), str):
                return raw[key]
    return call.text("WFMeasurementUnit").strip()


def convert(call: Call) -> list[Item]:
    unit = _unit(call)
    return [_converted(call, item, unit) for item in call.content("WFInput").items]


def _converted(call: Call, item: Item, unit: str) -> Item | None:
    """A quantity in another unit; a bare number has that unit already."""
    quantity = coerce(item, "quantity", call.world)
    if type(quantity) is not Quantity:
        call.fail(f"Convert Measurement can't make a measurement of {call.text_of(item)[:60]!r}")
    if not unit or not quantity.unit:
        return Quantity(quantity.magnitude, unit or quantity.unit)
    magnitude = converted(quantity, unit)
    if magnitude is None:
        call.fail(f"Convert Measurement can't convert {quantity.unit} to {unit}")
    return Quantity(magnitude, unit)


ACTIONS: dict[str, ActionRule] = {
    "measurement.create": ActionRule(make, gives="quantity"),
    "measurement.convert": ActionRule(convert, input="WFInput", gives="quantity"),
}
