"""How far verdicts agree with people's labels."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workflowllm.records.csv_rows import csv_rows
from workflowllm.runs.command import CommandError

PASS, FAIL, UNREADABLE = "pass", "fail", "unreadable"
_LABELS = {word: label for label, words in ((PASS, ("true", "1", "yes", "pass")), (FAIL, ("false", "0", "no", "fail")))
           for word in words}  # fmt: skip
Name = tuple[str, ...]  # key, or key, model and split as far as the labels' columns go
COLUMNS = ("key", "model", "split")


@dataclass(frozen=True)
class Labels:
    """What people said of predictions, by the columns that name them."""

    columns: tuple[str, ...]
    by_name: Mapping[Name, str]


def read_labels(path: Path) -> Labels:
    """Labels from a CSV file with the columns key, model and split if need be, and label. Raises CommandError."""
    rows = csv_rows(path)
    header = set(rows[0][1]) if rows else set()
    if not {"key", "label"} <= header:
        raise CommandError(f"{path} needs rows under a first line such as key,label or key,model,split,label.")
    columns = tuple(name for name in COLUMNS if name in header)
    labels: dict[Name, str] = {}
    for number, row in rows:
        name, label = tuple((row[column] or "").strip() for column in columns), (row["label"] or "").strip().lower()
        if label not in _LABELS:
            raise CommandError(f"{path} line {number}: the label {label!r} is none of {', '.join(_LABELS)}.")
        if name in labels:
            raise CommandError(f"{path} line {number}: {', '.join(name)} is labelled twice.")
        labels[name] = _LABELS[label]
    return Labels(columns, labels)


def confusion(pairs: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Counts by (label, verdict)."""
    return Counter(pairs)


def agreement(counts: Mapping[tuple[str, str], int]) -> float:
    """Share of pairs whose two sides are equal."""
    return sum(count for (label, verdict), count in counts.items() if label == verdict) / sum(counts.values())


def kappa(counts: Mapping[tuple[str, str], int]) -> float | None:
    """Cohen's kappa (Cohen 1960): agreement beyond what the two sides' own shares would give by chance.

    None where chance alone agrees always, which is when both sides know only one class.
    """
    total = sum(counts.values())
    labels, verdicts = Counter[str](), Counter[str]()
    for (label, verdict), count in counts.items():
        labels[label] += count
        verdicts[verdict] += count
    chance = sum(labels[name] * verdicts[name] for name in labels) / total**2
    return None if chance == 1 else (agreement(counts) - chance) / (1 - chance)
