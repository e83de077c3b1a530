"""How often real shortcuts use an API, and which APIs they use together: data/api/usage.json.

`preprocess/count_api_usage.py` counts again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflowllm.runs.shipped import shipped

FILE = "data/api/usage.json"


@dataclass(frozen=True)
class Usage:
    """Shares of shortcuts."""

    shares: Mapping[str, float]  # API -> share of all shortcuts that use it
    partners: Mapping[str, Mapping[str, float]]  # API -> another -> share of the shortcuts with the first that use both


@lru_cache(maxsize=1)
def usage() -> Usage:
    """The shipped counts as shares."""
    data = json.loads(shipped(FILE).read_bytes())
    counts: dict[str, int] = data["apis"]
    partners: dict[str, dict[str, float]] = {}
    for first, others in data["pairs"].items():
        for second, together in others.items():
            partners.setdefault(first, {})[second] = together / counts[first]
            partners.setdefault(second, {})[first] = together / counts[second]
    return Usage({name: count / data["shortcuts"] for name, count in counts.items()}, partners)
