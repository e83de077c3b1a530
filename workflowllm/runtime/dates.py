"""Dates as text and from text, in the world's zone and locale."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol

from babel import dates as babel_dates
from dateutil import parser as date_parser

from workflowllm.runtime.values import Date

STYLES = ("None", "Short", "Medium", "Long")
_DAY_WORDS = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1, "tonight": 0}
_BLANKS = str.maketrans({"\u202f": " ", "\xa0": " "})  # what CLDR puts before AM and PM


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
    if not text or len(text) > 200:
        return None
    word = text.lower()
    if word in _DAY_WORDS:
        moment = setting.now().astimezone(setting.zone) + timedelta(days=_DAY_WORDS[word])
        return Date(moment) if word == "now" else day_of(moment.date(), setting)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _loose_date(text, setting)
    has_time = len(text) > 10
    return Date(_zoned(moment, setting), has_time)


def day_of(day: date, setting: Setting) -> Date:
    return Date(datetime.combine(day, time(), setting.zone), has_time=False)


def _zoned(moment: datetime, setting: Setting) -> datetime:
    """Fact 118: a date written without a zone is read in the device's own."""
    return moment.replace(tzinfo=setting.zone) if moment.tzinfo is None else moment


def _loose_date(text: str, setting: Setting) -> Date | None:
    if not re.search(r"\d", text):
        return None
    start = datetime.combine(setting.now().astimezone(setting.zone).date(), time())
    try:
        moment = date_parser.parse(text, default=start)
    except (ValueError, OverflowError, TypeError):
        return None
    has_time = bool(re.search(r"\d\s*:\s*\d|\d\s*[ap]\.?m", text, re.I))
    return Date(_zoned(moment, setting), has_time)


def iso_text(value: Date, setting: Setting) -> str:
    """A date in ISO 8601, as effects have it."""
    moment = value.moment.astimezone(setting.zone)
    return moment.isoformat() if value.has_time else moment.date().isoformat()
