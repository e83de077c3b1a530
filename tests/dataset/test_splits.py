"""What the splits promise, on random collections of records."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workflowllm.dataset.splits import COMMON, Item, Sizes, Split, in_distribution, out_of_distribution

BUILT_IN = [f"is.workflow.actions.a{number}" for number in range(60)]
OTHERS = [*(f"com.app{number % 7}.Intent{number}" for number in range(20)), "nodot", ""]
APIS = st.frozensets(st.sampled_from(BUILT_IN + OTHERS), min_size=1, max_size=6)
ITEMS = st.lists(st.tuples(APIS, APIS, st.integers(0, 30)), max_size=60).map(
    lambda rows: [Item(called | offered, called, family) for called, offered, family in rows]
)
SIZES = st.builds(Sizes, st.integers(0, 10), st.integers(0, 10))


def nothing_near(indices: object, tested: object) -> list[int]:
    return []


def check_both(items: list[Item], split: Split, sizes: Sizes) -> None:
    everything = [*split.train, *split.dev, *split.test, *(one for rest in split.left_out.values() for one in rest)]
    assert sorted(everything) == list(range(len(items)))  # each once
    assert len(split.test) <= sizes.test and len(split.dev) <= sizes.dev
    families = [{items[index].family for index in indices} for indices in split.lists().values()]
    train, dev, test = families
    assert not train & test and not dev & test and not train & dev


@settings(max_examples=150)
@given(ITEMS, SIZES, st.integers(0, 3))
def test_in_distribution(items: list[Item], sizes: Sizes, seed: int) -> None:
    split = in_distribution(items, sizes, seed, nothing_near)
    check_both(items, split, sizes)
    trained = set().union(*(items[index].apis for index in split.train))
    assert all(items[index].apis <= trained for index in split.dev + split.test)
    assert split == in_distribution(items, sizes, seed, nothing_near)


@settings(max_examples=150)
@given(ITEMS, SIZES, st.integers(0, 3))
def test_out_of_distribution(items: list[Item], sizes: Sizes, seed: int) -> None:
    split = out_of_distribution(items, sizes, seed, nothing_near)
    check_both(items, split, sizes)
    held_out = set(split.held_out)
    assert not any(items[index].apis & held_out for index in split.train + split.dev)
    assert all(items[index].called & held_out for index in split.test)
    trained = set().union(*(items[index].apis for index in split.train + split.dev))
    assert all(items[index].called <= trained | held_out for index in split.test)
    applications = {api.rpartition(".")[0] for api in trained}
    assert not applications & set(split.held_out_applications)
    allowed = held_out | set(split.common)
    assert split.strict == sum(items[index].called <= allowed for index in split.test)
    assert split == out_of_distribution(items, sizes, seed, nothing_near)


def collection() -> list[Item]:
    """200 records over 50 common APIs; 10 more for each of eight applications with two APIs."""
    items = []
    for number in range(200):
        apis = frozenset(BUILT_IN[(number + step) % COMMON] for step in range(5))
        items.append(Item(apis, apis, number))
    for application in range(8):
        for number in range(10):
            apis = frozenset({f"com.app{application}.Intent{number % 2}", BUILT_IN[number]})
            items.append(Item(apis, apis, len(items)))
    return items


def test_whole_applications_are_held_out_first_and_the_test_set_is_filled() -> None:
    items = collection()
    for seed in range(5):
        split = out_of_distribution(items, Sizes(40, 5), seed, nothing_near)
        assert len(split.test) == split.strict == 40
        assert {api.rpartition(".")[0] for api in split.held_out} == set(split.held_out_applications)
        assert set(split.common) < set(BUILT_IN[:COMMON]) and len(split.common) == (COMMON + 16) // 2


def test_the_seed_chooses() -> None:
    items = collection()
    chosen = {tuple(out_of_distribution(items, Sizes(40, 5), seed, nothing_near).held_out) for seed in range(8)}
    assert len(chosen) > 1
    assert len({tuple(in_distribution(items, Sizes(12, 5), seed, nothing_near).test) for seed in range(8)}) == 8


def test_an_application_that_is_common_or_used_a_lot_stays_in_training() -> None:
    popular = frozenset({"com.popular.Intent"})
    items = collection() + [Item(popular, popular, 1000 + number) for number in range(30)]
    for seed in range(5):
        assert "com.popular.Intent" not in out_of_distribution(items, Sizes(40, 5), seed, nothing_near).held_out
        assert out_of_distribution(items, Sizes(2, 5), seed, nothing_near).held_out == []  # 10 is over twice 2


def test_records_near_to_a_test_record_after_all_leave_training() -> None:
    items = collection()

    def neighbours(indices: list[int], tested: list[int]) -> list[int]:
        return [index for index in indices if index + 100 in tested]

    for make in (in_distribution, out_of_distribution):
        split = make(items, Sizes(40, 10), 1, neighbours)
        assert split.left_out["near a test record"]
        assert not neighbours(split.train + split.dev, split.test)
        trained = set().union(*(items[index].apis for index in split.train))
        if make is in_distribution:
            assert all(items[index].apis <= trained for index in split.dev + split.test)


def test_large_families_are_tested_last() -> None:
    """Half of the callers of held-out APIs are of one family with 60 records of training."""
    items = [Item(item.apis, item.called, 7 if index % 2 and index >= 200 else index) for index, item in
             enumerate(collection())]  # fmt: skip
    items += [Item(items[0].apis, items[0].called, 7) for _ in range(60)]
    split = out_of_distribution(items, Sizes(20, 5), 0, nothing_near)
    assert len(split.test) == 20 and "near a test record" not in split.left_out
