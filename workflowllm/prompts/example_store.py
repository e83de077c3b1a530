"""Examples as flat arrays: a hundred thousand of them take 2 GB as int32 and would take 20 as lists.

Saved, they are memory-mapped, so that the processes of one machine share them and a resumed run need not tokenise
again.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from workflowllm.prompts.chat import Example
from workflowllm.records.forms import Record
from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import write_bytes

IDS, LENGTHS, ABOUT = "ids.npy", "lengths.npy", "examples.json"


class Examples:
    """A sequence of examples with their keys, the counts of encoding, and the records that were skipped."""

    def __init__(self, ids: np.ndarray, lengths: np.ndarray, about: dict[str, Any]):
        """`ids` int32, all prompts and answers in order; `lengths` (N, 2) int32, tokens of each prompt and answer."""
        self._ids, self._about = ids, about
        self.prompt_lengths, self.answer_lengths = lengths[:, 0], lengths[:, 1]
        self.lengths = lengths.sum(axis=1)
        self._starts = np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])

    @property
    def keys(self) -> list[str]:
        return self._about["keys"]

    @property
    def counts(self) -> dict[str, int]:
        """Records encoded, by level of their documents, and skipped, by reason."""
        return self._about["counts"]

    @property
    def skipped(self) -> list[dict[str, str]]:
        """Key and reason of each record that was skipped."""
        return self._about["skipped"]

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: int) -> Example:
        if not 0 <= index < len(self):
            raise IndexError(f"example {index} of {len(self)}")
        start, middle = self._starts[index], self._starts[index] + self.prompt_lengths[index]
        return Example(self._ids[start:middle], self._ids[middle : self._starts[index + 1]])

    def save(self, folder: Path) -> None:
        """Write the three files; the last one is written when the others are complete."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ABOUT).unlink(missing_ok=True)
        np.save(folder / IDS, self._ids)
        np.save(folder / LENGTHS, np.stack([self.prompt_lengths, self.answer_lengths], axis=1))
        write_bytes(folder / ABOUT, json.dumps(self._about).encode("ascii"))

    @classmethod
    def open(cls, folder: Path) -> "Examples":
        """Saved examples, their ids memory-mapped."""
        try:
            about = json.loads((folder / ABOUT).read_bytes())
            ids, lengths = np.load(folder / IDS, mmap_mode="r"), np.load(folder / LENGTHS)
            if len(ids) != lengths.sum() or len(lengths) != len(about["keys"]):
                raise ValueError("the files do not belong together")
            return cls(ids, lengths, about)
        except (OSError, ValueError) as error:
            raise CommandError(f"cannot read the examples in {folder}: {error}.") from None


class ExamplesWriter:
    """Collects examples and counts while records are encoded."""

    def __init__(self, counters: Iterable[str] = ()):
        self._pieces: list[np.ndarray] = []
        self._lengths: list[tuple[int, int]] = []
        self._keys: list[str] = []
        self._skipped: list[dict[str, str]] = []
        self._counts: Counter[str] = Counter(dict.fromkeys(counters, 0))

    def keep(self, key: str, example: Example, level: int) -> None:
        self._pieces.append(np.asarray([*example.prompt, *example.answer], dtype=np.int32))
        self._lengths.append((len(example.prompt), len(example.answer)))
        self._keys.append(key)
        self._counts.update(("kept", f"level_{level}"))

    def leave_out(self, record: Record, name: str, reason: str) -> None:
        self._skipped.append({"key": str(record.get("key", "")), "error": reason})
        self._counts.update(("skipped", f"skipped_{name}"))

    def finished(self) -> Examples:
        ids = np.concatenate(self._pieces) if self._pieces else np.empty(0, np.int32)
        lengths = np.asarray(self._lengths, dtype=np.int32).reshape(-1, 2)
        return Examples(ids, lengths, {"keys": self._keys, "counts": dict(self._counts), "skipped": self._skipped})
