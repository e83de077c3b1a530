"""What people say when they mean an action: the concepts of data/api/search_words.yml, found in a request."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml
from workflowllm.shortcuts.model.action_table import BUILT_IN

FILE = "data/api/search_words.yml"
_ACCENTS = re.compile("[\u0300-\u036f]")
# Scripts without spaces between words, whose terms may stand anywhere.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
LIKELY, MAYBE = 0.6, 0.2  # that a request which names a concept needs one of its APIs
_GAP = r"\b[^!?;\n]{1,40}?\b"


@dataclass(frozen=True)
class Concept:
    """A meaning: how it is said, and the APIs that it calls for, by how probable they are."""

    said: re.Pattern[str]
    apis: Mapping[str, float]


@dataclass(frozen=True)
class RequestWords:
    """The file: the concepts, and what is known of APIs whatever is said."""

    concepts: tuple[Concept, ...]
    core: Mapping[str, float]  # API -> share of requests that need it
    written_otherwise: frozenset[str]  # APIs that real workflows often use, and Python rarely calls
    only_when_named: frozenset[str]  # the first part of names of built-in actions

    def apis(self, request: str) -> Iterator[Mapping[str, float]]:
        """The APIs of each concept that a request names."""
        text = plain_text(request)
        return (concept.apis for concept in self.concepts if concept.said.search(text))


@lru_cache(maxsize=1)
def request_words() -> RequestWords:
    """The project's own words."""
    data = load_yaml(shipped(FILE).read_text("utf-8"))
    return RequestWords(
        concepts=tuple(map(_concept, data["concepts"].values())),
        core={_identifier(name): share for name, share in data["core"].items()},
        written_otherwise=frozenset(map(_identifier, data["written_otherwise"].split())),
        only_when_named=frozenset(data["only_when_named"].split()),
    )


def _concept(data: Mapping[str, Any]) -> Concept:
    terms = (term.strip().strip("'\"") for term in str(data["words"]).split(","))
    apis = {_identifier(name): MAYBE for name in data.get("maybe", "").split()}
    apis |= {_identifier(name): LIKELY for name in data.get("likely", "").split()}
    return Concept(re.compile("|".join(map(term_pattern, filter(None, terms)))), apis)


def _identifier(name: str) -> str:
    return name if name.startswith("com.") else BUILT_IN + name


def plain_text(text: str) -> str:
    """A text in lower case without accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))


def term_pattern(term: str) -> str:
    """The pattern of a term as the file has it: `*` any letters, `..` some words between."""
    term = plain_text(term).removesuffix("..").strip()
    if _UNSPACED.search(term):
        return re.escape(term)
    parts = [r"\s+".join(map(_word_pattern, part.split())) for part in term.split("..")]
    start = r"(?<!\w)" if term[0].isalnum() else ""
    end = r"(?!\w)" if term[-1].isalnum() else ""
    return start + _GAP.join(parts) + end


def _word_pattern(word: str) -> str:
    """A word with the endings of English, which do no harm in other languages: a word that has `*` gets none."""
    pattern = re.escape(word).replace(r"\*", r"\w*")
    if "*" in word or len(word) < 3 or not (word.isascii() and word.isalpha()):
        return pattern
    if word.endswith("e"):
        return f"{pattern[:-1]}(?:e(?:'?s|d)?|ing)"
    if word.endswith("y"):
        return f"{pattern[:-1]}(?:y(?:'?s|ing)?|ie[sd])"
    return f"{pattern}(?:'?s|es|{word[-1]}?(?:ed|ing))?"
