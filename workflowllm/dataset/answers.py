"""The form of an answer: `Thought:` with the plan, a blank line, `Code:` with one Python fence."""

import re
from dataclasses import dataclass

_THOUGHT = re.compile(r"\A\s*(?:[*#_ ]*thoughts?[*_ ]*:[*_ ]*)", re.IGNORECASE)
_CODE_HEAD = re.compile(r"^[*#_ \t]*code[*_ ]*:[*_ \t]*$", re.IGNORECASE | re.MULTILINE)
# An opening fence begins a line; the closing one too, so that a fence inside a string does not end the code.
_FENCE = re.compile(r"^[ \t]*```[ \t]*(\w*)[^\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)
_PYTHON = ("python", "py", "python3")
STOP = "\n```\n"  # an answer is over once its fence has closed


@dataclass(frozen=True, slots=True)
class Answer:
    """What could be read out of an answer; an absent part is empty. `is_cut`: its fence never closed."""

    plan: str
    code: str
    is_cut: bool = False


def format_answer(plan: str, code: str) -> str:
    """The text that is trained on. Without a plan it begins at `Code:`."""
    thought = f"Thought:\n{plan.strip()}\n\n" if plan.strip() else ""
    return f"{thought}Code:\n```python\n{code.strip()}\n```"


def parse_answer(raw: str) -> Answer:
    """Plan and code of an answer, tolerantly.

    Of several fences the longest Python one counts, or the longest of any if none says Python. Without a fence the code
    is what follows `Code:`; without that either, an answer is all plan.
    """
    text = raw.replace("\r\n", "\n")
    fences = list(_FENCE.finditer(text))
    marked = [fence for fence in fences if fence[1].lower() in _PYTHON]
    if fences:
        fence = max(marked or fences, key=lambda found: len(found[2].strip()))
        is_cut = not fence[0].rstrip().endswith("```") or fence[0].count("```") < 2
        return Answer(_plan(text[: fence.start()]), fence[2].strip("\n").rstrip(), is_cut)
    head = _CODE_HEAD.search(text)
    if head:
        return Answer(_plan(text[: head.start()]), text[head.end() :].strip("\n").rstrip(), is_cut=True)
    return Answer(_plan(text), "", is_cut=True)


def _plan(text: str) -> str:
    """What stands before the code, without the two headings."""
    heads = list(_CODE_HEAD.finditer(text))
    if heads:
        text = text[: heads[-1].start()]
    return _THOUGHT.sub("", text, count=1).strip()
