"""Python literals: text as a reader would write it, f-strings that Python 3.10 parses, numbers, dates and data."""

import base64
import math
import re
from datetime import datetime

from workflowllm.shortcuts.dialect.words import PLACEHOLDER

# Written as escapes: control characters, line ends other than LF, surrogates, characters that reorder the line or
# cannot be seen, and U+FFFC, which marks a reference inside a text.
_UNSEEN = "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffc\ud800-\udfff"
_SIMPLE = re.compile(f'[^\n"\\\\{_UNSEEN}]*').fullmatch
_RARE = re.compile(f"[{_UNSEEN}]")
_TRIPLE_FROM = 2  # line ends; shorter texts stay on their action's line


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"


def _delimiter(text: str) -> str:
    if text.count("\n") >= _TRIPLE_FROM:
        return '"""'
    return "'" if '"' in text and "'" not in text else '"'


def _body(text: str, delimiter: str) -> str:
    """`text` as it stands between delimiters."""
    # Chained replacements: one pass of a regular expression over all of them takes three times as long.
    body = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "\\r")
    if len(delimiter) == 3:
        inside = body.rstrip('"')  # quotes at the end would close the literal too early
        body = inside.replace('"""', '\\"\\"\\"') + '\\"' * (len(body) - len(inside))
    else:
        body = body.replace("\n", "\\n").replace(delimiter, "\\" + delimiter)
    return _RARE.sub(_escape, body) if _RARE.search(body) else body


def text_literal(text: str) -> str:
    """A str literal, multi-line in triple quotes when it has several lines."""
    if _SIMPLE(text):
        return f'"{text}"'
    delimiter = _delimiter(text)
    return delimiter + _body(text, delimiter) + delimiter


def line_literal(text: str) -> str:
    """A str literal that stays on one line: for keys, titles and names."""
    delimiter = "'" if '"' in text and "'" not in text else '"'
    return delimiter + _body(text, delimiter) + delimiter


def docstring_literal(text: str) -> str:
    """A comment's text in triple quotes."""
    return '"""' + _body(text, '"""') + '"""'


def f_string(pieces: list[str], expressions: list[str]) -> str | None:
    """An f-string of literal pieces around expressions; None where Python 3.10 has no way to write it.

    Before Python 3.12 an expression in an f-string holds neither a backslash nor its string's own delimiter.
    """
    inner = "".join(expressions)
    if "\\" in inner or "\n" in inner:
        return None
    delimiter = _delimiter("".join(pieces))
    if delimiter in inner:
        delimiter = next((other for other in ('"', "'", '"""') if other not in inner), "")
        if not delimiter:
            return None
    parts = [_body(pieces[0].replace("{", "{{").replace("}", "}}"), delimiter)]
    for piece, expression in zip(pieces[1:], expressions):
        parts += ["{", expression, "}", _body(piece.replace("{", "{{").replace("}", "}}"), delimiter)]
    return "f" + delimiter + "".join(parts) + delimiter


def number_literal(number: int | float) -> str:
    """An int or float literal; `float("nan")` and the like for what has none."""
    if isinstance(number, int):
        return str(number)
    return repr(number) if math.isfinite(number) else f'float("{number}")'


def date_literal(moment: datetime) -> str:
    """`date("2024-05-01T12:00:00")`, in UTC as property lists have it."""
    return f'date("{moment.isoformat()}")'


def data_literal(data: bytes) -> str:
    """`data("...")`, base64; a placeholder as it was written."""
    if data.startswith(PLACEHOLDER):
        try:
            return f"placeholder({line_literal(data[len(PLACEHOLDER) :].decode('utf-8'))})"
        except UnicodeDecodeError:
            pass
    return f'data("{base64.b64encode(data).decode("ascii")}")'


def is_text_form(expression: str) -> bool:
    """Whether a printed expression is a text: a literal, an f-string, or text_of(...)."""
    return expression.startswith(('"', "'", 'f"', "f'", "text_of("))
