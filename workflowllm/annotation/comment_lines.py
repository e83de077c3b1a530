"""Comment lines above lines of code: above the first line of a statement, so that no comment splits a text."""

import io
import re
import tokenize
import unicodedata
from collections.abc import Mapping

_NO_CODE = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
_CODING = re.compile(r"coding(?=[:=])")


def statement_heads(code: str) -> list[int]:
    """The numbers, from 1, of the lines on which a statement, an else, an elif or a case starts.

    Raises SyntaxError where the code cannot be split into lines of code.
    """
    heads: list[int] = []
    is_start = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(code, newline="").readline):
            if token.type == tokenize.NEWLINE:
                is_start = True
            elif is_start and token.type not in _NO_CODE:
                heads.append(token.start[0])
                is_start = False
    except tokenize.TokenError as error:
        raise SyntaxError(f"the code ends inside a statement: {error}") from None
    return heads


def uncommented_lines(code: str) -> list[int]:
    """The numbers, from 1, of the lines of code without a comment line directly above them.

    Raises SyntaxError where the code cannot be split into lines of code.
    """
    lines = code.split("\n")
    return [line for line in statement_heads(code) if line < 2 or not lines[line - 2].lstrip(" \t").startswith("#")]


def with_comments(code: str, comments: Mapping[int, str]) -> str:
    """The code with each comment on a line above the line of code that has its number."""
    pieces: list[str] = []
    for number, line in enumerate(code.split("\n"), 1):
        if number in comments:
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            pieces.append(f"{indent}# {one_line(comments[number])}")
        pieces.append(line)
    return "\n".join(pieces)


def one_line(text: str) -> str:
    """The text of a comment: one line, without anything that would break a file, and never empty."""
    line = " ".join(printable(text).split())
    line = _CODING.sub("coding ", line)  # `coding:` in the first two lines would name the file's encoding
    return line.replace("```", "'''").lstrip("#! ") or "No comment."


def printable(text: str) -> str:
    """A text without line ends, control characters, lone surrogates and marks that change a line's direction."""
    return text if text.isascii() and text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cs":
        return "\ufffd"
    return " " if kind in ("Cc", "Zl", "Zp") or char in _DIRECTION_MARKS else char


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
