"""API search without a network or a model: which APIs a solution of a request is likely to call.

Four sources say how probable it is that an API is needed, as if they knew nothing of each other: what it is needed for
anyway, what people say when they mean it (`request_words`), which APIs real shortcuts use together (`usage`), and the
words of its own document, by BM25.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from workflowllm.apis.catalogue import Catalogue, catalogue
from workflowllm.apis.documents import describe
from workflowllm.apis.model import STATEMENTS, Api, application_of
from workflowllm.apis.request_words import request_words
from workflowllm.apis.usage import usage
from workflowllm.shortcuts.model.action_table import BUILT_IN

LONGEST = 4_000  # characters of a request that are searched for
NAME_WEIGHT = 3  # times that a word of the name is counted; a word of the description is counted once
WHOLE_REQUEST_WEIGHT = 0.2  # of scores for the whole request, which are sums over more words than a clause's
CLAUSE_LEVELLING = 0.5  # 1 scales the best score of every clause to 1, 0 leaves the scores as they are
DOCUMENT = 0.25  # how probable the API is whose document fits best
NAMED, NAMED_APPLE = 0.9, 0.3  # the same where the request names its application
RARE_APPLE = 0.06  # the same for an action of Apple's applications that no real shortcut of ours uses
COMMON_WORD = 2  # built-in actions at most whose documents have a word that can only be an application's name
TOGETHER = 0.3  # how far an API that is likely vouches for those that real shortcuts use it with
LENGTH = 200  # characters that make a request need as much again of what workflows need anyway
COMMON = 0.2  # of the share of real shortcuts that use an API: they do other things than people ask for
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by can could create do does each every for from give have help how i if in into is "
        "it its let make me my of on one or our please shortcut so some that the their them then there this to up us "
        "use user using want was we what when which will with workflow would you your",
    )
)
_PLAIN_WORD = re.compile(r"[^\W_]+")
_NO_NAME = re.compile(r"(?i)[-_]?(?:macappstore|mac|macos|osx|ios|ipad|iphone|app|older|lite|mobile|\d){0,8}$")
_WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_A-Za-z]+")
_QUOTED = re.compile(r'"[^"]*"|“[^“”]*”')  # titles and texts, whose words do not name actions
_CLAUSE = re.compile(r"[.,;:!?\n]+|\b(?:and|then|after|before|otherwise|finally|next|which|that)\b", re.IGNORECASE)


def search_apis(query: str, count: int, apis: Catalogue | None = None) -> list[str]:
    """Up to `count` identifiers of APIs that fit a request, best first. STATEMENTS are never among them.

    Without any word that says something, the APIs that workflows of all kinds need.
    """
    index = _index(apis)
    query = query[:LONGEST]
    probable = _either(_said(query), _documents(query, index))
    probable = _either(probable, _together(probable), _anyway(len(query)))
    offered = [name for name in probable if index.can_be_offered(name, query)]
    return sorted(offered, key=lambda name: (-probable[name], name))[:count]


def _either(*sources: dict[str, float]) -> dict[str, float]:
    """How probable an API is by any of independent sources."""
    missing: dict[str, float] = {}
    for source in sources:
        for name, share in source.items():
            missing[name] = missing.get(name, 1.0) * (1 - share)
    return {name: 1 - share for name, share in missing.items()}


def _said(query: str) -> dict[str, float]:
    return _either(*map(dict, request_words().apis(query)))


def _together(probable: dict[str, float]) -> dict[str, float]:
    best: dict[str, float] = {}
    for name, share in probable.items():
        for partner, together in usage().partners.get(name, {}).items():
            best[partner] = max(best.get(partner, 0.0), TOGETHER * share * together)
    return best


def _anyway(length: int) -> dict[str, float]:
    """Whatever is said; a longer request asks for more, and so needs more of it."""
    words, exponent = request_words(), 1 + length / LENGTH
    shares = {name: COMMON * share for name, share in usage().shares.items() if name not in words.written_otherwise}
    return {name: 1 - (1 - share) ** exponent for name, share in (shares | dict(words.core)).items()}


def _documents(query: str, index: "ApiIndex") -> dict[str, float]:
    """By the words of documents. The whole request and each of its clauses are searched: a clause names an action."""
    scores: dict[str, float] = {}
    for text, weight in _weighted_parts(query):
        part_scores = dict(index.scores(text))
        divisor = max(part_scores.values(), default=0.0) ** CLAUSE_LEVELLING
        for identifier, score in part_scores.items():
            scores[identifier] = max(scores.get(identifier, 0.0), weight * score / divisor)
    best = max(scores.values(), default=1.0)
    named = index.named_applications(query)
    return {name: index.weight(name, named) * score / best for name, score in scores.items()}


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
        self.identifiers = frozenset(api.identifier for api in self.apis)
        self.applications = {api.application: application_name(api.application) for api in self.apis}
        documents = [_document(api) for api in self.apis]
        built_in = (set(words) for api, words in zip(self.apis, documents) if api.identifier.startswith(BUILT_IN))
        self.frequency = Counter(word for words in built_in for word in words)
        self.ranker = bm25s.BM25()
        self.ranker.index(documents, show_progress=False)

    def scores(self, text: str) -> Iterator[tuple[str, float]]:
        """(identifier, BM25 score) of every API that shares a word with a text."""
        words = [word for word in _words(text) if word in self.ranker.vocab_dict]
        if not words:
            return
        for api, score in zip(self.apis, self.ranker.get_scores(words)):
            if score > 0:
                yield api.identifier, float(score)

    def named_applications(self, query: str) -> frozenset[str]:
        """The applications whose name a request has. A name of common words counts with a capital letter."""
        words = _PLAIN_WORD.findall(query)
        runs = [words[index : index + size] for size in (1, 2, 3) for index in range(len(words))]
        said = {"".join(run).lower().removesuffix("app"): run for run in runs}
        return frozenset(
            application
            for application, name in self.applications.items()
            if name in said and (said[name][0][0].isupper() or any(map(self.is_rare, said[name])))
        )

    def is_rare(self, word: str) -> bool:
        """Whether a word can hardly be meant as a word."""
        return self.frequency[_stem(word.lower())] <= COMMON_WORD and not any(request_words().apis(word))

    def weight(self, identifier: str, named: frozenset[str]) -> float:
        """How much a document counts: an application that is not Apple's has to be named."""
        is_apple = identifier.startswith((BUILT_IN, "com.apple."))
        if application_of(identifier) in named:
            return NAMED_APPLE if is_apple else NAMED
        if identifier.startswith(BUILT_IN) or identifier in usage().shares:
            return DOCUMENT
        return RARE_APPLE if is_apple else 0.0

    def can_be_offered(self, identifier: str, query: str) -> bool:
        """Whether the catalogue has it, and, of a service that is gone, whether the request names it."""
        if identifier not in self.identifiers:
            return False
        service = identifier.removeprefix(BUILT_IN).partition(".")[0]
        return service not in request_words().only_when_named or service in query.lower()


@lru_cache(maxsize=2)
def _index(apis: Catalogue | None) -> ApiIndex:
    return ApiIndex(apis or catalogue())


def _document(api: Api) -> list[str]:
    texts = [describe(api)]
    for parameter in api.parameters:
        texts += [parameter.title or parameter.key, *map(str, parameter.values)]
    tail = api.identifier.rpartition(".")[2]
    return _words(api.name) * NAME_WEIGHT + _words(tail) + _words(" ".join(texts))


def application_name(application: str) -> str:
    """The name of an application as its identifier has it, in small letters without spaces: `workingcopy`, `drafts`."""
    parts = list(filter(None, (_NO_NAME.sub("", part) for part in application.split(".")[1:])))
    return re.sub(r"[^a-z]", "", parts[-1].lower()) if parts else ""


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
