"""Which variable of a candidate is which of the reference's.

Variables may be renamed, and lines inserted or lost, so neither names nor positions alone can tell. There are two
proposals: the same name is the same variable and the rest goes by use; or all go by use. Use means: what a variable is
computed from and goes into, as far as that has a name of its own (functions, constants), each trait weighted by its
rarity.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from workflowllm.evaluation.flow_state import COMPUTED_FROM, Flow

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
    place = {name: number for number, name in enumerate(ours)}
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
            pairs.append((-similarity, abs(place[our] - number), our, their))
    return pairs
