"""Patterns of docs/runtime.md: what an effect, a prompt or a parameter must look like. Both sides are plain data.

A plain value fits by equality; a mapping of one operator (`contains`, `matches`, ...) as that operator says; another
mapping item by item.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

import regex

from workflowllm.runtime.effects import group_of
from workflowllm.runtime.endings import WorldError

_SECONDS = 2  # for one search of a regular expression
_TEXT_FIELDS = ("text", "url", "address", "number", "name", "title", "body")
_READ_AS_TEXT = ("url", "email", "phone", "rich_text", "match", "quantity")


@dataclass(frozen=True, slots=True)
class Patterns:
    """Fits patterns; `zone` is that of dates without one."""

    zone: tzinfo = timezone.utc

    def fits(self, pattern: Any, value: Any) -> bool:
        """Whether a value is as the pattern says. Absent values are None."""
        if isinstance(pattern, Mapping):
            operator = _operator_of(pattern)
            if operator:
                return _OPERATORS[operator](self, pattern[operator], value, pattern)
            return isinstance(value, Mapping) and all(self.fits(part, value.get(key)) for key, part in pattern.items())
        if isinstance(pattern, list):
            values = value if isinstance(value, list) else [value]
            return len(values) == len(pattern) and all(map(self.fits, pattern, values))
        return self.equal(pattern, value)

    def fits_effect(self, pattern: Mapping[str, Any], effect: Mapping[str, Any]) -> bool:
        """Whether an effect in its JSON form is as an entry says; `kind` may be a group."""
        rest = dict(pattern)
        kind = rest.pop("kind", {"any": True})
        by_group = self.fits(kind, group_of(effect))
        return (by_group or self.fits(kind, effect.get("kind"))) and all(
            self.fits(part, effect.get(key)) for key, part in rest.items()
        )

    def equal(self, pattern: Any, value: Any) -> bool:
        """Fit by equality: texts without outer blanks, numbers by value, dates by instant."""
        if pattern is None or value is None:
            return pattern is None and value is None
        if isinstance(pattern, bool) or isinstance(value, bool):
            return pattern is value
        if isinstance(value, Mapping):
            return value.get("type") in _READ_AS_TEXT and self.equal(pattern, thing_text(value))
        if isinstance(value, list):
            return len(value) == 1 and self.equal(pattern, value[0])
        if isinstance(pattern, (int, float)) or isinstance(value, (int, float)):
            numbers = number_of(pattern), number_of(value)
            return numbers[0] is not None and numbers[0] == numbers[1]
        moments = self.moment(pattern), self.moment(value)
        if moments[0] is not None and moments[1] is not None:
            return moments[0] == moments[1]
        return str(pattern).strip() == str(value).strip()

    def moment(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            if len(value) < 10 or not value[:4].isdigit():
                return None
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                return None
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime):
            return None
        return value if value.tzinfo else value.replace(tzinfo=self.zone)

    # Operators

    def contains(self, part: Any, value: Any, pattern: Mapping) -> bool:
        if isinstance(value, list):
            return any(self.fits(part, item) or self.contains(part, item, pattern) for item in value)
        if isinstance(value, Mapping):
            return any(_in_text(part, text) for text in thing_texts(value))
        return _in_text(part, value)

    def matches(self, expression: Any, value: Any, pattern: Mapping) -> bool:
        if value is None:
            return False
        try:
            return regex.search(str(expression), text_of(value), timeout=_SECONDS) is not None
        except TimeoutError:
            return False
        except regex.error as error:
            raise WorldError(f"the pattern {expression!r} is no regular expression: {error}.") from None

    def about(self, wanted: Any, value: Any, pattern: Mapping) -> bool:
        numbers = number_of(wanted), number_of(value), number_of(pattern.get("within", 0))
        return None not in numbers and abs(numbers[0] - numbers[1]) <= numbers[2]

    def one_of(self, options: list, value: Any, pattern: Mapping) -> bool:
        return any(self.fits(option, value) for option in options)

    def any_value(self, wanted: Any, value: Any, pattern: Mapping) -> bool:
        return (value is not None) == bool(wanted)

    def has(self, parts: list, value: Any, pattern: Mapping) -> bool:
        items = value if isinstance(value, list) else [] if value is None else [value]
        return all(any(self.fits(part, item) for item in items) for part in parts)

    def somewhere(self, part: Any, value: Any, pattern: Mapping) -> bool:
        if self.fits(part, value):
            return True
        inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        return any(self.somewhere(part, item, pattern) for item in inside)

    def is_not(self, part: Any, value: Any, pattern: Mapping) -> bool:
        return not self.fits(part, value)


_OPERATORS: dict[str, Callable[[Patterns, Any, Any, Mapping], bool]] = {
    "contains": Patterns.contains,
    "matches": Patterns.matches,
    "about": Patterns.about,
    "one_of": Patterns.one_of,
    "any": Patterns.any_value,
    "has": Patterns.has,
    "somewhere": Patterns.somewhere,
    "not": Patterns.is_not,
}


def _operator_of(pattern: Mapping) -> str | None:
    keys = set(pattern)
    if keys in ({"about"}, {"about", "within"}):
        return "about"
    (key,) = keys if len(keys) == 1 else (None,)
    return key if key in _OPERATORS else None


def check_pattern(pattern: Any) -> None:
    """Raises WorldError where a pattern's operator has a value that it can't have."""
    if isinstance(pattern, Mapping):
        operator = _operator_of(pattern)
        if operator in ("one_of", "has") and not isinstance(pattern[operator], list):
            raise WorldError(f"the pattern {dict(pattern)!r} needs a list after {operator}.")
        if operator == "matches":
            try:
                regex.compile(str(pattern[operator]))
            except regex.error as error:
                raise WorldError(f"the pattern {pattern[operator]!r} is no regular expression: {error}.") from None
        for part in pattern.values():
            check_pattern(part)
    elif isinstance(pattern, list):
        for part in pattern:
            check_pattern(part)


def number_of(value: Any) -> Decimal | None:
    """A number, or the number that a text reads as."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        if isinstance(value, Mapping) and value.get("type") in ("quantity", "health"):
            return number_of(value.get("value"))
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _in_text(part: Any, value: Any) -> bool:
    if value is None or isinstance(part, (Mapping, list)) or part is None:
        return False
    return text_of(part) in text_of(value)


def text_of(value: Any) -> str:
    """The text of a value, as `matches` searches it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(map(text_of, value))
    if isinstance(value, Mapping):
        return thing_text(value) if isinstance(value.get("type"), str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def thing_text(thing: Mapping[str, Any]) -> str:
    return next((text_of(thing[key]) for key in _TEXT_FIELDS if thing.get(key) is not None), "")


def thing_texts(thing: Mapping[str, Any]) -> list[str]:
    """The text, the name and the origin of a thing."""
    texts = [text_of(thing[key]) for key in _TEXT_FIELDS if thing.get(key) is not None]
    origin = thing.get("from")
    if isinstance(origin, Mapping):
        texts += thing_texts(origin)
    elif isinstance(origin, list):
        for part in origin:
            texts += thing_texts(part) if isinstance(part, Mapping) else [text_of(part)]
    elif origin is not None:
        texts.append(text_of(origin))
    return texts
