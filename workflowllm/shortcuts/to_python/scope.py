"""Where the printer is in a shortcut: what each reference means there, and which names are assigned so far."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.links import Links, find_links
from workflowllm.shortcuts.model.plist_types import CONTROL_KEYS
from workflowllm.shortcuts.model.tree import OPEN, Action, mode_of
from workflowllm.shortcuts.to_python.literals import line_literal
from workflowllm.shortcuts.to_python.names import Names, choose_names

_SET_VARIABLE = BUILT_IN + "setvariable"


class Scope:
    """Follows a pre-order walk over the actions: `index` is the action being printed.

    A name that is used before some path has assigned it is noted, so that it can be declared at the top.
    """

    def __init__(self, actions: Sequence[Action]):
        self.actions = actions
        self.links: Links = find_links(actions)
        self.names: Names = choose_names(actions, self.links)
        self.unshared_groups = unshared_groups(actions)
        self.index = 0
        self.is_first = True  # whether no line is printed yet
        self._assigned: set[str] = set()
        self._order: list[str] = []  # assigned names, oldest first
        self._undefined: dict[str, bool] = {}  # names used before; True where the first use adds to a list
        self._annotated: set[str] = set()  # variables whose own name has been written once
        self._set_at, self._set_names = self._find_assignments()

    def _find_assignments(self) -> tuple[list[int], list[str]]:
        """The indexes of actions that assign a name, in order, and the names."""
        indexes, set_names = [], []
        for action in self.actions:
            variable = action.parameters.get("WFVariableName") if action.identifier == _SET_VARIABLE else None
            name = self.names.outputs.get(action.index)
            if name is None and isinstance(variable, str):
                name = self.names.variables[variable]
            if name:
                indexes.append(action.index)
                set_names.append(name)
        return indexes, set_names

    # Reading names

    def output(self, uuid: str) -> str:
        """The name of the output that a UUID, in capitals, means here."""
        maker = self.links.maker(uuid, self.index)
        return self._use(self.names.missing[uuid] if maker is None else self.names.outputs[maker])

    def variable(self, name: str, appends: bool = False) -> str:
        """The Python name of a variable that is read, or added to."""
        return self._use(self.names.variables[name], appends)

    def implicit(self) -> str | None:
        """The name of the implicit input of the action being printed."""
        maker = self.links.implicit.get(self.index)
        return None if maker is None else self._use(self.names.outputs[maker])

    def _use(self, name: str, appends: bool = False) -> str:
        if name not in self._assigned and name not in self._undefined:
            self._undefined[name] = appends
        return name

    # Assigning names

    def assign(self, name: str) -> None:
        if name not in self._assigned:
            self._assigned.add(name)
            self._order.append(name)

    def variable_target(self, variable: str) -> str:
        """A variable on the left of an assignment, annotated once where Python's name differs from its own."""
        name = self.names.variables[variable]
        self.assign(name)
        if name == variable or name in self._annotated:
            return name
        self._annotated.add(name)
        return _target(name, variable)

    def output_target(self, action: Action) -> str:
        """`name = `, for an action whose output has a name; call it after the action's own values are printed."""
        name = self.names.outputs.get(action.index)
        if name is None:
            return ""
        self.assign(name)
        return _target(name, action.parameters.get("CustomOutputName")) + " = "

    def loop_variable(self, variable: str, inside: range) -> str | None:
        """The Python name of a loop's variable, where an action of the loop reads it."""
        reads = self.links.variables.get(variable, ())
        first = bisect_left(reads, inside.start)
        if first == len(reads) or reads[first] >= inside.stop:
            return None
        name = self.names.variables[variable]
        self.assign(name)
        return name

    # Paths

    def branch(self, walk: Callable[[], None]) -> list[str]:
        """Walk a branch; return what it assigned, which the next branch does not see."""
        mark = len(self._order)
        walk()
        inside = self._order[mark:]
        del self._order[mark:]
        self._assigned.difference_update(inside)
        return inside

    def join(self, names: list[str]) -> None:
        """What branches assigned is there after the last of them."""
        for name in names:
            self.assign(name)

    def enter_loop(self, inside: range) -> None:
        """What a loop's body assigns is there from its second round on."""
        low, high = bisect_left(self._set_at, inside.start), bisect_left(self._set_at, inside.stop)
        self.join(self._set_names[low:high])

    # Declarations and groups

    def declarations(self) -> list[str]:
        """Lines for names that nothing assigns before they are used: dangling references, lists only added to."""
        shown = {name: variable for variable, name in self.names.variables.items()}
        missing = {name: uuid for uuid, name in self.names.missing.items()}
        lines = []
        for name, is_list in self._undefined.items():
            value = f"missing({line_literal(missing[name])})" if name in missing else "[]" if is_list else "None"
            needs_label = name in shown and shown[name] != name
            lines.append(f"{_target(name, shown[name] if needs_label else None)} = {value}")
        return lines

    def control_keys(self, action: Action) -> frozenset[str]:
        """The keys of a block's mark that go without saying: those of every block, and a group that is its own."""
        group = action.parameters.get("GroupingIdentifier")
        unshared = isinstance(group, str) and group in self.unshared_groups
        return CONTROL_KEYS if unshared else CONTROL_KEYS - {"GroupingIdentifier"}


def _target(name: str, shown: object) -> str:
    """`name` on the left of an assignment, annotated with the name that Shortcuts shows where it needs one."""
    return f"{name}: {line_literal(shown)}" if isinstance(shown, str) else name


def unshared_groups(actions: Sequence[Action]) -> set[str]:
    """Group identifiers that stand for one block only, so that any new identifier can stand for them."""
    owners = (action for action in actions if mode_of(action) in (None, OPEN))
    groups = Counter(owner.parameters.get("GroupingIdentifier") for owner in owners if _has_group(owner))
    return {group for group, count in groups.items() if count == 1}


def _has_group(action: Action) -> bool:
    return isinstance(action.parameters.get("GroupingIdentifier"), str)
