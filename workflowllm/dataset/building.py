"""From examined records to a data set: duplicates are dropped, keys made unique, splits drawn, files written."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workflowllm.dataset.examining import Examined, InputRow
from workflowllm.dataset.filters import Rules
from workflowllm.dataset.near_duplicates import POSITIONS, Sketches, families, near_any, without_near
from workflowllm.dataset.publishing import CONFIGURATIONS
from workflowllm.dataset.splits import Item, Sizes, Split, in_distribution, out_of_distribution
from workflowllm.records.forms import record_file_rows
from workflowllm.records.release import SEED, SHARED_KEYS, SYNTHESIZED
from workflowllm.records.writing import Parquet, json_array, parquet_row, with_key


@dataclass(frozen=True, slots=True)
class Similarity:
    """Estimated Jaccard indices from which codes and queries are near-duplicates. Over 1 turns one off."""

    dropped: float = 0.9  # of two such codes one is dropped
    code: float = 0.8  # two such codes are on one side of a split
    query: float = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildConfig:
    """What a data set is built from, and how."""

    seed_data: Sequence[Path] = ()  # files of collected records
    synthesized: Sequence[Path] = ()  # files of synthetic records
    output: Path  # folder
    test_share: float = 0.05
    test_most: int = 595  # records of a test set
    dev_share: float = 0.05
    seed: int = 0
    rules: Rules = field(default_factory=Rules)
    allow_duplicates: bool = False
    similarity: Similarity = field(default_factory=Similarity)
    workers: int = 1

    def sizes(self, records: int) -> Sizes:
        """The sizes of the test and dev set of so many records."""
        return Sizes(min(self.test_most, round(self.test_share * records)), round(self.dev_share * records))

    def flags(self) -> dict[str, Any]:
        """The settings that decide what is built, under the names of the script's flags."""
        return {
            "test_share": self.test_share,
            "test_most": self.test_most,
            "dev_share": self.dev_share,
            "seed": self.seed,
            "max_binary": -1 if self.rules.max_binary is None else self.rules.max_binary,
            "allow_unknown_apis": self.rules.allow_unknown_apis,
            "allow_uncompiled": self.rules.allow_uncompiled,
            "allow_incomplete": self.rules.allow_incomplete,
            "allow_duplicates": self.allow_duplicates,
            "near_dropped": self.similarity.dropped,
            "near_code": self.similarity.code,
            "near_query": self.similarity.query,
        }


class Dropped(NamedTuple):
    """A record that is not in the data set."""

    location: str
    key: str
    reason: str  # of filters.REASONS


@dataclass(slots=True)
class Selection:
    """The records of the data set, in order, with their keys and the matrices of their sketches."""

    records: list[Examined] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    codes: Sketches | None = None
    queries: Sketches | None = None

    def reasons(self) -> Counter[str]:
        """How many records were dropped for each reason."""
        return Counter(record.reason for record in self.dropped)


def input_rows(config: BuildConfig) -> Iterator[InputRow]:
    """Every row of the input files, collected ones first."""
    for paths, is_synthetic in ((config.seed_data, False), (config.synthesized, True)):
        for path in paths:
            for number, record in record_file_rows(path):
                yield InputRow(path.name, number, record, is_synthetic)


def select(examined: Iterable[Examined], similarity: Similarity, allow_duplicates: bool) -> Selection:
    """Select the records of the data set among those examined. The first of several duplicates stays."""
    selection = Selection()
    digests: set[bytes] = set()
    for record in examined:
        if not record.dropped and not allow_duplicates and record.digest in digests:
            record.dropped = "duplicate"
        if record.dropped:
            selection.dropped.append(Dropped(record.location, record.key, record.dropped))
            continue
        digests.add(record.digest)
        record.statistics = _interned(record.statistics)
        selection.records.append(record)
    _stack_sketches(selection)
    if similarity.dropped <= 1 and not allow_duplicates:
        _drop_near_duplicates(selection, similarity.dropped)
    _give_unique_keys(selection.records)
    return selection


def _interned(value: Any) -> Any:
    """The value with equal texts as one object. Workers return copies, which would take memory and room in pickles."""
    if isinstance(value, str):
        return sys.intern(value)
    if isinstance(value, list):
        return [_interned(item) for item in value]
    return {_interned(key): _interned(item) for key, item in value.items()} if isinstance(value, dict) else value


def _stack_sketches(selection: Selection) -> None:
    selection.codes = _matrix([record.code for record in selection.records])
    selection.queries = _matrix([record.query for record in selection.records])
    for record in selection.records:
        record.code = record.query = None


def _matrix(sketches: Sequence[np.ndarray | None]) -> Sketches:
    return np.stack(sketches) if sketches else np.zeros((0, POSITIONS), np.uint32)


def _drop_near_duplicates(selection: Selection, threshold: float) -> None:
    stays = without_near(selection.codes, threshold)
    near = [record for record, stay in zip(selection.records, stays) if not stay]
    selection.dropped += [Dropped(record.location, record.key, "near-duplicate") for record in near]
    selection.records = [record for record, stay in zip(selection.records, stays) if stay]
    selection.codes, selection.queries = selection.codes[stays], selection.queries[stays]


def _give_unique_keys(records: Iterable[Examined]) -> None:
    """Give every record a unique key: the one that it has, with a number appended where that is taken."""
    used: Counter[str] = Counter()
    synthetic = 0
    for record in records:
        synthetic += record.is_synthetic
        if record.key and record.key not in SHARED_KEYS:
            key = record.key
        else:
            key = f"synthesized-{synthetic:06}" if record.is_synthetic else record.location
        while key in used:
            used[key] += 1
            key = f"{key}-{used[key]}"
        used[key] = 1
        record.key = key


def split_items(selection: Selection, similarity: Similarity) -> list[Item]:
    """The records as the splits see them."""
    parts = [(matrix, threshold) for matrix, threshold in
             ((selection.codes, similarity.code), (selection.queries, similarity.query)) if threshold <= 1]  # fmt: skip
    roots = families(parts, len(selection.records))
    called = [frozenset(record.statistics["action_names"]) for record in selection.records]
    offered = [frozenset(record.offered) for record in selection.records]
    return [Item(calls | offers, calls, int(root)) for calls, offers, root in zip(called, offered, roots)]


def both_splits(selection: Selection, items: Sequence[Item], config: BuildConfig) -> dict[str, Split]:
    """The ID and the OOD split."""
    thresholds = ((selection.codes, config.similarity.code), (selection.queries, config.similarity.query))

    def near(indices: Sequence[int], tested: Sequence[int]) -> list[int]:
        mask = np.zeros(len(indices), bool)
        for matrix, threshold in thresholds:
            mask |= near_any(matrix[list(indices)], matrix[list(tested)], threshold)
        return [index for index, is_near in zip(indices, mask) if is_near]

    sizes = config.sizes(len(items))
    return {
        "id": in_distribution(items, sizes, config.seed, near),
        "ood": out_of_distribution(items, sizes, config.seed, near),
    }


def write_records(selection: Selection, splits: dict[str, Split], folder: Path) -> None:
    """Write the two record files, and the parquet files of every split."""
    names = {(name, index): f"{name}/{part}.parquet" for name, split in splits.items()
             for part, indices in split.lists().items() for index in indices}  # fmt: skip
    with (
        ExitStack() as stack,
        json_array(folder / SEED) as seed,
        json_array(folder / SYNTHESIZED) as synthesized,
        Parquet(folder, sorted(set(names.values()))) as parquet,
    ):
        paths = {record.piece.path for record in selection.records}
        pieces = {path: stack.enter_context(path.open("rb")) for path in paths}
        for index, examined in enumerate(selection.records):
            pieces[examined.piece.path].seek(examined.piece.start)
            record = json.loads(pieces[examined.piece.path].read(examined.piece.length))
            (synthesized if examined.is_synthetic else seed).add(with_key(record, examined.key))
            row = parquet_row(record | {"key": examined.key}, examined.is_synthetic)
            for name in CONFIGURATIONS:
                if (name, index) in names:
                    parquet.add(names[name, index], row)
