"""Examples in the prompt: random training records, never of the family of the record that is asked about."""

import random
from collections.abc import Iterator, Sequence

import numpy as np

from workflowllm.dataset.near_duplicates import alike, code_sketch, query_sketch
from workflowllm.inference.decoding import row_seed
from workflowllm.records.forms import Record
from workflowllm.runs.command import CommandError

# Kinship is judged more strictly than in building data: an example that gives the answer away is worse than one less.
CODE_LIKENESS, QUERY_LIKENESS = 0.5, 0.5


class Examples:
    """Candidates for each record, in an order by seed and key: one example for all would make a score hang on it."""

    def __init__(self, records: Sequence[Record], count: int, seed: int):
        self.records, self.seed = records, seed
        if len(records) < count:
            raise CommandError(f"the training split has {len(records)} usable records, fewer than --icl {count}.")

    def for_record(self, record: Record) -> Iterator[Record]:
        """The records that are not its kin, in a random order of its own."""
        order = list(range(len(self.records)))
        random.Random(row_seed(self.seed, record["key"], 0)).shuffle(order)
        for place in order:
            if not are_kin(record, self.records[place]):
                yield self.records[place]


def are_kin(one: Record, other: Record) -> bool:
    """Whether two records may be versions of one workflow: equal key, title or query, or code or query much alike."""
    for name in ("key", "title", "query", "family"):
        if one.get(name) and one.get(name) == other.get(name):
            return True
    pairs = [(code_sketch, CODE_LIKENESS, _code(one), _code(other)),
             (query_sketch, QUERY_LIKENESS, one.get("query"), other.get("query"))]  # fmt: skip
    return any(
        first and second and float(alike(sketch(first), np.stack([sketch(second)]))[0]) >= least
        for sketch, least, first, second in pairs
    )


def _code(record: Record) -> str:
    return next((record[name] for name in ("workflow_code", "code") if isinstance(record.get(name), str)), "")
