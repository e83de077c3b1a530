"""Dates in plain words: "tomorrow at 9am", "next Friday", "in 3 days", "Today 23:59", and dates inside longer texts."""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import regex
from dateutil.relativedelta import relativedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
_UNITS = {
    "second": "seconds", "sec": "seconds", "minute": "minutes", "min": "minutes", "hour": "hours", "hr": "hours",
    "day": "days", "week": "weeks", "month": "months", "year": "years",
}  # fmt: skip
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_CLOCK_WORDS = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_UNIT = "(?:second|sec|minute|min|hour|hr|day|week|month|year)s?"
_SPAN = re.compile(rf"(in\s+)?(\d{{1,4}}|{'|'.join(_NUMBERS)})\s+({_UNIT})(\s+ago|\s+from\s+now)?")
_CLOCK = re.compile(
    r"(?:at\s+)?(\d{1,2})(?:[:.](\d{2})(?::(\d{2}))?)?\s*([ap])\.?m\.?|(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?"
)
_DAY_NAME = re.compile(rf"(next|last|this|on)?\s*({'|'.join(_WEEKDAYS)}|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b")
_NEXT_UNIT = re.compile(r"(next|last|this)\s+(week|month|year)\b")


class Reading(NamedTuple):
    """What was read: a local moment without a zone, and whether a day and a time were named."""

    moment: datetime
    has_date: bool
    has_time: bool


def read_words(text: str, now: datetime) -> Reading | None:
    """The date that a whole text of plain words names, seen from `now` (local, without a zone)."""
    rest = " ".join(text.lower().replace(",", " ").split())
    span = _SPAN.fullmatch(rest)
    if span and (span[1] or span[4]):
        return _read_span(span, now)
    clock, rest = _take_clock(rest)
    rest = re.sub(r"(?<!\s)\s*\b(?:at|on|um)\b\s*$", "", rest).strip()
    day = _read_day(rest, now.date()) if rest else now.date()
    if day is None or (not rest and clock is None):
        return None
    return Reading(datetime.combine(day, clock or time()), bool(rest), clock is not None)


def _read_span(span: re.Match, now: datetime) -> Reading | None:
    """`in 3 days`, `2 hours ago`."""
    count = _NUMBERS.get(span[2]) or int(span[2])
    unit = _UNITS[span[3].removesuffix("s")]
    sign = -1 if span[4] and "ago" in span[4] else 1
    try:
        return Reading(now + relativedelta(**{unit: sign * count}), True, True)
    except (OverflowError, ValueError):
        return None


def _take_clock(text: str) -> tuple[time | None, str]:
    """The time in a text, and the text without it."""
    for word, clock in _CLOCK_WORDS.items():
        if re.search(rf"\b{word}\b", text):
            return clock, re.sub(rf"(?:at\s+)?\b{word}\b", "", text).strip()
    match = next((found for found in _CLOCK.finditer(text) if _clock_of(found)), None)
    if match is None:
        return None, text
    return _clock_of(match), (text[: match.start()] + " " + text[match.end() :]).strip()


def _clock_of(match: re.Match) -> time | None:
    hour, minute, second = (match[1], match[2], match[3]) if match[4] else (match[5], match[6], match[7])
    number = int(hour)
    if match[4]:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if match[4] == "p" else 0)
    try:
        return time(number, int(minute or 0), int(second or 0))
    except ValueError:
        return None


def _read_day(text: str, today: date) -> date | None:
    """`tomorrow`, `next Friday`, `next month`. A bare weekday is the coming one, today included."""
    if text in _DAYS:
        return today + timedelta(days=_DAYS[text])
    unit = _NEXT_UNIT.fullmatch(text)
    if unit:
        count = {"next": 1, "last": -1, "this": 0}[unit[1]]
        return today + relativedelta(**{unit[2] + "s": count})
    named = _DAY_NAME.fullmatch(text)
    if named is None:
        return None
    wanted = next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(named[2][:3]))
    ahead = (wanted - today.weekday()) % 7
    if named[1] == "next":
        ahead = ahead or 7
    if named[1] == "last":
        ahead = ahead - 7 or -7
    return today + timedelta(days=ahead)


_CLOCK_PATTERN = (
    r"(?:\d{1,2}(?:[:.]\d{2}(?::\d{2})?)?\s?[ap]\.?m\b\.?|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|noon\b|midnight\b)"
)
_MONTH_PATTERN = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_WEEKDAY_PATTERN = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DATE_PATTERNS = (
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?(?:Z\b|[+-]\d{2}:?\d{2}))?)?",
    r"\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b",
    rf"{_MONTH_PATTERN}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?",
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH_PATTERN}(?:,?\s+\d{{4}}\b)?",
    rf"(?:next|last|this)\s+(?:week|month|year|{_WEEKDAY_PATTERN})\b",
    rf"in\s+(?:\d{{1,4}}|an?)\s+{_UNIT}\b|(?:\d{{1,4}}|an?)\s+{_UNIT}\s+ago\b",
    r"today\b|tomorrow\b|yesterday\b|tonight\b",
    rf"{_WEEKDAY_PATTERN}\b",
)
_DATE = rf"(?:{_WEEKDAY_PATTERN},?\s+)?(?:{'|'.join(_DATE_PATTERNS[:4])})|{'|'.join(_DATE_PATTERNS[4:])}"
_IN_TEXT = regex.compile(
    rf"(?<![\w/.-])(?:(?:{_DATE})(?:,?\s+(?:at\s+)?{_CLOCK_PATTERN})?|{_CLOCK_PATTERN}(?:\s+(?:on\s+)?(?:{_DATE}))?)(?![\w/-])",
    regex.IGNORECASE,
)


def date_texts(text: str, seconds: float) -> list[str]:
    """The parts of a text that write a date or a time. Raises TimeoutError after so many seconds."""
    return [match[0] for match in _IN_TEXT.finditer(text, timeout=seconds)]
