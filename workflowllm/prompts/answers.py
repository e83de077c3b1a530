"""The form of an answer: `Thought:` with the plan, a blank line, `Code:` with one Python fence.

Models follow it only more or less, so reading is tolerant: no fence, several, one that never closes, fences inside
strings, `~~~`, fences glued to text, headings in other languages, JSON instead of the form. Small models also write
one character 20,000 times: no step takes more than linear time (tests/attack/test_patterns.py).
"""

import ast
import json
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

_THOUGHT = re.compile(
    r"\A[*#_>\d.)\s]*(?:thoughts?|(?:the |task )*plan|思考|计划|思路|gedanken?|pens[ée]es?|pensamientos?|мысль)"
    r"[*_ \t]*[:：][*_ \t]*",
    re.IGNORECASE,
)
# A heading alone on its line, or before a fence's mark.
_CODE_HEAD = re.compile(
    r"^[*#_>\d.) \t]*(?:(?:the |python |final |workflow )*code|python|代码|コード|código|codice|quellcode|код)"
    r"(?:[*_ \t]*[:：][*_ \t]*|[*_ \t]*)(?=$|```|~~~)",
    re.IGNORECASE | re.MULTILINE,
)
_LANGUAGE = re.compile(r"[\w+#-]*")
# A closing fence that prose follows on its line.
_GLUED = re.compile(r"^(?P<code>[ \t]*)(?P<mark>`{3,}|~{3,})[^`~\w]*(?!python|py)\w+\W.*$", re.IGNORECASE)
_PYTHON = ("python", "py", "python3")
_OTHER = ("json", "text", "txt", "markdown", "md", "mermaid", "bash", "sh", "shell", "yaml", "xml", "plaintext")
_THINKING = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_JSON_CODE = ("code", "workflow_code", "python", "python_code", "workflow", "Code")
_JSON_PLAN = ("thought", "plan", "task_plan", "thoughts", "Thought", "Plan")
_STARTS = 60  # offsets from which loose text is tried as Python
_PARSED = 24  # times the length of an answer that may be parsed in such tries: they end, however many there are
_CLOSINGS = 8  # closing fences in a row that are tried as the one that ends the code


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer holds; an absent part is empty. `is_cut`: its fence never closed."""

    plan: str
    code: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Fence:
    """A fenced block: the offset of its first line and of the line after it, its language, and its code."""

    start: int
    end: int
    language: str
    code: str
    is_cut: bool


def format_answer(plan: str, code: str) -> str:
    """The text that is trained on. Without a plan it begins at `Code:`."""
    thought = f"Thought:\n{plan.strip()}\n\n" if plan.strip() else ""
    return f"{thought}Code:\n```python\n{code.strip()}\n```"


def parse_answer(raw: str) -> Answer:
    """Plan and code of an answer, tolerantly.

    Of several fences the longest Python one counts, those below a heading `Code:` first. Without a fence the code is
    what follows that heading, or the text from where it reads as Python; else an answer is all plan.
    """
    text = _THINKING.sub("", raw.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), count=1)
    if all(line.startswith(">") for line in text.splitlines()):  # quoted as a whole
        text = re.sub(r"^> ?", "", text, flags=re.MULTILINE)
    answer = _from_json(text) or _from_fence(text) or _from_heading(text) or _from_loose_code(text)
    return answer or Answer(_plan(text), "", is_cut=True)


def holds_code(code: str) -> bool:
    """Whether any line is more than a comment; an answer may break off before its first call and still be Python."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in code.splitlines())


def is_over(text: str) -> bool:
    """Whether an answer that is still being written has closed its code, so that writing may stop.

    A fence inside a string that is still open closes nothing. A block in another language, or in none before `Code:`,
    belongs to the plan.
    """
    head = _CODE_HEAD.search(text)
    for fence in _fences(text):
        is_code = fence.language in _PYTHON or (not fence.language and head and head.start() <= fence.start)
        if is_code and not fence.is_cut and text[fence.end - 1] == "\n":
            return not _ends_in_string(fence.code)
    return False


def _from_fence(text: str) -> Answer | None:
    fences = list(_fences(text))
    head = _CODE_HEAD.search(text)
    below = [fence for fence in fences if head and fence.start >= head.start()]
    for blocks in (below, fences):
        python = [fence for fence in blocks if fence.language in _PYTHON]
        chosen = python or [fence for fence in blocks if fence.language not in _OTHER]
        if chosen:
            fence = max(chosen, key=lambda block: len(block.code.strip()))
            return Answer(_plan(text[: fence.start]), _tidy(fence.code), fence.is_cut)
    return None


def _from_heading(text: str) -> Answer | None:
    head = _CODE_HEAD.search(text)
    if head is None or (code := text[head.end() :].strip()) == "":
        return None
    return Answer(_plan(text[: head.start()]), _tidy(_Parser(len(code)).reading_part(code)), is_cut=True)


def _from_loose_code(text: str) -> Answer | None:
    """Code without fence or heading: the text from the first paragraph from which it reads as Python that acts."""
    parser = _Parser(len(text))
    starts = [0, *(match.end() for match in re.finditer(r"\n\s*\n|:\n", text))]
    for start in starts[:_STARTS]:
        code = parser.reading_part(text[start:])
        if _acts(code):
            return Answer(_plan(text[:start]), _tidy(code), is_cut=False)
        if parser.is_exhausted:
            return None
    return None


def _from_json(text: str) -> Answer | None:
    """An answer as a JSON object, fenced or not, whose fields are code and plan."""
    body = text.strip()
    if body.startswith("```"):
        body = body.removeprefix("```").removeprefix("json").lstrip()
    body = body.removesuffix("```").rstrip()
    try:
        fields = json.loads(body) if body.startswith("{") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    code = next((fields[name] for name in _JSON_CODE if isinstance(fields.get(name), str)), None)
    if code is None:
        return None
    plan = next((fields[name] for name in _JSON_PLAN if fields.get(name)), "")
    plan = "\n".join(map(str, plan)) if isinstance(plan, list) else str(plan)
    inner = _from_fence(code) or Answer("", _tidy(code))
    return replace(inner, plan=plan.strip() or inner.plan)


def _fences(text: str) -> Iterator[_Fence]:
    """Every fenced block, in order. One that is never closed goes to the end."""
    lines = text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    index = 0
    while index < len(lines):
        opening = _opening(lines[index])
        if opening is None:
            index += 1
            continue
        code, after = _up_to_closing(lines, index + 1, opening.fence, opening.first_line)
        start = offsets[index] if not opening.before.strip(" \t>*#") else offsets[index] + len(opening.before)
        yield _Fence(start, offsets[after or len(lines)], opening.language, code, is_cut=after is None)
        index = after or len(lines)


class _Opening(NamedTuple):
    """The parts of a line that opens a block."""

    before: str
    fence: str
    language: str
    first_line: str  # of the code, glued to the language


def _opening(line: str) -> _Opening | None:
    """The parts of a line that opens a block; None for other lines, such as prose that speaks of a fence."""
    split = _split_at_last_fence(line.rstrip("\n"))
    if split is None:
        return None
    before, fence, after = split
    after = after.lstrip(" \t")
    language = _LANGUAGE.match(after)[0]
    first_line = after[len(language) :].strip()
    if first_line and language.lower() not in _PYTHON:
        return None
    return _Opening(before, fence, language.lower(), first_line)


def _split_at_last_fence(line: str) -> tuple[str, str, str] | None:
    """A line before, in and after its last run of backticks or tildes; None where that is shorter than three."""
    end = max(line.rfind("`"), line.rfind("~")) + 1
    before = line[:end].rstrip(line[end - 1]) if end else ""
    return (before, line[len(before) : end], line[end:]) if end - len(before) >= 3 else None


def _up_to_closing(lines: list[str], begin: int, fence: str, first_line: str) -> tuple[str, int | None]:
    """The code up to the earliest closing fence that leaves it readable, and the index of the line after that fence.

    Where none does, the first one closes that does not stand in an open string; None where there is none.
    """
    head = f"{first_line}\n" if first_line else ""
    closings: list[tuple[str, int]] = []
    for index in range(begin, len(lines)):
        line = lines[index].rstrip("\n")
        before = _before_closing(line, fence)
        if closings and (len(closings) == _CLOSINGS or _opens_python(line)):
            break  # the next block begins
        if before is None:
            continue
        code = head + "".join(lines[begin:index]) + before
        if _reads(code):
            return code, index + 1
        closings.append((code, index + 1))
    if closings:
        return next((pair for pair in closings if not _ends_in_string(pair[0])), closings[0])
    return head + "".join(lines[begin:]), None


def _opens_python(line: str) -> bool:
    split = _split_at_last_fence(line)
    return split is not None and _LANGUAGE.match(split[2].lstrip(" \t"))[0].lower() in _PYTHON


def _before_closing(line: str, opening: str) -> str | None:
    """The code before a fence that may close a block that `opening` has opened; None where the line has none."""
    split = _split_at_last_fence(line)
    candidates = [split[:2]] if split and not split[2].strip(" \t") else []
    if glued := _GLUED.match(line):
        candidates.append((glued["code"], glued["mark"]))
    for before, fence in candidates:
        if fence[0] == opening[0] and len(fence) >= len(opening):
            return before
    return None


def _tidy(code: str) -> str:
    """Code without blank lines around it, and without an indentation that a list or a quotation gave it."""
    code = code.strip("\n").rstrip()
    straight = textwrap.dedent(code)
    return straight if isinstance(_tree(straight), ast.Module) and not isinstance(_tree(code), ast.Module) else code


def _tree(code: str) -> ast.Module | SyntaxError | None:
    """The code as a tree, or its syntax error; None where it is too much for the parser."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about backslashes in strings
            return ast.parse(code)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None


def _reads(code: str) -> bool:
    return isinstance(_tree(code), ast.Module) or isinstance(_tree(textwrap.dedent(code)), ast.Module)


def _ends_in_string(code: str) -> bool:
    """Whether the code breaks off inside a string in triple quotes."""
    tree = _tree(code)
    return isinstance(tree, SyntaxError) and "unterminated triple-quoted" in str(tree.msg)


def _acts(code: str) -> bool:
    """Whether code does something; a word alone reads as Python too."""
    tree = _tree(code)
    return isinstance(tree, ast.Module) and any(isinstance(node, (ast.Call, ast.Assign)) for node in ast.walk(tree))


class _Parser:
    """Tries texts as Python, until it has parsed _PARSED times as much as the answer is long."""

    def __init__(self, length: int):
        self._left = _PARSED * (length + 1)

    @property
    def is_exhausted(self) -> bool:
        return self._left < 0

    def reading_part(self, code: str) -> str:
        """The code without the paragraphs of prose after it, where dropping them makes it read as Python.

        What comes after a syntax error cannot mend it, so the next try ends with the last paragraph before its line.
        """
        pieces = re.split(r"(\n\s*\n)", code)
        ends = list(accumulate(map(len, pieces)))[::2]
        for _ in range(_STARTS):
            part = code[: ends.pop()]
            error = self._syntax_error(part)
            if error is None and part.strip():
                return part
            wrong = _line_offset(part, error) if error else 0
            while len(ends) > 1 and ends[-1] > wrong:
                ends.pop()
            if not ends or self.is_exhausted:
                break
        return code

    def _syntax_error(self, code: str) -> int | None:
        """The line of the error that keeps a text from being Python, dedented or not; None where it is Python."""
        straight = textwrap.dedent(code)
        trees = [_tree(text) for text in ((code,) if straight == code else (code, straight))]
        if any(isinstance(tree, ast.Module) for tree in trees):
            self._left -= len(code)
            return None
        line = max((tree.lineno or 1) if isinstance(tree, SyntaxError) else 10**9 for tree in trees)
        self._left -= _line_offset(code, line + 1) + len(code) // 32
        return line


def _line_offset(text: str, line: int) -> int:
    """The offset at which a line begins, counted from 1; the text's length where it has fewer lines."""
    offset = 0
    for _ in range(line - 1):
        offset = text.find("\n", offset) + 1
        if not offset:
            return len(text)
    return offset


def _plan(text: str) -> str:
    """What stands before the code, without the two headings."""
    heads = list(_CODE_HEAD.finditer(text))
    if heads and not text[heads[-1].end() :].strip():
        text = text[: heads[-1].start()]
    return _THOUGHT.sub("", text, count=1).strip()
