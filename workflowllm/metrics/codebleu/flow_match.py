"""How much of a reference's data-flow a candidate has (Ren et al. 2020, arXiv 2009.10297, formula 5)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from workflowllm.metrics.codebleu.flow_state import COMPUTED_FROM, Flow, Item
from workflowllm.metrics.codebleu.options import Options
from workflowllm.metrics.codebleu.syntax import multiset_f1

# A trait of more variables than this says nothing, and would make the comparison quadratic.
COMMON = 10

Profiles = dict[str, Counter]


def proposals(ours: Profiles, theirs: Profiles) -> Iterator[dict[str, str]]:
    """Maps from their variables to ours, each variable at most once."""
    rest = match_by_use(
        {name: profile for name, profile in ours.items() if name not in theirs},
        {name: profile for name, profile in theirs.items() if name not in ours},
    )
    by_name = {name: name for name in theirs if name in ours} | rest
    yield by_name
    by_use = match_by_use(ours, theirs)
    if by_use != by_name:
        yield by_use


def profiles(flow: Flow) -> Profiles:
    """What is done with each variable, in order of first occurrence."""
    found: Profiles = {}
    for name, relation, sources in flow.items:
        for variable in (name, *sources):
            if variable in flow.variables and variable not in found:
                found[variable] = Counter()
        fixed = tuple(sorted(source for source in sources if source not in flow.variables))
        if relation == COMPUTED_FROM and name in flow.variables:
            found[name]["all from", fixed, len(sources)] += 1
            found[name].update([("from", source) for source in fixed])
        for source in sources:
            if source in flow.variables:
                found[source]["read" if source == name else "into", fixed] += 1
    return found


def match_by_use(ours: Profiles, theirs: Profiles) -> dict[str, str]:
    """Greedily, the most similar pair first (Dice's coefficient of the weighted traits), then what is left in order."""
    weights = _rarity(ours, theirs)
    pairs = sorted(_similarities(ours, theirs, weights))
    matched: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, our, their in pairs:
        if our not in taken and their not in matched:
            matched[their] = our
            taken.add(our)
    left = [name for name in ours if name not in taken]
    matched.update(zip((name for name in theirs if name not in matched), left))
    return matched


def _rarity(ours: Profiles, theirs: Profiles) -> dict[object, float]:
    having = Counter(trait for side in (ours, theirs) for profile in side.values() for trait in profile)
    return {trait: 1 / count for trait, count in having.items()}


def _similarities(ours: Profiles, theirs: Profiles, weights: dict[object, float]) -> list[tuple[float, int, str, str]]:
    """(-similarity, distance in order, our name, their name) of the pairs with a rare trait in common."""
    rank = {name: number for number, name in enumerate(ours)}
    having: dict[object, list[str]] = defaultdict(list)
    for name, profile in ours.items():
        for trait in profile:
            having[trait].append(name)
    size = {
        id(profile): sum(weights[trait] * count for trait, count in profile.items())
        for side in (ours, theirs)
        for profile in side.values()
    }
    pairs = []
    for number, (their, profile) in enumerate(theirs.items()):
        common: dict[str, float] = defaultdict(float)
        for trait, count in profile.items():
            if len(having[trait]) <= COMMON:
                for our in having[trait]:
                    common[our] += weights[trait] * min(count, ours[our][trait])
        for our, weight in common.items():
            similarity = 2 * weight / (size[id(profile)] + size[id(ours[our])])
            pairs.append((-similarity, abs(rank[our] - number), our, their))
    return pairs


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
