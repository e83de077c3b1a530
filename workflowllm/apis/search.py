"""API search: BM25 over the catalogue's documents, without a network or a model."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from workflowllm.apis.catalogue import Catalogue, catalogue
from workflowllm.apis.documents import describe
from workflowllm.apis.model import BUILT_IN_APPLICATION, STATEMENTS, Api

NAME_WEIGHT = 3  # times that a word of the name is counted; a word of the description is counted once
WHOLE_REQUEST_WEIGHT = 0.2  # of scores for the whole request, which are sums over more words than a clause's
CLAUSE_LEVELLING = 0.5  # 1 scales the best score of every clause to 1, 0 leaves the scores as they are
UNNAMED_APPLICATION_FACTOR = 0.2  # for the score of an action whose application the request does not name
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can could create do does each every for from give have help how i if in into is "
        "it its let make me my of on one or our please shortcut so some that the their them then there this to up us "
        "use user using want was we what when which will with workflow would you your",
    )
)
_WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_A-Za-z]+")
_QUOTED = re.compile(r'"[^"]*"|“[^“”]*”')  # titles and texts, whose words do not name actions
_CLAUSE = re.compile(r"[.,;:!?\n]+|\b(?:and|then|after|before|otherwise|finally|next|which|that)\b", re.IGNORECASE)


def search_apis(query: str, count: int, apis: Catalogue | None = None) -> list[str]:
    """Up to `count` identifiers of APIs that fit a request, best first.

    Both the whole request and each of its clauses are searched, because a request names each action in a few words.
    The score of an API is the best of its scores. STATEMENTS are never among the results.
    """
    index = _index(apis)
    scores: dict[str, float] = {}
    for text, weight in _weighted_parts(query):
        part_scores = dict(index.scores(text))
        divisor = max(part_scores.values(), default=0.0) ** CLAUSE_LEVELLING
        for identifier, score in part_scores.items():
            scores[identifier] = max(scores.get(identifier, 0.0), weight * score / divisor)
    words = frozenset(_words(query))
    ranked = sorted(scores, key=lambda name: (-scores[name] * index.application_factor(name, words), name))
    return ranked[:count]


def _weighted_parts(query: str) -> Iterator[tuple[str, float]]:
    yield query, WHOLE_REQUEST_WEIGHT
    for clause in _CLAUSE.split(_QUOTED.sub(" ", query)):
        if clause.strip():
            yield clause, 1.0


class ApiIndex:
    """A BM25 index over the documents of a catalogue."""

    def __init__(self, apis: Catalogue):
        import bm25s

        self.apis = [api for api in apis.values() if api.identifier not in STATEMENTS and api.function]
        self.application_words = {api.identifier: _application_words(api) for api in self.apis}
        self.ranker = bm25s.BM25()
        self.ranker.index([_document(api) for api in self.apis], show_progress=False)

    def scores(self, text: str) -> Iterator[tuple[str, float]]:
        """(identifier, BM25 score) of every API that shares a word with a text."""
        words = [word for word in _words(text) if word in self.ranker.vocab_dict]
        if not words:
            return
        for api, score in zip(self.apis, self.ranker.get_scores(words)):
            if score > 0:
                yield api.identifier, float(score)

    def application_factor(self, identifier: str, query_words: frozenset[str]) -> float:
        """1 for a built-in action and for one whose application the query names, less for any other."""
        names = self.application_words[identifier]
        return 1.0 if not names or names & query_words else UNNAMED_APPLICATION_FACTOR


@lru_cache(maxsize=2)
def _index(apis: Catalogue | None) -> ApiIndex:
    return ApiIndex(apis or catalogue())


def _document(api: Api) -> list[str]:
    texts = [describe(api)]
    for parameter in api.parameters:
        texts += [parameter.title or parameter.key, *map(str, parameter.values)]
    tail = api.identifier.rpartition(".")[2]
    return _words(api.name) * NAME_WEIGHT + _words(tail) + _words(" ".join(texts))


def _application_words(api: Api) -> set[str]:
    """Words that name the application; none for built-in actions, which every device has."""
    if api.application == BUILT_IN_APPLICATION:
        return set()
    return set(_words(api.application.partition(".")[2])) - {"app", "ios", "mac", "macos", "com"}


def _words(text: str) -> list[str]:
    return [_stem(word) for word in map(str.lower, _WORD.findall(text)) if word not in _STOP_WORDS]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return _stemmer().stem(word)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    # nltk is here anyway, since rouge-score depends on it. It loads for 0.2 s, which most commands can do without.
    from nltk.stem import PorterStemmer

    return PorterStemmer()
