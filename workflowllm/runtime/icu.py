"""Patterns in ICU's syntax, which Shortcuts uses, as the `regex` package writes them."""

import regex

_TERMINATORS = r"\n\r\x85\u2028\u2029"
_VERTICAL = r"\n\x0b\x0c\r\x85\u2028\u2029"
_ESCAPE = regex.compile(
    r"\\(?:(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|x\{(?P<code>[0-9a-fA-F]{1,6})\}"
    r"|k<(?P<name>[A-Za-z]\w*)>"
    r"|c(?P<control>[A-Za-z\[\\\]^_@])"
    r"|0(?P<octal>[0-7]{1,3})"
    r"|(?P<letter>.))",
    regex.DOTALL,
)
# What stands for an escape outside a set, and inside one.
_LETTERS = {
    "v": (f"[{_VERTICAL}]", _VERTICAL),
    "V": (f"[^{_VERTICAL}]", None),
    "h": (r"[\t\p{Zs}]", r"\t\p{Zs}"),
    "H": (r"[^\t\p{Zs}]", None),
    "e": (r"\x1b", r"\x1b"),
    "Z": (rf"(?=(?:\r\n|[{_TERMINATORS}])?\z)", None),
}


def translated(pattern: str) -> str:
    """An ICU pattern for `regex` in its version 1, whose sets are ICU's: nested, with && and --."""
    parts: list[str] = []
    index, depth = 0, 0  # depth: of sets inside each other
    dot = "." if regex.search(r"\(\?[a-z]*s", pattern) else f"[^{_TERMINATORS}]"
    while index < len(pattern):
        char = pattern[index]
        if char == "\\":
            text, index = _escape(pattern, index, depth > 0)
            parts.append(text)
            continue
        if char == "[":
            opening = _set_start(pattern, index)
            depth += 0 if opening.startswith("[:") else 1
            parts.append(opening)
            index += len(opening)
            continue
        if char == "]" and depth:
            depth -= 1
        doubled = depth and char in "|~" and pattern[index + 1 : index + 2] == char  # an operator of `regex` alone
        parts.append("\\" + char if doubled else dot if char == "." and not depth else char)
        index += 1
    return "".join(parts)


def _set_start(pattern: str, index: int) -> str:
    """The beginning of a set: `[`, `[^`, and a `]` right behind it, which is no end; or a whole `[:name:]`."""
    named = regex.compile(r"\[:\^?\w+:\]").match(pattern, index)
    if named:
        return named[0]
    return regex.compile(r"\[\^?\]?").match(pattern, index)[0]


def _escape(pattern: str, index: int, in_set: bool) -> tuple[str, int]:
    """An escape as `regex` writes it, and where it ends."""
    if pattern.startswith(r"\Q", index):
        end = pattern.find(r"\E", index)
        literal = pattern[index + 2 : end if end >= 0 else len(pattern)]
        return regex.escape(literal, special_only=False), end + 2 if end >= 0 else len(pattern)
    match = _ESCAPE.match(pattern, index)
    if match is None:  # a backslash at the very end
        return "\\", index + 1
    if match["pair"]:
        high, low = int(match["pair"][1:5], 16), int(match["pair"][-4:], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00:08x}", match.end()
    if match["code"]:
        return f"\\U{int(match['code'], 16):08x}", match.end()
    if match["name"]:
        return f"(?P={match['name']})", match.end()
    if match["control"]:
        return f"\\x{ord(match['control'].upper()) ^ 64:02x}", match.end()
    if match["octal"]:
        return f"\\x{int(match['octal'], 8) & 255:02x}", match.end()
    outside, inside = _LETTERS.get(match["letter"], (match[0], match[0]))
    return (inside if in_set else outside) or match[0], match.end()
