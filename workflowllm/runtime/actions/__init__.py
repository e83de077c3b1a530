"""The registry: which function runs an action. Each family is a module with a constant table `ACTIONS`.

`rule_of` gives a rule for every identifier: an implemented one, else one that records what was asked for and gives a
placeholder of the documented type.
"""

from collections.abc import Mapping
from types import ModuleType

from workflowllm.runtime.actions import (
    apps,
    archives,
    dates,
    detecting,
    device,
    dictionaries,
    encoding,
    expressions,
    files,
    finding,
    flow,
    folders,
    formats,
    health,
    images,
    lists,
    measurements,
    music,
    naming,
    numbers,
    pages,
    people,
    photos,
    places,
    planning,
    rich_text,
    show,
    text,
    unknown,
    web,
)
from workflowllm.runtime.actions import (
    url_parts as links,
)
from workflowllm.runtime.rule import ActionRule

BUILT_IN = "is.workflow.actions."
FAMILIES: tuple[ModuleType, ...] = (
    apps, archives, dates, detecting, device, dictionaries, encoding, expressions, files, finding, flow, folders,
    formats, health, images, links, lists, measurements, music, naming, numbers, pages, people, photos, places,
    planning, rich_text, show, text, web,
)  # fmt: skip


def _merged() -> dict[str, ActionRule]:
    """All families' tables. A name without a dot in front is a built-in action; twice the same name is a mistake."""
    merged: dict[str, ActionRule] = {}
    for family in FAMILIES:
        table: Mapping[str, ActionRule] = family.ACTIONS
        for name, rule in table.items():
            identifier = full_identifier(name)
            if identifier in merged:
                raise ValueError(f"{identifier} stands in two families")
            merged[identifier] = rule
    return merged


def full_identifier(name: str) -> str:
    """The identifier of a table's name: built-in ones are written without their common beginning."""
    return name if name.startswith(("com.", "is.workflow.")) else BUILT_IN + name


ACTIONS: Mapping[str, ActionRule] = _merged()
# Actions whose output is typed as text, so that a numeric test on it breaks (fact 36).
GIVE_TEXT = frozenset(
    BUILT_IN + name
    for name in (
        "gettext",
        "text.combine",
        "text.replace",
        "text.changecase",
        "detect.text",
        "format.date",
        "format.number",
        "ask",
    )
)


def rule_of(identifier: str) -> ActionRule:
    """The rule of an action."""
    return ACTIONS.get(identifier) or unknown.rule_for(identifier)
