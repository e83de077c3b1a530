"""Locales, loaded before a run: babel reads their data from its own files when they are first used."""

from collections.abc import Mapping
from typing import Any

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global

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


def load_named_locales(workflow: Mapping[str, Any]) -> None:
    """Load the locales that a workflow's actions name, so that a run reads no file."""
    actions = workflow.get("WFWorkflowActions")
    for action in actions if isinstance(actions, list) else ():
        parameters = action.get("WFWorkflowActionParameters") if isinstance(action, Mapping) else None
        name = parameters.get(_KEY) if isinstance(parameters, Mapping) else None
        if isinstance(name, str):
            load_locale(name)
