"""One record as the build sees it: whether the filters let it pass, its statistics, and its sketches."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.dataset.filters import Rules, fault
from workflowllm.dataset.near_duplicates import Sketch, code_sketch, query_sketch
from workflowllm.dataset.records import Record, normalised
from workflowllm.dataset.shape import actions_shape, code_shape
from workflowllm.dataset.statistics import Row, record_statistics
from workflowllm.evaluation.comments import strip_comments
from workflowllm.jobs import Piece, json_line, left_behind
from workflowllm.shortcuts.errors import ShortcutError
from workflowllm.shortcuts.from_python import compile_program, parse_program


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
