"""How alike the control flow of two workflows is: one less the normalised edit distance of their trees.

A tree has a node for each block, one for each branch of an if or a menu, and one for each run of plain actions, so that
an empty answer is unlike even a reference without blocks. Nodes are inserted, deleted and, where they are not of one
kind, replaced (which counts as both); the distance over the number of nodes is 0 for equal trees and 1 where no node
fits. Edit distance: APTED (Pawlik and Augsten 2016, doi 10.1016/j.is.2015.08.004).
"""

from collections.abc import Iterator, Sequence

from apted import APTED, Config

from workflowllm.metrics.call_match import common_subsequence_length
from workflowllm.metrics.workflow_steps import BRANCHING, COMMENT, WorkflowStep

EXACT_PRODUCT = 10_000  # nodes times nodes up to which the distance is exact: half a second; 600 times 600 take 23 s
BRANCH, RUN = "branch", "run"


class Node:
    """A node of a control tree, in the form that apted reads."""

    __slots__ = ("children", "name")

    def __init__(self, name: str, children: list["Node"]):
        self.name, self.children = name, children


class _Costs(Config):
    """A node is kept or not: replacing it by one of another kind is a deletion and an insertion."""

    def rename(self, node1: Node, node2: Node) -> int:
        return 0 if node1.name == node2.name else 2


def control_similarity(reference: Sequence[WorkflowStep], answer: Sequence[WorkflowStep]) -> float:
    """1 for the same control flow, 0 where nothing of it fits.

    Trees too large for an exact distance are compared as sequences of brackets. The distance of those is at most twice
    that of the trees (Akutsu 2006, "A relation between edit distance for ordered trees and edit distance for Euler
    strings"), so they never come out less alike than they are.
    """
    ours, theirs = Node("", control_nodes(reference)), Node("", control_nodes(answer))
    first, second = list(_brackets(ours)), list(_brackets(theirs))
    if first == second:
        return 1.0
    sizes = (len(first) // 2 - 1, len(second) // 2 - 1)  # the root is in every tree
    if not all(sizes):
        return 0.0
    if sizes[0] * sizes[1] > EXACT_PRODUCT:
        return 2 * (common_subsequence_length(first, second) - 2) / (len(first) + len(second) - 4)
    return 1 - APTED(ours, theirs, _Costs()).compute_edit_distance() / sum(sizes)


def control_nodes(steps: Sequence[WorkflowStep]) -> list[Node]:
    """The nodes of a sequence of steps."""
    nodes: list[Node] = []
    for step in steps:
        if isinstance(step, str):
            if step != COMMENT and not (nodes and nodes[-1].name == RUN):
                nodes.append(Node(RUN, []))
            continue
        inner = [control_nodes(branch) for branch in step.branches]
        if step.identifier in BRANCHING:
            nodes.append(Node(step.identifier, [Node(BRANCH, branch) for branch in inner]))
        else:
            nodes.append(Node(step.identifier, [node for branch in inner for node in branch]))
    return nodes


def _brackets(node: Node) -> Iterator[tuple[str, bool]]:
    """The tree written out: each node when it is entered and when it is left."""
    yield node.name, True
    for child in node.children:
        yield from _brackets(child)
    yield node.name, False
