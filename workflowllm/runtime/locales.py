"""Locales, loaded before a run: babel reads their data from its own files when they are first used."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global

_CONVERTS_ZONES = "is.workflow.actions.converttimezone"
_KEY = "WFLocale"  # the parameter of an action that names a locale of its own


def load_locale(name: str) -> Locale | None:
    """A locale with all its data; None where there is none of that name."""
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    get_global("first_week_day")
    localedata.load(str(locale))
    return locale


@lru_cache(maxsize=1)
def all_zones() -> Mapping[str, ZoneInfo]:
    """Every time zone by its name; loading them takes 0.2 s."""
    return {name: ZoneInfo(name) for name in available_timezones()}


def load_named_locales(workflow: Mapping[str, Any]) -> None:
    """Load the locales that a workflow's actions name, and zones where one converts them: a run reads no file."""
    actions = workflow.get("WFWorkflowActions")
    for action in actions if isinstance(actions, list) else ():
        parameters = action.get("WFWorkflowActionParameters") if isinstance(action, Mapping) else None
        name = parameters.get(_KEY) if isinstance(parameters, Mapping) else None
        if isinstance(name, str):
            load_locale(name)
        if isinstance(action, Mapping) and action.get("WFWorkflowActionIdentifier") == _CONVERTS_ZONES:
            all_zones()
