"""Formats of dates: the styles of Format Date and of date references."""

from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from babel import dates as babel_dates

from workflowllm.runtime.dates import Setting, styled
from workflowllm.runtime.values import Date

_BLANKS = str.maketrans({"\u202f": " ", "\xa0": " "})


def formatted_date(value: Date, setting: Setting, options: Mapping[str, Any]) -> str:
    """A date as the stored format options say (fact 119); short date and short time without any."""
    style = options.get("WFDateFormatStyle") or "Short"
    time_style = options.get("WFTimeFormatStyle") or "Short"
    if not isinstance(style, str) or not isinstance(time_style, str):
        style, time_style = "Short", "Short"
    moment = value.moment.astimezone(setting.zone)
    if style == "Custom":
        return custom(value, setting, options.get("WFDateFormat"))
    if style == "ISO 8601":
        return (
            moment.isoformat(timespec="seconds") if options.get("WFISO8601IncludeTime") else moment.date().isoformat()
        )
    if style == "RFC 2822":
        return format_datetime(moment)
    if style == "Relative":
        return relative(value, setting, time_style)
    return styled(value, setting, _known(style), _known(time_style))


def _known(style: str) -> str:
    return style if style in ("None", "Short", "Medium", "Long") else "Short"


def custom(value: Date, setting: Setting, pattern: Any, locale: str | None = None) -> str:
    """Fact 120: Unicode's patterns (TR35)."""
    moment = value.moment.astimezone(setting.zone)
    text = pattern if isinstance(pattern, str) and pattern else "EEE, dd MMM yyyy HH:mm:ss Z"
    try:
        return babel_dates.format_datetime(
            moment, text, tzinfo=setting.zone, locale=locale or setting.locale
        ).translate(_BLANKS)
    except (ValueError, KeyError, AttributeError, IndexError, TypeError):
        return text


def relative(value: Date, setting: Setting, time_style: str) -> str:
    """Today, tomorrow, yesterday, else the medium date."""
    moment = value.moment.astimezone(setting.zone)
    days = (moment.date() - setting.now().astimezone(setting.zone).date()).days
    word = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    clock = styled(value, setting, "None", _known(time_style)) if time_style != "None" and value.has_time else ""
    if word is None:
        word = styled(value, setting, "Medium", "None")
    return f"{word} at {clock}" if clock else word
