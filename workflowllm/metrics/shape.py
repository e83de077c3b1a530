"""How large and how deep a workflow is, and the buckets that figures are broken down by."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from workflowllm.metrics.steps import BRANCHING, LOOPING, Step, Workflow


class Shape(NamedTuple):
    """Counts of a workflow: actions without comments, a block as one; ifs and menus; loops; depth of blocks."""

    actions: int
    branches: int
    loops: int
    nesting: int


def shape_of(workflow: Workflow) -> Shape:
    calls = workflow.calls
    branches = sum(call in BRANCHING for call in calls)
    loops = sum(call in LOOPING for call in calls)
    return Shape(len(calls), branches, loops, _depth(workflow.steps))


def _depth(steps: Sequence[Step]) -> int:
    blocks = [step for step in steps if not isinstance(step, str)]
    return max((1 + max(map(_depth, block.branches), default=0) for block in blocks), default=0)


ACTIONS, CONTROL, NESTING = "actions", "control", "nesting"
# Where each bucket starts. Actions: the paper's, each without its upper bound (15 actions are in 15-30).
STARTS = {
    ACTIONS: (0, 15, 30, 45, 60, 75, 90, 105),
    CONTROL: (0, 1, 3, 6, 11, 21),  # branches and loops together
    NESTING: (0, 1, 2, 3, 4, 5),
}


def buckets(by: str) -> list[str]:
    """The names of a breakdown's buckets, in order."""
    last = f"{STARTS[by][-1]}+"
    if by == ACTIONS:
        return [f"{start}-{end}" for start, end in pairwise(STARTS[by])] + [last]
    spans = ((start, end - 1) for start, end in pairwise(STARTS[by]))
    return [str(first) if first == end else f"{first}-{end}" for first, end in spans] + [last]


def bucket_number(shape: Shape, by: str) -> int:
    """Which bucket of a breakdown a workflow is in."""
    value = {ACTIONS: shape.actions, CONTROL: shape.branches + shape.loops, NESTING: shape.nesting}[by]
    return sum(value >= start for start in STARTS[by]) - 1
