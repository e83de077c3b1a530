"""Formats of dates: the styles of Format Date and of date references."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.utils import format_datetime
from typing import Any

from babel import Locale
from babel import dates as babel_dates

from workflowllm.runtime.date_texts import Setting, styled
from workflowllm.runtime.items import Date
from workflowllm.runtime.locales import load_locale

STYLES = ("None", "Short", "Medium", "Long")
MAX_PATTERN = 2000  # characters of a custom pattern
_BLANKS = str.maketrans({"\u202f": " ", "\xa0": " "})


@dataclass(frozen=True, slots=True)
class _Localized:
    """A setting with another locale."""

    setting: Setting
    locale: str

    @property
    def zone(self) -> tzinfo:
        return self.setting.zone

    def now(self) -> datetime:
        return self.setting.now()


def formatted_date(value: Date, setting: Setting, options: Mapping[str, Any]) -> str:
    """A date as the stored format options say (fact 119); short date and short time without any."""
    setting = _with_locale(setting, options.get("WFLocale"))
    style = _word(options, "WFDateFormatStyle", "Short")
    time_style = _word(options, "WFTimeFormatStyle", "Short")
    moment = value.moment.astimezone(setting.zone)
    if style == "Custom":
        return custom(value, setting, options.get("WFDateFormat"))
    if style == "ISO 8601":
        return iso_8601(moment, bool(options.get("WFISO8601IncludeTime")))
    if style == "RFC 2822":
        return format_datetime(moment)
    if style == "Relative":
        return relative(value, setting, _word(options, "WFRelativeDateFormatStyle", "Medium"), time_style)
    if time_style == "Relative":
        return joined(styled(value, setting, _known(style), "None"), span_to(moment, setting), setting)
    return styled(value, setting, _known(style), _known(time_style))


def _word(options: Mapping[str, Any], key: str, default: str) -> str:
    word = options.get(key)
    return word if isinstance(word, str) and word else default


def _with_locale(setting: Setting, name: Any) -> Setting:
    """The setting in another locale, where one is named and exists."""
    if not isinstance(name, str) or not name or name in ("Default", setting.locale):
        return setting
    locale = load_locale(name)
    return setting if locale is None else _Localized(setting, str(locale))


def _known(style: str) -> str:
    return style if style in STYLES else "Short"


def iso_8601(moment: datetime, with_time: bool) -> str:
    """Fact 122: without the time unless it is asked for."""
    return moment.isoformat(timespec="seconds") if with_time else moment.date().isoformat()


def custom(value: Date, setting: Setting, pattern: Any, locale: str | None = None) -> str:
    """Fact 120: Unicode's patterns (TR35)."""
    moment = value.moment.astimezone(setting.zone)
    text = pattern if isinstance(pattern, str) and pattern else "EEE, dd MMM yyyy HH:mm:ss Z"
    try:
        shown = babel_dates.parse_pattern(text[:MAX_PATTERN]).apply(moment, Locale.parse(locale or setting.locale))
    except (ValueError, KeyError, AttributeError, IndexError, TypeError):
        return text
    return shown.translate(_BLANKS)


def relative(value: Date, setting: Setting, date_style: str, time_style: str) -> str:
    """Today, tomorrow, yesterday, else the date in its own style; then the time."""
    moment = value.moment.astimezone(setting.zone)
    days = (moment.date() - setting.now().astimezone(setting.zone).date()).days
    if time_style == "Relative":
        return span_to(moment, setting)
    day = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get(days)
    if day is None:
        day = styled(value, setting, _known(date_style), "None")
    clock = styled(value, setting, "None", _known(time_style)) if value.has_time and time_style != "None" else ""
    return joined(day, clock, setting)


def joined(day: str, clock: str, setting: Setting) -> str:
    """A date and a time in one text."""
    joint = " at " if setting.locale.startswith("en") else ", "
    return joint.join(filter(None, (day, clock)))


def span_to(moment: datetime, setting: Setting) -> str:
    """How far away a moment is: `in 3 hours`, `2 days ago`."""
    span = moment - setting.now()
    return babel_dates.format_timedelta(span, add_direction=True, locale=setting.locale, threshold=1)
