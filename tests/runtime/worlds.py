"""Programs over worlds at a fixed moment: what they did, what they hold in the end, how they break."""

from typing import Any

from runtime_helpers import Result, run

NOW = "2026-03-14T09:26:53+01:00"
_NUMBERING = ("n", "run", "action")


def outcome_of(code: str, **world: Any) -> Result:
    """A program's run over a world with these keys."""
    return run(code, **{"now": NOW, **world})


def effects_of(code: str, **world: Any) -> list[dict[str, Any]]:
    """The effects of a program that must end well, without the fields that number them."""
    result = outcome_of(code, **world)
    assert result.how in ("ok", "stopped"), f"{result.how}: {result.error}"
    return [{key: value for key, value in effect.items() if key not in _NUMBERING} for effect in result.effects]


def shown(code: str, **world: Any) -> Any:
    """What the variable `result` holds after a program."""
    return effects_of(code + "\nis_workflow_actions_setclipboard(WFInput=result)\n", **world)[-1]["value"]


def error_of(code: str, **world: Any) -> str:
    """The sentence with which a program breaks."""
    result = outcome_of(code, **world)
    assert result.how == "broken", result.how
    return result.error
