"""Draws of applications, APIs, categories and examples."""

from collections import Counter

import pytest

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import BUILT_IN_APPLICATION, STATEMENTS, application_of
from workflowllm.records.paper import categories
from workflowllm.runs.command import CommandError
from workflowllm.synthesis.draws import Pool, draw, make_pool
from workflowllm.synthesis.queries import draw_of, drawn

BUILT_INS = ["is.workflow.actions." + name for name in ("url", "downloadurl", "count", "date", "alert", "openurl")]
FOREIGN = [
    "dk.simonbs.DataJar.GetValueIntent",
    "io.pushcut.Pushcut.NotificationIntent",
    "com.sindresorhus.Actions.AskForTextIntent",
]


def records() -> list[dict]:
    loop = "is.workflow.actions.repeat.each"
    return [
        {"key": "a", "query": "q", "workflow_code": "x", "apis": [*BUILT_INS, loop, FOREIGN[0]]},
        {"key": "b", "query": "q", "workflow_code": "x", "apis": [*BUILT_INS[:3], *FOREIGN]},
        {"key": "c", "workflow_code": "x", "apis": [loop, "com.example.unknown.Thing"]},
    ]


@pytest.fixture(scope="module")
def pool() -> Pool:
    return make_pool(records(), catalogue())


def test_the_pool_follows_the_real_records(pool: Pool) -> None:
    assert pool.api_counts == (7, 6, 1)
    assert pool.built_ins == dict.fromkeys(sorted(BUILT_INS), 1) | dict.fromkeys(BUILT_INS[:3], 2)
    assert set(pool.applications) == {application_of(api) for api in FOREIGN}
    assert [one["key"] for one in pool.examples] == ["a"]  # b has no branch or loop, c no query


def test_a_draw_is_made_again_from_its_number_alone(pool: Pool) -> None:
    first = [draw(pool, 3, number) for number in range(20)]
    assert first == [draw(pool, 3, number) for number in range(20)]
    assert draw(pool, 3, 7) == first[7] and draw(pool, 4, 7) != first[7]
    assert all(draw_of(record) == first[number] for number, (_, record) in enumerate(drawn(pool, 3, 20)))


def test_every_draw_keeps_the_rules(pool: Pool) -> None:
    drawn_categories: Counter[str] = Counter()
    for number in range(600):
        one = draw(pool, 0, number)
        own = [api for api in one.apis if application_of(api) == BUILT_IN_APPLICATION]
        foreign = [api for api in one.apis if application_of(api) != BUILT_IN_APPLICATION]
        assert len(set(one.apis)) == len(one.apis) in (1, 6, 7)
        assert len(own) >= len(one.apis) // 2 and not STATEMENTS & set(one.apis)
        assert {application_of(api) for api in foreign} == set(one.applications) and len(one.applications) <= 5
        assert all(api in catalogue() for api in one.apis)
        drawn_categories[one.category] += 1
    assert set(drawn_categories) == set(categories()) and len(categories()) == 28
    assert max(drawn_categories.values()) < 4 * min(drawn_categories.values())  # even: 21 each, give or take


def test_every_application_of_the_catalogue_may_be_drawn() -> None:
    everything = make_pool(records(), catalogue(), every_application=True)
    assert len(everything.applications) > 200 and BUILT_IN_APPLICATION not in everything.applications


@pytest.mark.parametrize("given", [[], [{"key": "a", "apis": []}], [records()[1]]])
def test_records_that_cannot_serve_are_named(given: list[dict]) -> None:
    with pytest.raises(CommandError, match="real"):
        make_pool(given, catalogue())
