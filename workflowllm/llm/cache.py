"""Answers on disk, by question: the same prompt, model and settings are never paid for twice."""

import hashlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import PRIVATE

_WAIT = 60.0  # seconds for another process that writes
_TABLE = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID"


def question_key(question: Any) -> str:
    """SHA-256 of what is asked, as canonical JSON."""
    return hashlib.sha256(json.dumps(question, sort_keys=True).encode("ascii")).hexdigest()


def _make_private(path: Path) -> None:
    """Prompts and answers are their user's alone; SQLite gives its other files the mode of this one."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), PRIVATE))
    if stat.S_IMODE(path.stat().st_mode) != PRIVATE:
        path.chmod(PRIVATE)


class AnswerCache:
    """A SQLite file that several processes may use at once. Without a path it keeps nothing."""

    def __init__(self, path: Path | None):
        self.path = path
        self._database: sqlite3.Connection | None = None
        if path is None:
            return
        with self._one_sentence():
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_private(path)
            self._database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            # A line once written survives the end of the process; after a loss of power the last ones may be missing.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute(_TABLE)

    def get(self, key: str) -> dict[str, Any] | None:
        if self._database is None:
            return None
        with self._one_sentence():
            row = self._database.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
            return json.loads(row[0]) if row else None

    def put(self, key: str, answer: dict[str, Any]) -> None:
        if self._database is None:
            return
        with self._one_sentence():
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, json.dumps(answer)))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()

    @contextmanager
    def _one_sentence(self) -> Iterator[None]:
        """Failures of the file as one sentence: it is damaged, no database, locked or full."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:
            raise CommandError(
                f"the cache {self.path} cannot be used ({error}); move it away or name another with --cache."
            ) from None
