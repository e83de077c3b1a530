"""Actions without a function of their own: other applications', and built-in ones that are not implemented.

They are never passed over silently: the effect holds the identifier and the parameters, the output is a placeholder.
"""

from functools import lru_cache
from typing import Any

from workflowllm.runtime.app_results import app_result
from workflowllm.runtime.call import Call
from workflowllm.runtime.documented import documented
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import ActionRule

BUILT_IN = "is.workflow.actions."


@lru_cache(maxsize=4096)
def rule_for(identifier: str) -> ActionRule:
    """The rule of an action that no family has."""
    facts = documented(identifier)
    if identifier.startswith(BUILT_IN):
        return ActionRule(unimplemented, facts.input_key, facts.gives, "?", facts.flow, is_implemented=False)
    return ActionRule(other_application, facts.input_key, facts.gives, "?", facts.flow)


def unimplemented(call: Call) -> Any:
    """A built-in action that the runtime can't do."""
    entry = app_result(call, call.identifier, parameters(call))
    call.effect("device", identifier=call.identifier, parameters=parameters(call), unimplemented=True)
    if entry is not None:
        return entry.value
    call.made_up()
    return placeholder(call, documented(call.identifier).gives)


def other_application(call: Call) -> Any:
    """Another application's action: the world's result, else a placeholder."""
    shown = parameters(call)
    entry = app_result(call, call.identifier, shown)
    if entry is None:
        call.made_up()
    reads = documented(call.identifier).reads
    call.effect("app", identifier=call.identifier, parameters=shown, reads=True if reads else None)
    if entry is not None:
        return entry.value
    return placeholder(call, documented(call.identifier).gives)


_HIDDEN = frozenset({"UUID", "CustomOutputName", "GroupingIdentifier", "AppIntentDescriptor", "ShowWhenRun"})


def parameters(call: Call) -> dict[str, Any]:
    """The parameters as JSON, with the values that they have in this run."""
    shown = {}
    for key in call.parameters:
        if key not in _HIDDEN and not key.startswith("Show-"):
            shown[key] = call._shown(call.value(key), call.world)
    input_key = call.step.rule.input
    if input_key and input_key not in shown:
        shown[input_key] = call._shown(call.input, call.world)
    return shown
