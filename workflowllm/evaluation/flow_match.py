"""How much of a reference's data-flow a candidate has (Ren et al. 2020, arXiv 2009.10297, formula 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from workflowllm.evaluation.alignment import Profiles, profiles, proposals
from workflowllm.evaluation.flow_state import Flow, Item
from workflowllm.evaluation.options import Options
from workflowllm.evaluation.syntax import multiset_f1

NEAR = 0.9


def number_variables(flow: Flow) -> list[Item]:
    """The items with variables numbered by first occurrence over the whole program, as the package does."""
    numbers: dict[str, int] = {}
    numbered = []
    for name, relation, sources in flow.items:
        from_numbers = tuple([numbers.setdefault(source, len(numbers)) for source in sources])
        numbered.append((numbers.setdefault(name, len(numbers)), relation, from_numbers))
    return numbered


def match_numbered(reference: Counter, candidate: Counter, precision: bool) -> float:
    """The share of the reference's items that the candidate has; with `precision`, F1."""
    if precision:
        return multiset_f1(reference, candidate)
    total = sum(reference.values())
    shared = sum(min(count, candidate[item]) for item, count in reference.items() if item in candidate)
    return shared / total if total else 0.0


class AlignableFlow:
    """A program's data-flow with what its comparison needs, found out once."""

    def __init__(self, flow: Flow, options: Options) -> None:
        self.flow, self.options = flow, options

    @cached_property
    def profiles(self) -> Profiles:
        return profiles(self.flow)

    @cached_property
    def own_names(self) -> Counter:
        return self.under({name: name for name in self.flow.variables})

    @cached_property
    def one_name(self) -> Counter:
        return self.under(dict.fromkeys(self.flow.variables, ""))

    def under(self, names: dict[str, str]) -> Counter:
        """The items after renaming."""
        return count_items(renamed(self.flow, names), self.options)


def match_aligned(reference: AlignableFlow, candidate: AlignableFlow) -> float:
    """As `match_numbered`, with the candidate's variables matched to the reference's: the best of the proposed ways."""
    precision = reference.options.flow_precision
    # No way can match more than if all variables were one; a first one that comes near needs no second.
    enough = NEAR * match_numbered(reference.one_name, candidate.one_name, precision)
    best = 0.0
    for names in proposals(reference.profiles, candidate.profiles):
        best = max(best, match_numbered(reference.own_names, candidate.under(names), precision))
        if best >= enough:
            break
    return best


def renamed(flow: Flow, names: dict[str, str]) -> list[Item]:
    """A variable becomes (its new name,), or (its old name, "") without one; what is no variable stays."""
    new = {name: (names[name],) if name in names else (name, "") for name in flow.variables}
    return [
        (new.get(name, name), relation, tuple([new.get(source, source) for source in sources]))
        for name, relation, sources in flow.items
    ]


def count_items(items: Iterable[Item], options: Options) -> Counter:
    """With `flow_edges`, each edge is an item."""
    if not options.flow_edges:
        return Counter(items)
    return Counter((name, relation, source) for name, relation, sources in items for source in sources)
