"""New queries: how a model is asked for one, how one is written without a model, and what is wrong with one."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic import BaseModel
from rouge_score.rouge_scorer import RougeScorer

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.documents import describe
from workflowllm.prompts.files import Message, Prompt
from workflowllm.prompts.generation import api_documents
from workflowllm.records.forms import Record
from workflowllm.synthesis.draws import Draw

FIELDS = frozenset({"category", "apis", "examples"})
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
        examples="\n\n".join(f"Request: {one['query']}\nWorkflow:\n{one['workflow_code']}" for one in shown),
    )


def offline_query(draw: Draw, catalogue: Catalogue) -> str:
    """A query put together from what the APIs do: a stand-in for a model's, and the same for the same draw."""
    chance = random.Random(f"offline {draw.seed} {draw.number}")
    steps = [step for step in (_step(catalogue, identifier) for identifier in draw.apis) if step]
    chance.shuffle(steps)
    steps = steps[:8] or ["shows me a message"]
    joined = steps[0] if len(steps) == 1 else f"{', '.join(steps[:-1])} and finally {steps[-1]}"
    opening = chance.choice(_OPENINGS).format(theme=draw.category.lower())
    return f"{opening} {joined}? {chance.choice(_CONDITIONS)}"


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
    """Why a query cannot be kept, as a short reason; empty where it can."""
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
        self._kept: list[tuple[str, Counter[str], int]] = []
        for query in queries:
            self.add(query)

    def add(self, query: str) -> None:
        words = _WORD.findall(query.lower())
        self._kept.append((query, Counter(words), len(words)))

    def nearest(self, query: str) -> float:
        """The highest ROUGE-L F1 against a kept query, 0 where none comes near the threshold."""
        words = _WORD.findall(query.lower())
        counts, best = Counter(words), 0.0
        for kept, other, length in self._kept:
            bound = 2 * (counts & other).total() / ((len(words) + length) or 1)
            if bound >= max(self.threshold, best):
                best = max(best, self._scorer.score(kept, query)["rougeL"].fmeasure)
        return best

    def is_near(self, query: str) -> bool:
        return self.nearest(query) >= self.threshold
