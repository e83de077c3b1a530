"""Dates as text and from text, in the world's zone and locale."""

import re
from datetime import datetime, time, tzinfo
from typing import Protocol

from babel import dates as babel_dates
from dateutil import parser as date_parser

from workflowllm.runtime.date_words import read_words
from workflowllm.runtime.items import Date

STYLES = ("None", "Short", "Medium", "Long")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]\s*")
MAX_TEXT = 200  # of a text that is read as a date
_ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December")  # fmt: skip
_BLANKS = str.maketrans({"\u202f": " ", "\xa0": " "})  # what CLDR puts before AM and PM


class _Forms(date_parser.parserinfo):
    """Words that may stand between a date's parts: fewer than dateutil lets pass, so that two dates are none."""

    JUMP = [" ", ".", ",", ";", "-", "/", "'", "at", "on", "of", "st", "nd", "rd", "th", "T"]  # noqa: RUF012

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        """Two digits are 1970 to 2069: dateutil's own pivot is the clock of the machine."""
        return year if century_specified or year >= 100 else year + (2000 if year < 70 else 1900)


def _zone_named(name: str | None, offset: int | None) -> int | None:
    """A zone's seconds east of Greenwich, never the machine's own; None for one that nobody knows."""
    return offset if offset is not None else _ZONE_HOURS[name] * 3600 if name in _ZONE_HOURS else None


_ZONE_HOURS = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
}
_FORMS = {day_first: _Forms(dayfirst=day_first) for day_first in (False, True)}


class Setting(Protocol):
    """What dates and numbers need of a world."""

    zone: tzinfo
    locale: str

    def now(self) -> datetime: ...


def date_text(value: Date, setting: Setting) -> str:
    """A date as Shortcuts puts it into a text: medium date and short time."""
    return styled(value, setting, "Medium" if value.has_date else "None", "Short" if value.has_time else "None")


def styled(value: Date, setting: Setting, date_style: str, time_style: str) -> str:
    """A date in the locale's styles; None leaves the date or the time out."""
    moment, locale = value.moment.astimezone(setting.zone), setting.locale
    day = "" if date_style == "None" else babel_dates.format_date(moment, date_style.lower(), locale)
    clock = (
        ""
        if time_style == "None"
        else babel_dates.format_time(moment, time_style.lower(), tzinfo=setting.zone, locale=locale)
    )
    joint = " at " if date_style in ("Medium", "Long") and locale.startswith("en") else ", "
    return joint.join(filter(None, (day, clock))).translate(_BLANKS)


def parse_date(text: str, setting: Setting) -> Date | None:
    """The date that a text writes: ISO 8601, the usual forms, and words such as today; None where it has none."""
    text = text.strip()
    if not text or len(text) > MAX_TEXT:
        return None
    local = setting.now().astimezone(setting.zone)
    if text.lower() == "now":
        return Date(local)
    try:
        moment = datetime.fromisoformat(text)
        return Date(_zoned(moment, setting), len(text) > 10)
    except ValueError:
        pass
    reading = read_words(text, local.replace(tzinfo=None))
    if reading is not None:
        return Date(_zoned(reading.moment, setting), reading.has_time)
    return _loose_date(text, setting, local)


def _zoned(moment: datetime, setting: Setting) -> datetime:
    """Fact 118: a date written without a zone is read in the device's own."""
    return moment.replace(tzinfo=setting.zone) if moment.tzinfo is None else moment


def _loose_date(text: str, setting: Setting, local: datetime) -> Date | None:
    """A date in one of the usual written forms. A bare number is none."""
    if not re.search(r"\d", text) or re.fullmatch(r"[\d\s.,+-]*", re.sub(r"(?<!\d)\d+[.-]\d+[.-]\d+", "x", text)):
        return None
    text = _EAST_ASIAN.sub(r"\1-\2-\3 ", text)
    english = _with_english_months(text.replace(" at ", " "), setting.locale)
    day_first = not setting.locale.startswith(("en_US", "zh", "ja", "ko", "hu", "sv", "lt"))
    try:
        start = datetime.combine(local.date(), time())
        moment = date_parser.parse(english, _FORMS[day_first], default=start, tzinfos=_zone_named)
    except (ValueError, OverflowError, TypeError):
        return None
    has_time = bool(re.search(r"\d\s*:\s*\d|\d\s*[ap]\.?m", text, re.I))
    return Date(_zoned(moment, setting), has_time)


def _with_english_months(text: str, locale: str) -> str:
    """A text with the locale's names of months in English."""
    if locale.startswith("en"):
        return text
    for width in ("wide", "abbreviated"):
        names = babel_dates.get_month_names(width, "format", locale)
        for number, name in names.items():
            if name and not name[0].isdigit():
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _ENGLISH[number - 1], text, flags=re.I)
    return text


def iso_text(value: Date, setting: Setting) -> str:
    """A date in ISO 8601, as effects have it."""
    moment = value.moment.astimezone(setting.zone)
    return moment.isoformat() if value.has_time else moment.date().isoformat()
