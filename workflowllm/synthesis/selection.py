"""Which of the queries that were made are kept: a function of the answers alone, so a resumed run keeps the same."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from workflowllm.apis.catalogue import Catalogue
from workflowllm.dataset.records import Record
from workflowllm.synthesis.queries import QueryIndex, query_problem


@dataclass(slots=True)
class Selection:
    """Kept and dropped records in the order of their draws; a dropped one says why in `dropped`."""

    kept: list[Record] = field(default_factory=list)
    dropped: list[Record] = field(default_factory=list)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(record["dropped"] for record in self.dropped)


def select(
    answers: Iterable[Record], real_queries: Iterable[str], threshold: float, catalogue: Catalogue, most: int
) -> Selection:
    """Go through the answers by the number of their draw; keep at most `most`."""
    index, chosen = QueryIndex(threshold, real_queries), Selection()
    for record in sorted(answers, key=lambda one: one["draw"]["number"]):
        if len(chosen.kept) == most:
            break
        reason = query_problem(record["query"], record["apis"], catalogue)
        if not reason and index.is_near(record["query"]):
            reason = "near-duplicate"
        if reason:
            chosen.dropped.append(record | {"dropped": reason})
        else:
            index.add(record["query"])
            chosen.kept.append(record)
    return chosen
