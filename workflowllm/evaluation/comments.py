"""Removing comments, three ways: tolerantly, as the published evaluator did, and as the package `codebleu` does."""

from __future__ import annotations

import re

from workflowllm.evaluation.package_comments import strip_like_package

__all__ = ["STRIPPERS", "strip_comments", "strip_like_package", "strip_published"]

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
    """Remove comments and the lines and trailing blanks that held only them; `#` in a string stays."""
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


def strip_published(code: str) -> str:
    """The published evaluator's stripper: cut every line at its first `#`, also inside strings; drop blank lines."""
    lines = (line if "#" not in line else line[: line.index("#")].rstrip() for line in code.split("\n"))
    return "\n".join(line for line in lines if line.strip())


STRIPPERS = {"tokenizer": strip_comments, "published": strip_published, "none": lambda code: code}
