"""What is done to code to see whether a measure notices, or rightly does not."""

from __future__ import annotations

import keyword
import random
import re

ASSIGNED = re.compile(r"^[ \t]*(?:for[ \t]+)?([^\W\d]\w*)[ \t]*(?:=(?!=)|in\b)", re.MULTILINE)
WORD = re.compile(r"[^\W\d]\w*")


def drop_lines(code: str, share: float, chance: random.Random) -> str:
    """Without that share of its lines, at least one."""
    lines = code.split("\n")
    dropped = set(chance.sample(range(len(lines)), max(1, round(share * len(lines)))))
    return "\n".join(line for number, line in enumerate(lines) if number not in dropped)


def rename_variables(code: str) -> str:
    """Every name that an assignment or a loop binds becomes v_0, v_1, ..., wherever the word stands, in text too."""
    names = [name for name in dict.fromkeys(ASSIGNED.findall(code)) if not keyword.iskeyword(name)]
    new = {name: f"v_{number}" for number, name in enumerate(names)}
    return WORD.sub(lambda match: new.get(match.group(), match.group()), code)
