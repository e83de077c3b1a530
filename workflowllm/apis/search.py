"""APIs that fit a request by its words: BM25 over the catalogue's documents, on this machine."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from workflowllm.apis.catalogue import Catalogue, catalogue
from workflowllm.apis.documents import describe
from workflowllm.apis.model import BUILT_IN_APPLICATION, STATEMENTS, Api

NAME_WEIGHT = 3  # a word of the name counts like so many of the description
WHOLE = 0.2  # weight of the request as a whole, whose scores are sums over more words
EVEN = 0.5  # how far the best of each clause stands level with the best of the others
FOREIGN = 0.2  # share of its score that an action of an application keeps that the request does not name
# Words of requests that say nothing about what to do.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can could create do does each every for from give have help how i if in into is "
        "it its let make me my of on one or our please shortcut so some that the their them then there this to up us "
        "use user using want was we what when which will with workflow would you your",
    )
)
_WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_A-Za-z]+")
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')  # titles and texts, which speak of other things
_CLAUSE = re.compile(r"[.,;:!?\n]+|\b(?:and|then|after|before|otherwise|finally|next|which|that)\b", re.IGNORECASE)


def search_apis(query: str, count: int, apis: Catalogue | None = None) -> list[str]:
    """Up to `count` identifiers that fit a request, best first.

    The request is searched as a whole and clause by clause, since each action that it needs is named in a few words;
    an API's score is the best of these. Actions that Python's own statements stand for are left out.
    """
    index = _index(apis)
    scores: dict[str, float] = {}
    for text, weight in _parts(query):
        found = dict(index.scores(text))
        top = max(found.values(), default=0.0) ** EVEN
        for identifier, score in found.items():
            score /= top
            scores[identifier] = max(scores.get(identifier, 0.0), weight * score)
    named = set(_words(query))
    ranked = sorted(scores, key=lambda identifier: (-scores[identifier] * index.share(identifier, named), identifier))
    return ranked[:count]


def _parts(query: str) -> Iterator[tuple[str, float]]:
    yield query, WHOLE
    for clause in _CLAUSE.split(_QUOTED.sub(" ", query)):
        if clause.strip():
            yield clause, 1.0


class ApiIndex:
    """The documents of a catalogue as BM25 sees them."""

    def __init__(self, apis: Catalogue):
        import bm25s

        self.apis = [api for api in apis.values() if api.identifier not in STATEMENTS and api.function]
        self.owners = {api.identifier: _owner_words(api) for api in self.apis}
        self.ranker = bm25s.BM25()
        self.ranker.index([_document(api) for api in self.apis], show_progress=False)

    def scores(self, text: str) -> Iterator[tuple[str, float]]:
        words = [word for word in _words(text) if word in self.ranker.vocab_dict]
        if not words:
            return
        for place, score in enumerate(self.ranker.get_scores(words)):
            if score > 0:
                yield self.apis[place].identifier, float(score)

    def share(self, identifier: str, named: Collection[str]) -> float:
        owner = self.owners[identifier]
        return 1.0 if not owner or owner & set(named) else FOREIGN


@lru_cache(maxsize=2)
def _index(apis: Catalogue | None) -> ApiIndex:
    return ApiIndex(apis or catalogue())


def _document(api: Api) -> list[str]:
    said = [describe(api)]
    for parameter in api.parameters:
        said += [parameter.title or parameter.key, *map(str, parameter.values)]
    tail = api.identifier.rpartition(".")[2]
    return _words(api.name) * NAME_WEIGHT + _words(tail) + _words(" ".join(said))


def _owner_words(api: Api) -> set[str]:
    """Words that name the application; none for what every device has."""
    if api.application == BUILT_IN_APPLICATION:
        return set()
    return set(_words(api.application.partition(".")[2])) - {"app", "ios", "mac", "macos", "com"}


def _words(text: str) -> list[str]:
    return [_stem(word) for word in map(str.lower, _WORD.findall(text)) if word not in _EMPTY]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return _stemmer().stem(word)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from nltk.stem import PorterStemmer

    return PorterStemmer()
