"""One action as a Python statement."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.bindings import SET_VARIABLE_CALL
from workflowllm.shortcuts.dialect.literals import docstring_literal, is_text_form, line_literal
from workflowllm.shortcuts.model.action_table import BUILT_IN, action_facts
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.tree import Action, mode_of
from workflowllm.shortcuts.to_python.fields import plain_text

if TYPE_CHECKING:
    from workflowllm.shortcuts.to_python.printer import Printer


_TEXT_KEYS = {"UUID", "CustomOutputName"}
_NAME = "WFVariableName"


def statement(printer: "Printer", action: Action) -> str:
    """The statement of an action that is no part of a block."""
    special = _SPECIAL.get(action.identifier)
    plain = not action.other and isinstance(action.parameters.get("CustomOutputName", ""), str)
    # A variable is assigned whatever else its action holds: later lines read it.
    text = special(printer, action, action.parameters) if special and (plain or special is _set_variable) else None
    return text or assigned_call(printer, action)


def assigned_call(printer: "Printer", action: Action) -> str:
    """`name = identifier(key=value, ...)`."""
    source = call(printer, action)
    return printer.output_target(action) + source


def call(printer: "Printer", action: Action, without: tuple[str, ...] = (), first: tuple[str, ...] = ()) -> str:
    """An action as a call; its UUID and its output's name stand elsewhere. `first` are arguments printed before."""
    parameters = action.parameters
    said = {*without, *(["UUID"] if mode_of(action) is None else printer.control_keys(action))}
    if mode_of(action) is None and isinstance(parameters.get("CustomOutputName"), str):
        said.add("CustomOutputName")  # a block's head has no place for an annotation
    given = {key: value for key, value in parameters.items() if key not in said}
    if mode_of(action) is not None and "GroupingIdentifier" not in parameters:
        given["GroupingIdentifier"] = None
    parts = [*([printer.values.value(action.other)] if action.other else []), *first]
    facts = action_facts().get(action.identifier)
    if action.index in printer.links.implicit and facts and facts.input_key not in parameters:
        parts.append(f"{facts.input_key}={printer.implicit()}")
    if given:
        parts.append(printer.values.arguments(given))
    name = function_name(action.identifier)
    if name is None or (name == SET_VARIABLE_CALL and action.index in printer.names.outputs):
        # `name = is_workflow_actions_setvariable(...)` would say that `name` is the variable.
        return f"action({', '.join([line_literal(action.identifier), *parts])})"
    return f"{name}({', '.join(parts)})"


# Actions with a statement of their own. Each function gives None where the action holds more than the statement says.


def _comment(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    text = plain_text(parameters.get("WFCommentActionText"))
    if (
        text is None
        or not parameters.keys() <= {"WFCommentActionText", "UUID"}
        or action.index in printer.names.outputs
    ):
        return None
    # Formatters strip the first string of a file, which they take for its documentation.
    if not printer.lines and (text != text.strip() or any(line != line.strip() for line in text.split("\n"))):
        return None
    return docstring_literal(text)


def _text(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    text = _text_value(printer, parameters, "WFTextActionText", {"WFTextActionText"} | _TEXT_KEYS)
    return printer.output_target(action) + text if text else None


def _ask(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    text = _text_value(printer, parameters, "WFAskActionPrompt", {"WFAskActionPrompt"} | _TEXT_KEYS)
    return f"{printer.output_target(action)}input({text})" if text else None


def _text_value(printer: "Printer", parameters: dict[str, Any], key: str, allowed: set[str]) -> str | None:
    """The text of a parameter, where it is one and no other parameter is given."""
    value = parameters.get(key)
    is_text = isinstance(value, str) or (isinstance(value, dict) and value.get("WFSerializationType") == dialect.TEXT)
    if not is_text or not parameters.keys() <= allowed:
        return None
    text = printer.values.value(value)
    return text if is_text_form(text) else None


def plain_reference(printer: "Printer", parameters: dict[str, Any], key: str) -> str | None:
    """A parameter that is nothing but a reference, or the implicit input in its place."""
    value = parameters.get(key)
    if key not in parameters:
        return printer.implicit()
    if (
        isinstance(value, dict)
        and value.get("WFSerializationType") == dialect.ATTACHMENT
        and len(value) == 2
        and isinstance(value.get("Value"), dict)
    ):
        return printer.values.reference(value["Value"])
    return None


def _get_value(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    keys = parameters.keys() - _TEXT_KEYS - {"WFInput"}
    asked = parameters.get("WFGetDictionaryValueType")
    if keys == {"WFDictionaryKey"}:
        suffix = _key(printer, parameters["WFDictionaryKey"])
    elif keys == {"WFGetDictionaryValueType"} and asked in ("All Keys", "All Values"):
        suffix = ".keys()" if asked == "All Keys" else ".values()"
    else:
        return None
    base = plain_reference(printer, parameters, "WFInput") if suffix else None
    return f"{printer.output_target(action)}{base}{suffix}" if base else None


def _key(printer: "Printer", value: Any) -> str | None:
    if not isinstance(value, str) and not (isinstance(value, dict) and "WFSerializationType" in value):
        return None
    text = printer.values.value(value)
    return None if text.startswith("WF") else f"[{text}]"


def _set_variable(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    """`Name = reference`; a subscript or input() there would be an action of its own, so the call stays visible."""
    name = parameters.get(_NAME)
    if not isinstance(name, str) or action.index in printer.names.outputs:
        return None
    source = None
    if parameters.keys() <= {_NAME, "WFInput", "UUID"} and not action.other:
        source = plain_reference(printer, parameters, "WFInput") or (
            "previous()" if "WFInput" not in parameters else None
        )
    if source is None or source.endswith("]") or source == "input()":
        source = call(printer, action, without=(_NAME,))
    return f"{printer.variable_target(name)} = {source}"


def _append_variable(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    name = parameters.get(_NAME)
    if (
        not isinstance(name, str)
        or action.index in printer.names.outputs
        or not parameters.keys() <= {_NAME, "WFInput", "UUID"}
    ):
        return None
    source = plain_reference(printer, parameters, "WFInput") or ("previous()" if "WFInput" not in parameters else None)
    return source and f"{printer.flow.use(printer.names.variables[name], appends=True)}.append({source})"


_SPECIAL: dict[str, Callable[["Printer", Action, dict[str, Any]], str | None]] = {
    BUILT_IN + "comment": _comment,
    BUILT_IN + "gettext": _text,
    BUILT_IN + "ask": _ask,
    BUILT_IN + "getvalueforkey": _get_value,
    BUILT_IN + "setvariable": _set_variable,
    BUILT_IN + "appendvariable": _append_variable,
}
