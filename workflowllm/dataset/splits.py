"""Which records are trained on and which are tested on: in distribution (ID) and out of distribution (OOD).

ID: instructions that training has not seen, over APIs that it has: every API of a dev or test record is an API of some
training record. OOD: some APIs are held out, and training has no record that calls one or that offers one in its
prompt; every test record calls one. In both, families of near-duplicates stay on one side.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from workflowllm.apis.model import BUILT_IN_APPLICATION, application_of

COMMON = 50  # the most common APIs, which an OOD test record may call beside held-out ones
NearAny = Callable[[Sequence[int], Sequence[int]], Collection[int]]  # (records, tested): those near to a tested one


@dataclass(frozen=True, slots=True)
class Item:
    """A record as the splits see it."""

    apis: frozenset[str]  # called or offered
    called: frozenset[str]
    family: int


@dataclass(slots=True)
class Split:
    """Places of records. What is in none of the three lists is in `left_out`, by reason."""

    train: list[int] = field(default_factory=list)
    dev: list[int] = field(default_factory=list)
    test: list[int] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    held_out: list[str] = field(default_factory=list)  # APIs that only test records call
    held_out_applications: list[str] = field(default_factory=list)  # those of which training has no API at all
    common: list[str] = field(default_factory=list)
    strict: int = 0  # test records that call nothing but held-out and common APIs

    def leave_out(self, name: str, places: Collection[int], reason: str) -> None:
        """Move places of a list to those left out."""
        if places:
            self.left_out.setdefault(reason, []).extend(sorted(places))
            setattr(self, name, [place for place in getattr(self, name) if place not in places])

    def lists(self) -> dict[str, list[int]]:
        return {"train": self.train, "dev": self.dev, "test": self.test}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records to test and to develop on, of how many."""

    test: int
    dev: int


def in_distribution(items: Sequence[Item], sizes: Sizes, seed: int, near_any: NearAny) -> Split:
    """The ID split."""
    rest = _Families(items, range(len(items)), random.Random(f"{seed} id"))
    test = rest.draw(sizes.test)
    dev = rest.draw(sizes.dev)
    split = Split(rest.left(), dev, test)
    _settled(split, near_any)
    _cover(items, split)
    return split


def out_of_distribution(items: Sequence[Item], sizes: Sizes, seed: int, near_any: NearAny) -> Split:
    """The OOD split."""
    chance = random.Random(f"{seed} ood")
    common = common_apis(items)
    held_out = _held_out(items, set(common), sizes.test, chance)
    test = _ood_test(items, set(common), held_out, sizes.test, chance)
    tested = {items[place].family for place in test}
    split = Split(sorted(set(range(len(items))) - set(test)), test=test, common=common)
    split.leave_out("train", {place for place in split.train if items[place].apis & held_out}, "a held-out API")
    split.leave_out("train", {place for place in split.train if items[place].family in tested}, "near a test record")
    rest = _Families(items, split.train, chance)
    split.dev = rest.draw(sizes.dev)
    split.train = rest.left()
    _settled(split, near_any)
    trained = _apis(items, [*split.train, *split.dev])
    split.held_out = sorted(set().union(*(items[place].called for place in split.test)) - trained)
    split.held_out_applications = sorted({*map(application_of, split.held_out)} - {*map(application_of, trained)})
    allowed = {*common, *split.held_out}
    split.strict = sum(items[place].called <= allowed for place in split.test)
    return split


def common_apis(items: Iterable[Item]) -> list[str]:
    """The COMMON APIs that most records call, most common first; of few APIs no more than half."""
    counts = Counter(api for item in items for api in item.called)
    ranked = sorted(counts, key=lambda api: (-counts[api], api))
    return ranked[: min(COMMON, len(ranked) // 2)]


class _Families:
    """Records in families, from which dev and test records are drawn as long as every API stays in what is left."""

    def __init__(self, items: Sequence[Item], places: Iterable[int], chance: random.Random):
        self.items = items
        self.members: dict[int, list[int]] = defaultdict(list)
        for place in places:
            self.members[items[place].family].append(place)
        self.uses = Counter(api for members in self.members.values() for place in members for api in items[place].apis)
        self.order = sorted(self.members)
        chance.shuffle(self.order)

    def draw(self, size: int) -> list[int]:
        """About `size` records, never more, of families that are small beside it."""
        drawn: list[int] = []
        kept = []
        for family in self.order:
            members = self.members[family]
            room = min(size - len(drawn), _small(size))
            if len(members) <= room and self.can_go(members):
                drawn += self.members.pop(family)
            else:
                kept.append(family)
        self.order = kept
        return sorted(drawn)

    def can_go(self, members: list[int]) -> bool:
        """Take the uses of a family's APIs away, unless one of these would then be used by nobody."""
        uses = Counter(api for place in members for api in self.items[place].apis)
        if any(self.uses[api] <= count for api, count in uses.items()):
            return False
        self.uses.subtract(uses)
        return True

    def left(self) -> list[int]:
        return sorted(place for members in self.members.values() for place in members)


def _small(size: int) -> int:
    """How many members a family may have to be drawn for a test set of a size."""
    return max(1, size // 20)


def _held_out(items: Sequence[Item], common: set[str], size: int, chance: random.Random) -> set[str]:
    """APIs to hold out, in random order, until their callers of small families fill a test set.

    Applications are held out as a whole, before single built-in APIs; before both come those of them whose callers for
    the most part call nothing else but common APIs, and that no more records use than a quarter of a test set. One that
    has a common API stays in training, and so does one that would take more records from it than two test sets have.
    """
    groups: dict[str, set[str]] = defaultdict(set)
    users: dict[str, set[int]] = defaultdict(set)  # records by the group that they call or offer an API of
    for place, item in enumerate(items):
        for api in item.apis:
            group = application_of(api)
            group = f" {api}" if group == BUILT_IN_APPLICATION else group  # a built-in API is a group of its own
            groups[group].add(api)
            users[group].add(place)
    order = [group for group in sorted(groups) if not groups[group] & common]
    chance.shuffle(order)

    def late(group: str) -> tuple[bool, bool, bool]:
        is_mixed = _strict_share(items, users[group], common, groups[group]) < 0.5
        return is_mixed, len(users[group]) > size / 4, group.startswith(" ")

    order.sort(key=late)
    members = Counter(item.family for item in items)
    held_out: set[str] = set()
    callers: set[int] = set()
    for group in order:
        if len(callers | users[group]) > 2 * size:
            continue
        held_out |= groups[group]
        callers |= users[group]
        usable = (place for place in callers if members[items[place].family] <= _small(size))
        if sum(_is_strict(items[place], common, held_out) for place in usable) >= size:
            break
    return held_out


def _strict_share(items: Sequence[Item], places: Collection[int], common: set[str], group: set[str]) -> float:
    return sum(_is_strict(items[place], common, group) for place in places) / len(places)


def _is_strict(item: Item, common: set[str], held_out: set[str]) -> bool:
    return bool(item.called & held_out) and item.called <= common | held_out


def _ood_test(
    items: Sequence[Item], common: set[str], held_out: set[str], size: int, chance: random.Random
) -> list[int]:
    """Records that call a held-out API: first those of small families, since a family leaves training as a whole, and
    among these those with fewest APIs that are neither held out nor common."""
    callers = [place for place, item in enumerate(items) if item.called & held_out]
    members = Counter(item.family for item in items)
    chance.shuffle(callers)

    def late(place: int) -> tuple[bool, int]:
        return members[items[place].family] > _small(size), len(items[place].called - common - held_out)

    callers.sort(key=late)
    return sorted(callers[:size])


def _settled(split: Split, near_any: NearAny) -> None:
    """Take out the training and dev records that are near to a test record though of another family."""
    for name, places in (("train", split.train), ("dev", split.dev)):
        near = set(near_any(places, split.test))
        split.leave_out(name, near, "near a test record")


def _cover(items: Sequence[Item], split: Split) -> None:
    """Take out the dev and test records with an API that training has lost with the near ones."""
    trained = _apis(items, split.train)
    for name, places in (("dev", split.dev), ("test", split.test)):
        lost = {place for place in places if not items[place].apis <= trained}
        split.leave_out(name, lost, "an API that training lacks")


def _apis(items: Sequence[Item], places: Iterable[int]) -> set[str]:
    return set().union(*(items[place].apis for place in places))
