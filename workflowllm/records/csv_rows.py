"""Reading a table of comma-separated values, the same way wherever one is taken."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workflowllm.runs.reasons import cannot_read

LONGEST_CELL = 1 << 20  # characters; descriptions run long, and csv's own limit is 128 KiB


def csv_rows(path: Path) -> list[tuple[int, dict[Any, Any]]]:
    """(line where it ends, row) for each row of a UTF-8 file whose first line names the columns. Raises CommandError.

    As in csv.DictReader, a missing cell is None, and cells beyond the columns are a list under None. The rows come all
    at once, because csv's limit belongs to the whole process: no other code sees the changed one between two rows.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file, _long_cells():
            reader = csv.DictReader(file)
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise cannot_read(path, error) from None


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
