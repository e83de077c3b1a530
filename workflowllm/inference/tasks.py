"""What is to be answered: the test records of a data set, or a file of records, each under a key of its own."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workflowllm.prompts.examples import Unusable, check_request
from workflowllm.records.forms import Record
from workflowllm.records.release import data_rows, held_out_keys, read_split, split_path
from workflowllm.runs.command import CommandError

Row = tuple[str, Record | Exception]


def split_name(out_of_distribution: bool) -> str:
    return "OOD" if out_of_distribution else "ID"


def task_rows(path: Path, out_of_distribution: bool, limit: int | None = None) -> list[Row]:
    """(key, record) of what to answer; a record that makes no prompt comes as an error.

    Of a folder, the test records of the split; of a file, every record. Released synthetic rows share one key, so a
    key that comes again gets a number, by its place among all.
    """
    if not path.exists():
        raise CommandError(f"there is no {path}; name a data set's folder or a file of records.")
    wanted = None
    if path.is_dir():
        split = read_split(split_path(path, out_of_distribution))
        if not (wanted := frozenset(held_out_keys(split))):
            raise CommandError(f"{split_path(path, out_of_distribution)} lists no test records.")
    rows = [_checked(key, record) for key, record in _numbered(path, wanted)]
    if not rows and wanted is None:
        raise CommandError(f"{path} holds no records.")
    if not rows:
        raise CommandError(f"{path} has none of the {split_name(out_of_distribution)} test records that it lists.")
    return rows[:limit]


def _numbered(path: Path, wanted: frozenset[str] | None) -> Iterator[Row]:
    seen: Counter[str] = Counter()
    for place, record in data_rows(path):
        if isinstance(record, ValueError):
            if wanted is None:
                yield place, record
            continue
        key = record["key"] if isinstance(record["key"], str) and record["key"] else place
        if wanted is None or key in wanted:
            seen[key] += 1
            name = key if seen[key] == 1 else f"{key}-{seen[key]}"
            yield name, {**record, "key": name}


def _checked(key: str, record: Record | Exception) -> Row:
    if isinstance(record, Exception):
        return key, record
    try:
        check_request(record)
    except Unusable as reason:
        return key, ValueError(str(reason))
    return key, record


def training_records(folder: Path, out_of_distribution: bool) -> list[Record]:
    """The records that a model may have been trained on, with query and code: where examples come from."""
    keys = frozenset(read_split(split_path(folder, out_of_distribution))["train"])
    records = [record for _, record in data_rows(folder) if isinstance(record, dict) and record["key"] in keys]
    return [record for record in records if _is_example(record)]


def _is_example(record: Record) -> bool:
    try:
        check_request(record)
    except Unusable:
        return False
    code = record.get("workflow_code")
    return isinstance(code, str) and bool(code.strip())
