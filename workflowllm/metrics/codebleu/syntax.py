"""The syntax match (Ren et al. 2020, arXiv 2009.10297, formula 4): subtrees of the reference found in the candidate.

A subtree is a node with everything under it, without the text of its leaves; nodes without children do not count, the
root always does. Equal subtrees get equal numbers, so a subtree costs one look-up. Its whole content as a string would
grow with the square of the depth in nested code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from workflowllm.metrics.codebleu.trees import FlatTree

LEAF_LIMIT = 1 << 17  # below it, a number is a leaf's kind
FIELD_SHIFT = 48
NUMBER = (1 << FIELD_SHIFT) - 1


class SubtreeNumbers:
    """Numbers subtrees. Counts of different texts compare only if one instance made them."""

    def __init__(self, named: set[int]) -> None:
        self.named = named  # the kinds that are written; the others do not count
        self.numbers: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def count(self, tree: FlatTree) -> Counter[int]:
        """How often the tree has each subtree."""
        kinds, ends, named, numbers = tree.kinds, tree.ends, self.named, self.numbers
        # Each node's number and, above it, its field; 0: not shown (brackets). First as if all nodes were leaves.
        own = [
            kind + (field << FIELD_SHIFT) if kind in named else 0 for kind, field in zip(kinds, tree.fields)
        ]
        written_out = {**tree.hidden_missing, **tree.unreadable}
        for node, text in written_out.items():
            number = numbers.setdefault(text, LEAF_LIMIT + len(numbers))
            own[node] = number + (tree.fields[node] << FIELD_SHIFT)
        found: list[int] = []
        for node in reversed(tree.inner):
            if node in written_out:
                found.append(own[node] & NUMBER)
                continue
            kind, end = kinds[node], ends[node]
            key = [kind]
            child = node + 1
            while child < end:
                number = own[child]
                if number:
                    key.append(number)
                child = ends[child]
            if len(key) == 1:  # without visible children it is written, and counts, as a leaf of its kind
                found.append(kind)
                continue
            number = numbers.setdefault(tuple(key), LEAF_LIMIT + len(numbers))
            found.append(number)
            own[node] = number + (tree.fields[node] << FIELD_SHIFT)  # `not in` shows only if half of it is missing
        if len(kinds) == 1:
            found.append(own[0])
        return Counter(found)


def syntax_match(reference: Counter[int], candidate: Counter[int], precision: bool = False) -> float:
    """The share of the reference's subtrees that the candidate has; with `precision`, F1 of the two multisets."""
    if not precision:
        return sum(count for number, count in reference.items() if number in candidate) / reference.total()
    return multiset_f1(reference, candidate)


def multiset_f1(reference: Counter, candidate: Counter) -> float:
    """2 |A and B| / (|A| + |B|), each element as often as it occurs; 1 for two empty ones."""
    total = sum(reference.values()) + sum(candidate.values())
    shared = sum(min(count, candidate[item]) for item, count in reference.items() if item in candidate)
    return 2 * shared / total if total else 1.0
