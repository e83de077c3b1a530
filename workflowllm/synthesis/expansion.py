"""Answers to draws: a query for each, from a model or put together without one."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workflowllm.apis.catalogue import Catalogue
from workflowllm.llm.budget import estimated
from workflowllm.llm.client import Client
from workflowllm.llm.replies import Estimate
from workflowllm.llm.run_facts import RUN
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.stage import run_stage
from workflowllm.prompts.files import Message, Prompt
from workflowllm.records.forms import Record
from workflowllm.runs.command import WRONG_COMMAND, CommandError
from workflowllm.runs.output_files import beside
from workflowllm.synthesis.draws import Draw, Pool, draw
from workflowllm.synthesis.queries import QueryAnswer, QueryIndex, expansion_messages, offline_query, query_problem


@dataclass(slots=True)
class Selection:
    """Kept and dropped records in the order of their draws; a dropped one says why in `dropped`."""

    kept: list[Record] = field(default_factory=list)
    dropped: list[Record] = field(default_factory=list)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(record["dropped"] for record in self.dropped)


def select(
    answers: Iterable[Record], real_queries: Iterable[str], threshold: float, catalogue: Catalogue, most: int
) -> Selection:
    """Go through the answers by the number of their draw; keep at most `most`."""
    index, chosen = QueryIndex(threshold, real_queries), Selection()
    for record in sorted(answers, key=lambda one: one["draw"]["number"]):
        if len(chosen.kept) == most:
            break
        reason = query_problem(record["query"], record["apis"], catalogue)
        if not reason and index.is_near(record["query"]):
            reason = "near-duplicate"
        if reason:
            chosen.dropped.append(record | {"dropped": reason})
        else:
            index.add(record["query"])
            chosen.kept.append(record)
    return chosen


ANSWER_TOKENS = 150  # of a query, for estimates


def drawn(pool: Pool, seed: int, count: int) -> Iterator[tuple[str, Record]]:
    """(key, record to be answered) of the first draws."""
    for number in range(count):
        one = draw(pool, seed, number)
        key = f"synthetic-{seed}-{number:06d}"
        yield key, {"key": key, "category": one.category, "apis": list(one.apis), "draw": one.as_json()}


def draw_of(record: Record) -> Draw:
    """The draw that a record was made from."""
    return Draw(**{name: tuple(value) if isinstance(value, list) else value for name, value in record["draw"].items()})


class OfflineWriter:
    """Queries put together without a model."""

    is_over = False

    def __init__(self, pool: Pool, seed: int, catalogue: Catalogue) -> None:
        self._pool, self._seed, self._catalogue = pool, seed, catalogue

    def answers(self, count: int) -> list[Record]:
        """The first `count` draws, answered."""
        return [
            record | {"query": offline_query(draw_of(record), self._catalogue), "query_backend": "offline"}
            for _, record in drawn(self._pool, self._seed, count)
        ]


class ModelWriter:
    """Queries of a model behind an endpoint. Every answer is a line of `path` and is asked for once."""

    def __init__(
        self, pool: Pool, prompt: Prompt, path: Path, settings: EndpointSettings, facts: dict[str, Any]
    ) -> None:
        self.is_over = False  # whether the model cannot be asked for more: interrupted, or the money is spent
        self._pool, self._prompt, self._path, self._settings, self._facts = pool, prompt, path, settings, facts
        self._examples = {record["key"]: record for record in pool.examples}

    def answers(self, count: int) -> list[Record]:
        """The first `count` draws, as far as they are answered."""
        status = run_stage(
            drawn(self._pool, self._settings.seed or 0, count), self._work, self._path, self._settings,
            total=count, estimate=self._estimate, describe="draw", facts=self._facts,
        )  # fmt: skip
        if status == WRONG_COMMAND:
            raise CommandError("no query could be asked for; the lines above say why.")
        if self._settings.dry_run:
            return []
        self._count_money()
        return [json.loads(line) for line in self._path.read_text("utf-8").splitlines()]

    def _count_money(self) -> None:
        """--max_cost is for all rounds together."""
        last = json.loads(beside(self._path, RUN).read_text("utf-8"))["runs"][-1]
        self.is_over = last["end"] != "complete"
        if self._settings.max_cost is not None:
            left = self._settings.max_cost - (last["usage"]["dollars"] or 0.0)
            self._settings = replace(self._settings, max_cost=max(left, 0.0))

    def _messages(self, record: Record) -> list[Message]:
        return expansion_messages(draw_of(record), self._examples, self._prompt)

    async def _work(self, record: Record, client: Client) -> Record:
        reply = await client.ask(self._messages(record), QueryAnswer)
        made = {"query": " ".join(reply.data.query.split()), "raw_output": reply.text, "query_backend": "endpoint"}
        return record | made | {"model": self._settings.model, "prompt_sha256": self._prompt.sha256}

    def _estimate(self, record: Record) -> list[Estimate]:
        return [estimated(self._messages(record), ANSWER_TOKENS)]
