"""The weighted n-gram match (Ren et al. 2020, arXiv 2009.10297, section 3.1): keywords weigh five times as much.

As in the package `codebleu` only its unigrams are weighted. There it is a recall, over the n-grams of the reference.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from workflowllm.metrics.codebleu.options import Options

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


# The package's list: Python's keywords and the soft ones `match`, `case` and `type`.
KEYWORDS = frozenset(
    """False None True and as assert async await break case class continue def del elif else except finally for from
    global if import in is lambda match nonlocal not or pass raise return try type while with yield""".split()  # noqa: SIM905
)
OTHER_WEIGHT = 0.2
PACKAGE_REFERENCE_LENGTH = 2  # the package takes the length of the pair (tokens, weights)


def weighted_bleu(reference: NGrams, candidate: NGrams, shared: tuple[Counts, ...], options: Options) -> float:
    """The weighted n-gram match; of `options` it takes `short_orders`, `true_brevity` and `weighted_precision`."""
    orders = used_orders(reference.length, options.short_orders)
    if not orders:
        return float(candidate.length == 0)
    matches = [_weighted(shared[0])] + [float(sum(counts.values())) for counts in shared[1:]]
    totals = _totals(reference)
    if options.weighted_precision:
        totals = [(ours + max(theirs, 0.0)) / 2 for ours, theirs in zip(totals, _totals(candidate))]
    if not options.short_orders:
        totals = [max(1.0, total) for total in totals]
    length = reference.length if options.true_brevity else PACKAGE_REFERENCE_LENGTH
    return combine(matches[:orders], totals[:orders], length, candidate.length)


def _totals(ngrams: NGrams) -> list[float]:
    """The number of n-grams of each order, the unigrams weighted."""
    return [_weighted(ngrams.counts[0])] + [float(ngrams.length - order) for order in range(1, ORDERS)]


def _weighted(unigrams: Counts) -> float:
    keywords = sum(count for (token,), count in unigrams.items() if token in KEYWORDS)
    return keywords + OTHER_WEIGHT * (sum(unigrams.values()) - keywords)
