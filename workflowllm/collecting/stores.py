"""What stores say about shortcuts, as text, JSON, JSON Lines or CSV: lists of links, and metadata by key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflowllm.records.csv_rows import csv_rows
from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import read_records
from workflowllm.shortcuts.files.containers import ICLOUD_LINK

# The first of these columns that a record has gives the field.
COLUMNS = {
    "link": ("link", "url", "icloud", "icloud_link", "icloud_url", "shortcut"),
    "title": ("title", "name"),
    "description": ("description", "subtitle", "about"),
    "category": ("category",),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list. `id` is that of the iCloud link, "" where the link is another."""

    position: str  # file and line, for messages
    link: str
    title: str = ""
    description: str = ""
    category: str = ""

    @property
    def id(self) -> str:
        match = ICLOUD_LINK.fullmatch(self.link)
        return match[1].replace("-", "").lower() if match else ""


def read_list(path: Path) -> Iterator[Listed]:
    """Every entry of a file, by its ending: .csv, .json, .jsonl (also .gz), else one link a line."""
    for number, row in _rows(path):
        position = f"{path.name} line {number}"
        if isinstance(row, str):
            yield Listed(position, row.strip())
        elif isinstance(row, Mapping):
            yield Listed(position, *(_column(row, names) for names in COLUMNS.values()))
        else:
            yield Listed(position, "")


def _column(row: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    texts = {str(key).strip().lower(): value for key, value in row.items() if isinstance(value, str)}
    return next((texts[name].strip() for name in names if texts.get(name, "").strip()), "")


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    if path.name.endswith((".json", ".jsonl", ".jsonl.gz")):
        yield from read_records(path)
    elif path.suffix == ".csv":
        yield from csv_rows(path)
    else:
        yield from _lines(path)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if _is_entry(line))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None


def _is_entry(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


_KEY_COLUMNS = ("key", "file", "path")


def read_metadata(path: Path) -> dict[str, dict[str, str]]:
    """Key -> title, description and category, as far as the rows of a .csv, .json or .jsonl file have them.

    Raises CommandError where a row has no key.
    """
    metadata: dict[str, dict[str, str]] = {}
    rows = csv_rows(path) if path.suffix == ".csv" else read_records(path)
    for number, row in rows:
        row = row if isinstance(row, Mapping) else {}
        key = next((row[name] for name in _KEY_COLUMNS if isinstance(row.get(name), str)), None)
        if key is None:
            raise CommandError(f"{path} line {number} has no text under {', '.join(_KEY_COLUMNS)}.")
        values = {field: _column(row, COLUMNS[field]) for field in ("title", "description", "category")}
        metadata[key] = {field: value for field, value in values.items() if value}
    return metadata
