"""Dates: making, formatting, moving and comparing them."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import ROUND_DOWN, Decimal
from typing import Any, NoReturn

from babel import Locale
from dateutil.relativedelta import relativedelta

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.date_formats import formatted_date
from workflowllm.runtime.items import Date, Item, Quantity
from workflowllm.runtime.locales import all_zones
from workflowllm.runtime.rule import ActionRule

_FORMAT_KEYS = ("WFDateFormatStyle", "WFTimeFormatStyle", "WFRelativeDateFormatStyle", "WFDateFormat")
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
# what files and people write for a unit
_UNITS = {
    "s": "seconds", "sec": "seconds", "second": "seconds", "min": "minutes", "minute": "minutes", "h": "hours",
    "hr": "hours", "hour": "hours", "d": "days", "day": "days", "wk": "weeks", "week": "weeks", "mo": "months",
    "month": "months", "yr": "years", "year": "years",
}  # fmt: skip


def date(call: Call) -> Item | None:
    """Fact 117: now, or the date that is written down."""
    if call.choice("WFDateActionMode", "Current Date") == "Current Date":
        return call.world.current_date()
    for item in call.content("WFDateActionDate").items:  # read once: it may ask
        value = coerce(item, "date", call.world)
        if value is not None:
            return value
        if call.text_of(item).strip():
            call.fail(f"Date can't read {call.text_of(item)[:60]!r} as a date")
    return None


def format_date(call: Call) -> list[str]:
    """Facts 119 to 122."""
    options: dict[str, Any] = {key: call.text(key) for key in _FORMAT_KEYS if call.has(key)}
    options["WFLocale"] = call.raw("WFLocale")
    options["WFISO8601IncludeTime"] = call.boolean("WFISO8601IncludeTime")
    if options.get("WFDateFormatStyle") == "Relative" or options.get("WFTimeFormatStyle") == "Relative":
        call.lean("relative-date")
    return [formatted_date(value, call.world, options) for value in dates_of(call, "WFDate")]


def dates_of(call: Call, key: str) -> list[Date]:
    """A field's dates. A text that is none breaks the run, as the field takes dates only."""
    dates = []
    for item in call.content(key).items:
        value = coerce(item, "date", call.world)
        if value is not None:
            dates.append(value)
        elif call.text_of(item).strip():
            call.fail(f"{call.text_of(item)[:60]!r} is no date")
    return dates


# Adjust Date


def adjust(call: Call) -> list[Date]:
    """Fact 123: a calendar's arithmetic; fractions count up to days."""
    stored = _stored_offset(call)
    operation = call.choice("WFAdjustOperation", stored.get("Operation") or "Add")
    dates = dates_of(call, "WFDate")
    if operation.startswith("Get Start of "):
        return [_start_of(call, value, operation.removeprefix("Get Start of ").lower()) for value in dates]
    span = call.quantity("WFDuration") or _old_duration(call, stored)
    if span is None:
        call.lean("no-duration")
        return dates
    sign = -1 if operation == "Subtract" else 1
    return [moved(call, value, Quantity(sign * span.magnitude, span.unit)) for value in dates]


def _stored_offset(call: Call) -> Mapping[str, Any]:
    """What clients before iOS 13 store: the operation, a value and a unit in one picker."""
    raw = call.raw("WFAdjustOffsetPicker")
    value = raw.get("Value") if isinstance(raw, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _old_duration(call: Call, stored: Mapping[str, Any]) -> Quantity | None:
    picked = call.dictionary("WFAdjustOffsetPicker") if stored else None
    number = coerce(picked.get("Value") or "", "number", call.world) if picked else None
    return Quantity(number, str(stored.get("Unit") or "")) if number is not None else None


def unit_name(text: str) -> str | None:
    """A unit of time in the plural: seconds, ..., years."""
    word = text.strip().lower()
    return _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))


def moved(call: Call, value: Date, span: Quantity) -> Date:
    """A date moved by a span. Days and more keep the clock's time, across daylight saving too."""
    unit = unit_name(span.unit)
    if unit is None:
        call.fail(f"Adjust Date knows no unit {span.unit!r}")
    local = value.moment.astimezone(call.world.zone)
    try:
        return Date(_moved(local, span.magnitude, unit), value.has_time or unit in ("seconds", "minutes", "hours"))
    except (OverflowError, ValueError):
        _outside(call, span)


def _moved(local: datetime, magnitude: Decimal, unit: str) -> datetime:
    if unit in ("weeks", "months", "years"):
        return local + relativedelta(**{unit: int(magnitude)})
    whole = magnitude.to_integral_value(ROUND_DOWN) if unit == "days" else Decimal()
    seconds = (magnitude - whole) * _SECONDS[unit]
    day = local + timedelta(days=int(whole))
    # Python adds to the clock's time within one zone; a span of hours is counted in real time
    return (day.astimezone(timezone.utc) + timedelta(seconds=float(seconds))).astimezone(local.tzinfo)


def _outside(call: Call, span: Quantity) -> NoReturn:
    call.fail(f"Adjust Date by {span.magnitude} {span.unit} leaves the calendar")


def _start_of(call: Call, value: Date, unit: str) -> Date:
    local = value.moment.astimezone(call.world.zone)
    if unit == "minute":
        return Date(local.replace(second=0, microsecond=0))
    if unit == "hour":
        return Date(local.replace(minute=0, second=0, microsecond=0))
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        first = Locale.parse(call.world.locale).first_week_day
        return Date(day - timedelta(days=(day.weekday() - first) % 7))
    if unit == "month":
        day = day.replace(day=1)
    elif unit == "year":
        day = day.replace(month=1, day=1)
    elif unit != "day":
        call.fail(f"Adjust Date knows no start of {unit!r}")
    return Date(day)


# Get Time Between Dates


def time_between(call: Call) -> Item | None:
    """Fact 124: the input less the other date, so that it is negative where the input lies before it."""
    start, end = _other_date(call), _one_date(call, "WFInput")
    if start is None or end is None:
        return None
    unit = call.choice("WFTimeUntilUnit", "Minutes")
    if unit == "Total Time":
        call.lean("total-time")
        return total_time(start.moment.astimezone(call.world.zone), end.moment.astimezone(call.world.zone))
    name = unit_name(unit)
    if name is None:
        call.fail(f"Get Time Between Dates knows no unit {unit!r}")
    first, last = (date.moment.astimezone(call.world.zone) for date in (start, end))
    if not _is_whole(last.replace(tzinfo=None) - first.replace(tzinfo=None), name):
        call.lean("whole-units")
    return Decimal(whole_units(first, last, name))


def _is_whole(span: timedelta, unit: str) -> bool:
    """Whether a span of the clock is so many units and nothing more; months and years have no length."""
    seconds = _SECONDS.get(unit)
    return seconds is not None and span.total_seconds() % seconds == 0



def _other_date(call: Call) -> Date | None:
    """The date that is subtracted: now where none is stored, as in files of old clients."""
    if call.has("WFTimeUntilFromDate"):
        return _one_date(call, "WFTimeUntilFromDate")
    if call.choice("WFTimeUntilReferenceDate", "Right Now") == "Other":
        return _one_date(call, "WFTimeUntilCustomDate")
    return call.world.current_date()


def _one_date(call: Call, key: str) -> Date | None:
    """A field's date. Fact 126: the Current Date token put straight into it reads as empty."""
    if _is_current_date(call.raw(key)):
        return None
    dates = dates_of(call, key)
    if len(dates) > 1:
        call.lean("first-of-many")
    return dates[0] if dates else None


def _is_current_date(raw: Any) -> bool:
    """Whether a stored field is the Current Date token and nothing else."""
    value = raw.get("Value") if isinstance(raw, Mapping) else None
    if not isinstance(value, Mapping):
        return False
    attachments = value.get("attachmentsByRange")
    if isinstance(attachments, Mapping) and len(attachments) == 1 and value.get("string") == "\ufffc":
        (value,) = attachments.values()
    return isinstance(value, Mapping) and value.get("Type") == "CurrentDate"


def whole_units(start: datetime, end: datetime, unit: str) -> int:
    """The whole units from one local moment to another, towards zero. Days and more are a calendar's."""
    if unit in ("seconds", "minutes", "hours"):
        return int((end.timestamp() - start.timestamp()) / _SECONDS[unit])
    gap = relativedelta(end.replace(tzinfo=None), start.replace(tzinfo=None))
    months = 12 * gap.years + gap.months
    if unit in ("months", "years"):
        return months if unit == "months" else int(months / 12)
    days = (end.replace(tzinfo=None) - start.replace(tzinfo=None)).total_seconds() / _SECONDS["days"]
    return int(days) if unit == "days" else int(days / 7)


def total_time(start: datetime, end: datetime) -> str:
    """A span in words, largest unit first: `2 days, 3 hours`."""
    gap = relativedelta(end.replace(tzinfo=None), start.replace(tzinfo=None))
    counts = [(getattr(gap, name), name) for name in ("years", "months", "days", "hours", "minutes", "seconds")]
    words = [f"{count} {name.removesuffix('s') if abs(count) == 1 else name}" for count, name in counts if count]
    return ", ".join(words) or "0 seconds"


def convert_zone(call: Call) -> list[Date]:
    """Convert Time Zone: what the clocks of one zone show when those of the other show the input."""
    call.lean("converted-zone")
    source, target = _zone(call, "SourceTimeZone"), _zone(call, "DestinationTimeZone")
    dates = []
    for value in dates_of(call, "Date"):
        clock = value.moment.astimezone(call.world.zone).replace(tzinfo=source)
        dates.append(Date(clock.astimezone(target).replace(tzinfo=call.world.zone), value.has_time))
    return dates


def _zone(call: Call, key: str) -> Any:
    name = call.text(key).strip()
    if not name:
        return call.world.zone
    zone = all_zones().get(name.replace(" ", "_"))
    return zone if zone else call.fail(f"there is no time zone {name!r}")


ACTIONS: dict[str, ActionRule] = {
    "date": ActionRule(date, gives="date"),
    "format.date": ActionRule(format_date, input="WFDate", gives="text"),
    "adjustdate": ActionRule(adjust, input="WFDate", gives="date"),
    "gettimebetweendates": ActionRule(time_between, input="WFInput", gives="number"),
    "converttimezone": ActionRule(convert_zone, input="Date", gives="date", grade="?"),
}
