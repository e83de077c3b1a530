"""The two kinds of step, and the identifiers that the dialect has words of its own for."""

from dataclasses import dataclass, field

from workflowllm.shortcuts.tree import CONDITIONAL, LOOPS, MENU

BUILT_IN = "is.workflow.actions."
COMMENT = BUILT_IN + "comment"
BRANCHING = frozenset({CONDITIONAL, MENU})
LOOPING = frozenset(LOOPS)


@dataclass(slots=True)
class Block:
    """An if, a loop or a menu: what it is, and what stands in its branches."""

    identifier: str
    branches: list[list["Step"]] = field(default_factory=list)


Step = str | Block
