"""Comments and strings in program text, read tolerantly: the text need not be valid Python."""

import re

# A string or a comment, whichever starts first. A quote that is never closed is an ordinary character: half of the
# code that models write has one, and what follows it must still be read.
STRING_OR_COMMENT = re.compile(
    r"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|#[^\n]*",
    re.DOTALL,
)


def strip_comments(code: str) -> str:
    """Remove comments, and the lines and trailing blanks that held nothing else; `#` inside a string stays."""
    pieces: list[str] = []
    position = 0
    for match in STRING_OR_COMMENT.finditer(code):
        if code[match.start()] != "#":
            continue
        line_start = code.rfind("\n", 0, match.start()) + 1
        before = code[position : match.start()]
        if code[line_start : match.start()].strip():
            pieces.append(before.rstrip(" \t"))
            position = match.end()
        else:
            pieces.append(before[: len(before) - (match.start() - line_start)])
            position = match.end() + 1
    pieces.append(code[position:])
    return "".join(pieces)
