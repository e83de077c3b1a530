"""OS 27's Python names of actions and parameters, from shortpy.tsv."""

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class Tool(NamedTuple):
    """One function of OS 27's pseudo-Python."""

    identifier: str
    keywords: dict[str, str]  # keyword -> parameter key


@lru_cache(maxsize=1)
def tools() -> dict[str, Tool]:
    """Every function by name."""
    lines = files(__package__).joinpath("shortpy.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {name: Tool(identifier, dict(_pairs(words))) for name, identifier, words in rows}


def _pairs(words: str) -> list[tuple[str, str]]:
    return [(word, key) for word, _, key in (pair.partition("=") for pair in words.split())]


@lru_cache(maxsize=1)
def python_names() -> dict[str, str]:
    """identifier -> its function's name."""
    return {tool.identifier: name for name, tool in tools().items()}
