"""How large and how deep a workflow's code is, compiled or not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from workflowllm.metrics.workflow_steps import read_workflow
from workflowllm.shortcuts.model.tree import CLOSE, CONDITIONAL, LOOPS, MENU, OPEN

Actions = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts of one workflow. An else-if is an if in an else branch, as in Shortcuts; `nesting` is 0 without blocks."""

    actions: int = 0  # of the flat list, as `records.action_buckets` counts them
    ifs: int = 0
    menus: int = 0
    loops: int = 0
    nesting: int = 0
    basis: Literal["compiled", "read"] = "compiled"

    @property
    def branches(self) -> int:
        """Ifs and menus, at which a workflow takes one of several ways."""
        return self.ifs + self.menus

    def as_json(self) -> dict[str, int | str]:
        """The counts by name, `branches` among them."""
        return asdict(self) | {"branches": self.branches}


def actions_shape(actions: Actions) -> Shape:
    """The shape of a shortcut's flat list of actions."""
    count = ifs = menus = loops = depth = deepest = 0
    for action in actions:
        count += 1
        identifier = action["WFWorkflowActionIdentifier"]
        if identifier not in _BLOCKS:
            continue
        mode = action["WFWorkflowActionParameters"].get("WFControlFlowMode")
        if mode == CLOSE:
            depth -= 1
        elif mode == OPEN:
            depth += 1
            deepest = max(deepest, depth)
            ifs += identifier == CONDITIONAL
            menus += identifier == MENU
            loops += identifier in LOOPS
    return Shape(count, ifs, menus, loops, deepest)


_BLOCKS = frozenset({CONDITIONAL, MENU, *LOOPS})


def lines_shape(code: str) -> Shape:
    """The shape of code that does not compile, read line by line as the metrics read it. Never raises."""
    workflow = read_workflow(code)
    blocks: Counter[str] = Counter()
    deepest = 0
    todo = [(step, 1) for step in workflow.steps]
    while todo:
        step, depth = todo.pop()
        if isinstance(step, str):
            continue
        blocks[step.identifier] += 1
        deepest = max(deepest, depth)
        todo += [(inner, depth + 1) for branch in step.branches for inner in branch]
    loops = sum(blocks[identifier] for identifier in LOOPS)
    return Shape(workflow.actions, blocks[CONDITIONAL], blocks[MENU], loops, deepest, "read")
