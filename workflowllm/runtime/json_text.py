"""Dictionaries as JSON text and back."""

import json
from decimal import Decimal
from typing import Any

from workflowllm.runtime.items import Date, Dictionary, Quantity, Thing, bounded, number_text

MAX_DEPTH = 200


class NotJson(ValueError):
    """The text is no JSON."""


def parse_json(text: str) -> Any:
    """JSON as items: objects as Dictionaries, arrays as tuples, null as None. Raises NotJson."""
    try:
        return tupled(
            json.loads(
                text, object_pairs_hook=_dictionary, parse_int=_number, parse_float=_number, parse_constant=_no_constant
            )
        )
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise NotJson(str(error)) from None


def _dictionary(pairs: list[tuple[str, Any]]) -> Dictionary:
    return Dictionary({key: tupled(value) for key, value in pairs})


def tupled(value: Any) -> Any:
    """Lists, and lists in them, as tuples."""
    return tuple(tupled(item) for item in value) if type(value) is list else value


def _number(digits: str) -> Decimal:
    number = bounded(Decimal(digits[:400]))
    if number is None:
        raise ValueError(f"the number {digits[:20]} is too large")
    return number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def json_text(item: Any, other: Any = str) -> str:
    """An item as JSON text; `other` gives the text of items that JSON has no form for."""
    return json.dumps(plain_json(item, other), ensure_ascii=False, separators=(",", ":"))


def plain_json(item: Any, other: Any = str) -> Any:
    """An item as the data that `json.dumps` takes; whole numbers as ints."""
    if item is None or isinstance(item, (str, bool)):
        return item
    if isinstance(item, Decimal):
        return plain_number(item)
    if isinstance(item, Dictionary):
        return {key: plain_json(value, other) for key, value in item.entries.items()}
    if isinstance(item, (tuple, list)):
        return [plain_json(value, other) for value in item]
    if isinstance(item, (Date, Quantity, Thing)):
        return other(item)
    return str(item)


def plain_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number_text(number))
