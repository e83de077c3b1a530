"""Predictions in every form that they come in: a record with an answer, under the names in use for both.

A prediction has a query, a reference and an answer; `model` (else the file's name), `split` (else the one given) and
`apis` (else those that the reference calls). An answer that is absent or null counts as an empty one. Several answers
to one key of one model and split are samples of that model.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workflowllm.evaluation.prediction_files import prediction_rows
from workflowllm.prompts.answers import parse_answer
from workflowllm.records.forms import Record, normalised
from workflowllm.records.release import SHARED_KEYS
from workflowllm.runs.command import CommandError

SPLITS = ("ID", "OOD")
REFERENCE_NAMES = ("workflow_code", "code", "reference", "reference_code", "ground_truth", "label")
CODE_NAMES = ("generated_code", "predicted_code", "candidate")  # code, with or without a fence around it
ANSWER_NAMES = (
    "raw_output", "prediction", "predict", "generated", "output", "response", "answer", "completion", "text",
)  # fmt: skip
NO_ANSWER = "there is no answer; it counts as an empty one"

Sample = tuple[str, ...]  # split, key, query, reference
Identity = tuple[str, str, str, int]  # key, model, split, number among the answers to these three


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer and its reference. `record` is all that came with it; `number` counts the answers to one key."""

    key: str
    model: str
    split: str
    query: str
    reference: str
    plan: str
    candidate: str
    offered: tuple[str, ...] | None
    record: Record
    note: str = ""  # why the answer counts as empty
    number: int = 0

    @property
    def identity(self) -> Identity:
        """What tells predictions apart."""
        return (self.key, self.model, self.split, self.number)

    @property
    def sample(self) -> Sample:
        """What tells the samples apart that predictions are made for."""
        return (self.split, self.key, self.query, self.reference)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no prediction, and why in one sentence."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How rows are read: the split of rows that name none, the field of the answer, and the samples to answer."""

    split: str | None = None
    answer_field: str | None = None
    references: Mapping[str, Record] | None = None  # by key; they fix the set of samples


def read_predictions(
    paths: Iterable[Path], options: ReadingOptions = ReadingOptions()
) -> Iterator[Prediction | Rejected]:
    """The predictions of some files, in order."""
    numbers: Counter[tuple[str, str, str]] = Counter()
    for path in paths:
        number = 0
        for number, row in prediction_rows(path):
            prediction = as_prediction(row, f"{path.name} line {number}", file_model(path), options)
            if isinstance(prediction, Prediction):
                identity = (prediction.key, prediction.model, prediction.split)
                prediction = replace(prediction, number=numbers[identity])
                numbers[identity] += 1
            yield prediction
        if not number:
            yield Rejected(path.name, f"{path.name} holds no line.")


def file_model(path: Path) -> str:
    """The model's name of rows that name none."""
    return path.stem.removesuffix(".jsonl")


def read_references(path: Path) -> dict[str, Record]:
    """The records of a file by key, each with a reference. Raises CommandError."""
    records: dict[str, Record] = {}
    for number, row in prediction_rows(path):
        record = normalised(row) if isinstance(row, dict) else {}
        key = key_of(record)
        if not key or not any(isinstance(record.get(name), str) for name in REFERENCE_NAMES):
            names = ", ".join(REFERENCE_NAMES)
            raise CommandError(f"{path} line {number}: a reference needs a key and one of {names}.")
        if key in records and key not in SHARED_KEYS:
            raise CommandError(f"{path} line {number}: the key {key!r} is there twice.")
        records[key] = record
    return records


def unanswered(predictions: Sequence[Prediction], options: ReadingOptions) -> Iterator[Prediction]:
    """For each model and split an empty prediction for every sample of the references that it does not answer."""
    if options.references is None:
        return
    answered: dict[tuple[str, str], set[str]] = {}
    for prediction in predictions:
        answered.setdefault((prediction.model, prediction.split), set()).add(prediction.key)
    for (model, split), keys in answered.items():
        for key, record in options.references.items():
            if key not in keys and _split_or_none(record) in (None, split):
                row = record | {"key": key, "split": split, "model": model, "generated_code": None}
                empty = as_prediction(row, f"the reference {key}", model, options)
                if isinstance(empty, Prediction):
                    yield empty


def as_prediction(
    row: Any, where: str, model: str, options: ReadingOptions = ReadingOptions()
) -> Prediction | Rejected:
    """One row as a prediction; `model` is for a row that names none, `where` names the row in messages."""
    if not isinstance(row, dict):
        return Rejected(where, f"{where}: {row if isinstance(row, ValueError) else 'this is no JSON object'}.")
    row = normalised(row)
    key = key_of(row) or where
    if options.references is not None:
        if key not in options.references:
            return Rejected(key, f"{where}: the references have no key {key!r}.")
        row = row | {name: value for name, value in options.references[key].items() if name not in _ANSWERS}
    try:
        reference = _text(row, REFERENCE_NAMES, "reference")
        plan, candidate, note = read_answer(row, options.answer_field)
        split = _split(row, options.split)
        offered = _offered(row)
    except ValueError as error:
        return Rejected(key, f"{where}: {error}.")
    query = row["query"] if isinstance(row.get("query"), str) else ""
    model = str(row["model"]) if isinstance(row.get("model"), str | int) and row["model"] != "" else model
    return Prediction(key, model, split, query, reference, plan, candidate, offered, row, note)


_ANSWERS = frozenset({*CODE_NAMES, *ANSWER_NAMES, "model", "generated_plan", "settings"})


def key_of(row: Record) -> str:
    """A row's key as text, so that 7 and "7" are one key; "" where it has none."""
    key = row.get("key")
    return str(key) if isinstance(key, str | int | float) and not isinstance(key, bool) else ""


def _text(row: Record, names: tuple[str, ...], what: str) -> str:
    """The first text among these fields that is not empty, else an empty one."""
    texts = [row[name] for name in names if isinstance(row.get(name), str)]
    if texts:
        return next(filter(None, texts), "")
    for name in names:
        if row.get(name) is not None:
            raise ValueError(f"its {name} is no text but {type(row[name]).__name__}")
    raise ValueError(f"it has no {what} ({', '.join(names)})")


def read_answer(row: Record, answer_field: str | None = None) -> tuple[str, str, str]:
    """Plan and code, as read out of the answer before or read now, and a note where there is no answer."""
    plan = row["generated_plan"] if isinstance(row.get("generated_plan"), str) else ""
    if answer_field is None and any(isinstance(row.get(name), str) for name in CODE_NAMES):
        code = _text(row, CODE_NAMES, "code")
        return plan, parse_answer(code).code if _is_fenced(code) else code, ""
    names = (answer_field,) if answer_field else (*CODE_NAMES, *ANSWER_NAMES)
    try:
        text = _text(row, names, "answer")
    except ValueError as error:
        return plan, "", str(error) if any(row.get(name) is not None for name in names) else NO_ANSWER
    if isinstance(row.get("raw_output"), str) or answer_field or "```" in text:
        answer = parse_answer(text)
        return plan or answer.plan, answer.code, ""
    return plan, text, ""


def _is_fenced(code: str) -> bool:
    return code.lstrip().startswith(("```", "~~~"))


def _split_or_none(row: Record) -> str | None:
    split = row.get("split")
    return split.upper() if isinstance(split, str) and split.upper() in SPLITS else None


def _split(row: Record, default: str | None) -> str:
    split = _split_or_none(row) or default
    if split is None:
        named = row.get("split")
        fault = "it names no split" if named is None else f"its split is {str(named)[:40]!r}, neither ID nor OOD"
        raise ValueError(f"{fault}; give one with --split")
    return split


def _offered(row: Record) -> tuple[str, ...] | None:
    apis = row.get("apis")
    if apis is None:
        return None
    if not (isinstance(apis, list) and all(isinstance(item, str) for item in apis)):
        raise ValueError("its apis are no list of names")
    return tuple(apis)
