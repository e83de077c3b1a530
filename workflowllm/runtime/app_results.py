"""Results of actions that depend on the outside: the world's `apps`, in order of call."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from workflowllm.runtime.call import Call
from workflowllm.runtime.data_forms import world_value
from workflowllm.runtime.items import Value


class AppResult(NamedTuple):
    value: Value


def app_result(call: Call, identifier: str, parameters: Mapping[str, Any]) -> AppResult | None:
    """The next entry of the world for this action whose `when` fits; the last one that fits serves again."""
    entries = call.world.app_entries.get(identifier)
    if not entries:
        return None
    fitting = [
        entry
        for entry in entries
        if all(call.session.patterns.fits(pattern, parameters.get(key)) for key, pattern in entry.when.items())
    ]
    if not fitting:
        return None
    if len(fitting) > 1:
        entries.remove(fitting[0])
    return AppResult(world_value(fitting[0].gives, call.world))
