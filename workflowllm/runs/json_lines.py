"""JSON Lines in and out."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from workflowllm.runs.command import CommandError
from workflowllm.runs.json_arrays import NoArray, array_items


def json_line(record: Any) -> bytes:
    """A record as one line of JSON in UTF-8. Half characters, which UTF-8 has no form for, are written as escapes."""
    try:
        return json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record).encode("ascii") + b"\n"


def read_records(path: Path) -> Iterator[tuple[int, Any]]:
    """(line number, record) of a .jsonl, .jsonl.gz or .json file; a line that is no JSON comes as a ValueError."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8", errors="surrogateescape") as handle:
            if path.suffix == ".json":
                yield from enumerate(_json_array(handle, path), 1)
                return
            for number, line in enumerate(handle, 1):
                if line.strip():
                    yield number, _parsed(line)
    except (OSError, EOFError) as error:
        raise CommandError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return ValueError(f"this line is not JSON: {error}")


def _json_array(handle: IO[str], path: Path) -> Iterator[Any]:
    try:
        yield from array_items(handle)
    except NoArray:
        advice = "write one, or give JSON Lines the ending .jsonl"
        raise CommandError(f"{path} holds no JSON array; {advice}.") from None
    except ValueError as error:
        raise CommandError(f"cannot read {path}: {error}.") from None
