"""The rows of a predictions file, in the forms that inference programs write.

Files: JSON Lines (also .gz), a JSON array, an object of rows by key, an object with the rows under `data`, parquet; in
UTF-8 with or without a byte order mark, or in UTF-16 with one. Rows: vLLM's `outputs`, OpenAI's `choices`, batch
responses and `messages` become rows with a text `raw_output`; several of them in one row become one row each.
"""

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflowllm.records.forms import Record, record_file_rows
from workflowllm.runs.command import CommandError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KEY_NAMES = ("key", "custom_id", "request_id", "id", "task_id")
_CONTAINERS = ("data", "predictions", "records", "rows")


def prediction_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """(number, row) of a predictions file, from 1; what is no JSON comes as a ValueError. Raises CommandError."""
    rows = record_file_rows(path) if path.suffix == ".parquet" else _text_rows(_text_of(path), path)
    for number, row in rows:
        if isinstance(row, dict):
            yield from ((number, plain_row) for plain_row in plain_rows(row))
        else:
            yield number, row


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise CommandError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CommandError(
            f"{path} line {line} is not UTF-8 (byte {content[error.start]:#04x}, perhaps Windows-1252); "
            "convert the file to UTF-8."
        ) from None


def _text_rows(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    """Rows of one JSON value, or of JSON Lines."""
    if path.suffix == ".json" or text.lstrip().startswith("["):
        try:
            yield from enumerate(_rows_of_value(json.loads(text)), 1)
            return
        except (ValueError, RecursionError) as error:
            if path.suffix == ".json" and text.count("\n") < 2:
                raise CommandError(f"cannot read {path}: it is not JSON: {error}.") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _parsed(line)


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return ValueError(f"this line is not JSON: {error}")


def _rows_of_value(value: Any) -> list[Any]:
    """The rows of an array, of an object that holds an array, or of an object of rows by key."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return [value]
    rows = next((value[name] for name in _CONTAINERS if isinstance(value.get(name), list)), None)
    if rows is not None:
        return rows
    if value and all(isinstance(row, dict) for row in value.values()) and "response" not in value:
        return [{"key": key} | row for key, row in value.items()]
    return [value]


def plain_rows(row: Record) -> list[Record]:
    """A row with its answer as the text `raw_output`, once for each answer that it holds; else the row itself."""
    key = next((row[name] for name in _KEY_NAMES if isinstance(row.get(name), str | int) and row[name] != ""), None)
    named = row if key is None else row | {"key": key}
    answers = _answers(row)
    if answers is None:
        return [named]
    return [named | {"raw_output": answer} for answer in answers or [None]]


def _answers(row: Record) -> list[str | None] | None:
    """The answers in a vLLM, OpenAI or chat row; None where the row has no such form."""
    body = row
    if isinstance(row.get("response"), dict) or "custom_id" in row:  # a line of OpenAI's batch output
        response = row.get("response")
        body = response.get("body", response) if isinstance(response, dict) else {}
        if not isinstance(body, dict) or not isinstance(body.get("choices"), list):
            return []
    for name in ("outputs", "choices"):
        if isinstance(items := body.get(name), list):
            return [_answer_of(item) for item in items]
    if isinstance(messages := body.get("messages"), list):
        spoken = [item for item in messages if isinstance(item, dict) and item.get("role") == "assistant"]
        return [_answer_of(spoken[-1])] if spoken else []
    return None


def _answer_of(item: Any) -> str | None:
    """The text of one output, choice or message."""
    if isinstance(item, str) or item is None:
        return item
    if not isinstance(item, dict):
        return None
    if isinstance(message := item.get("message"), dict):
        item = message
    content = item.get("text", item.get("content"))
    if isinstance(content, list):  # parts of a message
        content = "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else None
