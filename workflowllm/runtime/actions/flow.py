"""Comments, variables, waiting, stopping, and running other shortcuts."""

from collections.abc import Mapping

from workflowllm.runtime.app_results import app_result
from workflowllm.runtime.call import Call
from workflowllm.runtime.endings import Stopped
from workflowllm.runtime.items import NOTHING, Value
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import PASSES, SILENT, ActionRule


def comment(call: Call) -> None:
    """Fact 60."""


def nothing(call: Call) -> None:
    """Facts 43 and 59: the next action gets no input."""


def stop(call: Call) -> None:
    """Fact 58; old files store a result with it."""
    raise Stopped(call.content("WFResult") if call.has("WFResult") else NOTHING)


def stop_and_output(call: Call) -> None:
    """Ends the shortcut and gives its output to whoever ran it."""
    value = call.content("WFOutput")
    call.effect("output", text=call.run.text_of(value), value=value)
    raise Stopped(value)


def wait(call: Call) -> None:
    """Fact 61: one second without a number."""
    seconds = call.number("WFDelayTime", 1)
    call.world.wait(float(seconds))
    call.effect("passing", identifier=call.identifier, seconds=seconds)


def set_variable(call: Call) -> Value:
    value = call.input
    call.set_variable(_name(call), value)
    return value


def get_variable(call: Call) -> Value:
    return call.value("WFVariable")


def append_variable(call: Call) -> Value:
    """Facts 2 to 4: makes the variable where there is none, and gives its whole contents."""
    name, added = _name(call), call.input
    value = call.run.variables.get(name, NOTHING).plus(added)
    call.set_variable(name, value)
    return value


def _name(call: Call) -> str:
    name = call.raw("WFVariableName")
    return name if isinstance(name, str) else call.text("WFVariableName")


def run_shortcut(call: Call) -> Value | None:
    """Fact 62: passes its input and gives the called shortcut's result."""
    name, is_self = _shortcut_name(call)
    call.effect("shortcut", name=name, input=call.input)
    program = call.session.shortcuts.get(name)
    if program is None and (is_self or name == call.run.program.name != ""):
        program = call.run.program
    if program is not None:
        return call.run_shortcut(program, call.input, name)
    entry = app_result(call, call.identifier, {"name": name})
    if entry is not None:
        return entry.value
    if not call.session.makes_up:
        call.lean("missing-shortcut")
        call.fail(f"there is no shortcut {name!r}; add it to the world's shortcuts")
    return placeholder(call, "text")


def _shortcut_name(call: Call) -> tuple[str, bool]:
    workflow = call.raw("WFWorkflow")
    if isinstance(workflow, Mapping) and isinstance(workflow.get("workflowName"), str):
        return workflow["workflowName"], workflow.get("isSelf") is True
    for key in ("WFWorkflow", "WFWorkflowName"):
        if call.has(key):
            return call.text(key), False
    return "", False


ACTIONS: dict[str, ActionRule] = {
    "comment": ActionRule(comment, flow=SILENT),
    "nothing": ActionRule(nothing, gives="nothing"),
    "exit": ActionRule(stop),
    "output": ActionRule(stop_and_output),
    "delay": ActionRule(wait, flow=PASSES),
    "setvariable": ActionRule(set_variable, input="WFInput", flow=SILENT),
    "getvariable": ActionRule(get_variable, gives="any"),
    "appendvariable": ActionRule(append_variable, input="WFInput", gives="any", flow=SILENT),
    "runworkflow": ActionRule(run_shortcut, input="WFInput", gives="any"),
}
