"""Health: logging samples, finding them, their properties."""

from workflowllm.runtime.call import Call
from workflowllm.runtime.item_filters import filtered
from workflowllm.runtime.items import Date, Item, Quantity, Thing
from workflowllm.runtime.properties import property_of
from workflowllm.runtime.rule import ActionRule
from workflowllm.runtime.units import converted


def log_quantity(call: Call) -> Thing:
    quantity = call.first("WFQuantitySampleQuantity", "quantity")
    if quantity is None:
        call.fail("Log Health Sample has no value")
    date = call.date("WFQuantitySampleDate") or Date(call.world.now())
    fields = {
        "type": call.text("WFQuantitySampleType"),
        "value": quantity.magnitude,
        "unit": quantity.unit or None,
        "at": date,
    }
    sample = Thing("health", fields)
    call.world.health.append(sample)
    call.effect("health", change="add", **fields)
    return sample


def find_quantity(call: Call) -> list[Thing]:
    unit = call.text("WFHKSampleFilteringUnit")
    found = filtered(call, call.world.health)
    return [_in_unit(sample, unit) for sample in found] if unit else found


def _in_unit(sample: Thing, unit: str) -> Thing:
    """The sample's value in the wanted unit, where its own can be converted."""
    value = converted(Quantity(sample.get("value"), str(sample.get("unit") or "")), unit)
    return sample if value is None else sample.changed(value=value, unit=unit)


def get_property(call: Call) -> list[Item]:
    name = call.text("WFContentItemPropertyName", "Name")
    return [property_of(item, name, call.world) for item in call.input.items]


ACTIONS: dict[str, ActionRule] = {
    "health.quantity.log": ActionRule(log_quantity, gives="health"),
    "filter.health.quantity": ActionRule(find_quantity, gives="health"),
    "properties.health.quantity": ActionRule(get_property, input="WFInput", gives="any"),
}
