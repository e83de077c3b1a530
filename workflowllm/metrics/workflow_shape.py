"""How large and how deep a workflow is, and the buckets that figures are broken down by."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from workflowllm.metrics.workflow_steps import BRANCHING, LOOPING, Workflow, WorkflowStep
from workflowllm.records.action_buckets import bucket_index, bucket_names


class WorkflowShape(NamedTuple):
    """Counts of a workflow: its actions as the paper counts them, ifs and menus, loops, and the depth of its blocks."""

    actions: int
    branches: int
    loops: int
    nesting: int


def shape_of(workflow: Workflow) -> WorkflowShape:
    calls = workflow.calls
    branches = sum(call in BRANCHING for call in calls)
    loops = sum(call in LOOPING for call in calls)
    return WorkflowShape(workflow.actions, branches, loops, _depth(workflow.steps))


def _depth(steps: Sequence[WorkflowStep]) -> int:
    blocks = [step for step in steps if not isinstance(step, str)]
    return max((1 + max(map(_depth, block.branches), default=0) for block in blocks), default=0)


ACTIONS, CONTROL, NESTING = "actions", "control", "nesting"
BREAKDOWNS = (ACTIONS, CONTROL, NESTING)
_STARTS = {  # where each bucket starts; the buckets of actions are the paper's
    CONTROL: (0, 1, 3, 6, 11, 21),  # branches and loops together
    NESTING: (0, 1, 2, 3, 4, 5),
}


def buckets(by: str) -> list[str]:
    """The names of a breakdown's buckets, in order."""
    if by == ACTIONS:
        return bucket_names()
    spans = ((start, end - 1) for start, end in pairwise(_STARTS[by]))
    return [str(first) if first == end else f"{first}-{end}" for first, end in spans] + [f"{_STARTS[by][-1]}+"]


def bucket_number(shape: WorkflowShape, by: str) -> int:
    """The index of a workflow's bucket in a breakdown."""
    if by == ACTIONS:
        return bucket_index(shape.actions)
    value = shape.nesting if by == NESTING else shape.branches + shape.loops
    return sum(value >= start for start in _STARTS[by]) - 1
