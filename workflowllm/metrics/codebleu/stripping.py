"""Removing comments, three ways: tolerantly, as the published evaluator did, and as the package `codebleu` does."""

from __future__ import annotations

import re
import unicodedata

from workflowllm.shortcuts.dialect.comments import strip_comments

PREFIX = r"(?i:[bf]r?|r[bf]?|u)?"
BLANKS = re.compile(r"[ \t\f]*")
PLAIN = re.compile(r"""[^'"#\\\t\f]+""")
SPECIAL = re.compile(r"""['"#\\\t\f]""")
BRACKET = re.compile(r"[()\[\]{}]")
COMMENT = re.compile(r"#[^\r\n]*")
STRING_START = re.compile(PREFIX + r"""('''|\"\"\"|'|")""")
# What must follow blanks for the tokenizer to skip them as blanks; before anything else it emits them one by one.
TOKEN_AFTER_BLANKS = re.compile(r"[\w\-+*/%&|^~<>=@:;.,()\[\]{}#]|!=|\r?\n|\\\r?\n|\Z")
TAIL = {
    "'": re.compile(r"[^'\\]*(?:\\.[^'\\]*)*'"),
    '"': re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"'),
    "'''": re.compile(r"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"),
    '"""': re.compile(r'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'),
}
ONE_LINE = {  # the rest of a string in one quote: closed, or ending in a backslash at the end of the line
    "'": re.compile(r"[^\n'\\]*(?:\\.[^\n'\\]*)*(?:'|\\\r?\n)"),
    '"': re.compile(r'[^\n"\\]*(?:\\.[^\n"\\]*)*(?:"|\\\r?\n)'),
}


class Untokenizable(ValueError):
    """The tokenizer would raise; the package then keeps the text as it is."""


def strip_like_package(code: str) -> str:
    """`code` as the package parses it."""
    try:
        text = _Rebuilder().rebuild(code)
    except Untokenizable:
        return code
    return "\n".join(line for line in text.split("\n") if line.strip())


class _Rebuilder:
    """The state between lines."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.depth = 0  # of brackets; below zero after one too many is closed
        self.continued = False  # the line before ended in a backslash
        self.indents = [0]
        self.indent_changed = False  # by the statement on this line
        self.docstring_next = True  # the last token was an INDENT or a NEWLINE
        self.open_string: list[str] = []  # the lines so far of a string that goes over several
        self.open_tail = TAIL["'''"]
        self.open_dropped = False
        # The tokenizer sets this on a one-quote string that goes on, and forgets to clear it when that string fails:
        # the next string over several lines then fails too.
        self.needs_backslash = False

    def rebuild(self, code: str) -> str:
        lines = code.split("\n")
        for line in lines[:-1]:
            self.line(line + "\n")
        if lines[-1]:
            self.line(lines[-1])
        if self.open_string or self.depth or self.continued:
            raise Untokenizable
        return "".join(self.out)

    def line(self, line: str) -> None:
        position: int | None = 0
        self.indent_changed = False
        if self.open_string:
            position = self.close_string(line)
        elif self.depth == 0 and not self.continued:
            position = self.new_statement(line)
        if position is None:
            return
        self.continued = False
        if not SPECIAL.search(line, position):
            if position < len(line):
                self.plain(line[position:])
        else:
            self.tokens(line, self.docstring(line, position))

    def new_statement(self, line: str) -> int | None:
        """Blank lines and comments, INDENT and DEDENT. Returns where the statement starts, None where there is none."""
        start = BLANKS.match(line).end()  # type: ignore[union-attr]
        if start == len(line):
            return None
        if line[start] in "#\r\n":
            self.docstring_next = False
            if line[start] == "\r":  # a stray one hides the rest of its line from the tokenizer
                self.out.append(" " * start + line[start:])
            return None
        column = _column(line[:start])
        self.indent_changed = column != self.indents[-1]
        if column > self.indents[-1]:
            self.indents.append(column)
            self.docstring_next = True
            self.out.append(line[:start])
            return start
        if column < self.indents[-1]:
            self.docstring_next = False
            if column not in self.indents:
                raise Untokenizable
            del self.indents[self.indents.index(column) + 1 :]
        self.out.append(" " * start)
        return start

    def docstring(self, line: str, position: int) -> int:
        """Drop a string that opens a statement or starts a line anywhere: the package's idea of a docstring."""
        start = BLANKS.match(line, position).end()  # type: ignore[union-attr]
        match = STRING_START.match(line, start)
        if not match or not (start == 0 or self.docstring_next):
            return position
        end = self.string(line, start, match, dropped=True)
        if end is None:
            return position
        self.out.append(" " * (start - position))
        return end

    def plain(self, text: str) -> None:
        """Text without quotes, comments, backslashes and tabs: copied."""
        self.out.append(text)
        if BRACKET.search(text):
            self.depth += text.count("(") + text.count("[") + text.count("{")
            self.depth -= text.count(")") + text.count("]") + text.count("}")
        if text[-1] == "\n":
            self.docstring_next = self.depth <= 0
        elif text.strip(" "):
            self.docstring_next = False

    def tokens(self, line: str, position: int) -> None:
        while position < len(line):
            match = PLAIN.match(line, position)
            if match:
                self.plain(match.group())
                position = match.end()
                continue
            if line[position] in "\t\f":
                position = self.blanks(line, position)
                continue
            if line[position:] in ("\\\n", "\\\r\n"):
                self.continue_line(line[:position])
                return
            end = self.special(line, position)
            if end is None:  # an unclosed quote or a stray backslash
                self.out.append(line[position])
                end = position + 1
            self.docstring_next = False
            position = end

    def continue_line(self, before: str) -> None:
        """A backslash ends the line: it and the blanks before it are no tokens; an INDENT or DEDENT is one."""
        self.continued = True
        blanks = len(before) - len(before.rstrip(" \t\f"))
        if blanks == len(before) and self.indent_changed:
            return
        while blanks > 0:
            piece = self.out.pop()
            if len(piece) > blanks:
                self.out.append(piece[:-blanks])
            blanks -= len(piece)

    def special(self, line: str, position: int) -> int | None:
        if line[position] == "#":
            return COMMENT.match(line, position).end()  # type: ignore[union-attr]
        match = STRING_START.match(line, position)
        return self.string(line, position, match) if match else None

    def blanks(self, line: str, start: int) -> int:
        """Blanks become spaces, except before what is no token."""
        end = BLANKS.match(line, start).end()  # type: ignore[union-attr]
        quote = STRING_START.match(line, end)
        token = TOKEN_AFTER_BLANKS.match(line, end) or (quote and _is_string(line, quote))
        self.out.append(" " * (end - start) if token else line[start:end])
        return end

    def string(self, line: str, start: int, match: re.Match[str], dropped: bool = False) -> int | None:
        """Read a string; returns its end, or the line's where it goes on, or None if it is none."""
        quote = match.group(1)
        ending = (TAIL if len(quote) == 3 else ONE_LINE)[quote].match(line, match.end())
        if ending and not ending.group().endswith("\n"):
            if not dropped:
                self.out.append(line[start : ending.end()])
            self.docstring_next = False
            return ending.end()
        if len(quote) == 1:
            if not ending:
                return None
            self.needs_backslash = True
        self.open_string, self.open_tail, self.open_dropped = [line[start:]], TAIL[quote], dropped
        return len(line)

    def close_string(self, line: str) -> int | None:
        """Go on with the open string; returns where it ends, None if it takes the whole line."""
        match = self.open_tail.match(line)
        end = match.end() if match else len(line)
        self.open_string.append(line[:end])
        failed = not match and self.needs_backslash and not line.endswith(("\\\n", "\\\r\n"))
        if not match and not failed:
            return None
        if failed or not self.open_dropped:
            self.out.extend(self.open_string)
        self.open_string = []
        self.docstring_next = False
        if failed:
            return None
        self.needs_backslash = False
        return end


def _is_string(line: str, match: re.Match[str]) -> bool:
    quote = match.group(1)
    return len(quote) == 3 or ONE_LINE[quote].match(line, match.end()) is not None


def _column(blanks: str) -> int:
    if "\t" not in blanks and "\f" not in blanks:
        return len(blanks)
    column = 0
    for character in blanks:
        column = 0 if character == "\f" else (column // 8 + 1) * 8 if character == "\t" else column + 1
    return column


def normal_text(code: str) -> str:
    """The text with LF for every line end, and with composed letters (NFC)."""
    return unicodedata.normalize("NFC", code.replace("\r\n", "\n").replace("\r", "\n"))


def strip_published(code: str) -> str:
    """The published evaluator's stripper: cut every line at its first `#`, also inside strings; drop blank lines."""
    lines = (line if "#" not in line else line[: line.index("#")].rstrip() for line in code.split("\n"))
    return "\n".join(line for line in lines if line.strip())


STRIPPERS = {"tokenizer": strip_comments, "published": strip_published, "none": lambda code: code}
