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


def multiset_match(reference: Sequence[Hashable], answer: Sequence[Hashable]) -> Match:
    """Of two sequences as multisets."""
    return _match((Counter(reference) & Counter(answer)).total(), len(reference), len(answer))


def order_match(reference: Sequence[Hashable], answer: Sequence[Hashable]) -> Match:
    """Of two sequences in order, by their longest common subsequence."""
    return _match(common_subsequence_length(reference, answer), len(reference), len(answer))


def _match(common: int, reference: int, answer: int) -> Match:
    """Two empty sides match wholly; an empty side and another one match not at all."""
    if not reference and not answer:
        return Match(1.0, 1.0, 1.0)
    precision = common / answer if answer else 0.0
    recall = common / reference if reference else 0.0
    return Match(precision, recall, 2 * common / (reference + answer))


def common_subsequence_length(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence.

    Bit-parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"): a row of the table is one integer, so
    20,000 steps against 20,000 take half a second instead of minutes.
    """
    bits: dict[Hashable, int] = {}
    for index, item in enumerate(first):
        bits[item] = bits.get(item, 0) | 1 << index
    every = (1 << len(first)) - 1
    row = every
    for item in second:
        matches = row & bits.get(item, 0)
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
