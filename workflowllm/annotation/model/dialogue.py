"""Annotation by a model: names and comments in windows, then the plan from the comments, then the query from the plan.

The model's words are put into the code by the program. A window without a usable answer, or a line that an answer
leaves out, is commented by the rules of `offline`, and counted; a plan or query that cannot be used fails the record.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, field_validator

from workflowllm.annotation.checks import apis_of, query_problems
from workflowllm.annotation.comment_lines import one_line, with_comments
from workflowllm.annotation.model.windows import Window, comment_tree, outline, windows
from workflowllm.annotation.rename import rename
from workflowllm.annotation.rules.annotator import counts_of, offline_comments, subject_of, unix_lines
from workflowllm.annotation.rules.plan import LONGEST_PLAN, plan_text
from workflowllm.annotation.rules.query import known_title
from workflowllm.annotation.rules.steps import PlanStep, steps_of
from workflowllm.llm.budget import estimated
from workflowllm.llm.client import Client
from workflowllm.llm.replies import EndpointError, Estimate, NoUsableAnswer
from workflowllm.prompts.prompt_files import Message, Prompt, load_prompt
from workflowllm.shortcuts.from_python.program import Program, parse_program

SHORTEST_COMMENT, LONGEST_COMMENT = 8, 300  # characters
FEWEST_COMMENTED = 0.5  # of a window's lines; the others are commented by rules
_NUMBERED = re.compile(r"\s*\d+(?:\.\d+)*[.)]?\s+\S")
_CODE = re.compile(r"```|^[^\S\n]*(?:def|import|from|return)\s|\bis_workflow_actions_\w+\(", re.MULTILINE)


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


MOST_TREE = 16_000  # characters of comments that the plan is made from
_FIELDS = {
    "annotate_names_comments": frozenset({"outline", "code", "variables", "lines", "form"}),
    "annotate_plan": frozenset({"comments", "most"}),
    "annotate_query": frozenset({"title", "description", "plan"}),
}
_COMMENT_TOKENS, _PLAN_TOKENS, _QUERY_TOKENS = 25, 600, 150  # of an answer: a line's comment and name, the plan, ...


@dataclass(frozen=True)
class Prompts:
    """The three levels' prompts."""

    names_comments: Prompt
    plan: Prompt
    query: Prompt

    def hashes(self) -> dict[str, str]:
        return {prompt.name: prompt.sha256 for prompt in (self.names_comments, self.plan, self.query)}


def load_prompts() -> Prompts:
    """The prompts of `configs/prompts`. Raises CommandError where one is missing or has other fields."""
    return Prompts(*(load_prompt(name, fields) for name, fields in _FIELDS.items()))


@dataclass
class _Draft:
    """A record on its way: its program, the rules' words for it, and what is counted."""

    record: dict[str, Any]
    code: str
    program: Program
    steps: list[PlanStep]
    windows: list[Window]
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)  # why a window has no answer


def draft_of(record: dict[str, Any], window_lines: int) -> _Draft:
    """Raises DialectError where the code does not parse, ValueError where there is none."""
    if not isinstance(record.get("code"), str):
        raise ValueError("the record has no text in the field code.")
    code = unix_lines(record["code"])
    program = parse_program(code)
    return _Draft(record, code, program, steps_of(program, code), windows(code, program.bindings, window_lines))


async def annotate(record: dict[str, Any], client: Client, prompts: Prompts, window_lines: int) -> dict[str, Any]:
    """The record with the model's query, plan and commented code."""
    draft = draft_of(record, window_lines)
    names, comments = await _names_and_comments(draft, client, prompts.names_comments)
    renamed = rename(draft.code, names)
    renamed.refused.update(draft.refused)
    lines = offline_comments(steps_of(parse_program(renamed.code), renamed.code), renamed.code) | comments
    plan = await _plan(draft.code, lines, client, prompts.plan)
    query = await _query(draft, plan, list(parse_program(renamed.code).bindings), client, prompts.query)
    return record | {
        "query": query,
        "task_plan": plan,
        "workflow_code": with_comments(renamed.code, lines),
        "annotation": {
            "annotator": client.settings.model,
            "prompts": prompts.hashes(),
            **counts_of(renamed),
            "windows": len(draft.windows),
            "offline_comments": len(lines) - len(comments),
            "dropped": dict(+draft.dropped),
        },
    }


async def _names_and_comments(draft: _Draft, client: Client, prompt: Prompt) -> tuple[dict[str, Any], dict[int, str]]:
    """New names and comments of all windows, asked for side by side."""
    asked = [_of_window(window, draft, client, prompt) for window in draft.windows]
    answers = await asyncio.gather(*asked)
    if draft.windows and draft.dropped["window-without-answer"] == len(draft.windows):
        raise EndpointError(f"no usable names and comments for any of {len(draft.windows)} windows: {draft.reasons[0]}")
    names = first_names(names for names, _ in answers)
    return names, {line: text for _, comments in answers for line, text in comments.items()}


async def _of_window(
    window: Window, draft: _Draft, client: Client, prompt: Prompt
) -> tuple[dict[str, Any], dict[int, str]]:
    try:
        reply = await client.ask(window_messages(window, draft, prompt), answer_for(window))
    except NoUsableAnswer as error:
        draft.dropped["window-without-answer"] += 1
        draft.reasons.append(str(error))
        return {}, {}
    return kept_names(window, reply.data, draft.refused), kept_comments(window, reply.data, draft.dropped)


def window_messages(window: Window, draft: _Draft, prompt: Prompt) -> list[Message]:
    return prompt.messages(
        outline=outline(plan_text(draft.steps)),
        code=window.code,
        variables=", ".join(window.variables) or "(none)",
        lines=", ".join(map(str, window.lines)),
        form=answer_form(window),
    )


def answer_form(window: Window) -> str:
    """The JSON that is asked for, with the window's own first variable and lines."""
    names = dict.fromkeys(window.variables[:1], "...")
    return json.dumps({"names": names, "comments": dict.fromkeys(map(str, window.lines[:3]), "...")})


async def _plan(code: str, comments: dict[int, str], client: Client, prompt: Prompt) -> str:
    reply = await client.ask(plan_messages(code, comments, prompt), Plan)
    return "\n".join(reply.data.plan)


def plan_messages(code: str, comments: dict[int, str], prompt: Prompt) -> list[Message]:
    return prompt.messages(comments=comment_tree(code, comments, MOST_TREE), most=str(LONGEST_PLAN // 2))


async def _query(draft: _Draft, plan: str, names: list[str], client: Client, prompt: Prompt) -> str:
    reply = await client.ask(query_messages(draft.record, plan, prompt), query_answer(names, apis_of(draft.record)))
    return reply.data.query


def query_messages(record: dict[str, Any], plan: str, prompt: Prompt) -> list[Message]:
    subject = subject_of(record)
    title = known_title(subject.title) or "(none)"
    return prompt.messages(title=title, description=subject.description.strip() or "(none)", plan=plan)


def estimate(record: dict[str, Any], prompts: Prompts, window_lines: int) -> list[Estimate]:
    """The calls that one record needs; one that cannot be read needs none."""
    try:
        draft = draft_of(record, window_lines)
    except (ValueError, SyntaxError, RecursionError):  # DialectError is a ValueError too
        return []
    calls = [
        estimated(window_messages(window, draft, prompts.names_comments), _COMMENT_TOKENS * len(window.lines))
        for window in draft.windows
    ]
    comments = offline_comments(draft.steps, draft.code)
    plan = plan_text(draft.steps)
    calls.append(estimated(plan_messages(draft.code, comments, prompts.plan), _PLAN_TOKENS))
    calls.append(estimated(query_messages(record, plan, prompts.query), _QUERY_TOKENS))
    return calls
