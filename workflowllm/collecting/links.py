"""Lists of shortcuts: plain links, or the records of a store, as text, JSON, JSON Lines or CSV."""

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
