"""Where names stand in Python text, also inside f-strings, which have no tokens of their own before Python 3.12."""

import re
from typing import NamedTuple

# Outside strings, whatever is not ASCII belongs to a name: `\\w` lacks the marks that Python admits.
_TOKEN = re.compile(
    r"""(?P<string>(?P<prefix>(?:[rR][fFbB]?|[fFbB][rR]?|[uU])?)(?P<quote>'''|\"\"\"|'|\"))
    |(?P<name>(?:[^\W\d]|[^\x00-\x7f])(?:\w|[^\x00-\x7f])*)
    |(?P<number>\.?\d(?:\w|\.)*)
    |(?P<comment>\#[^\n]*)
    |(?P<space>[ \t\r\n\f\\]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN_BODY = {
    quote: re.compile(rf"(?:[^{quote[0]}\\]+|\\.|{quote[0]}(?!{quote[1:]}))*" if len(quote) == 3 else body, re.DOTALL)
    for quote, body in {"'": r"(?:[^'\\]+|\\.)*", '"': r'(?:[^"\\]+|\\.)*', "'''": "", '"""': ""}.items()
}
# A piece of an f-string's text; a backslash never takes a brace along, but \N{...} does.
_FORMATTED = re.compile(r"\{\{|\}\}|\\N\{[^}]*\}|\\[^{}]|[^{}\\'\"]+|.", re.DOTALL)
_KEYWORD = re.compile(r"(?:[ \t\r\n\f\\]|#[^\n]*)*=(?!=)")
_CALL = re.compile(r"(?:[ \t\r\n\f\\]|#[^\n]*)*\(")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


class CodeName(NamedTuple):
    """A name that may stand for a variable: no attribute, no keyword of a call, no function that is called."""

    start: int
    end: int
    text: str


def code_names(code: str) -> list[CodeName]:
    """The names of a program in the order of the text. The code must parse; offsets are characters."""
    return list(_Scanner(code).expression(0, inside=False)[0])


class _Scanner:
    def __init__(self, code: str):
        self.code = code

    def expression(self, at: int, inside: bool) -> tuple[list[CodeName], int]:
        """Names from `at` on, and where the text ends; an f-string's field (`inside`) ends at its `}`, `!` or `:`."""
        names: list[CodeName] = []
        depth, before = 0, ""
        while at < len(self.code):
            match = _TOKEN.match(self.code, at)
            kind, text = match.lastgroup, match[0]
            if inside and depth == 0 and kind == "other" and self._ends_field(text, match.end()):
                return names, at
            at = match.end()
            if kind in ("string", "quote"):
                found, at = self.string(match["prefix"].lower(), match["quote"], at)
                names += found
            elif kind == "name" and before != "." and not self._is_no_variable(at, depth):
                names.append(CodeName(match.start(), at, text))
            elif kind == "other":
                depth += (text in _OPEN) - (text in _CLOSE)
            if kind not in ("space", "comment"):
                before = text
        return names, at

    def _ends_field(self, text: str, after: int) -> bool:
        return text in "}:" or (text == "!" and not self.code.startswith("=", after))

    def _is_no_variable(self, at: int, depth: int) -> bool:
        return bool((depth and _KEYWORD.match(self.code, at)) or _CALL.match(self.code, at))

    def string(self, prefix: str, quote: str, at: int) -> tuple[list[CodeName], int]:
        """The names in a string that starts before `at`, and the offset behind its closing quote."""
        if "f" not in prefix:
            return [], _PLAIN_BODY[quote].match(self.code, at).end() + len(quote)
        names: list[CodeName] = []
        while not self.code.startswith(quote, at):
            found, at = self.piece(at, is_raw="r" in prefix)
            names += found
            if at >= len(self.code):
                break
        return names, at + len(quote)

    def piece(self, at: int, is_raw: bool) -> tuple[list[CodeName], int]:
        """One piece of an f-string: some text, or a field with its format."""
        match = _FORMATTED.match(self.code, at)
        if is_raw and match[0].startswith("\\N{"):
            return [], at + 1
        if match[0] != "{":
            return [], match.end()
        names, at = self.expression(match.end(), inside=True)
        if self.code.startswith("!", at):
            at += 2
        if self.code.startswith(":", at):
            at += 1
            while at < len(self.code) and not self.code.startswith("}", at):
                found, at = self.piece(at, is_raw)
                names += found
        return names, at + 1


def offsets_of_lines(code: str) -> list[int]:
    """The offset at which each line starts; lines as Python counts them, for code whose line ends are `\\n`."""
    return [0, *(match.end() for match in re.finditer("\n", code))]


def character_offset(lines: list[int], code: str, line: int, column: int) -> int:
    """A place that a syntax tree gives (line from 1, column in bytes) as an offset in characters."""
    start = lines[line - 1]
    text = code[start : start + column]  # a character has at least one byte
    if text.isascii():
        return start + column
    return start + len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))
