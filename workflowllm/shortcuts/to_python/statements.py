"""One action as a Python statement."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from workflowllm.shortcuts.dialect.words import NO_ACTIONS, SET_VARIABLE_CALL
from workflowllm.shortcuts.model.action_table import BUILT_IN, action_facts, holds_text
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.plist_types import Parameters
from workflowllm.shortcuts.model.tree import Action, mode_of
from workflowllm.shortcuts.model.wrapped import TEXT, plain_text, unwrap_as
from workflowllm.shortcuts.to_python.literals import docstring_literal, is_text_form, line_literal
from workflowllm.shortcuts.to_python.values import ValuePrinter

_OUTPUT_KEYS = {"UUID", "CustomOutputName"}
_NAME = "WFVariableName"


def statement(values: ValuePrinter, action: Action) -> str:
    """The statement of an action that is no part of a block."""
    special = _SPECIAL.get(action.identifier)
    is_usual = not action.other and isinstance(action.parameters.get("CustomOutputName", ""), str)
    # A variable is assigned whatever else its action holds: later lines read it.
    text = special(values, action, action.parameters) if special and (is_usual or special is _set_variable) else None
    return text or assigned_call(values, action)


def assigned_call(values: ValuePrinter, action: Action) -> str:
    """`name = identifier(key=value, ...)`."""
    source = call(values, action)
    return values.scope.output_target(action) + source


def call(
    values: ValuePrinter,
    action: Action,
    without: tuple[str, ...] = (),
    printed: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """An action as a call; its UUID and its output's name stand elsewhere.

    Parameters in `without` are left out, and those in `printed` are printed as they stand there.
    """
    parameters, scope = action.parameters, values.scope
    is_leaf = mode_of(action) is None
    elsewhere = {*without, *printed, *(["UUID"] if is_leaf else scope.control_keys(action))}
    if is_leaf and isinstance(parameters.get("CustomOutputName"), str):
        elsewhere.add("CustomOutputName")  # a block's head cannot be annotated
    stored = {key: value for key, value in parameters.items() if key not in elsewhere}
    if not is_leaf and "GroupingIdentifier" not in parameters:
        stored["GroupingIdentifier"] = None
    parts = [values.value(action.other)] if action.other else []
    facts = action_facts().get(action.identifier)
    if action.index in scope.links.implicit and facts and facts.input_key not in parameters:
        # Named, it would be compiled as a text there, which is not the same as what the action before gives.
        is_text = holds_text(action.identifier, facts.input_key)
        printed = {**printed, facts.input_key: "previous()" if is_text else scope.implicit()}
    if stored or printed:
        parts.append(values.arguments(stored, action.identifier, printed))
    name = function_name(action.identifier)
    # `name = is_workflow_actions_setvariable(...)` would say that `name` is the variable.
    is_misread = name in NO_ACTIONS or (name == SET_VARIABLE_CALL and action.index in scope.names.outputs)
    if name is None or is_misread:
        return f"action({', '.join([line_literal(action.identifier), *parts])})"
    return f"{name}({', '.join(parts)})"


def input_reference(values: ValuePrinter, parameters: Parameters, key: str = "WFInput") -> str | None:
    """A parameter that is nothing but a reference; where it is absent, the implicit input of the action printed."""
    return values.attached(parameters[key]) if key in parameters else values.scope.implicit()


# Actions with a statement of their own. Each function gives None where the action holds more than the statement says.


def _comment(values: ValuePrinter, action: Action, parameters: Parameters) -> str | None:
    text = plain_text(parameters.get("WFCommentActionText"))
    is_bare = parameters.keys() <= {"WFCommentActionText", "UUID"} and action.index not in values.scope.names.outputs
    if text is None or not is_bare:
        return None
    # Formatters strip the first string of a file, which they take for its documentation.
    if values.scope.is_first and any(line != line.strip() for line in (text, *text.split("\n"))):
        return None
    return docstring_literal(text)


def _text(values: ValuePrinter, action: Action, parameters: Parameters) -> str | None:
    text = _text_value(values, parameters, "WFTextActionText")
    return values.scope.output_target(action) + text if text else None


def _ask(values: ValuePrinter, action: Action, parameters: Parameters) -> str | None:
    text = _text_value(values, parameters, "WFAskActionPrompt")
    return f"{values.scope.output_target(action)}input({text})" if text else None


def _text_value(values: ValuePrinter, parameters: Parameters, key: str) -> str | None:
    """The text of a parameter, where it is one and there is no other parameter."""
    value = parameters.get(key)
    is_text = isinstance(value, str) or (isinstance(value, dict) and value.get("WFSerializationType") == TEXT)
    if not is_text or not parameters.keys() <= {key, *_OUTPUT_KEYS}:
        return None
    text = values.value(value)
    return text if is_text_form(text) else None


def _get_value(values: ValuePrinter, action: Action, parameters: Parameters) -> str | None:
    keys = parameters.keys() - _OUTPUT_KEYS - {"WFInput"}
    value_type = parameters.get("WFGetDictionaryValueType")
    if keys == {"WFDictionaryKey"}:
        suffix = _key(values, parameters["WFDictionaryKey"])
    elif keys == {"WFGetDictionaryValueType"} and value_type in ("All Keys", "All Values"):
        suffix = ".keys()" if value_type == "All Keys" else ".values()"
    else:
        return None
    base = input_reference(values, parameters) if suffix else None
    return f"{values.scope.output_target(action)}{base}{suffix}" if base else None


def _key(values: ValuePrinter, value: Any) -> str | None:
    if not isinstance(value, str) and unwrap_as(TEXT, value) is None:
        return None  # a bare name there might be an index
    text = values.value(value)
    return f"[{text}]" if isinstance(value, str) or is_text_form(text) else None


def _set_variable(values: ValuePrinter, action: Action, parameters: Parameters) -> str | None:
    """`Name = reference`; a subscript or input() there would be an action of its own, so the call stays visible.

    So it does for bool(...), which would say that the variable is a boolean wherever it is tested.
    """
    name = parameters.get(_NAME)
    if not isinstance(name, str) or action.index in values.scope.names.outputs:
        return None
    source = None
    if parameters.keys() <= {_NAME, "WFInput", "UUID"} and not action.other:
        source = _stored_input(values, parameters)
    if source is None or source.endswith("]") or source == "input()" or source.startswith("bool("):
        source = call(values, action, without=(_NAME,))
    return f"{values.scope.variable_target(name)} = {source}"


def _append_variable(values: ValuePrinter, action: Action, parameters: Parameters) -> str | None:
    name = parameters.get(_NAME)
    is_bare = parameters.keys() <= {_NAME, "WFInput", "UUID"} and action.index not in values.scope.names.outputs
    if not isinstance(name, str) or not is_bare:
        return None
    source = _stored_input(values, parameters)
    return source and f"{values.scope.variable(name, appends=True)}.append({source})"


def _stored_input(values: ValuePrinter, parameters: Parameters) -> str | None:
    """What a variable is set to; previous() where nothing says what it is."""
    return input_reference(values, parameters) or ("previous()" if "WFInput" not in parameters else None)


_SPECIAL: dict[str, Callable[[ValuePrinter, Action, Parameters], str | None]] = {
    BUILT_IN + "comment": _comment,
    BUILT_IN + "gettext": _text,
    BUILT_IN + "ask": _ask,
    BUILT_IN + "getvalueforkey": _get_value,
    BUILT_IN + "setvariable": _set_variable,
    BUILT_IN + "appendvariable": _append_variable,
}
