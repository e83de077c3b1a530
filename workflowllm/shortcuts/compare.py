"""Whether two shortcuts do the same: equal action lists, whatever their UUIDs are.

Each list is brought to a canonical form in which an output is the place of its maker, a block's group is its order of
appearance, a text without references is a plain string, and 1 equals 1.0 but not True. Then the forms are compared.
A spelt-out input of the second list counts as equal to an implicit one of the first.
"""

from collections.abc import Iterator
from typing import Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.links import Links, find_links
from workflowllm.shortcuts.model.tree import Action, read_actions
from workflowllm.shortcuts.to_python.values import parse_ranges, slice_utf16

_SEEN_PAST = {BUILT_IN + "comment", BUILT_IN + "setvariable", BUILT_IN + "appendvariable"}
_SHOWN = 160


def differences(first: dict[str, Any], second: dict[str, Any]) -> Iterator[str]:
    """A line for each difference between the actions of two workflows; none when they are equal."""
    one, two = _Canonical(read_actions(first)), _Canonical(read_actions(second))
    if len(one.actions) != len(two.actions):
        yield f"{len(one.actions)} actions against {len(two.actions)}"
    for a, b in zip(one.actions, two.actions):
        where = f"action {a.index} ({a.identifier})"
        if a.identifier != b.identifier:
            yield f"{where}: {b.identifier} instead"
            continue
        left, right = one.parameters(a), two.parameters(b)
        if one.value(a.other) != two.value(b.other):
            yield f"{where}: keys of the action itself differ"
        for key in sorted(left.keys() | right.keys()):
            if key not in left and two.is_spelt_out_input(right[key], b.index):
                continue
            if key not in left or key not in right or left[key] != right[key]:
                shown = [str(side[key])[:_SHOWN] if key in side else "absent" for side in (left, right)]
                yield f"{where}: {key} is {shown[0]} against {shown[1]}"


def metadata_differences(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """The top-level keys, beside the actions, that are not the same in both. Null, which only JSON has, is absent."""
    keys = (first.keys() | second.keys()) - {"WFWorkflowActions"}
    return sorted(key for key in keys if first.get(key) != second.get(key))


class _Canonical:
    """One action list, and the canonical form of its values."""

    def __init__(self, actions: list[Action]):
        self.actions = actions
        self.links: Links = find_links(actions)
        self.groups: dict[str, int] = {}
        self.at = 0

    def parameters(self, action: Action) -> dict[str, Any]:
        self.at = action.index
        return {
            key: self.group(value) if key == "GroupingIdentifier" else self.value(value)
            for key, value in action.parameters.items()
            if key != "UUID"
        }

    def group(self, value: Any) -> Any:
        return self.groups.setdefault(value, len(self.groups)) if isinstance(value, str) else self.value(value)

    def value(self, value: Any) -> Any:
        """A value in which only what means the same compares equal."""
        if isinstance(value, bool):
            return ("boolean", value)
        if isinstance(value, (int, float)):
            return ("number", value if value == value else "nan")
        if isinstance(value, dict):
            return self.mapping(value)
        if isinstance(value, list):
            return ("list", [self.value(item) for item in value])
        return (type(value).__name__, value)

    def mapping(self, value: dict[str, Any]) -> Any:
        if "attachmentsByRange" in value and isinstance(value.get("string"), str):
            return self.text(value)
        inner = value.get("Value")
        if value.get("WFSerializationType") == dialect.TEXT and len(value) == 2:
            plain = inner.get("string") if isinstance(inner, dict) and not inner.get("attachmentsByRange") else inner
            if isinstance(plain, str):
                return ("str", plain)
        uuid = value.get("OutputUUID")
        if value.get("Type") == "ActionOutput" and isinstance(uuid, str):
            maker = self.links.maker(uuid.upper(), self.at)
            rest = {key: item for key, item in value.items() if key not in ("OutputUUID", "OutputName", "Type")}
            return ("output", uuid.upper() if maker is None else maker, self.mapping(rest))
        return ("dictionary", {key: self.value(item) for key, item in value.items()})

    def text(self, value: dict[str, Any]) -> Any:
        if not value["attachmentsByRange"]:
            return ("str", value["string"])
        ranged = parse_ranges(value["attachmentsByRange"])
        if ranged is None:
            return ("malformed text", value["string"], self.value(value["attachmentsByRange"]))
        pieces = slice_utf16(value["string"], [place for place, _ in ranged])
        return ("text", pieces, [self.value(token) for _, token in ranged])

    def is_spelt_out_input(self, value: Any, at: int) -> bool:
        """Whether a canonical value is a plain reference to the latest output before action `at`."""
        entries = value[1] if isinstance(value, tuple) and value[0] == "dictionary" else {}
        if "Variable" in entries:
            return self.is_spelt_out_input(entries["Variable"], at)
        inner = entries.get("Value", ("",))
        if inner[0] != "output" or inner[2] != ("dictionary", {}) or not isinstance(inner[1], int) or inner[1] >= at:
            return False
        return not any(
            action.parameters.get("UUID")
            for action in self.actions[inner[1] + 1 : at]
            if action.identifier not in _SEEN_PAST
        )
