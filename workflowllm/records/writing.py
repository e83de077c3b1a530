"""The files of a data set, written record by record: JSON arrays with one record a line, and parquet."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from workflowllm.records.forms import Record
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import whole_file

_TEXTS = ("key", "title", "description", "category", "origin", "query", "task_plan", "workflow_code", "code")
_AS_JSON = ("source", "metadata", "others")  # their keys differ from record to record, so columns they cannot be
SCHEMA = pa.schema([(name, pa.string()) for name in (*_TEXTS, *_AS_JSON)] + [("apis", pa.list_(pa.string()))])
_GROUP = 500  # rows held in memory for each file
ORIGINS = {False: "collected", True: "synthesized"}  # by whether a record is synthetic


class JsonArray:
    """A JSON array that grows by a record a line."""

    def __init__(self, handle: IO[bytes]):
        self.handle = handle
        self.count = 0

    def add(self, line: bytes) -> None:
        """A record as `json_line` gives it."""
        self.handle.write((b",\n" if self.count else b"[\n") + line.rstrip(b"\n"))
        self.count += 1

    def close(self) -> None:
        self.handle.write(b"\n]\n" if self.count else b"[]\n")


@contextmanager
def json_array(path: Path) -> Iterator[JsonArray]:
    """A JSON array's file, which appears under its name when it is whole."""
    with whole_file(path) as handle:
        array = JsonArray(handle)
        yield array
        array.close()


def write_json(path: Path, content: Any) -> None:
    with whole_file(path) as handle:
        handle.write(json.dumps(content, ensure_ascii=True, indent=1).encode("ascii") + b"\n")


class Parquet:
    """Parquet files that grow together, one for each split of each configuration."""

    def __init__(self, folder: Path, files: Sequence[str]):
        self._stack = ExitStack()
        self._folder, self._names = folder, files
        self._waiting: dict[str, list[Record]] = {name: [] for name in files}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> "Parquet":
        for name in self._names:
            handle = self._stack.enter_context(whole_file(self._folder / name))
            writer = pq.ParquetWriter(handle, SCHEMA, compression="zstd")
            self._writers[name] = self._stack.enter_context(writer)
        return self

    def __exit__(self, *failure: Any) -> None:
        if failure[0] is None:
            for name in self._names:
                self._flush(name)
        self._stack.__exit__(*failure)

    def add(self, name: str, row: Record) -> None:
        """A row, as `parquet_row` makes it, for one file."""
        self._waiting[name].append(row)
        if len(self._waiting[name]) >= _GROUP:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if self._waiting[name]:
            self._writers[name].write_table(pa.Table.from_pylist(self._waiting[name], SCHEMA))
            self._waiting[name] = []


def parquet_row(record: Mapping[str, Any], is_synthetic: bool) -> Record:
    """A record under the columns of SCHEMA; what has no column of its own is JSON in `others`."""
    texts = {name: record[name] for name in _TEXTS if isinstance(record.get(name), str)}
    row = dict.fromkeys(_TEXTS, "") | {name: encodable(text) for name, text in texts.items()}
    row["origin"] = ORIGINS[is_synthetic]
    row["apis"] = [encodable(api) for api in record.get("apis") or [] if isinstance(api, str)]
    known = {*row, "source", "metadata"}
    others = {name: value for name, value in record.items() if name not in known}
    values = {"source": record.get("source"), "metadata": record.get("metadata"), "others": others or None}
    return row | {name: None if value is None else json.dumps(value) for name, value in values.items()}


def encodable(text: str) -> str:
    """The text with `?` for lone surrogates, which cannot be encoded as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def with_key(record: Record, key: str) -> bytes:
    """A record's line under the key that it has in the data set."""
    return json_line({"key": key} | record | {"key": key})
