"""A model judges whether a workflow does what was asked: the question, the answer, and how votes are counted."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic

from workflowllm.dataset.generation import STATEMENTS, api_stub
from workflowllm.dataset.records import Record, normalised, record_file_rows, same_api
from workflowllm.evaluation.predictions import read_answer
from workflowllm.jobs import CommandError
from workflowllm.llm.client import Client
from workflowllm.llm.prompt_files import Message, Prompt
from workflowllm.llm.replies import NoUsableAnswer

FIELDS = frozenset({"query", "apis", "code"})
NAMED_BY = ("key", "model", "split")
JUDGE, STATIC = "judge", "static"
_STUB_LEVEL = 1  # signatures and what an API does, without words on its parameters
_NO_CODE = "there is no code."


class Verdict(pydantic.BaseModel):
    """What a judge answers."""

    reason: str
    verdict: bool


@dataclass(frozen=True)
class Judge:
    """How verdicts are made. Of several votes each has a seed of its own, and `vote_temperature`."""

    prompt: Prompt
    model: str
    votes: int = 1
    seed: int = 0
    vote_temperature: float = 0.7

    async def __call__(self, record: Record, client: Client) -> Record:
        """The line of one prediction. Its verdict is None where no vote could be read."""
        line = started_line(record, JUDGE) | {"judge_model": self.model, "prompt_sha256": self.prompt.sha256}
        if not record["generated_code"].strip():
            return line | {"verdict": False, "reason": _NO_CODE, "messages": [], "votes": [], "usage": _usage([])}
        messages = judge_messages(record, self.prompt)
        votes = await asyncio.gather(*(self._vote(messages, place, client) for place in range(self.votes)))
        verdict = majority([vote["verdict"] for vote in votes])
        reason = next((vote["reason"] for vote in votes if vote["verdict"] == verdict), "the votes are even.")
        return line | {
            "verdict": verdict, "reason": reason, "messages": messages, "votes": votes, "usage": _usage(votes)
        }  # fmt: skip

    async def _vote(self, messages: list[Message], place: int, client: Client) -> dict[str, Any]:
        settings = {"seed": self.seed + place}
        if self.votes > 1:
            settings["temperature"] = self.vote_temperature
        try:
            reply = await client.ask(messages, Verdict, **settings)
            verdict, reason = reply.data.verdict, reply.data.reason
        except NoUsableAnswer as unreadable:
            reply, verdict, reason = unreadable.reply, None, str(unreadable)
        return {
            "verdict": verdict, "reason": reason, "seed": settings["seed"], "raw": reply.text,
            "prompt_tokens": reply.prompt_tokens, "completion_tokens": reply.completion_tokens,
        }  # fmt: skip

    def identity(self, line: Record) -> str:
        """What a line of the output judges. Raises CommandError for a line that another judge made."""
        votes = len(line.get("votes", ())) or self.votes  # none were asked for where there is no code
        made = (line["backend"], line["judge_model"], line["prompt_sha256"], votes)
        if made != (JUDGE, self.model, self.prompt.sha256, self.votes):
            raise CommandError(
                f"the output holds verdicts of another judge ({made[0]} {made[1]}, prompt {str(made[2])[:8]}, "
                f"{made[3]} votes); name another output, or use --overwrite."
            )
        return identity(line)


def identity(line: Record) -> str:
    """A prediction is told from others by key, model and split, for one key may be answered by several models."""
    return json.dumps([_text(line, name) for name in NAMED_BY], ensure_ascii=False)


def started_line(record: Record, backend: str) -> Record:
    """What a verdict's line begins with."""
    return {name: _text(record, name) for name in NAMED_BY} | {"backend": backend}


def _text(record: Record, name: str) -> str:
    return "" if record.get(name) is None else str(record[name])


def judge_messages(record: Record, prompt: Prompt) -> list[Message]:
    """The question about one prediction."""
    apis = [name for name in dict.fromkeys(record["apis"]) if not any(same_api(name, known) for known in STATEMENTS)]
    stubs = "\n\n".join(api_stub(name, _STUB_LEVEL) for name in apis)
    return prompt.messages(query=record["query"].strip(), apis=stubs, code=record["generated_code"].strip())


def majority(verdicts: Sequence[bool | None]) -> bool | None:
    """Whether more readable votes pass than fail; as many of each do not pass; None if none could be read."""
    counts = Counter(verdict for verdict in verdicts if verdict is not None)
    return counts[True] > counts[False] if counts else None


def predictions(path: Path) -> Iterator[tuple[str, Record | ValueError]]:
    """(identity, prediction) of a file, named and read as the evaluator does; what cannot be judged is an error."""
    for number, row in record_file_rows(path):
        place = f"{path.name} line {number}"
        if isinstance(row, dict):
            row = normalised({"key": place} | row)
            yield identity(row), _checked(row)
        else:
            yield place, row if isinstance(row, ValueError) else ValueError("this is no JSON object.")


def _checked(row: Record) -> Record | ValueError:
    if not isinstance(row.get("query"), str):
        return ValueError("the prediction has no text `query`.")
    try:
        row = row | {"generated_code": read_answer(row)[1]}
    except ValueError as error:
        return ValueError(f"{error}.")
    apis = row.get("apis")
    if not (isinstance(apis, list) and all(isinstance(name, str) for name in apis)):
        return ValueError("the prediction has no list `apis`.")
    return row


def _usage(votes: Iterable[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(vote[name] for vote in votes) for name in ("prompt_tokens", "completion_tokens")}
