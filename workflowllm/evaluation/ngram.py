"""BLEU of two texts (Papineni et al. 2002), and the n-gram counts that its weighted form shares.

Tokens are what `str.split` gives. Orders 1 to 4 have equal weights; an order without a match counts as 0.1 matches
(method 1 of Chen and Cherry 2014), unless there is not even a common token: then the score is 0.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

ORDERS = 4
SMOOTHING = 0.1

Counts = dict[tuple[str, ...], int]


@dataclass(frozen=True)
class NGrams:
    """A text's n-grams of each order, counted."""

    length: int
    counts: tuple[Counts, ...]


def count_ngrams(code: str) -> NGrams:
    tokens = code.split()
    counts = tuple(Counter(zip(*(tokens[start:] for start in range(order)))) for order in range(1, ORDERS + 1))
    return NGrams(len(tokens), counts)


def shared_counts(reference: NGrams, candidate: NGrams) -> tuple[Counts, ...]:
    """For each order, the n-grams of both, each as often as the one that has it less often ("clipped")."""
    if reference is candidate:
        return reference.counts
    shared = []
    for ours, theirs in zip(reference.counts, candidate.counts):
        common = ours.keys() & theirs.keys()
        shared.append({ngram: min(ours[ngram], theirs[ngram]) for ngram in common})
    return tuple(shared)


def bleu(reference: NGrams, candidate: NGrams, shared: tuple[Counts, ...], short_orders: bool = False) -> float:
    """Geometric mean of the clipped precisions, times the brevity penalty."""
    totals = [max(1, candidate.length - order) for order in range(ORDERS)]
    matches = [float(sum(counts.values())) for counts in shared]
    orders = used_orders(reference.length, short_orders)
    if not orders:
        return float(candidate.length == 0)
    return combine(matches[:orders], totals[:orders], reference.length, candidate.length)


def used_orders(reference_length: int, short_orders: bool) -> int:
    """With `short_orders` a reference of two tokens is compared by its one- and two-grams, so that it equals itself."""
    return min(ORDERS, reference_length) if short_orders else ORDERS


def combine(matches: list[float], totals: list[float], reference_length: int, candidate_length: int) -> float:
    """Formula 3 of BLEU: brevity penalty times the exponential of the mean logarithm of the precisions."""
    if not matches[0]:
        return 0.0
    logarithms = [math.log((match or SMOOTHING) / total) for match, total in zip(matches, totals)]
    mean = math.fsum(logarithm / len(logarithms) for logarithm in logarithms)
    return brevity_penalty(reference_length, candidate_length) * math.exp(mean)


def brevity_penalty(reference_length: int, candidate_length: int) -> float:
    if candidate_length > reference_length:
        return 1.0
    if candidate_length == 0:
        return 0.0
    return math.exp(1 - reference_length / candidate_length)
