"""Which APIs an answer calls, against the reference's: as a multiset, and in order."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import published_key


class Match(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f1: float


def multiset_match(wanted: Sequence[Hashable], found: Sequence[Hashable]) -> Match:
    """Of two sequences as multisets."""
    return _match((Counter(wanted) & Counter(found)).total(), len(wanted), len(found))


def order_match(wanted: Sequence[Hashable], found: Sequence[Hashable]) -> Match:
    """Of two sequences in order, by their longest common subsequence."""
    return _match(common_length(wanted, found), len(wanted), len(found))


def _match(common: int, wanted: int, found: int) -> Match:
    """Two empty sides agree wholly; nothing against something not at all."""
    if not wanted and not found:
        return Match(1.0, 1.0, 1.0)
    return Match(common / found if found else 0.0, common / wanted if wanted else 0.0, 2 * common / (wanted + found))


def common_length(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence.

    Bit-parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"): a row of the table is one integer, so
    20,000 steps against 20,000 take half a second instead of minutes.
    """
    places: dict[Hashable, int] = {}
    for place, item in enumerate(first):
        places[item] = places.get(item, 0) | 1 << place
    every = (1 << len(first)) - 1
    row = every
    for item in second:
        matches = row & places.get(item, 0)
        row = ((row + matches) | (row - matches)) & every
    return len(first) - row.bit_count()


def hallucinated(called: Iterable[str], offered: Collection[str], apis: Catalogue) -> list[str]:
    """The distinct identifiers called that are neither offered nor known to exist, in order of first use."""
    keys = {published_key(identifier) for identifier in offered}
    return [
        identifier
        for identifier in dict.fromkeys(called)
        if published_key(identifier) not in keys and apis.get(identifier) is None
    ]
