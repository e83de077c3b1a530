"""Find and filter actions: a table of conditions over items' properties, then sorting and a limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflowllm.runtime import condition_codes as cmp
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce, to_text
from workflowllm.runtime.items import Date, Item, Quantity, as_value
from workflowllm.runtime.parameters import Parameter, compile_parameter
from workflowllm.runtime.properties import property_of
from workflowllm.runtime.units import as_duration

_UNITS = {  # NSCalendarUnit, as a row of a filter stores a span's unit
    4: "years", 8: "months", 16: "days", 32: "hours", 64: "minutes", 128: "seconds", 8192: "weeks", 4096: "weeks",
}  # fmt: skip
_TEXT_OPERANDS = ("String", "Enumeration", "Text", "URL")


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of a filter's table."""

    property: str
    code: int
    values: Mapping[str, Parameter]
    unit: Any

    def holds(self, call: Call, item: Item) -> bool:
        value = as_value(property_of(item, self.property, call.world))
        items = value.items
        if self.code == cmp.HAS_VALUE:
            return bool(items)
        if self.code == cmp.HAS_NONE:
            return not items
        if self.code in (cmp.IS_NOT, cmp.CONTAINS_NOT):
            return not any(self._single(call, part, _POSITIVE[self.code]) for part in items)
        return any(self._single(call, part, self.code) for part in items)

    def _single(self, call: Call, part: Item, code: int) -> bool:
        if code in (cmp.IN_NEXT, cmp.IN_LAST, cmp.IS_TODAY):
            return self._date(call, part, code)
        if type(part) is bool or "Bool" in self.values:
            wanted = coerce(self._first(call, ("Bool", "Number", *_TEXT_OPERANDS)) or False, "boolean", call.world)
            return coerce(part, "boolean", call.world) == wanted
        if code in cmp.NUMERIC or (code == cmp.IS and not cmp.is_text_like(part)):
            return self._size(call, part, code)
        operand = self._first(call, (*_TEXT_OPERANDS, "Number"))
        text = "" if operand is None else to_text(operand, call.world)
        return cmp.compare_text(code, to_text(part, call.world), text, ignore_case=True)

    def _first(self, call: Call, keys: Sequence[str]) -> Item | None:
        for key in keys:
            items = self.values[key].evaluate(call.run).items if key in self.values else ()
            if items:
                return items[0]
        return None

    def _size(self, call: Call, part: Item, code: int) -> bool:
        keys = ("Date", "AnotherDate") if type(part) is Date else ("Number", "AnotherNumber")
        wanted = keys if code == cmp.BETWEEN else keys[:1]
        kind = "date" if type(part) is Date else "any"
        operands = [self._first(call, (key,)) for key in wanted]
        sizes = [None if item is None else coerce(item, kind, call.world) for item in operands]
        return None not in sizes and cmp.compare_sizes(code, part, sizes, call.world)

    def _date(self, call: Call, part: Item, code: int) -> bool:
        date = coerce(part, "date", call.world)
        number = self._first(call, ("Number",))
        count = coerce(number, "number", call.world) if number is not None else None
        unit = _UNITS.get(self.unit if isinstance(self.unit, int) else 16, "days")
        span = as_duration(Quantity(count if count is not None else Decimal(1), unit))
        return type(date) is Date and cmp.date_within(code, date.moment, span, call.world)


_POSITIVE = {cmp.IS_NOT: cmp.IS, cmp.CONTAINS_NOT: cmp.CONTAINS}


def filtered(call: Call, items: Sequence[Item]) -> list[Item]:
    """The items that a Find or Filter action's table lets through, sorted and limited as it says."""
    rows, is_all = _rows(call)
    chosen = [item for item in items if _passes(call, item, rows, is_all)]
    return limited(call, ordered(call, chosen))


def _passes(call: Call, item: Item, rows: Sequence[Row], is_all: bool) -> bool:
    tests = (row.holds(call, item) for row in rows)
    return all(tests) if is_all or not rows else any(tests)


def _rows(call: Call) -> tuple[list[Row], bool]:
    raw = call.raw("WFContentItemFilter")
    table = raw.get("Value") if isinstance(raw, Mapping) else None
    table = table if isinstance(table, Mapping) else {}
    templates = table.get("WFActionParameterFilterTemplates")
    templates = templates if isinstance(templates, list) else []
    rows = [_row(entry) for entry in templates if isinstance(entry, Mapping)]
    return [row for row in rows if row], table.get("WFActionParameterFilterPrefix") != 0


_BESIDE = ("Bool", "Number", "Enumeration", "String", "Date", "AnotherDate", "Unit")


def stored_operands(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a row compares with. Old clients store it beside the property, in 79 of 296 rows of 1,297 real files."""
    values = entry.get("Values")
    return values if isinstance(values, Mapping) else {key: entry[key] for key in _BESIDE if key in entry}


def _row(entry: Mapping[str, Any]) -> Row | None:
    values, code = stored_operands(entry), entry.get("Operator", cmp.IS)
    if not isinstance(code, int) or code not in cmp.WORDS:
        return None
    compiled = {str(key): compile_parameter(value) for key, value in values.items() if key != "Unit"}
    if not compiled and code not in (cmp.IS_TODAY, cmp.HAS_VALUE, cmp.HAS_NONE):
        return None  # a row that nobody filled in
    return Row(str(entry.get("Property", "Name")), code, compiled, values.get("Unit"))


def ordered(call: Call, items: list[Item]) -> list[Item]:
    """Sorted by a property; items without it stand last."""
    name = call.text("WFContentItemSortProperty")
    if not name or (call.has("WFContentItemSortEnabled") and not call.boolean("WFContentItemSortEnabled")):
        return items
    if name == "Random":
        shuffled = list(items)
        call.world.rng.shuffle(shuffled)
        return shuffled
    order = call.text("WFContentItemSortOrder")
    down = order.split(" ")[0] in ("Latest", "Largest", "Biggest", "Z", "Newest", "Longest", "Descending", "Highest")
    keyed = [(_sort_key(property_of(item, name, call.world), call), item) for item in items]
    present = [pair for pair in keyed if pair[0] is not None]
    present.sort(key=lambda pair: pair[0], reverse=down)
    return [item for _, item in present] + [item for key, item in keyed if key is None]


def _sort_key(value: Any, call: Call) -> tuple | None:
    items = as_value(value).items
    if not items:
        return None
    item = items[0]
    if type(item) is Date:
        return (0, item.moment.timestamp(), "")
    if type(item) in (Decimal, bool, Quantity):
        return (0, float(cmp.size_of_item(item, call.world)), "")
    return (1, 0.0, to_text(item, call.world).casefold())


def limited(call: Call, items: list[Item]) -> list[Item]:
    """At most so many. Without the switch, a stored number limits too."""
    if call.has("WFContentItemLimitEnabled") and not call.boolean("WFContentItemLimitEnabled"):
        return items
    if not (call.has("WFContentItemLimitNumber") or call.has("WFContentItemLimitEnabled")):
        return items
    return items[: max(call.integer("WFContentItemLimitNumber", 1), 0)]
