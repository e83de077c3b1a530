"""New queries: written by a model or without one from draws, and selected by rules and by novelty."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rouge_score.rouge_scorer import RougeScorer

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.documents import describe
from workflowllm.llm.budget import estimated
from workflowllm.llm.client import Client
from workflowllm.llm.replies import Estimate
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.stage import StageDetails, run_stage
from workflowllm.prompts.generation import api_documents
from workflowllm.prompts.prompt_files import Message, Prompt
from workflowllm.records.forms import Record
from workflowllm.runs.command import WRONG_COMMAND, CommandError
from workflowllm.runs.output_files import RUN, beside
from workflowllm.synthesis.draws import Draw, Pool, draw

EXPANSION_FIELDS = frozenset({"category", "apis", "examples"})
FEWEST_WORDS, MOST_CHARACTERS = 15, 2000
_WORD = re.compile(r"\w+")
_CODE_WORDS = re.compile(r"\bpython\b|```|\bdef \w+\(|\bimport \w+", re.IGNORECASE)


class QueryAnswer(BaseModel):
    """What a model answers."""

    query: str


def expansion_messages(draw: Draw, examples: Mapping[str, Record], prompt: Prompt) -> list[Message]:
    """The prompt for one draw. Documents are shown without the words on parameters (level 1)."""
    shown = [examples[key] for key in draw.examples]
    return prompt.messages(
        category=draw.category,
        apis=api_documents(draw.apis, level=1),
        examples="\n\n".join(f"Request: {record['query']}\nWorkflow:\n{record['workflow_code']}" for record in shown),
    )


def offline_query(draw: Draw, catalogue: Catalogue) -> str:
    """A query put together from what the APIs do: a stand-in for a model's, and the same for the same draw."""
    rng = random.Random(f"offline {draw.seed} {draw.number}")
    steps = [step for step in (_step(catalogue, identifier) for identifier in draw.apis) if step]
    rng.shuffle(steps)
    steps = steps[:8] or ["shows me a message"]
    joined = steps[0] if len(steps) == 1 else f"{', '.join(steps[:-1])} and finally {steps[-1]}"
    opening = rng.choice(_OPENINGS).format(theme=draw.category.lower())
    return f"{opening} {joined}? {rng.choice(_CONDITIONS)}"


_OPENINGS = (
    "For {theme}, could you build me a shortcut that",
    "How would I set up a shortcut around {theme} that",
    "I spend a lot of time on {theme}. Can one shortcut do this for me: it",
    "Is there a way to have my phone help with {theme}, with a shortcut that",
)
_CONDITIONS = (
    "If there is nothing to work on, it should tell me so and stop.",
    "Please do it for every item one after the other, and show a summary at the end.",
    "Before anything is changed it should ask me, and leave out what I decline.",
    "When a step gives nothing, it should go on with what I type in instead.",
)

_OF_ACTIONS = re.compile(r" (?:that (?:is|are|was) )?passed (?:in(?:to| to)? (?:the|this) action|as input)")


def _step(catalogue: Catalogue, identifier: str) -> str:
    """What an API does, as a part of a sentence: its description's first sentence, if it begins with a verb."""
    sentence = describe(catalogue[identifier]).split(". ")[0].rstrip(".") if identifier in catalogue else ""
    sentence = _OF_ACTIONS.sub("", sentence)
    first = sentence.split(" ")[0]
    is_verb = first[1:].islower() and first.endswith("s") and len(sentence.split()) > 2
    return sentence[0].lower() + sentence[1:] if is_verb and len(sentence) < 160 else ""


def query_problem(query: str, apis: Iterable[str], catalogue: Catalogue) -> str:
    """The reason why a query is dropped, in a few words; empty where it is accepted."""
    words = _WORD.findall(query)
    if len(words) < FEWEST_WORDS:
        return "too simple"
    if len(query) > MOST_CHARACTERS:
        return "too long"
    if _CODE_WORDS.search(query):
        return "mentions code"
    return "names an API" if any(_is_named(query, identifier, catalogue) for identifier in apis) else ""


def _is_named(query: str, identifier: str, catalogue: Catalogue) -> bool:
    """Whether a query spells an API's identifier, function or, where it is no everyday word, its own name.

    A name of one or two words ("Text", "Show Result") is how people speak; one of three or more, capitals and all, is
    a quotation.
    """
    api = catalogue.get(identifier)
    spelt = [identifier, identifier.rpartition(".")[2]] if "." in identifier else [identifier]
    spelt = [name for name in spelt if "." in name or re.search(r"[a-z][A-Z]", name)]
    if api and api.function:
        spelt.append(api.function)
    if api and len(api.name.split()) > 2:
        spelt.append(api.name)
    return any(name in query for name in spelt)


class QueryIndex:
    """Queries that a new one must differ from, by ROUGE-L (Lin 2004) of their words.

    The words that two queries share bound their longest common subsequence from above, so nearly all comparisons end
    at a count.
    """

    def __init__(self, threshold: float, queries: Iterable[str] = ()) -> None:
        self.threshold = threshold
        self._scorer = RougeScorer(["rougeL"])
        self._accepted: list[tuple[str, Counter[str], int]] = []
        for query in queries:
            self.add(query)

    def add(self, query: str) -> None:
        words = _WORD.findall(query.lower())
        self._accepted.append((query, Counter(words), len(words)))

    def nearest(self, query: str) -> float:
        """The highest ROUGE-L F1 against an accepted query, 0 where none reaches the threshold."""
        words = _WORD.findall(query.lower())
        counts, best = Counter(words), 0.0
        for accepted, other, length in self._accepted:
            bound = 2 * (counts & other).total() / ((len(words) + length) or 1)
            if bound >= max(self.threshold, best):
                best = max(best, self._scorer.score(accepted, query)["rougeL"].fmeasure)
        return best

    def is_near(self, query: str) -> bool:
        return self.nearest(query) >= self.threshold


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
    for record in sorted(answers, key=lambda answer: answer["draw"]["number"]):
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
        made = draw(pool, seed, number)
        key = f"synthetic-{seed}-{number:06d}"
        yield key, {"key": key, "category": made.category, "apis": list(made.apis), "draw": made.as_json()}


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
            details=StageDetails(count, self._estimate, "draw", facts=self._facts),
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
