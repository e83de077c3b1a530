"""The form of an answer: `Thought:` with the plan, a blank line, `Code:` with one Python fence.

Models keep to it only more or less, so reading is tolerant: no fence, several, one that never closes, marks inside
strings, `~~~`, marks glued to text, headings in other languages, JSON in place of the form.
"""

import ast
import json
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

_THOUGHT = re.compile(
    r"\A\s*[*#_>\d.) \t]*(?:thoughts?|(?:the |task )*plan|思考|计划|思路|gedanken?|pens[ée]es?|pensamientos?|мысль)"
    r"[*_ \t]*[:：][*_ \t]*",
    re.IGNORECASE,
)
# A heading alone on its line, or before a fence's mark.
_CODE_HEAD = re.compile(
    r"^[*#_>\d.) \t]*(?:(?:the |python |final |workflow )*code|python|代码|コード|código|codice|quellcode|код)"
    r"(?:[*_ \t]*[:：][*_ \t]*|[*_ \t]*)(?=$|```|~~~)",
    re.IGNORECASE | re.MULTILINE,
)
_OPENING = re.compile(r"^(?P<before>.*?)(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[\w+#-]*)(?P<rest>[^`~\n]*)$")
_CLOSING = re.compile(r"^(?P<code>.*?)(?P<mark>`{3,}|~{3,})[ \t]*$")
_GLUED = re.compile(r"^(?P<code>[ \t]*)(?P<mark>`{3,}|~{3,})[^`~\w]*(?!python|py)\w+\W.*$", re.IGNORECASE)  # to prose
_PYTHON = ("python", "py", "python3")
_OTHER = ("json", "text", "txt", "markdown", "md", "mermaid", "bash", "sh", "shell", "yaml", "xml", "plaintext")
_THINKING = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_JSON_CODE = ("code", "workflow_code", "python", "python_code", "workflow", "Code")
_JSON_PLAN = ("thought", "plan", "task_plan", "thoughts", "Thought", "Plan")
_TRIES = 60  # places at which loose text is tried as Python; each try parses
_MARKS = 8  # marks in a row that are tried as the one that closes


@dataclass(frozen=True, slots=True)
class Answer:
    """What could be read out of an answer; an absent part is empty. `is_cut`: its fence never closed."""

    plan: str
    code: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Fence:
    """A block between marks: where its line and the one after it begin, its language, and its code."""

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
    """Whether an answer that is still being written has closed its code, so that nothing more is wanted.

    Marks inside a string that is still open close nothing. A fence in another language, or in none before `Code:`,
    belongs to the plan.
    """
    head = _CODE_HEAD.search(text)
    for fence in _fences(text):
        is_code = fence.language in _PYTHON or (not fence.language and head and head.start() <= fence.start)
        if is_code and not fence.is_cut and text[: fence.end].endswith("\n"):
            return not _ends_in_string(fence.code)
    return False


def _from_fence(text: str) -> Answer | None:
    fences = list(_fences(text))
    head = _CODE_HEAD.search(text)
    below = [fence for fence in fences if head and fence.start >= head.start()]
    for among in (below, fences):
        marked = [fence for fence in among if fence.language in _PYTHON]
        chosen = marked or [fence for fence in among if fence.language not in _OTHER]
        if chosen:
            fence = max(chosen, key=lambda found: len(found.code.strip()))
            return Answer(_plan(text[: fence.start]), _tidy(fence.code), fence.is_cut)
    return None


def _from_heading(text: str) -> Answer | None:
    head = _CODE_HEAD.search(text)
    if head is None or (code := text[head.end() :].strip()) == "":
        return None
    return Answer(_plan(text[: head.start()]), _tidy(_reading_part(code)), is_cut=True)


def _from_loose_code(text: str) -> Answer | None:
    """Code without fence or heading: the text from the first paragraph from which it reads as Python that acts."""
    starts = [0, *(match.end() for match in re.finditer(r"\n\s*\n|:\n", text))]
    for start in starts[:_TRIES]:
        code = _reading_part(text[start:])
        if _acts(code):
            return Answer(_plan(text[:start]), _tidy(code), is_cut=False)
    return None


def _from_json(text: str) -> Answer | None:
    """An answer as a JSON object, in a fence or not, whose fields are code and plan."""
    found = re.search(r"\A\s*(?:```(?:json)?\s*\n)?\s*(\{.*\})\s*(?:```)?\s*\Z", text, re.DOTALL)
    try:
        fields = json.loads(found[1]) if found else None
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
    """Every fenced block, in order. One that no mark closes goes to the end."""
    lines = text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    place = 0
    while place < len(lines):
        opening = _OPENING.match(lines[place].rstrip("\n"))
        if opening is None:
            place += 1
            continue
        language, first = opening["language"].lower(), opening["rest"].strip()
        if first and language not in _PYTHON:  # prose that speaks of a mark
            place += 1
            continue
        code, after = _up_to_closing(lines, place + 1, opening["mark"], first)
        start = offsets[place] if not opening["before"].strip(" \t>*#") else offsets[place] + opening.start("mark")
        yield _Fence(start, offsets[after or len(lines)], language, code, is_cut=after is None)
        place = after or len(lines)


def _up_to_closing(lines: list[str], begin: int, mark: str, first: str) -> tuple[str, int | None]:
    """The code up to the earliest closing mark that leaves it readable, and the line after that mark.

    Where no mark does, the first one closes that does not stand in an open string; None where there is none.
    """
    head = f"{first}\n" if first else ""
    closings: list[tuple[str, int]] = []
    for place in range(begin, len(lines)):
        line = lines[place].rstrip("\n")
        opening = _OPENING.match(line)
        if (closings and opening and opening["language"].lower() in _PYTHON) or len(closings) == _MARKS:
            break  # the next block begins
        before = _before_mark(line, mark)
        if before is None:
            continue
        code = head + "".join(lines[begin:place]) + before
        if _reads(code):
            return code, place + 1
        closings.append((code, place + 1))
    if closings:
        return next((pair for pair in closings if not _ends_in_string(pair[0])), closings[0])
    return head + "".join(lines[begin:]), None


def _before_mark(line: str, mark: str) -> str | None:
    """The code before a mark that may close a block that `mark` has opened; None where the line has none."""
    for closing in (_CLOSING.match(line), _GLUED.match(line)):
        if closing and closing["mark"][0] == mark[0] and len(closing["mark"]) >= len(mark):
            return closing["code"]
    return None


def _tidy(code: str) -> str:
    """Code without blank lines around it, and without an indentation that a list or a quotation gave it."""
    code = code.strip("\n").rstrip()
    straight = textwrap.dedent(code)
    return straight if isinstance(_tree(straight), ast.Module) and not isinstance(_tree(code), ast.Module) else code


def _tree(code: str) -> ast.Module | SyntaxError | None:
    """The code as a tree; why it is none; None where it is too much for the parser."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of backslashes in strings
            return ast.parse(code)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None


def _reads(code: str) -> bool:
    return isinstance(_tree(code), ast.Module) or isinstance(_tree(textwrap.dedent(code)), ast.Module)


def _ends_in_string(code: str) -> bool:
    """Whether the code breaks off inside a string in triple quotes."""
    found = _tree(code)
    return isinstance(found, SyntaxError) and "unterminated triple-quoted" in str(found.msg)


def _acts(code: str) -> bool:
    """Whether code does something; a word alone reads as Python too."""
    tree = _tree(code)
    return isinstance(tree, ast.Module) and any(isinstance(node, (ast.Call, ast.Assign)) for node in ast.walk(tree))


def _reading_part(code: str) -> str:
    """The code without paragraphs of prose behind it, where leaving them out makes it read as Python."""
    paragraphs = re.split(r"(\n\s*\n)", code)
    for end in range(len(paragraphs), max(0, len(paragraphs) - _TRIES), -2):
        part = "".join(paragraphs[:end])
        if part.strip() and _reads(part):
            return part
    return code


def _plan(text: str) -> str:
    """What stands before the code, without the two headings."""
    heads = list(_CODE_HEAD.finditer(text))
    if heads and not text[heads[-1].end() :].strip():
        text = text[: heads[-1].start()]
    return _THOUGHT.sub("", text, count=1).strip()
