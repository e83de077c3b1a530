"""How records spread over action counts, categories and applications, in percent."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from workflowllm.apis.model import BUILT_IN
from workflowllm.dataset.statistics import Row


def action_shares(rows: Sequence[Row], edges: Sequence[int]) -> list[float]:
    """Percent of records in each bucket of action counts: from an edge up to below the next, the last one open."""
    counts = [0] * len(edges)
    for row in rows:
        counts[sum(row["actions"] >= edge for edge in edges) - 1] += 1
    return [100 * count / max(len(rows), 1) for count in counts]


def bucket_names(edges: Sequence[int]) -> list[str]:
    """`0-14`, `15-29`, ..., `105+`."""
    return [f"{low}-{high - 1}" for low, high in pairwise(edges)] + [f"{edges[-1]}+"]


def category_shares(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """Percent of the records with a category that are in each, the known ones first."""
    counts = Counter(row["category"] for row in rows if row["category"])
    total = counts.total()
    return {name: 100 * counts[name] / max(total, 1) for name in [*names, *sorted(counts.keys() - set(names))]}


def application_shares(rows: Sequence[Row]) -> dict[str, float]:
    """Percent of the records that call each application, built-in actions left out, most called first."""
    counts = Counter(name for row in rows for name in row["application_names"] if name != BUILT_IN)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return {name: 100 * counts[name] / len(rows) for name in ranked}


def built_in_share(rows: Sequence[Row]) -> float:
    """Percent of all API uses that are of built-in actions."""
    return 100 * sum(row["built_in_uses"] for row in rows) / max(sum(row["api_uses"] for row in rows), 1)
