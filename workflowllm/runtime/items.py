"""Values as Shortcuts has them: a value is a list of items.

An item is a text (`str`), a number (`Decimal`), a boolean (`bool`), a `Date`, a `Quantity` (durations too), a
`Dictionary`, a `Thing` (URL, file, image, contact, event, ...), or a tuple, which is a list inside a list. Items are
never changed. Whether a placeholder took part in a value travels with it as `made_up`.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

ITEM_BYTES = 64  # what an item without text is counted as
MAX_EXPONENT = 127  # of a number, as NSDecimalNumber has it


@dataclass(frozen=True, slots=True)
class Date:
    """A moment with its zone. A date without a time stands for its whole day."""

    moment: datetime
    has_time: bool = True
    has_date: bool = True


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit; a duration is a quantity of a unit of time."""

    magnitude: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Keys in their order. A value is an item, a tuple of items (an array), or None (null)."""

    entries: Mapping[str, Any]

    def get(self, key: str, default: Any = None) -> Any:
        return self.entries.get(key, default)


@dataclass(frozen=True, slots=True)
class Thing:
    """Anything with a type and properties: its fields are those that worlds and effects use (docs/runtime.md).

    `fields` hold items, None, and lists or mappings of them. `made_from`: the thing or text that it was made of.
    """

    type: str
    fields: Mapping[str, Any]
    made_from: Any = None

    def get(self, key: str, default: Any = None) -> Any:
        return self.fields.get(key, default)

    @property
    def name(self) -> str:
        name = self.fields.get("name")
        return name if isinstance(name, str) else ""

    def changed(self, **fields: Any) -> "Thing":
        """A copy with some fields changed."""
        return Thing(self.type, {**self.fields, **fields}, self.made_from)


Item = Any  # str | Decimal | bool | Date | Quantity | Dictionary | Thing | tuple


def kind_of(item: Item) -> str:
    """The name of an item's type, as the tables of coercions and properties use it."""
    return item.type if type(item) is Thing else _KINDS[type(item)]


_KINDS = {
    str: "text",
    Decimal: "number",
    bool: "boolean",
    Date: "date",
    Quantity: "quantity",
    Dictionary: "dictionary",
    tuple: "list",
}


@dataclass(slots=True, unsafe_hash=True)
class Value:
    """What a variable or an output holds: any number of items. `bytes` is their size, roughly.

    Never changed, but not frozen: that would triple the time to make one, and every action makes one.
    """

    items: tuple[Item, ...]
    made_up: bool = False
    bytes: int = field(default=0, compare=False)

    def __bool__(self) -> bool:
        return bool(self.items)

    def plus(self, other: "Value") -> "Value":
        return Value(self.items + other.items, self.made_up or other.made_up, self.bytes + other.bytes)


NOTHING = Value(())


def size_of(item: Item) -> int:
    """The bytes of an item, roughly: texts, data and the members of dictionaries and lists are counted."""
    kind = type(item)
    if kind is str or kind is bytes:
        return sys.getsizeof(item)
    if kind is Dictionary:
        return ITEM_BYTES + sum(sys.getsizeof(key) + size_of(value) for key, value in item.entries.items())
    if kind is tuple or kind is list:
        return ITEM_BYTES + sum(map(size_of, item))
    if kind is Thing:
        return ITEM_BYTES + sum(map(size_of, item.fields.values()))
    return ITEM_BYTES


def as_value(output: Any, made_up: bool = False) -> Value:
    """What an action's function returned as a value: None is nothing, a list or tuple its items, else one item."""
    if type(output) is Value:
        return output if output.made_up or not made_up else Value(output.items, True, output.bytes)
    if output is None:
        return MADE_UP_NOTHING if made_up else NOTHING
    if type(output) is list or type(output) is tuple:
        items = flat(output)
        return Value(items, made_up, sum(map(size_of, items)))
    return Value((output,), made_up, size_of(output))


MADE_UP_NOTHING = Value((), True)


def flat(items: Iterable[Any]) -> tuple[Item, ...]:
    """The items of a list without its nulls. Lists inside stay lists, but one that is alone is opened."""
    present = tuple(item for item in items if item is not None)
    while len(present) == 1 and type(present[0]) is tuple:
        present = tuple(item for item in present[0] if item is not None)
    return present


def item_value(item: Item, made_up: bool = False) -> Value:
    """One item of a list as a value of its own."""
    return as_value(item, made_up)


def quick_text(text: str, made_up: bool = False) -> Value:
    """A text as a value."""
    return Value((text,), made_up, sys.getsizeof(text))


def from_plain(value: Any) -> Any:
    """JSON or YAML data as items: numbers as Decimals, mappings as Dictionaries, lists as tuples; None stays None."""
    if value is None or isinstance(value, (str, bool, Decimal, Date, Quantity, Dictionary, Thing)):
        return value
    if isinstance(value, int):
        return bounded(Decimal(value))
    if isinstance(value, float):
        return bounded(Decimal(repr(value)))
    if isinstance(value, Mapping):
        return Dictionary({str(key): from_plain(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(from_plain(item) for item in value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)


def bounded(number: Decimal) -> Decimal | None:
    """A number within what NSDecimalNumber holds, else None."""
    return number if (number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT) or number == 0 else None


def number_text(number: Decimal) -> str:
    """A number as Shortcuts writes it into text: no decimals when whole, else as few digits as tell it apart."""
    if number == number.to_integral_value():
        return format(number.quantize(Decimal(1)), "f") if number.adjusted() < 30 else format(number, ".0f")
    text = format(Decimal(repr(float(number))), "f") if abs(number.adjusted()) < 100 else format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
