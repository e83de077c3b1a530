"""Regular expressions in ICU's syntax, run by the `regex` package within a time limit."""

import warnings
from functools import lru_cache
from typing import Any

import regex

from workflowllm.runtime.endings import Broken
from workflowllm.runtime.icu import translated
from workflowllm.runtime.limits import MAX_VALUE_BYTES, check_size

SECONDS = 3  # for all matches in one text
MAX_PATTERN = 20_000
_ICU_GROUP = regex.compile(r"\\(\$|\\)|\$(\d+)|\$\{([A-Za-z]\w*)\}")


class RegexError(ValueError):
    """The pattern is no regular expression: one sentence."""


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, case_sensitive: bool = True) -> "regex.Pattern":
    """A compiled pattern. ^ and $ stand for the whole text, as in ICU without flags."""
    if len(pattern) > MAX_PATTERN:
        raise RegexError(f"the pattern has more than {MAX_PATTERN:,} characters")
    flags = 0 if case_sensitive else regex.IGNORECASE
    # Version 1 has ICU's sets. What it refuses, such as a bare [ inside a set, is read as version 0 reads it.
    for version in (regex.V1, regex.V0):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return regex.compile(translated(pattern), flags | version, cache_pattern=False)
        except (regex.error, RecursionError, OverflowError, MemoryError, ValueError) as error:
            problem = error
    raise RegexError(f"{pattern[:60]!r} is no regular expression: {problem}")


def find_all(compiled: "regex.Pattern", text: str, groups: bool = False) -> list[Any]:
    """The matches' texts, or (text, group 1, group 2, ...) of each."""
    try:
        matches = compiled.finditer(text, timeout=SECONDS)
        found = [(match[0], *match.groups()) if groups else match[0] for match in matches]
    except TimeoutError:
        raise _too_slow(compiled.pattern) from None
    check_size(sum(map(len, found)) if not groups else 64 * len(found))
    return found


def replace_all(find: str, new: str, text: str, is_regex: bool, case_sensitive: bool) -> str:
    """Every occurrence replaced; in a regular expression's replacement, $1 stands for a group."""
    if not is_regex and case_sensitive:
        check_size(len(text) + text.count(find) * max(len(new) - len(find), 0))
        return text.replace(find, new)
    compiled = compile_pattern(find if is_regex else regex.escape(find), case_sensitive)
    expand = _expander(new) if is_regex else lambda match: new
    size = 0

    def counted(match: "regex.Match") -> str:
        nonlocal size
        piece = expand(match)
        size += len(piece)
        if size > MAX_VALUE_BYTES:
            check_size(size)
        return piece

    try:
        return compiled.sub(counted, text, timeout=SECONDS)
    except TimeoutError:
        raise _too_slow(find) from None


def _expander(template: str):
    """A replacement with $1, ${name}, and \\$ for a dollar."""
    parts: list[Any] = []
    end = 0
    for found in _ICU_GROUP.finditer(template):
        parts.append(template[end : found.start()])
        parts.append(found[1] if found[1] else int(found[2]) if found[2] else (found[3],))
        end = found.end()
    parts.append(template[end:])

    def expand(match: "regex.Match") -> str:
        return "".join(part if type(part) is str else _group(match, part) for part in parts)

    return expand


def _group(match: "regex.Match", group: Any) -> str:
    try:
        return match[group if type(group) is int else group[0]] or ""
    except IndexError:
        raise Broken(f"the replacement names the group {group!r}, which the pattern does not have") from None


def _too_slow(pattern: str) -> Broken:
    return Broken(f"the regular expression {pattern[:60]!r} takes more than {SECONDS} s on this text")
