"""Records to a data set: what is kept, under which key, and on which side of the splits."""

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.dataset.filters import Rules, fault
from workflowllm.dataset.near_duplicates import (
    POSITIONS,
    Sketch,
    Sketches,
    code_sketch,
    families,
    near_any,
    query_sketch,
    without_near,
)
from workflowllm.dataset.splits import Item, Sizes, Split, in_distribution, out_of_distribution
from workflowllm.dataset.statistics import Row, actions_shape, code_shape, record_statistics
from workflowllm.records.forms import Record, normalised, record_file_rows
from workflowllm.records.release import SHARED_KEYS
from workflowllm.records.writing import Parquet, json_array, parquet_row, with_key
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import Piece, left_behind
from workflowllm.shortcuts.dialect.comments import strip_comments
from workflowllm.shortcuts.from_python.program import compile_program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of an input file."""

    file: str
    number: int
    record: Any
    is_synthetic: bool

    @property
    def place(self) -> str:
        return f"{self.file} record {self.number}"


@dataclass(slots=True)
class Examined:
    """What is kept in memory of a record; the record itself lies in `piece`."""

    place: str
    is_synthetic: bool
    key: str = ""
    error: str = ""  # it is no record at all
    dropped: str = ""  # a reason of filters.REASONS
    piece: Piece | None = None
    row: Row = field(default_factory=dict)
    offered: tuple[str, ...] = ()  # APIs that its prompt shows
    digest: bytes = b""  # of its code without comments
    code: Sketch | None = None
    query: Sketch | None = None


def examine(numbered: Numbered, rules: Rules, scratch: Path) -> Examined:
    """Look at one record, whatever it holds."""
    found = Examined(numbered.place, numbered.is_synthetic)
    if not isinstance(numbered.record, dict):
        is_broken = isinstance(numbered.record, ValueError)
        found.error = str(numbered.record) if is_broken else "this record is no JSON object."
        return found
    record = normalised(numbered.record)
    found.key = record["key"] if isinstance(record.get("key"), str) else ""
    try:
        _look(record, rules, scratch, found)
    except (RecursionError, MemoryError) as error:
        found.error = f"the record is too large or nested too deeply ({type(error).__name__})."
    return found


def examining_crashed(numbered: Numbered) -> Examined:
    error = "the process that examined it died; the record may be too large."
    return Examined(numbered.place, numbered.is_synthetic, error=error)


def _look(record: Record, rules: Rules, scratch: Path, found: Examined) -> None:
    code = record["workflow_code"] if isinstance(record.get("workflow_code"), str) else ""
    calls, names, shape = _compiled(code)
    found.dropped = fault(record, calls, rules) or ""
    if found.dropped:
        return
    listed = record.get("apis")
    given = [api for api in listed if isinstance(api, str)] if isinstance(listed, list) else []
    calls = list(map(identifier_as_called, given)) if calls is None else calls
    record["apis"] = given or list(dict.fromkeys(calls))
    found.offered = tuple(map(identifier_as_called, record["apis"]))
    found.row = record_statistics(record, calls, shape)
    found.digest = hashlib.blake2b(strip_comments(code).strip().encode("utf-8", "replace"), digest_size=16).digest()
    found.code = code_sketch(code, names)
    found.query = query_sketch(record.get("query") or "")
    found.piece = left_behind(json_line(record), scratch)


@lru_cache(maxsize=20_000)
def identifier_as_called(api: str) -> str:
    """An API's identifier with its dots, which releases write as `_`; what nobody knows stays as it is."""
    known = None if api in catalogue() else catalogue().by_key(published_key(api))
    return known.identifier if known else api


def _compiled(code: str) -> tuple[list[str] | None, frozenset[str], Any]:
    """(identifiers called, or None if it does not compile; names assigned; shape)."""
    try:
        program = parse_program(code)
        actions = compile_program(program).actions
    except ShortcutError:
        return None, frozenset(), code_shape(code)
    calls = [action["WFWorkflowActionIdentifier"] for action in actions]
    return calls, frozenset(program.bindings), actions_shape(actions)


Place = tuple[str, str, str]  # where a record stood, its key, and why it is not in the data set
CONFIGURATIONS = ("id", "ood")
SPLIT_NAMES = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Estimated Jaccard indices from which codes and queries are near-duplicates. Over 1 turns one off."""

    dropped: float = 0.9  # codes so alike are one record
    code: float = 0.8  # codes so alike are on one side of a split
    query: float = 0.7


@dataclass(slots=True)
class Kept:
    """The records that passed, in order, with their keys and the matrices of their sketches."""

    records: list[Examined] = field(default_factory=list)
    dropped: list[Place] = field(default_factory=list)
    codes: Sketches | None = None
    queries: Sketches | None = None

    def reasons(self) -> Counter[str]:
        return Counter(reason for _, _, reason in self.dropped)


def numbered_rows(seeds: Iterable[Path], synthesized: Iterable[Path]) -> Iterator[Numbered]:
    """Every row of the input files, collected ones first."""
    for paths, is_synthetic in ((seeds, False), (synthesized, True)):
        for path in paths:
            for number, record in record_file_rows(path):
                yield Numbered(path.name, number, record, is_synthetic)


def keep(examined: Iterable[Examined], likeness: Likeness, allow_duplicates: bool) -> Kept:
    """Sort out what was examined. Of duplicates the first stays."""
    kept = Kept()
    digests: set[bytes] = set()
    for found in examined:
        if not found.dropped and not allow_duplicates and found.digest in digests:
            found.dropped = "duplicate"
        if found.dropped:
            kept.dropped.append((found.place, found.key, found.dropped))
            continue
        digests.add(found.digest)
        found.row = _interned(found.row)
        kept.records.append(found)
    _stack_sketches(kept)
    if likeness.dropped <= 1 and not allow_duplicates:
        _drop_near(kept, likeness.dropped)
    _give_keys(kept.records)
    return kept


def _interned(value: Any) -> Any:
    """A row whose equal texts are one object: a worker's row brings its own, which take memory and pickle otherwise."""
    if isinstance(value, str):
        return sys.intern(value)
    if isinstance(value, list):
        return [_interned(item) for item in value]
    return {_interned(key): _interned(item) for key, item in value.items()} if isinstance(value, dict) else value


def _stack_sketches(kept: Kept) -> None:
    kept.codes = _matrix([found.code for found in kept.records])
    kept.queries = _matrix([found.query for found in kept.records])
    for found in kept.records:
        found.code = found.query = None


def _matrix(sketches: Sequence[np.ndarray | None]) -> Sketches:
    return np.stack(sketches) if sketches else np.zeros((0, POSITIONS), np.uint32)


def _drop_near(kept: Kept, threshold: float) -> None:
    stays = without_near(kept.codes, threshold)
    lost = [found for found, stay in zip(kept.records, stays) if not stay]
    kept.dropped += [(found.place, found.key, "near-duplicate") for found in lost]
    kept.records = [found for found, stay in zip(kept.records, stays) if stay]
    kept.codes, kept.queries = kept.codes[stays], kept.queries[stays]


def _give_keys(records: Iterable[Examined]) -> None:
    """A key of its own for every record: its own where it is free, else a number behind it."""
    used: Counter[str] = Counter()
    synthetic = 0
    for found in records:
        synthetic += found.is_synthetic
        has_own = found.key and found.key not in SHARED_KEYS
        key = found.key if has_own else f"synthesized-{synthetic:06}" if found.is_synthetic else found.place
        while key in used:
            used[key] += 1
            key = f"{key}-{used[key]}"
        used[key] = 1
        found.key = key


def split_items(kept: Kept, likeness: Likeness) -> list[Item]:
    """The records as the splits see them."""
    parts = [(matrix, threshold) for matrix, threshold in
             ((kept.codes, likeness.code), (kept.queries, likeness.query)) if threshold <= 1]  # fmt: skip
    roots = families(parts, len(kept.records))
    called = [frozenset(found.row["action_names"]) for found in kept.records]
    offered = [frozenset(found.offered) for found in kept.records]
    return [Item(mine | shown, mine, int(root)) for mine, shown, root in zip(called, offered, roots)]


def both_splits(kept: Kept, items: Sequence[Item], likeness: Likeness, sizes: Sizes, seed: int) -> dict[str, Split]:
    """The ID and the OOD split."""

    def near(places: Sequence[int], tested: Sequence[int]) -> list[int]:
        mask = np.zeros(len(places), bool)
        for matrix, threshold in ((kept.codes, likeness.code), (kept.queries, likeness.query)):
            mask |= near_any(matrix[list(places)], matrix[list(tested)], threshold)
        return [place for place, is_near in zip(places, mask) if is_near]

    return {
        "id": in_distribution(items, sizes, seed, near),
        "ood": out_of_distribution(items, sizes, seed, near),
    }


def write_records(kept: Kept, splits: dict[str, Split], folder: Path) -> None:
    """The two record files, and the parquet files of every split."""
    where = {(name, place): f"{name}/{part}.parquet" for name, split in splits.items()
             for part, places in split.lists().items() for place in places}  # fmt: skip
    for name in (f"{name}/{part}.parquet" for name in CONFIGURATIONS for part in SPLIT_NAMES):
        (folder / name).unlink(missing_ok=True)  # of a build before, which may have had records for it
    with (
        ExitStack() as stack,
        json_array(folder / "seed_data.json") as seed,
        json_array(folder / "synthesized_data.json") as synthesized,
        Parquet(folder, sorted(set(where.values()))) as parquet,
    ):
        pieces = {path: stack.enter_context(path.open("rb")) for path in {found.piece.path for found in kept.records}}
        for place, found in enumerate(kept.records):
            pieces[found.piece.path].seek(found.piece.start)
            record = json.loads(pieces[found.piece.path].read(found.piece.length))
            (synthesized if found.is_synthetic else seed).add(with_key(record, found.key))
            row = parquet_row(record | {"key": found.key}, found.is_synthetic)
            for name in CONFIGURATIONS:
                if (name, place) in where:
                    parquet.add(where[name, place], row)
