"""The weighted n-gram match (Ren et al. 2020, arXiv 2009.10297, section 3.1): keywords weigh five times as much.

As in the package `codebleu` it is a recall, over the n-grams of the reference, and only its unigrams are weighted.
"""

from __future__ import annotations

from workflowllm.evaluation.ngram import ORDERS, Counts, NGrams, combine, used_orders

# The package's list: Python's keywords and the soft ones `match`, `case` and `type`.
KEYWORDS = frozenset(
    """False None True and as assert async await break case class continue def del elif else except finally for from
    global if import in is lambda match nonlocal not or pass raise return try type while with yield""".split()  # noqa: SIM905
)
OTHER_WEIGHT = 0.2
PACKAGE_REFERENCE_LENGTH = 2  # the package takes the length of the pair (tokens, weights)


def weighted_bleu(
    reference: NGrams,
    candidate: NGrams,
    shared: tuple[Counts, ...],
    short_orders: bool = False,
    true_brevity: bool = False,
) -> float:
    orders = used_orders(reference.length, short_orders)
    if not orders:
        return float(candidate.length == 0)
    matches = [_weighted(shared[0])] + [float(sum(counts.values())) for counts in shared[1:]]
    totals = [_weighted(reference.counts[0])] + [float(reference.length - order) for order in range(1, ORDERS)]
    if not short_orders:
        totals = [max(1.0, total) for total in totals]
    length = reference.length if true_brevity else PACKAGE_REFERENCE_LENGTH
    return combine(matches[:orders], totals[:orders], length, candidate.length)


def _weighted(unigrams: Counts) -> float:
    keywords = sum(count for (token,), count in unigrams.items() if token in KEYWORDS)
    return keywords + OTHER_WEIGHT * (sum(unigrams.values()) - keywords)
