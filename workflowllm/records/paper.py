"""The figures that the WorkflowLLM paper (arXiv 2411.05451) prints, each read from one file."""

import json
from functools import lru_cache
from typing import Any

from workflowllm.runs.shipped import shipped


@lru_cache(maxsize=1)
def paper_statistics() -> dict[str, Any]:
    """What the paper prints about its data: `table`, `action_buckets`, `categories`, `built_in_share`, totals."""
    return json.loads(shipped("data/paper_statistics.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def paper_results() -> list[dict[str, Any]]:
    """The rows of the paper's results table: a `model`, and its figures in percent on each split."""
    return json.loads(shipped("data/paper_results.json").read_text("utf-8"))["rows"]


def categories() -> tuple[str, ...]:
    """The paper's 28 categories of workflows, in alphabetical order."""
    return tuple(paper_statistics()["categories"]["names"])
