"""A folder laid out like the released ./data: seed and synthesized records, splits, statistics, API documents.

Rows are drawn from the two record files; a split file lists the keys of `train`, `dev` and, in ours, `test`. Released
synthetic rows share the keys `synthesized_training_data` and `synthesized_ood_test_data`; a key that a split lists
stands for all of its rows.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workflowllm.apis.pickles import UnsafePickle, safe_unpickle
from workflowllm.records.forms import Record, normalised, record_file_rows
from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import cannot_read

SEED, SYNTHESIZED = "seed_data.json", "synthesized_data.json"
SPLITS = {False: "dataset_split_keys.json", True: "dataset_split_keys_ood.json"}  # by whether it is out of distribution
STATISTICS, STUBS = "statistics.pkl", "identifier2python.pkl"
SHARED_KEYS = frozenset({"synthesized_training_data", "synthesized_ood_test_data"})


def data_files(path: Path) -> list[Path]:
    """The files that `data_rows` and `read_stubs` read: the file itself, or those of a folder that are there."""
    if not path.is_dir():
        return [path]
    return [path / name for name in (SEED, SYNTHESIZED, STATISTICS, STUBS) if (path / name).is_file()]


def data_rows(path: Path) -> Iterator[tuple[str, Any]]:
    """(a name such as `a.jsonl record 3`, record under our field names) of a file of records or a data set's folder.

    Seed rows without `apis` take them from `statistics.pkl`; rows of the synthesized file have `is_synthetic`. What is
    no record comes as a ValueError that says so.
    """
    if not path.is_dir():
        yield from _file_rows(path)
        return
    files = [path / name for name in (SEED, SYNTHESIZED) if (path / name).is_file()]
    if not files:
        raise CommandError(f"{path} has neither {SEED} nor {SYNTHESIZED}; name a data set or a file of records.")
    statistics = read_statistics(path) if (path / STATISTICS).is_file() else {}
    for file in files:
        for name, record in _file_rows(file):
            if isinstance(record, dict):
                record = record | {"is_synthetic": file.name == SYNTHESIZED}
                if "apis" not in record and isinstance(names := _action_names(statistics, record), list):
                    record["apis"] = names
            yield name, record


def _file_rows(path: Path) -> Iterator[tuple[str, Any]]:
    for number, row in record_file_rows(path):
        name = f"{path.name} record {number}"
        if isinstance(row, ValueError):
            yield name, row
        elif not isinstance(row, dict):
            yield name, ValueError("this record is not a JSON object")
        else:
            yield name, normalised({"key": f"{path.stem}-{number}"} | row)


def _action_names(statistics: Mapping[str, Any], record: Record) -> Any:
    known = statistics.get(record["key"]) if isinstance(record["key"], str) else None
    return known.get("action_names") if isinstance(known, dict) else None


def read_statistics(folder: Path) -> dict[str, Any]:
    """`statistics.pkl` by key. Raises CommandError where it is no pickle of plain containers."""
    return _plain_pickle(folder / STATISTICS)


def read_stubs(folder: Path) -> dict[str, str]:
    """`identifier2python.pkl`, the data set's own API documents; none where the folder has no such file."""
    path = folder / STUBS
    if not path.is_file():
        return {}
    return {str(key): value for key, value in _plain_pickle(path).items() if isinstance(value, str)}


def _plain_pickle(path: Path) -> dict[str, Any]:
    try:
        content = safe_unpickle(path)
    except UnsafePickle as error:
        raise CommandError(f"{error}.") from None
    if not isinstance(content, dict):
        raise CommandError(f"{path} holds no dictionary.")
    return content


def read_split(path: Path) -> dict[str, list[str]]:
    """A split file: the keys of `train`, `dev`, and whatever other lists it has."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from None
    if not isinstance(content, dict):
        raise CommandError(f"{path} must be an object with lists of keys: train, dev, test.")
    lists = {name: keys for name, keys in content.items() if isinstance(keys, list)}
    if not {"train"} <= lists.keys() or not all(isinstance(key, str) for keys in lists.values() for key in keys):
        raise CommandError(f"{path} must have a list `train`, and lists of keys only.")
    return lists


def split_path(folder: Path, out_of_distribution: bool) -> Path:
    """Where a folder keeps the keys of its ID or OOD split."""
    return folder / SPLITS[out_of_distribution]


def held_out_keys(split: Mapping[str, list[str]]) -> list[str]:
    """The keys to test on: `test`, or `dev` where the release has no other."""
    return split.get("test") or split.get("dev") or []
