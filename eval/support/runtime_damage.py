"""Damage for the runtime: workflows and worlds with something wrong in them, from a seed."""

import copy
from random import Random
from typing import Any

from workflowllm.runtime.stock_world import DESCRIPTION

_VALUES = (
    None, True, -1, 0, 10**30, 1.5, "", "x", "2026-99-99", "﻿", "a" * 1000, [], {}, [[]], {"type": "image"},
    {"Value": {"Type": "Variable", "VariableName": "x"}, "WFSerializationType": "WFTextTokenAttachment"},
    {"Value": {"string": "￼", "attachmentsByRange": {"{0, 1}": 3}}, "WFSerializationType": "WFTextTokenString"},
    {"Value": None, "WFSerializationType": "WFDictionaryFieldValue"}, b"\xff\x00", float("1e308"),
)  # fmt: skip
_WORLD_KEYS = (
    "answers", "input", "seeds", "runs", "web", "files", "locale", "zone", "apps", "shortcuts", "import_answers",
)  # fmt: skip


def _odd_value(rng: Random) -> Any:
    """A value of its own: later damage may change what is inside, and must not reach the next workflow."""
    return copy.deepcopy(rng.choice(_VALUES))


def damaged_workflow(workflow: dict[str, Any], rng: Random) -> dict[str, Any]:
    """A copy of a workflow with one to four parameters changed, actions moved, doubled or dropped."""
    damaged = copy.deepcopy(workflow)
    actions = damaged["WFWorkflowActions"]
    for _ in range(rng.randint(1, 4)):
        if not actions:
            break
        rng.choice((_change_parameter, _move, _double, _drop, _rename))(actions, rng)
    return damaged


def _change_parameter(actions: list[dict[str, Any]], rng: Random) -> None:
    parameters = rng.choice(actions).get("WFWorkflowActionParameters") or {}
    spots = list(_spots(parameters))
    if spots:
        container, key = rng.choice(spots)
        container[key] = _odd_value(rng)


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Every slot of nested data that holds a value: its container and key."""
    spots, waiting = [], [value]
    while waiting:
        item = waiting.pop()
        pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        for key, inner in pairs:
            spots.append((item, key))
            waiting.append(inner)
    return spots


def _move(actions: list[dict[str, Any]], rng: Random) -> None:
    actions.insert(rng.randrange(len(actions)), actions.pop(rng.randrange(len(actions))))


def _double(actions: list[dict[str, Any]], rng: Random) -> None:
    actions.insert(rng.randrange(len(actions)), copy.deepcopy(rng.choice(actions)))


def _drop(actions: list[dict[str, Any]], rng: Random) -> None:
    del actions[rng.randrange(len(actions))]


def _rename(actions: list[dict[str, Any]], rng: Random) -> None:
    rng.choice(actions)["WFWorkflowActionIdentifier"] = rng.choice(actions)["WFWorkflowActionIdentifier"]


def damaged_world(rng: Random) -> dict[str, Any]:
    """The stock world's description with one to three values changed, added or dropped."""
    damaged = copy.deepcopy(DESCRIPTION)
    for _ in range(rng.randint(1, 3)):
        spots = _spots(damaged)
        container, key = rng.choice(spots)
        kind = rng.randrange(4)
        if kind == 0:
            damaged[rng.choice(_WORLD_KEYS)] = _odd_value(rng)
        elif kind == 1 and isinstance(container, dict):
            container[rng.choice(("x", "type", "name", "start", "value", "unit"))] = _odd_value(rng)
        elif kind == 2 and isinstance(container, dict):
            del container[key]
        else:
            container[key] = _odd_value(rng)
    return damaged
