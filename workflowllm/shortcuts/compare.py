"""Whether two shortcuts do the same: equal action lists, whatever their UUIDs are.

The parameters of both are brought to a canonical form (`model/canonical.py`), in which a block's group is its order of
appearance. An input that the second list spells out counts as equal to an implicit one of the first.
"""

from collections.abc import Iterator
from typing import Any

from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.canonical import canonical
from workflowllm.shortcuts.model.links import find_links
from workflowllm.shortcuts.model.plist_types import Workflow
from workflowllm.shortcuts.model.tree import Action, mode_of, read_actions

_SEEN_PAST = {BUILT_IN + "comment", BUILT_IN + "setvariable", BUILT_IN + "appendvariable"}
_SHOWN = 160  # characters of a value


def differences(first: Workflow, second: Workflow) -> Iterator[str]:
    """A line for each difference between the actions of two workflows; none when they are equal."""
    left, right = _Comparable(first), _Comparable(second)
    if len(left.actions) != len(right.actions):
        yield f"{len(left.actions)} actions against {len(right.actions)}"
    for a, b in zip(left.actions, right.actions):
        where = f"action {a.index} ({a.identifier})"
        if a.identifier != b.identifier:
            yield f"{where}: {b.identifier} instead"
            continue
        ours, theirs = left.parameters(a), right.parameters(b)
        if left.other(a) != right.other(b):
            yield f"{where}: keys of the action itself differ"
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in ours and right.is_spelt_out_input(theirs[key], b.index):
                continue
            if key not in ours or key not in theirs or ours[key] != theirs[key]:
                shown = [str(side[key])[:_SHOWN] if key in side else "absent" for side in (ours, theirs)]
                yield f"{where}: {key} is {shown[0]} against {shown[1]}"


def metadata_differences(first: Workflow, second: Workflow) -> list[str]:
    """The top-level keys, beside the actions, that are not the same in both. Null, which only JSON has, is absent."""
    keys = (first.keys() | second.keys()) - {"WFWorkflowActions"}
    return sorted(key for key in keys if first.get(key) != second.get(key))


class _Comparable:
    """The actions of one workflow with their parameters in canonical form."""

    def __init__(self, workflow: Workflow):
        self.actions = read_actions(workflow)
        self.links = find_links(self.actions)
        self.groups: dict[str, int] = {}

    def parameters(self, action: Action) -> dict[str, Any]:
        stored = {key: value for key, value in action.parameters.items() if key != "UUID"}
        if mode_of(action) is not None:
            stored["WFControlFlowMode"] = mode_of(action)  # old clients store it as text, or not at all
        group = stored.get("GroupingIdentifier")
        if isinstance(group, str):
            stored["GroupingIdentifier"] = self.groups.setdefault(group, len(self.groups))
        return {key: canonical(value, self.links, action.index) for key, value in stored.items()}

    def other(self, action: Action) -> Any:
        return canonical(action.other, self.links, action.index)

    def is_spelt_out_input(self, value: Any, index: int) -> bool:
        """Whether a canonical value is a plain reference to the latest output before the action of an index."""
        entries = value[1] if isinstance(value, tuple) and value[0] == "dictionary" else {}
        if "Variable" in entries:
            return self.is_spelt_out_input(entries["Variable"], index)
        inner = entries.get("Value", ("",))
        if inner[0] != "output" or inner[2] != ("dictionary", {}) or not isinstance(inner[1], int):
            return False
        return inner[1] < index and not any(
            action.parameters.get("UUID")
            for action in self.actions[inner[1] + 1 : index]
            if action.identifier not in _SEEN_PAST
        )
