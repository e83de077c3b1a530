"""T-Eval's plan score (Chen et al. 2023, arXiv 2312.14033): how much of a plan of calls was found, in the right order.

Calls of both plans are compared pair by pair (names count 0.75, arguments 0.25), pairs above a threshold are matched so
that the sum is largest, and the longest run of matches that keeps the order counts: over the predicted calls that is
precision, over the reference's recall. T-Eval's own code counts one call as found even where no pair matches; here
nothing found is 0.
"""

import ast
import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from json_repair import loads as repaired
from scipy.optimize import linear_sum_assignment

from workflowllm.records.t_eval_form import FINISH
from workflowllm.runs.command import CommandError

NAME_WEIGHT, ARGUMENTS_WEIGHT, THRESHOLD = 0.75, 0.25, 0.8
_ARRAY = re.compile(r"\[\s{0,99}\{")  # what an array of calls begins with
_MOST_FAILURES = 1_000  # to read an array; each looks through the text before it
_MENDED_LENGTH = 50_000  # characters; the mender takes long for much nonsense
# Two lists of texts to their cosine similarities, an array of shape (first, second).
Similarity = Callable[[Sequence[str], Sequence[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a plan; `arguments` as text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class PlanScore:
    """Precision, recall and F1 of one plan, each from 0 to 1; `is_read`: the prediction could be read as a plan."""

    precision: float
    recall: float
    f1: float
    is_read: bool


def read_plan(plan: Any) -> list[Call]:
    """The calls of a plan, given as a list or as the text of one, in the order of their ids; [] where it is no plan."""
    items = _list_of(plan) if isinstance(plan, str) else plan
    try:
        numbered = sorted((int(item["id"]), index, item) for index, item in enumerate(items))
        calls = [Call(str(item["name"]), _arguments(item["args"])) for _, _, item in numbered]
    except (TypeError, KeyError, ValueError, OverflowError):
        return []
    return calls[:-1] if calls and calls[-1].name == FINISH else calls


def _list_of(text: str) -> Any:
    """What stands between the first `[` and the last `]`, repaired where it is nearly JSON."""
    start, end = text.find("["), text.rfind("]")
    try:
        return json.loads(text[start : end + 1]) if 0 <= start < end else repaired(text[start:]) if start >= 0 else None
    except (ValueError, RecursionError):
        pass
    try:
        return repaired(text[start : end + 1])
    except (ValueError, RecursionError):
        return None


def read_plan_tolerantly(plan: Any) -> list[Call]:
    """The calls of a plan as models write it, which T-Eval's own rule cannot read.

    Reasoning before the plan is skipped, and so are brackets in prose; of two plans the last counts; of an array that
    is cut off, the calls that are whole.
    """
    if not isinstance(plan, str):
        return read_plan(plan)
    text = plan.rpartition("</think>")[2]
    plans = list(filter(None, map(read_plan, _arrays(text))))
    if plans:
        return plans[-1]
    starts = [match.start() for match in _ARRAY.finditer(text)]
    if not starts or len(text) > _MENDED_LENGTH:
        return []
    try:
        items = repaired(text[starts[-1] :])
    except (ValueError, RecursionError):
        return []
    return read_plan([item for item in items if _is_call(item)]) if isinstance(items, list) else []


def _arrays(text: str) -> Iterator[list[Any]]:
    """The JSON arrays of objects that stand in a text, in order, none inside another."""
    decoder, match, failures = json.JSONDecoder(strict=False), _ARRAY.search(text), 0
    while match and failures < _MOST_FAILURES:
        end = match.end()
        try:
            value, end = decoder.raw_decode(text, match.start())
            yield value
        except (ValueError, RecursionError):
            failures += 1
        match = _ARRAY.search(text, end)


def _is_call(item: Any) -> bool:
    return isinstance(item, dict) and {"id", "name", "args"} <= set(item)


def _arguments(value: Any) -> str:
    """Arguments as sorted JSON, so that a dictionary and the text of one compare alike; other text as it is."""
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except (TypeError, ValueError):
        return str(value)


def plan_score(
    predicted: Sequence[Call], expected: Sequence[Call], similarity: Similarity, threshold: float = THRESHOLD
) -> PlanScore:
    """The score of a predicted plan against the expected one."""
    if not predicted or not expected:
        return PlanScore(0.0, 0.0, 0.0, bool(predicted))
    alike = NAME_WEIGHT * similarity([call.name for call in predicted], [call.name for call in expected])
    alike += ARGUMENTS_WEIGHT * similarity(
        [call.arguments for call in predicted], [call.arguments for call in expected]
    )
    in_order = _longest_rising(matched(alike, threshold))
    precision, recall = in_order / len(predicted), in_order / len(expected)
    return PlanScore(precision, recall, 2 * in_order / (len(predicted) + len(expected)), True)


def matched(alike: np.ndarray, threshold: float) -> list[int]:
    """The matched columns in the order of the rows: the matching of pairs above the threshold with the largest sum."""
    weights = np.where(alike > threshold, alike, 0.0)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [int(column) for row, column in zip(rows, columns) if weights[row, column] > 0]


def _longest_rising(numbers: Sequence[int]) -> int:
    """Length of the longest strictly rising subsequence."""
    tails: list[int] = []
    for number in numbers:
        index = bisect_left(tails, number)
        tails[index : index + 1] = [number]
    return len(tails)


def word_similarity(first: Sequence[str], second: Sequence[str]) -> np.ndarray:
    """Cosine of word counts, words split at capitals and marks: a stand-in for sentence embeddings, without a model."""
    left, right = [_words(text) for text in first], [_words(text) for text in second]
    return np.array([[_cosine(one, other) for other in right] for one in left])


def _words(text: str) -> Counter[str]:
    return Counter(word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+", text))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    if not one or not other:
        return float(one == other)
    shared = sum(count * other[word] for word, count in one.items())
    return shared / sqrt(sum(count**2 for count in one.values()) * sum(count**2 for count in other.values()))


class EmbeddingSimilarity:
    """Cosine of sentence embeddings, as T-Eval has it (its model is all-mpnet-base-v2): means of the last layer."""

    def __init__(self, model: str) -> None:
        from transformers import AutoModel, AutoTokenizer  # seconds to load, and only this similarity needs it

        try:
            self.tokenizer = AutoTokenizer.from_pretrained(model)
            self.model = AutoModel.from_pretrained(model).eval()
        except (OSError, ValueError, KeyError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise CommandError(f"cannot read --embeddings {model} as a model: {reason}") from None
        self.known: dict[str, np.ndarray] = {}

    def __call__(self, first: Sequence[str], second: Sequence[str]) -> np.ndarray:
        left, right = np.stack([*map(self.embed, first)]), np.stack([*map(self.embed, second)])
        return np.maximum(left @ right.T, 0.0)

    def embed(self, text: str) -> np.ndarray:
        """A text's embedding of length 1, shape (hidden size,)."""
        if text not in self.known:
            import torch

            encoded = self.tokenizer(text or " ", truncation=True, max_length=512, return_tensors="pt")
            with torch.no_grad():
                mean = self.model(**encoded).last_hidden_state[0].mean(0)
            self.known[text] = (mean / mean.norm()).numpy()
        return self.known[text]
