"""The dialect's rules for a prompt: `configs/dialect_rules.txt`, with the words that the compiler reads."""

from collections.abc import Iterator
from functools import lru_cache
from string import Template

from workflowllm.runs.shipped import shipped
from workflowllm.shortcuts.dialect.words import TABLE, Kind, Word

_GROUPS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("Values that are there without an action", ("source",)),
    ("Conversions and properties", ("coercion", "reference")),
    ("Short forms of actions", ("action", "method")),
    ("Python that becomes actions", ("python", "python method")),
)
_REFUSED: tuple[Kind, ...] = ("refused", "refused method")


@lru_cache(maxsize=1)
def language_rules() -> str:
    """The rules, and examples that show them, for models that were not trained on the dialect."""
    return Template(shipped("configs/dialect_rules.txt").read_text("utf-8")).substitute(words=_words()).strip()


def _words() -> str:
    """Every word that a model is taught, with an example and what it means, and what to write for those refused."""
    lines = [f"- {title}: {'; '.join(map(_taught, words))}." for title, words in _groups() if words]
    refused = "; ".join(f"{row.word}: {row.stands_for}" for row in TABLE if row.kind in _REFUSED)
    return "\n".join([*lines, f"- Not there, and what to write instead: {refused}."])


def _groups() -> Iterator[tuple[str, list[Word]]]:
    for title, kinds in _GROUPS:
        is_python = "python" in kinds
        yield title, [row for row in TABLE if row.kind in kinds and (row.taught or is_python)]


def _taught(row: Word) -> str:
    meaning = row.meaning.rstrip(".")
    return f"{row.example.removeprefix('if ').rstrip(':')} ({meaning[:1].lower()}{meaning[1:]})"
