"""What is to be answered: the test records of a data set, or a file of records, each under a key of its own."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workflowllm.prompts.examples import Unusable, check_request
from workflowllm.records.forms import Record
from workflowllm.records.release import data_rows, held_out_keys, read_split, split_path
from workflowllm.runs.command import CommandError

KeyedRecord = tuple[str, Record | Exception]


def input_records(path: Path, out_of_distribution: bool, limit: int | None = None) -> list[KeyedRecord]:
    """(key, record) of what to answer; a record that makes no prompt comes as an error.

    Of a folder, the test records of the split; of a file, every record. Released synthetic records share one key, so
    the second record of a key is called `key-2`, and so on.
    """
    if not path.exists():
        raise CommandError(f"there is no {path}; name a data set's folder or a file of records.")
    test_keys = _test_keys(path, out_of_distribution) if path.is_dir() else None
    records = [_checked(key, record) for key, record in _numbered(path, test_keys)]
    if not records and test_keys is None:
        raise CommandError(f"{path} holds no records.")
    if not records:
        split = "OOD" if out_of_distribution else "ID"
        raise CommandError(f"{path} has none of the {split} test records that it lists.")
    return records[:limit]


def _test_keys(folder: Path, out_of_distribution: bool) -> frozenset[str]:
    path = split_path(folder, out_of_distribution)
    keys = frozenset(held_out_keys(read_split(path)))
    if not keys:
        raise CommandError(f"{path} lists no test records.")
    return keys


def _numbered(path: Path, test_keys: frozenset[str] | None) -> Iterator[KeyedRecord]:
    seen: Counter[str] = Counter()
    for name, record in data_rows(path):
        if isinstance(record, ValueError):
            if test_keys is None:
                yield name, record
            continue
        key = record["key"] if isinstance(record["key"], str) and record["key"] else name
        if test_keys is None or key in test_keys:
            seen[key] += 1
            unique = key if seen[key] == 1 else f"{key}-{seen[key]}"
            yield unique, {**record, "key": unique}


def _checked(key: str, record: Record | Exception) -> KeyedRecord:
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
