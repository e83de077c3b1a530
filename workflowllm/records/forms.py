"""Records in every form that they come in, under one set of names.

A record of ours has `key, title, description, category, source, metadata, code, apis, query, task_plan, workflow_code`;
released ones lack some and name others differently. Files: .json (an array, or an object by key), .jsonl, .jsonl.gz,
.parquet.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflowllm.apis.model import published_key
from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import read_records

Record = dict[str, Any]
# The first of these that a record has gives the field.
OTHER_NAMES = {
    "workflow_code": ("workflow_code", "annotated_code", "annotated_workflow"),
    "apis": ("apis", "action_names"),
    "task_plan": ("task_plan", "plan", "thought"),
}


def record_file_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """(number, row) of a file of records; a row that is no JSON comes as a ValueError."""
    if path.suffix == ".parquet":
        yield from enumerate(_parquet_rows(path), 1)
    else:
        yield from read_records(path)


def _parquet_rows(path: Path) -> Iterator[Record]:
    import pyarrow.parquet  # a second to load, which most files do without

    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise CommandError(f"cannot read {path}: {error}.") from None
    for batch in file.iter_batches(batch_size=256):
        yield from map(_unpacked, batch.to_pylist())


def _unpacked(row: Record) -> Record:
    """`source` and `metadata` have other keys in every record, so parquet holds them as JSON."""
    return row | {name: json.loads(row[name]) for name in ("source", "metadata") if isinstance(row.get(name), str)}


def normalised(record: Record) -> Record:
    """The record with our field names in addition to its own; a field that it has under no name is not added."""
    result = dict(record)
    for field, names in OTHER_NAMES.items():
        for name in names:
            if record.get(name) not in (None, ""):
                result[field] = record[name]
                break
    return result


def same_api(first: str, second: str) -> bool:
    """Whether two spellings name one API; releases write `_` for the dots."""
    return published_key(first) == published_key(second)
