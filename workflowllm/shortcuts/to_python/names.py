"""Python names for a shortcut's variables and outputs: never a UUID, never two things under one name."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflowllm.shortcuts.dialect.words import RESERVED
from workflowllm.shortcuts.model.action_table import BUILT_IN, output_name
from workflowllm.shortcuts.model.identifiers import function_name, is_name, name_from
from workflowllm.shortcuts.model.links import Links
from workflowllm.shortcuts.model.tree import Action

GET_TEXT = BUILT_IN + "gettext"


@dataclass(slots=True)
class Names:
    """The name of each output (by the index of its maker), variable, and UUID that nothing owns."""

    outputs: dict[int, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


class _Pool:
    """Hands out each name once: `text`, `text_2`, `text_3`, ...; `date_` where the dialect needs `date`."""

    def __init__(self) -> None:
        self.taken = set(RESERVED)
        self.counts: dict[str, int] = {}

    def take(self, name: str) -> str:
        chosen, count = name + "_" if name in RESERVED else name, self.counts.get(name, 1)
        while chosen in self.taken:
            count += 1
            chosen = f"{name.rstrip('_')}_{count}"
        self.counts[name] = count
        self.taken.add(chosen)
        return chosen


def choose_names(actions: Sequence[Action], links: Links) -> Names:
    """Variables first, so that they keep the user's own names; then outputs in the order of their makers."""
    pool, names = _Pool(), Names()
    pool.taken.update(filter(None, (function_name(action.identifier) for action in actions)))
    plain = [name for name in links.variables if is_name(name)]
    others = [name for name in links.variables if not is_name(name)]
    for variable in plain + others:
        names.variables[variable] = pool.take(variable if is_name(variable) else name_from(variable, "variable"))
    for action in actions:
        label = _label(action, links)
        if label is not None:
            names.outputs[action.index] = pool.take(label)
    for uuid, label in links.missing.items():
        names.missing[uuid] = pool.take(name_from(label.lower(), "output"))
    return names


def _label(action: Action, links: Links) -> str | None:
    """The name that an action's output asks for; None when nothing uses or names the output.

    A text always has a name, because a bare string is a comment.
    """
    shown = links.labels.get(action.index)
    custom = action.parameters.get("CustomOutputName")
    if isinstance(custom, str):
        return name_from(custom, "output")
    if shown is None and not (action.identifier == GET_TEXT and "WFTextActionText" in action.parameters):
        return None
    return name_from((shown or output_name(action.identifier)).lower(), "output")
