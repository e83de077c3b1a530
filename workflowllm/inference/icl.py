"""Examples in the prompt: random training records, never of the family of the record that is asked about."""

import random
from collections.abc import Sequence

import numpy as np

from workflowllm.dataset.near_duplicates import alike, code_sketch, query_sketch
from workflowllm.dataset.records import Record
from workflowllm.inference.decoding import row_seed
from workflowllm.jobs import CommandError

# Kinship is judged more strictly than in building data: an example that gives the answer away is worse than one less.
CODE_LIKENESS, QUERY_LIKENESS = 0.5, 0.5


class Examples:
    """`count` examples for each record, drawn by seed and key: a single one for all would make a score hang on it."""

    def __init__(self, records: Sequence[Record], count: int, seed: int):
        self.records, self.count, self.seed = records, count, seed
        if len(records) < count:
            raise CommandError(f"the training split has {len(records)} usable records, fewer than --icl {count}.")

    def for_record(self, record: Record) -> list[Record]:
        """The first of the records, in a random order of this record's own, that are not its kin."""
        order = list(range(len(self.records)))
        random.Random(row_seed(self.seed, record["key"], 0)).shuffle(order)
        chosen: list[Record] = []
        for place in order:
            if len(chosen) == self.count:
                break
            if not are_kin(record, self.records[place]):
                chosen.append(self.records[place])
        return chosen


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
