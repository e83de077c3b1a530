"""Types of command-line flags: numbers within bounds; anything else is refused in one sentence."""

import argparse
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any


def flags_by_name(flags: Any) -> Mapping[str, Any]:
    """Flags as a mapping, whichever form they are in: a mapping, a dataclass, or what argparse gives."""
    if isinstance(flags, Mapping):
        return flags
    return asdict(flags) if is_dataclass(flags) and not isinstance(flags, type) else vars(flags)


def positive_int(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def not_negative_int(text: str) -> int:
    """A whole number from 0 up."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def positive(text: str) -> float:
    """A number above 0."""
    return number(text, lambda value: value > 0, "above 0")


def not_negative(text: str) -> float:
    """A number from 0 up."""
    return number(text, lambda value: value >= 0, "from 0 up")


def share(text: str) -> float:
    """A number above 0 and up to 1."""
    return number(text, lambda value: 0 < value <= 1, "above 0 and up to 1")


def share_or_none(text: str) -> float:
    """A number from 0 to 1."""
    return number(text, lambda value: 0 <= value <= 1, "from 0 to 1")


def number(text: str, is_within: Callable[[float], bool], bounds: str) -> float:
    """A finite number; `bounds` are what `is_within` checks, in words."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and is_within(value)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number {bounds}")
    return value
