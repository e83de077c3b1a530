"""Which records are for training and which for testing: in distribution (ID) and out of distribution (OOD).

ID: instructions that training has not seen, over APIs that it has seen: every API of a dev or test record is an API of
some training record. OOD: some APIs are held out. No training record calls one or offers one in its prompt, and every
test record calls one. In both splits a family of near-duplicates is on one side.
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
    """Indices of records. Those in none of the three lists are in `left_out`, by reason."""

    train: list[int] = field(default_factory=list)
    dev: list[int] = field(default_factory=list)
    test: list[int] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    held_out: list[str] = field(default_factory=list)  # APIs that only test records call
    held_out_applications: list[str] = field(default_factory=list)  # those of which training has no API
    common: list[str] = field(default_factory=list)
    strict: int = 0  # test records that call nothing but held-out and common APIs

    def leave_out(self, name: str, indices: Collection[int], reason: str) -> None:
        """Move indices from a list to `left_out`."""
        if indices:
            self.left_out.setdefault(reason, []).extend(sorted(indices))
            setattr(self, name, [index for index in getattr(self, name) if index not in indices])

    def lists(self) -> dict[str, list[int]]:
        return {"train": self.train, "dev": self.dev, "test": self.test}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records the test set and the dev set have at most."""

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
    rng = random.Random(f"{seed} ood")
    common = common_apis(items)
    held_out = _held_out(items, set(common), sizes.test, rng)
    test = _ood_test(items, set(common), held_out, sizes.test, rng)
    tested = {items[index].family for index in test}
    split = Split(sorted(set(range(len(items))) - set(test)), test=test, common=common)
    split.leave_out("train", {index for index in split.train if items[index].apis & held_out}, "a held-out API")
    split.leave_out("train", {index for index in split.train if items[index].family in tested}, "near a test record")
    rest = _Families(items, split.train, rng)
    split.dev = rest.draw(sizes.dev)
    split.train = rest.left()
    _settled(split, near_any)
    trained = _apis(items, [*split.train, *split.dev])
    split.held_out = sorted(set().union(*(items[index].called for index in split.test)) - trained)
    split.held_out_applications = sorted({*map(application_of, split.held_out)} - {*map(application_of, trained)})
    allowed = {*common, *split.held_out}
    split.strict = sum(items[index].called <= allowed for index in split.test)
    return split


def common_apis(items: Iterable[Item]) -> list[str]:
    """The COMMON APIs that most records call, most common first; of few APIs no more than half."""
    counts = Counter(api for item in items for api in item.called)
    ranked = sorted(counts, key=lambda api: (-counts[api], api))
    return ranked[: min(COMMON, len(ranked) // 2)]


class _Families:
    """Families of records. Dev and test records are drawn as long as every API stays among the rest."""

    def __init__(self, items: Sequence[Item], indices: Iterable[int], rng: random.Random):
        self.items = items
        self.members: dict[int, list[int]] = defaultdict(list)
        for index in indices:
            self.members[items[index].family].append(index)
        self.uses = Counter(api for members in self.members.values() for index in members for api in items[index].apis)
        self.order = sorted(self.members)
        rng.shuffle(self.order)

    def draw(self, size: int) -> list[int]:
        """About `size` records, never more, of families that are small compared with it."""
        drawn: list[int] = []
        passed_over = []
        for family in self.order:
            members = self.members[family]
            room = min(size - len(drawn), _small(size))
            if len(members) <= room and self.can_go(members):
                drawn += self.members.pop(family)
            else:
                passed_over.append(family)
        self.order = passed_over
        return sorted(drawn)

    def can_go(self, members: list[int]) -> bool:
        """Subtract the uses of a family's APIs, unless no other record would use one of them."""
        uses = Counter(api for index in members for api in self.items[index].apis)
        if any(self.uses[api] <= count for api, count in uses.items()):
            return False
        self.uses.subtract(uses)
        return True

    def left(self) -> list[int]:
        return sorted(index for members in self.members.values() for index in members)


def _small(size: int) -> int:
    """How many members a family may have to be drawn for a test set of a size."""
    return max(1, size // 20)


def _held_out(items: Sequence[Item], common: set[str], size: int, rng: random.Random) -> set[str]:
    """APIs to hold out, in random order, until their callers of small families fill a test set.

    Applications are held out as a whole, before single built-in APIs. First come those whose callers mostly call only
    common APIs, and which at most a quarter of a test set's records use. An application with a common API stays in
    training, and so does one whose users would take more records from training than two test sets have.
    """
    groups: dict[str, set[str]] = defaultdict(set)
    users: dict[str, set[int]] = defaultdict(set)  # records by the group that they call or offer an API of
    for index, item in enumerate(items):
        for api in item.apis:
            group = application_of(api)
            group = f" {api}" if group == BUILT_IN_APPLICATION else group  # a built-in API is a group of its own
            groups[group].add(api)
            users[group].add(index)
    order = [group for group in sorted(groups) if not groups[group] & common]
    rng.shuffle(order)

    def drawn_later(group: str) -> tuple[bool, bool, bool]:
        is_mixed = _strict_share(items, users[group], common, groups[group]) < 0.5
        return is_mixed, len(users[group]) > size / 4, group.startswith(" ")

    order.sort(key=drawn_later)
    members = Counter(item.family for item in items)
    held_out: set[str] = set()
    callers: set[int] = set()
    for group in order:
        if len(callers | users[group]) > 2 * size:
            continue
        held_out |= groups[group]
        callers |= users[group]
        usable = (index for index in callers if members[items[index].family] <= _small(size))
        if sum(_is_strict(items[index], common, held_out) for index in usable) >= size:
            break
    return held_out


def _strict_share(items: Sequence[Item], indices: Collection[int], common: set[str], group: set[str]) -> float:
    return sum(_is_strict(items[index], common, group) for index in indices) / len(indices)


def _is_strict(item: Item, common: set[str], held_out: set[str]) -> bool:
    return bool(item.called & held_out) and item.called <= common | held_out


def _ood_test(items: Sequence[Item], common: set[str], held_out: set[str], size: int, rng: random.Random) -> list[int]:
    """Records that call a held-out API: first those of small families, since a family leaves training as a whole, and
    among these those with fewest APIs that are neither held out nor common."""
    callers = [index for index, item in enumerate(items) if item.called & held_out]
    members = Counter(item.family for item in items)
    rng.shuffle(callers)

    def drawn_later(index: int) -> tuple[bool, int]:
        return members[items[index].family] > _small(size), len(items[index].called - common - held_out)

    callers.sort(key=drawn_later)
    return sorted(callers[:size])


def _settled(split: Split, near_any: NearAny) -> None:
    """Leave out the training and dev records that are near to a test record of another family."""
    for name, indices in (("train", split.train), ("dev", split.dev)):
        near = set(near_any(indices, split.test))
        split.leave_out(name, near, "near a test record")


def _cover(items: Sequence[Item], split: Split) -> None:
    """Leave out the dev and test records with an API that training lost together with near-duplicates."""
    trained = _apis(items, split.train)
    for name, indices in (("dev", split.dev), ("test", split.test)):
        lost = {index for index in indices if not items[index].apis <= trained}
        split.leave_out(name, lost, "an API that training lacks")


def _apis(items: Sequence[Item], indices: Iterable[int]) -> set[str]:
    return set().union(*(items[index].apis for index in indices))
