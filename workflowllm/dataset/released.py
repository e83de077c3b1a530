"""The table of a data set in the published layout, and how much of its code is Python."""

import ast
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflowllm.dataset.examining import compiled, identifier_as_called
from workflowllm.dataset.statistics import Statistics, record_statistics, table_lines, totals
from workflowllm.records.release import data_rows, held_out_keys, read_split, split_path
from workflowllm.runs.pools import map_inputs


@dataclass(slots=True)
class Described:
    """One row: its statistics, and whether its code parses and compiles."""

    key: str = ""
    is_synthetic: bool = False
    statistics: Statistics = field(default_factory=dict)
    parses: bool = False
    compiles: bool = False
    error: str = ""


def describe(located: tuple[str, Any]) -> Described:
    """The statistics of a row, whatever it holds."""
    location, record = located
    if not isinstance(record, dict):
        return Described(error=f"{location}: {record}")
    code = record.get("workflow_code")
    if not isinstance(code, str) or not code.strip():
        return Described(error=f"{location}: it has no code.")
    calls, _, shape = compiled(code)
    if calls is None:
        listed = record["apis"] if isinstance(record.get("apis"), list) else []
        calls = [identifier_as_called(api) for api in listed if isinstance(api, str)]
    key = record["key"] if isinstance(record.get("key"), str) else location
    statistics = record_statistics(record, calls, shape)
    return Described(key, bool(record.get("is_synthetic")), statistics, is_python(code), shape.basis == "compiled")


def describing_crashed(located: tuple[str, Any]) -> Described:
    return Described(error=f"{located[0]}: the process that read it died; the record may be too large.")


def is_python(code: str) -> bool:
    """Whether `ast.parse` accepts a code."""
    try:
        with warnings.catch_warnings():  # of escapes such as "\\d", which some Pythons warn about
            warnings.simplefilter("ignore")
            ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def describe_all(path: Path, workers: int) -> list[Described]:
    """Every row of a folder of the published layout, or of a file of records."""
    return list(map_inputs(describe, data_rows(path), workers, describing_crashed))


def table_columns(path: Path, rows: Iterable[Described]) -> Mapping[str, Mapping[str, float]]:
    """The paper's columns as far as the folder's splits define them; one column for a file."""
    rows = [row for row in rows if not row.error]
    if not path.is_dir():
        return {"All": totals(row.statistics for row in rows)}
    files = {is_ood: split_path(path, is_ood) for is_ood in (False, True)}
    splits = {is_ood: read_split(file) for is_ood, file in files.items() if file.is_file()}
    columns = {"Seed": totals(row.statistics for row in rows if not row.is_synthetic)}
    if False in splits:
        trained = set(splits[False]["train"])
        columns["Train"] = totals(row.statistics for row in rows if row.key in trained)
    if splits:
        tested = {key for split in splits.values() for key in held_out_keys(split)}
        columns["Test"] = totals(row.statistics for row in rows if row.key in tested)
    return columns


def report_lines(path: Path, rows: list[Described]) -> list[str]:
    """The table, and below it how much of the code parses and compiles."""
    described = [row for row in rows if not row.error]
    lines = [*table_lines(table_columns(path, rows)), ""]
    for name, count in (("codes that Python parses", sum(row.parses for row in described)),
                        ("codes that compile to a shortcut", sum(row.compiles for row in described))):  # fmt: skip
        lines.append(f"{name:<34} {count} of {len(described)} ({100 * count / max(len(described), 1):.1f} %)")
    return lines
