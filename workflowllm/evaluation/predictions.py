"""Predictions as they come: a record with an answer, under the names that are in use for both.

A prediction has a query, a reference and an answer; `model` (else the file's name), `split` (else the one given) and
`apis` (else those that the reference calls).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflowllm.prompts.answers import parse_answer
from workflowllm.records.forms import Record, normalised, record_file_rows
from workflowllm.records.release import SHARED_KEYS

SPLITS = ("ID", "OOD")
REFERENCE_NAMES = ("workflow_code", "code", "reference", "reference_code", "ground_truth", "label")
CODE_NAMES = ("generated_code", "predicted_code", "candidate")  # code and nothing else
ANSWER_NAMES = ("raw_output", "prediction", "generated", "output", "response", "answer")  # code, or an answer around it


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer and what it is measured against. `record` is all that came with it."""

    key: str
    model: str
    split: str
    query: str
    reference: str
    plan: str
    candidate: str
    offered: tuple[str, ...] | None
    record: Record

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells predictions apart. Released synthetic records share their keys, so there the texts count too."""
        texts = (self.query, self.reference) if self.key in SHARED_KEYS else ()
        return (self.model, self.split, self.key, *texts)

    @property
    def sample(self) -> tuple[str, ...]:
        """What tells the samples apart that predictions are made for."""
        return (self.split, self.key, self.query, self.reference)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no prediction, and why in one sentence."""

    key: str
    reason: str


def read_predictions(paths: Iterable[Path], split: str | None = None) -> Iterator[Prediction | Rejected]:
    """The predictions of some files in order; a second one for the same key, model and split is rejected."""
    seen: dict[tuple[str, ...], str] = {}
    for path in paths:
        number = 0
        for number, row in record_file_rows(path):
            place = f"{path.name} line {number}"
            prediction = as_prediction(row, place, path.stem.removesuffix(".jsonl"), split)
            if isinstance(prediction, Prediction):
                first = seen.setdefault(prediction.identity, place)
                if first != place:
                    reason = f"{place}: this key, model and split stand in {first} already; only that one is scored."
                    prediction = Rejected(prediction.key, reason)
            yield prediction
        if not number:
            yield Rejected(path.name, f"{path.name} holds no line.")


def as_prediction(row: Any, place: str, model: str, split: str | None = None) -> Prediction | Rejected:
    """One row as a prediction; `model` and `split` are for a row that names none."""
    if not isinstance(row, dict):
        return Rejected(place, f"{place}: {row if isinstance(row, ValueError) else 'this is no JSON object'}.")
    row = normalised(row)
    key = row["key"] if isinstance(row.get("key"), str) and row["key"] else place
    try:
        reference = _text(row, REFERENCE_NAMES, "reference")
        plan, candidate = read_answer(row)
        own_split = _split(row, split)
        offered = _offered(row)
    except ValueError as error:
        return Rejected(key, f"{place}: {error}.")
    query = row["query"] if isinstance(row.get("query"), str) else ""
    model = row["model"] if isinstance(row.get("model"), str) and row["model"] else model
    return Prediction(key, model, own_split, query, reference, plan, candidate, offered, row)


def _text(row: Record, names: tuple[str, ...], what: str) -> str:
    """The first text among these fields that is not empty, else an empty one."""
    texts = [row[name] for name in names if isinstance(row.get(name), str)]
    if texts:
        return next(filter(None, texts), "")
    for name in names:
        if row.get(name) is not None:
            raise ValueError(f"its {name} is no text but {type(row[name]).__name__}")
    raise ValueError(f"it has no {what} ({', '.join(names)})")


def read_answer(row: Record) -> tuple[str, str]:
    """Plan and code: as they were read out of the answer before, or read out of it now. Raises ValueError for none."""
    plan = row["generated_plan"] if isinstance(row.get("generated_plan"), str) else ""
    if any(isinstance(row.get(name), str) for name in CODE_NAMES):
        return plan, _text(row, CODE_NAMES, "code")
    text = _text(row, (*CODE_NAMES, *ANSWER_NAMES), "answer")
    if isinstance(row.get("raw_output"), str) or "```" in text:
        answer = parse_answer(text)
        return plan or answer.plan, answer.code
    return plan, text


def _split(row: Record, split: str | None) -> str:
    own = row.get("split")
    if isinstance(own, str) and own.upper() in SPLITS:
        return own.upper()
    if split is None:
        told = "it names no split" if own is None else f"its split is {str(own)[:40]!r}, neither ID nor OOD"
        raise ValueError(f"{told}; give one with --split")
    return split


def _offered(row: Record) -> tuple[str, ...] | None:
    apis = row.get("apis")
    if apis is None:
        return None
    if not (isinstance(apis, list) and all(isinstance(item, str) for item in apis)):
        raise ValueError("its apis are no list of names")
    return tuple(apis)
