"""Runs programs over worlds, for tests: what they did, and how they ended."""

from typing import Any

from workflowllm.runtime.program import program_of_code
from workflowllm.runtime.running import Outcome, run_world
from workflowllm.runtime.world import parse_world

NOW = "2026-03-14T09:26:53+01:00"


def outcome_of(code: str, **world: Any) -> Outcome:
    """A program's run over a world with these keys."""
    return run_world(program_of_code(code), parse_world({"now": NOW, **world}))


def effects_of(code: str, **world: Any) -> list[dict[str, Any]]:
    """The effects of a program that must end well, without the fields that number them."""
    outcome = outcome_of(code, **world)
    ending = outcome.endings[-1]
    assert ending.how in ("ok", "stopped"), f"{ending.how}: {ending.error}"
    return [
        {key: value for key, value in effect.items() if key not in ("n", "run", "action")} for effect in outcome.effects
    ]


def shown(code: str, **world: Any) -> Any:
    """What `result` holds after a program: as the clipboard has it."""
    effects = effects_of(code + "\nis_workflow_actions_setclipboard(WFInput=result)\n", **world)
    return effects[-1]["value"]


def error_of(code: str, **world: Any) -> str:
    """The sentence with which a program breaks."""
    ending = outcome_of(code, **world).endings[-1]
    assert ending.how == "broken", ending.how
    return ending.error
