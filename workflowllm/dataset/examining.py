"""One record at a time: why it is dropped, or what the build needs to know of it. Runs in worker processes."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.dataset.code_shape import Shape, actions_shape, lines_shape
from workflowllm.dataset.filters import Rules, drop_reason
from workflowllm.dataset.near_duplicates import Sketch, code_sketch, query_sketch
from workflowllm.dataset.statistics import Statistics, record_statistics
from workflowllm.records.forms import Record, normalised
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import Piece, left_behind
from workflowllm.runs.reasons import first_line
from workflowllm.shortcuts.dialect.comments import strip_comments
from workflowllm.shortcuts.from_python.program import compile_program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.training_form import training_form


@dataclass(frozen=True, slots=True)
class InputRow:
    """A row of an input file; what is no JSON is a ValueError."""

    file: str
    number: int
    record: Any
    is_synthetic: bool

    @property
    def location(self) -> str:
        return f"{self.file} record {self.number}"


@dataclass(slots=True)
class Examined:
    """What stays in memory of a record. The record itself lies in `piece` on the disk."""

    location: str
    is_synthetic: bool
    key: str = ""
    error: str = ""  # why it is no record at all
    dropped: str = ""  # a reason of filters.REASONS
    piece: Piece | None = None
    statistics: Statistics = field(default_factory=dict)
    offered: tuple[str, ...] = ()  # APIs that its prompt shows
    digest: bytes = b""  # of its code without comments
    code: Sketch | None = None
    query: Sketch | None = None


def examine(row: InputRow, rules: Rules, scratch: Path) -> Examined:
    """Examine one row, whatever it holds, and leave its record in a file of the scratch folder."""
    examined = Examined(row.location, row.is_synthetic)
    if not isinstance(row.record, dict):
        is_broken = isinstance(row.record, ValueError)
        examined.error = f"{row.record}." if is_broken else "this record is not a JSON object."
        return examined
    record = normalised(row.record)
    examined.key = record["key"] if isinstance(record.get("key"), str) else ""
    try:
        _look_into(record, rules, scratch, examined)
    except OSError:  # the scratch folder cannot be written, which no other record would survive
        raise
    except (RecursionError, MemoryError) as error:
        examined.error = f"the record is too large or nested too deeply ({type(error).__name__})."
    except Exception as error:  # one record never stops the others
        examined.error = f"the record cannot be examined ({type(error).__name__}: {first_line(error)})."
    return examined


def examining_crashed(row: InputRow) -> Examined:
    """The result for a row that killed its worker."""
    error = "the process that examined it died; the record may be too large."
    return Examined(row.location, row.is_synthetic, error=error)


def _look_into(record: Record, rules: Rules, scratch: Path, examined: Examined) -> None:
    code = record["workflow_code"] if isinstance(record.get("workflow_code"), str) else ""
    if code and not rules.full_code:
        record["workflow_code"] = code = training_form(code)
    calls, names, shape = compiled(code)
    examined.dropped = drop_reason(record, calls, rules) or ""
    if examined.dropped:
        return
    listed = record.get("apis")
    apis = [api for api in listed if isinstance(api, str)] if isinstance(listed, list) else []
    calls = list(map(identifier_as_called, apis)) if calls is None else calls
    record["apis"] = apis or list(dict.fromkeys(calls))
    examined.offered = tuple(map(identifier_as_called, record["apis"]))
    examined.statistics = record_statistics(record, calls, shape)
    bare = strip_comments(code).strip().encode("utf-8", "replace")
    examined.digest = hashlib.blake2b(bare, digest_size=16).digest()
    examined.code = code_sketch(code, names)
    examined.query = query_sketch(record.get("query") or "")
    examined.piece = left_behind(json_line(record), scratch)


@lru_cache(maxsize=20_000)
def identifier_as_called(api: str) -> str:
    """An API's identifier with its dots, which releases write as `_`. An unknown API stays as it is."""
    known = None if api in catalogue() else catalogue().by_key(published_key(api))
    return known.identifier if known else api


def compiled(code: str) -> tuple[list[str] | None, frozenset[str], Shape]:
    """(identifiers called, or None if the code does not compile; names assigned; shape)."""
    try:
        program = parse_program(code)
        actions = compile_program(program).actions
    except (ShortcutError, RecursionError, MemoryError):
        return None, frozenset(), lines_shape(code)
    calls = [action["WFWorkflowActionIdentifier"] for action in actions]
    return calls, frozenset(program.bindings), actions_shape(actions)
