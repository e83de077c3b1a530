"""What a model must answer at each level, and what is made of it. Demands are written for the model to read."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, field_validator

from workflowllm.annotation.comments import one_line
from workflowllm.annotation.query_rules import query_problems
from workflowllm.annotation.windows import Window

SHORTEST_COMMENT, LONGEST_COMMENT = 8, 300  # characters
FEWEST_COMMENTED = 0.5  # of a window's lines; the others are commented by rules
_NUMBERED = re.compile(r"\s*\d+(?:\.\d+)*[.)]?\s+\S")
_CODE = re.compile(r"```|^\s*(?:def|import|from|return)\s|\bis_workflow_actions_\w+\(", re.MULTILINE)


class NamesAndComments(BaseModel):
    """The first level's answer. Single entries that are no texts are dropped later, one by one."""

    names: dict[str, Any] = {}
    comments: dict[str, Any]


class Plan(BaseModel):
    """The second level's answer."""

    plan: list[str]

    @field_validator("plan")
    @classmethod
    def _is_plan(cls, lines: list[str]) -> list[str]:
        lines = [line.rstrip() for text in lines for line in text.split("\n") if line.strip()]
        if not lines or not any(map(_NUMBERED.match, lines)):
            raise ValueError("a plan has numbered steps, such as '1. Ask for the bill.'")
        if _CODE.search("\n".join(lines)):
            raise ValueError("a plan holds no code")
        if len(set(lines)) < len(lines) / 2:
            raise ValueError("the plan repeats itself")
        return lines


def answer_for(window: Window) -> type[NamesAndComments]:
    """The schema of one window's answer: enough of its lines must have a comment."""
    numbers = set(map(str, window.lines))

    class WindowAnswer(NamesAndComments):
        @field_validator("comments")
        @classmethod
        def _are_enough(cls, comments: dict[str, Any]) -> dict[str, Any]:
            good = [text for number, text in comments.items() if number.strip() in numbers and is_comment(text)]
            if len(good) < FEWEST_COMMENTED * len(numbers):
                raise ValueError(f"comments are needed for the lines {', '.join(map(str, window.lines))}")
            if len(good) > 4 and len(set(good)) < len(good) / 2:
                raise ValueError("the comments repeat themselves; each must say what its own line does")
            return comments

    return WindowAnswer


def query_answer(code_names: Iterable[str], apis: Iterable[str]) -> type[BaseModel]:
    """The schema of the third level's answer: a query that keeps the rules."""
    names, identifiers = list(code_names), list(apis)

    class QueryAnswer(BaseModel):
        query: str

        @field_validator("query")
        @classmethod
        def _keeps_rules(cls, query: str) -> str:
            problems = query_problems(query, names, identifiers)
            if problems:
                raise ValueError("; ".join(problems))
            return " ".join(query.split())

    return QueryAnswer


def is_comment(text: Any) -> bool:
    """Whether a value can be a comment: a text of a fitting length that is no code."""
    return (
        isinstance(text, str)
        and SHORTEST_COMMENT <= len(text.strip()) <= LONGEST_COMMENT
        and not _CODE.search(text)
        and text.strip().lower() != "sentence"
    )


def kept_comments(window: Window, answer: NamesAndComments, dropped: Counter[str]) -> dict[int, str]:
    """The answer's comments by line; what cannot be one is counted by reason."""
    comments: dict[int, str] = {}
    numbers = set(window.lines)
    for key, text in answer.comments.items():
        number = int(key) if key.strip().isdecimal() and len(key) < 9 else 0
        if number not in numbers:
            dropped["no-such-line"] += 1
        elif not is_comment(text):
            dropped["no-comment"] += 1
        else:
            comments[number] = one_line(text)
    dropped["line-without-comment"] += len(numbers - comments.keys())
    return comments


def kept_names(window: Window, answer: NamesAndComments, refused: Counter[str]) -> dict[str, Any]:
    """The answer's names for the window's own variables."""
    asked = set(window.variables)
    refused["not-asked-for"] += len(answer.names.keys() - asked)
    return {old: new for old, new in answer.names.items() if old in asked}


def first_names(answers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All windows' names; a variable belongs to one window."""
    return {old: new for names in answers for old, new in names.items()}
