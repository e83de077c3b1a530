"""Which names some path has assigned before the statement being printed."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

from workflowllm.shortcuts.model.links import Links
from workflowllm.shortcuts.model.tree import Action
from workflowllm.shortcuts.to_python.names import Names

_SETS, _APPENDS = "is.workflow.actions.setvariable", "is.workflow.actions.appendvariable"


class Flow:
    """Follows a pre-order walk: `branch` around each exclusive branch, `join` after the last one."""

    def __init__(self, links: Links, names: Names, actions: Sequence[Action]):
        self.assigned: set[str] = set()
        self.order: list[str] = []  # assigned names, oldest first
        self.undefined: dict[str, bool] = {}  # names used before; True where the first use adds to a list
        self.places: list[int] = []  # where each of `set_names` is assigned
        self.set_names: list[str] = []
        for action in actions:
            variable = action.parameters.get("WFVariableName") if action.identifier == _SETS else None
            name = names.outputs.get(action.index) or (names.variables[variable] if isinstance(variable, str) else None)
            if name:
                self.places.append(action.index)
                self.set_names.append(name)

    def assign(self, name: str) -> None:
        if name not in self.assigned:
            self.assigned.add(name)
            self.order.append(name)

    def use(self, name: str, appends: bool = False) -> str:
        if name not in self.assigned and name not in self.undefined:
            self.undefined[name] = appends
        return name

    def branch(self, walk: Callable[[], None]) -> list[str]:
        """Walk a branch; return what it assigned, which the next branch does not see."""
        mark = len(self.order)
        walk()
        inside = self.order[mark:]
        del self.order[mark:]
        self.assigned.difference_update(inside)
        return inside

    def join(self, names: list[str]) -> None:
        for name in names:
            self.assign(name)

    def enter_loop(self, inside: range) -> None:
        """What a loop's body assigns is there from its second round on."""
        low, high = bisect_left(self.places, inside.start), bisect_left(self.places, inside.stop)
        self.join(self.set_names[low:high])
