"""What only the outside can give: a camera's picture, a translation, another shortcut's screen.

The world's `apps` hold such results. Without an entry the action is recorded and gives a marked placeholder.
"""

from typing import Any

from workflowllm.runtime.actions.unknown import parameters
from workflowllm.runtime.app_results import app_result
from workflowllm.runtime.call import Call
from workflowllm.runtime.placeholders import placeholder


def from_outside(call: Call, gives: str, reads: bool = True) -> Any:
    """The world's result for this call, recorded as an `app` effect; else a placeholder of the type `gives`."""
    shown = parameters(call)
    entry = app_result(call, call.identifier, shown)
    if entry is None:
        call.made_up()
    call.effect("app", identifier=call.identifier, parameters=shown, reads=reads or None)
    return entry.value if entry is not None else placeholder(call, gives)
