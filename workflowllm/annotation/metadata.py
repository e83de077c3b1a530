"""What a store says about workflows: titles, descriptions and categories that their files do not hold."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workflowllm.records.csv_rows import csv_rows
from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import read_records

FIELDS = {"title": ("title", "name"), "description": ("description",), "category": ("category",)}
_KEYS = ("key", "file", "path")
Rows = Iterable[tuple[str, dict[str, Any] | Exception]]


def read_metadata(path: Path) -> dict[str, dict[str, str]]:
    """Key -> title, description and category, as far as a row of the JSON, JSON Lines or CSV file has them."""
    found: dict[str, dict[str, str]] = {}
    for number, row in _rows(path):
        key = next((row[name] for name in _KEYS if isinstance(row.get(name), str)), None) if row else None
        if key is None:
            raise CommandError(f"{path} row {number} has no text under {', '.join(_KEYS)}.")
        found[key] = {
            field: value
            for field, names in FIELDS.items()
            if (value := next((row[name] for name in names if isinstance(row.get(name), str) and row[name]), None))
        }
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    if path.suffix == ".csv":
        yield from enumerate((row for _, row in csv_rows(path)), 1)
        return
    for number, row in read_records(path):
        yield number, row if isinstance(row, dict) else None


def with_metadata(rows: Rows, metadata: dict[str, dict[str, str]]) -> Rows:
    """The records with what the metadata says about them."""
    for key, row in rows:
        yield key, row if isinstance(row, Exception) else row | metadata.get(key, {})


def selected(rows: Rows, keys: set[str] | None, limit: int | None) -> Rows:
    """Only the records of these keys, and no more than `limit`."""
    count = 0
    for key, row in rows:
        if keys is not None and key not in keys:
            continue
        if limit is not None and count >= limit:
            return
        count += 1
        yield key, row


def read_keys(text: str | None) -> set[str] | None:
    """Keys separated by commas, or one a line of the file behind an @."""
    if text is None:
        return None
    if not text.startswith("@"):
        return set(filter(None, text.split(",")))
    try:
        return set(filter(None, Path(text[1:]).read_text("utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {text[1:]}: {getattr(error, 'strerror', None) or error}.") from None
