"""Comparing an item with an operand by a condition's code: what If and the filters share."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.date_texts import Setting
from workflowllm.runtime.items import Date, Item, Quantity, kind_of
from workflowllm.runtime.units import in_base, unit_of

LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, IS, IS_NOT = range(6)
BEGINS, ENDS, CONTAINS, CONTAINS_NOT, HAS_VALUE, HAS_NONE = 8, 9, 99, 999, 100, 101
IN_NEXT, IN_LAST, IS_TODAY, BETWEEN = 1000, 1001, 1002, 1003
NUMERIC = frozenset({LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, BETWEEN})
TEXTUAL = frozenset({BEGINS, ENDS, CONTAINS, CONTAINS_NOT})
WORDS = {
    LESS: "is less than",
    LESS_EQUAL: "is at most",
    GREATER: "is greater than",
    GREATER_EQUAL: "is at least",
    IS: "is",
    IS_NOT: "is not",
    BEGINS: "begins with",
    ENDS: "ends with",
    CONTAINS: "contains",
    CONTAINS_NOT: "does not contain",
    HAS_VALUE: "has any value",
    HAS_NONE: "does not have any value",
    IN_NEXT: "is in the next",
    IN_LAST: "is in the last",
    IS_TODAY: "is today",
    BETWEEN: "is between",
}
_ORDERED: dict[int, Callable[[Any, Any], bool]] = {
    LESS: lambda left, right: left < right,
    LESS_EQUAL: lambda left, right: left <= right,
    GREATER: lambda left, right: left > right,
    GREATER_EQUAL: lambda left, right: left >= right,
    IS: lambda left, right: left == right,
    IS_NOT: lambda left, right: left != right,
}
_TEXTS: dict[int, Callable[[str, str], bool]] = {
    IS: lambda left, right: left == right,
    IS_NOT: lambda left, right: left != right,
    BEGINS: str.startswith,
    ENDS: str.endswith,
    CONTAINS: lambda left, right: right in left,
    CONTAINS_NOT: lambda left, right: right not in left,
}


def ordered(code: int, left: Any, right: Any, second: Any = None) -> bool:
    """A comparison of two sizes, or of one with two bounds, both included (fact 37)."""
    if code == BETWEEN:
        low, high = sorted((right, second))
        return low <= left <= high
    return _ORDERED[code](left, right)


def compare_text(code: int, left: str, right: str, ignore_case: bool = False) -> bool:
    if ignore_case:
        left, right = left.casefold(), right.casefold()
    return _TEXTS[code](left, right)


def size_of_item(item: Item, setting: Setting) -> Any:
    """An item as something that has an order: a number, a moment, or a quantity in its base unit. None without."""
    kind = type(item)
    if kind is Decimal:
        return item
    if kind is bool:
        return Decimal(int(item))
    if kind is Date:
        return item.moment
    if kind is Quantity:
        return in_base(item)
    return coerce(item, "number", setting)


def compare_sizes(code: int, left: Item, operands: Sequence[Item], setting: Setting) -> bool:
    """A size against one operand, or two bounds.

    A plain number and a quantity are compared by their magnitudes, but for sizes of files, whose number counts bytes.
    """
    sizes = [_pair(left, operand, setting) for operand in operands]
    if not all(same_kind(*pair) for pair in sizes):
        return False
    return ordered(code, sizes[0][0], sizes[0][1], sizes[-1][1])


def _pair(left: Item, right: Item, setting: Setting) -> tuple[Any, Any]:
    for quantity, number in ((left, right), (right, left)):
        if type(quantity) is Quantity and type(number) is Decimal:
            unit = unit_of(quantity.unit)
            plain = in_base(quantity) if unit and unit[0] == "size" else quantity.magnitude
            return (plain, number) if quantity is left else (number, plain)
    return size_of_item(left, setting), size_of_item(right, setting)


def same_kind(left: Any, right: Any) -> bool:
    """Whether two sizes can be compared."""
    return left is not None and right is not None and (isinstance(left, datetime) == isinstance(right, datetime))


def is_text_like(item: Item) -> bool:
    return kind_of(item) not in ("number", "boolean", "date", "quantity", "health")


def date_within(code: int, moment: datetime, span: timedelta | None, setting: Setting) -> bool:
    """Is today, in the next, in the last: against the world's clock."""
    now = setting.now()
    if code == IS_TODAY:
        return moment.astimezone(setting.zone).date() == now.astimezone(setting.zone).date()
    if span is None:
        return False
    return now <= moment <= now + span if code == IN_NEXT else now - span <= moment <= now
