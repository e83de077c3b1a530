"""Numbers and file sizes as people write them."""

from decimal import Decimal, localcontext

from babel.numbers import format_decimal

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.items import MAX_EXPONENT, Item, Thing
from workflowllm.runtime.properties import property_of
from workflowllm.runtime.rule import ActionRule

_MAX_PLACES = 30
_SIZES = ("bytes", "KB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
_DIGITS = (0, 0, 1)  # of bytes, KB, MB; two of all larger units


def format_number(call: Call) -> list[str]:
    """Fact 112: two decimals where nothing else is chosen."""
    places = max(0, min(call.integer("WFNumberFormatDecimalPlaces", 2), _MAX_PLACES))
    numbers = _numbers(call, "WFNumber")
    if any(_is_grouped_or_tied(value, places) for value in numbers):
        call.lean("number-groups")
    return [_grouped(call, value, places, places) for value in numbers]


def _is_grouped_or_tied(value: Decimal, places: int) -> bool:
    """Whether a number's text rests on how digits are grouped, or on which way a half is rounded."""
    if abs(value) >= 999:
        return abs(value) >= 1000 or round(abs(value), min(places, 20)) >= 1000
    with localcontext() as context:
        context.prec = 2 * MAX_EXPONENT
        return abs(value).scaleb(places) % 1 == Decimal("0.5")


def _numbers(call: Call, key: str) -> list[Decimal]:
    """A field's numbers. A text without any breaks the run, as the field takes numbers only."""
    numbers = []
    for item in call.content(key).items:
        number = coerce(item, "number", call.world)
        if number is not None:
            numbers.append(number)
        elif call.text_of(item).strip():
            call.fail(f"{call.text_of(item)[:60]!r} is no number")
    return numbers


def _grouped(call: Call, value: Decimal, least: int, most: int) -> str:
    pattern = "#,##0" + ("." if most else "") + "0" * least + "#" * (most - least)
    with localcontext() as context:  # babel rounds in the context that is set
        context.prec = 2 * MAX_EXPONENT
        return format_decimal(value, pattern, locale=call.world.locale)


def format_file_size(call: Call) -> list[str]:
    """Fact 113: 1000 bytes are 1 KB."""
    unit = call.choice("WFFileSizeFormat", "Automatic")
    with_unit = call.boolean("WFFileSizeIncludeUnits", True)
    if unit != "Automatic":
        call.lean("size-unit")
    sizes = [_size(call, item) for item in call.content("WFFileSize").items]
    return [_sized(call, size, unit, with_unit) for size in sizes if size is not None]


def _size(call: Call, item: Item) -> Decimal | None:
    """A number of bytes: the item itself, or the size of the file that it is."""
    if type(item) is Thing and item.type not in ("match",):
        return property_of(item, "File Size", call.world)
    return coerce(item, "number", call.world)


def _sized(call: Call, size: Decimal, unit: str, with_unit: bool) -> str:
    name = unit.partition(" ")[0].lower()
    names = [known.lower() for known in _SIZES]
    rank = names.index(name) if name in names else _automatic(size)
    digits = _DIGITS[rank] if rank < len(_DIGITS) else 2
    number = _grouped(call, size.scaleb(-3 * rank), 0, digits)
    if not with_unit and unit != "Automatic":
        return number
    if rank == 0:
        return f"{number} {'byte' if size == 1 else 'bytes'}"
    return f"{number} {_SIZES[rank]}"


def _automatic(size: Decimal) -> int:
    """The largest unit of which there is at least one."""
    return max(0, min((size.adjusted() if size else 0) // 3, len(_SIZES) - 1))


ACTIONS: dict[str, ActionRule] = {
    "format.number": ActionRule(format_number, input="WFNumber", gives="text"),
    "format.filesize": ActionRule(format_file_size, input="WFFileSize", gives="text"),
}
