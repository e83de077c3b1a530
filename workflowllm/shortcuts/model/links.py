"""Who refers to what in a shortcut: outputs by UUID, variables by name, and inputs that are left implicit."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.shortcuts.model.action_table import ActionFacts, action_facts
from workflowllm.shortcuts.model.tree import CLOSE, CONDITIONAL, MENU, NEXT, OPEN, Action, mode_of


@dataclass(slots=True)
class Links:
    """What one pass over the actions finds. Places are indexes into the action list."""

    makers: dict[str, list[int]] = field(default_factory=dict)  # UUID -> actions that own it
    labels: dict[int, str] = field(default_factory=dict)  # maker -> name its first reference shows
    missing: dict[str, str] = field(default_factory=dict)  # UUID nobody owns -> name shown
    variables: dict[str, list[int]] = field(default_factory=dict)  # variable -> where it is read
    implicit: dict[int, int] = field(default_factory=dict)  # action -> maker of its implicit input

    def maker(self, uuid: str, at: int) -> int | None:
        """The action that a reference in action `at` means: the latest earlier owner, else the first."""
        owners = self.makers.get(uuid)
        if owners is None or len(owners) == 1:
            return owners[0] if owners else None
        return owners[max(bisect_left(owners, at) - 1, 0)]


def find_links(actions: Sequence[Action]) -> Links:
    """Scan the actions once for owners and once for references."""
    links = Links()
    for action in actions:
        uuid = action.parameters.get("UUID")
        if isinstance(uuid, str):
            links.makers.setdefault(uuid.upper(), []).append(action.index)
    for action in actions:
        _scan(action, links)
    _find_implicit(actions, links)
    return links


def _scan(action: Action, links: Links) -> None:
    """Note every reference in an action's parameters, and the variable that it sets."""
    name = action.parameters.get("WFVariableName")
    if isinstance(name, str):
        links.variables.setdefault(name, [])
    waiting: list[Any] = [value for value in action.parameters.values() if type(value) in (dict, list)]
    if action.other:
        waiting.append(action.other)
    for value in waiting:  # grows while it is walked: no recursion, however deep the value
        if type(value) is dict:
            if "Type" in value:
                _note(value, action.index, links)
            value = value.values()
        waiting.extend([item for item in value if type(item) in (dict, list)])


def _note(token: dict, at: int, links: Links) -> None:
    kind = token["Type"]
    if kind == "Variable":
        name = token.get("VariableName")
        if isinstance(name, str):
            links.variables.setdefault(name, []).append(at)
    elif kind == "ActionOutput":
        uuid, label = token.get("OutputUUID"), token.get("OutputName")
        if isinstance(uuid, str):
            maker = links.maker(uuid.upper(), at)
            shown = label if isinstance(label, str) else ""
            if maker is None:
                links.missing.setdefault(uuid.upper(), shown)
            else:
                links.labels.setdefault(maker, shown)


_UNKNOWN = ActionFacts("", "", "")


def _find_implicit(actions: Sequence[Action], links: Links) -> None:
    """Find the output that each action without its input parameter takes.

    An action with no input takes the output of the action before it; comments and variable settings are passed over,
    and actions that give their input on. What the first action of a loop's body, an else branch or a menu case takes
    is left open.
    """
    facts = action_facts()
    last: int | None = None
    for action in actions:
        known = facts.get(action.identifier, _UNKNOWN)
        mode = mode_of(action)
        parameters = action.parameters
        takes = known.input_key and known.input_key not in parameters and "WFConditions" not in parameters
        if last is not None and takes and mode in (None, OPEN):
            links.implicit[action.index] = last
            links.labels.setdefault(last, "")
        owned = "UUID" in parameters or "CustomOutputName" in parameters
        if mode is None:
            gives = known.gives or ("output" if owned else "none")
            if gives in ("output", "number") or (gives == "passes" and owned):
                last = action.index
            elif gives == "none":
                last = None
        elif mode == CLOSE:
            last = action.index
        elif mode == NEXT or action.identifier not in (CONDITIONAL, MENU) or _is_named(action, links):
            last = None


def _is_named(action: Action, links: Links) -> bool:
    """Whether a block's opening action has an output: a UUID that nothing refers to is none."""
    return action.index in links.labels or "CustomOutputName" in action.parameters
