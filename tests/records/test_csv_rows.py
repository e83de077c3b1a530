"""Tables as spreadsheets and stores write them, and files that are none."""

import csv
from pathlib import Path

import pytest

from workflowllm.records.csv_rows import LONGEST_CELL, csv_rows
from workflowllm.runs.command import CommandError


def written(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_rows_come_with_the_line_where_they_end(mark: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, mark + 'key,label\r\nä,"two\r\nlines"\r\n\r\nb\r\nc,d,e\r\n'.encode())
    assert csv_rows(path) == [
        (3, {"key": "ä", "label": "two\r\nlines"}),
        (5, {"key": "b", "label": None}),
        (6, {"key": "c", "label": "d", None: ["e"]}),
    ]


@pytest.mark.parametrize("content", [b"", b"key,label\n"])
def test_a_table_without_rows(content: bytes, tmp_path: Path) -> None:
    assert csv_rows(written(tmp_path, content)) == []


def test_long_cells_leave_the_limit_of_others_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    assert csv_rows(written(tmp_path, b"a\n" + b"x" * LONGEST_CELL)) == [(2, {"a": "x" * LONGEST_CELL})]
    assert csv.field_size_limit() == before
    with pytest.raises(CommandError, match="field larger than field limit"):
        csv_rows(written(tmp_path, b"a\n" + b"x" * (LONGEST_CELL + 1)))
    assert csv.field_size_limit() == before


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path, written(tmp_path, b"name\n\xe9\n")):
        with pytest.raises(CommandError, match=r"^cannot read .*\.$"):
            csv_rows(path)
