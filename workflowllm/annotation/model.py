"""Annotation by a model: names and comments in windows, then the plan from the comments, then the query from the plan.

The model's words are put into the code by the program. A window without a usable answer, or a line that an answer
leaves out, is commented by the rules of `offline`, and counted; a plan or query that cannot be used fails the record.
"""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from workflowllm.annotation.comments import with_comments
from workflowllm.annotation.model_answers import (
    Plan,
    answer_for,
    first_names,
    kept_comments,
    kept_names,
    query_answer,
)
from workflowllm.annotation.offline import apis_of, counts_of, offline_comments, subject_of, unix_lines
from workflowllm.annotation.plan import LONGEST_PLAN, plan_text
from workflowllm.annotation.query import known_title
from workflowllm.annotation.rename import rename
from workflowllm.annotation.steps import Step, steps_of
from workflowllm.annotation.windows import Window, comment_tree, outline, windows
from workflowllm.llm.budget import estimated
from workflowllm.llm.client import Client
from workflowllm.llm.prompt_files import Message, Prompt, load_prompt
from workflowllm.llm.replies import EndpointError, Estimate, NoUsableAnswer
from workflowllm.shortcuts.from_python import Program, parse_program

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
    steps: list[Step]
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
