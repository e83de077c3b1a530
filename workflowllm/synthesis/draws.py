"""Draws, from which new queries are made: applications and their APIs, a category, and real workflows as examples.

One to five applications are drawn and all their APIs taken; how many APIs a query gets follows real workflows, and half
of them, rounded down, are Apple's built-ins. The category is drawn evenly from the 28, so that synthetic data makes up
for what people share least (`data/paper_statistics.json` has the published shares).
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import BUILT_IN_APPLICATION, STATEMENTS, application_of
from workflowllm.records.forms import Record
from workflowllm.records.paper import categories
from workflowllm.runs.command import CommandError
from workflowllm.shortcuts.model.tree import CONDITIONAL, MENU, REPEAT_COUNT, REPEAT_EACH

MOST_APPLICATIONS = 5
EXAMPLES = 2
_BLOCKS = frozenset({CONDITIONAL, REPEAT_EACH, REPEAT_COUNT, MENU})
_LONGEST_EXAMPLE = 4000  # characters of an example's code; a prompt holds two


@dataclass(frozen=True, slots=True)
class Pool:
    """The real workflows and APIs that draws are made from."""

    api_counts: tuple[int, ...]  # of each real workflow, statements left out
    built_ins: dict[str, int]  # how many real workflows call each
    applications: dict[str, tuple[str, ...]]  # all APIs of each application
    examples: tuple[Record, ...]  # real workflows with branches or loops


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw, which `seed` and `number` determine."""

    number: int
    seed: int
    category: str
    applications: tuple[str, ...]
    apis: tuple[str, ...]
    examples: tuple[str, ...]  # keys

    def as_json(self) -> dict[str, Any]:
        """The draw as plain data."""
        return asdict(self)


def make_pool(records: Iterable[Record], catalogue: Catalogue, every_application: bool = False) -> Pool:
    """The pool of real records, with the applications that they call or, with `every_application`, the catalogue's."""
    counts: list[int] = []
    called: Counter[str] = Counter()
    examples: list[Record] = []
    for record in records:
        apis = set(record.get("apis") or ())
        if len(apis - STATEMENTS):
            counts.append(len(apis - STATEMENTS))
        called.update(apis)
        if apis & _BLOCKS and record.get("query") and len(record.get("workflow_code", "")) <= _LONGEST_EXAMPLE:
            examples.append(record)
    if not counts:
        raise CommandError("the real records call no API; give annotated records that list `apis`.")
    if not examples:
        raise CommandError("no real record has a query and a branch or loop; annotate the records first.")
    names = catalogue.applications() if every_application else sorted(map(application_of, called))
    applications = {name: _documented(catalogue, name) for name in names if name != BUILT_IN_APPLICATION}
    built_ins = {
        api: called[api]
        for api in sorted(called.keys() - STATEMENTS)
        if application_of(api) == BUILT_IN_APPLICATION and api in catalogue
    }
    if not built_ins:
        raise CommandError("the real records call no built-in action of the catalogue.")
    return Pool(tuple(counts), built_ins, {name: apis for name, apis in applications.items() if apis}, tuple(examples))


def _documented(catalogue: Catalogue, application: str) -> tuple[str, ...]:
    """An application's APIs that a prompt can show."""
    return tuple(sorted(api.identifier for api in catalogue.of_application(application).values() if api.function))


def draw(pool: Pool, seed: int, number: int) -> Draw:
    """The draw of that number."""
    rng = random.Random(f"{seed} {number}")
    count = rng.choice(pool.api_counts)
    applications, foreign = _foreign(pool, count - count // 2, rng)
    built_ins = _by_use(pool.built_ins, max(count - len(foreign), count // 2), rng)
    return Draw(
        number=number,
        seed=seed,
        category=rng.choice(categories()),
        applications=applications,
        apis=(*sorted(built_ins), *foreign),
        examples=tuple(record["key"] for record in rng.sample(pool.examples, min(EXAMPLES, len(pool.examples)))),
    )


def _by_use(uses: Mapping[str, int], wanted: int, rng: random.Random) -> list[str]:
    """`wanted` different APIs, weighted by the square root of their uses: weighted by the uses themselves, the ten most
    common would be in nearly every draw. The method is that of Efraimidis and Spirakis (2006)."""
    ranked = sorted(uses, key=lambda api: rng.random() ** (1 / sqrt(uses[api])), reverse=True)
    return ranked[:wanted]


def _foreign(pool: Pool, wanted: int, rng: random.Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One to five applications, and `wanted` of their APIs as far as there are so many."""
    names: Sequence[str] = sorted(pool.applications)
    chosen = rng.sample(names, min(rng.randint(1, MOST_APPLICATIONS), len(names)))
    offered = [api for name in chosen for api in pool.applications[name]]
    apis = sorted(rng.sample(offered, min(wanted, len(offered))))
    return tuple(sorted(set(map(application_of, apis)))), tuple(apis)
