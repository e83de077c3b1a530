"""One action as a Python statement, and the heads of blocks."""
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts import dialect
from workflowllm.shortcuts.action_table import BUILT_IN, action_facts
from workflowllm.shortcuts.conditions import gives_number, simple_test, wrapped_reference
from workflowllm.shortcuts.identifiers import function_name
from workflowllm.shortcuts.literals import docstring_literal, line_literal
from workflowllm.shortcuts.tree import Action, Branch, Menu

if TYPE_CHECKING:
    from workflowllm.shortcuts.to_python import Printer

_TEXT_KEYS = {"UUID", "CustomOutputName"}
_NAME = "WFVariableName"


def statement(printer: "Printer", action: Action) -> str:
    """The statement of an action that is no part of a block."""
    special = _SPECIAL.get(action.identifier)
    text = special(printer, action, action.parameters) if special and not action.other else None
    return text or assigned_call(printer, action)


def assigned_call(printer: "Printer", action: Action) -> str:
    """`name = identifier(key=value, ...)`."""
    source = call(printer, action)
    return printer.output_target(action) + source


def call(printer: "Printer", action: Action, without: tuple[str, ...] = ()) -> str:
    """An action as a call; its UUID and its output's name stand elsewhere."""
    parameters = action.parameters
    given = {key: value for key, value in parameters.items()
             if key not in dialect.CONTROL_KEYS and key not in without
             and not (key == "CustomOutputName" and isinstance(value, str))} if action.parameters else {}
    parts = [printer.values.value(action.other)] if action.other else []
    facts = action_facts().get(action.identifier)
    if action.index in printer.links.implicit and facts and facts.input_key not in parameters:
        parts.append(f"{facts.input_key}={printer.implicit()}")
    if given:
        parts.append(printer.values.arguments(given))
    name = function_name(action.identifier)
    if name is None:
        return f"action({', '.join([line_literal(action.identifier), *parts])})"
    return f"{name}({', '.join(parts)})"


# Actions with a statement of their own. Each function gives None where the action holds more than the statement says.

def _comment(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    text = parameters.get("WFCommentActionText")
    if not isinstance(text, str) or not parameters.keys() <= {"WFCommentActionText", "UUID"} or \
            action.index in printer.names.outputs:
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
    return None if text.startswith("WF") else text


def _reference(printer: "Printer", parameters: dict[str, Any], key: str) -> str | None:
    """A parameter that is nothing but a reference, or the implicit input in its place."""
    value = parameters.get(key)
    if key not in parameters:
        return printer.implicit()
    if isinstance(value, dict) and value.get("WFSerializationType") == dialect.ATTACHMENT and len(value) == 2 and \
            isinstance(value.get("Value"), dict):
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
    base = _reference(printer, parameters, "WFInput") if suffix else None
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
    if parameters.keys() <= {_NAME, "WFInput", "UUID"}:
        source = _reference(printer, parameters, "WFInput") or ("previous()" if "WFInput" not in parameters else None)
    if source is None or source.endswith("]") or source == "input()":
        source = call(printer, action, without=(_NAME,))
    return f"{printer.variable_target(name)} = {source}"


def _append_variable(printer: "Printer", action: Action, parameters: dict[str, Any]) -> str | None:
    name = parameters.get(_NAME)
    if not isinstance(name, str) or action.index in printer.names.outputs or \
            not parameters.keys() <= {_NAME, "WFInput", "UUID"}:
        return None
    source = _reference(printer, parameters, "WFInput") or ("previous()" if "WFInput" not in parameters else None)
    return source and f"{printer.flow.use(printer.names.variables[name], appends=True)}.append({source})"


_SPECIAL: dict[str, Callable[["Printer", Action, dict[str, Any]], str | None]] = {
    BUILT_IN + "comment": _comment, BUILT_IN + "gettext": _text, BUILT_IN + "ask": _ask,
    BUILT_IN + "getvalueforkey": _get_value, BUILT_IN + "setvariable": _set_variable,
    BUILT_IN + "appendvariable": _append_variable}


# Heads of blocks

def test(printer: "Printer", start: Action) -> str:
    """What stands behind `if`."""
    parameters = {key: value for key, value in start.parameters.items() if key not in dialect.CONTROL_KEYS}
    several = parameters.get("WFConditions")
    text = None
    if start.other:
        pass
    elif several is None:
        text = _single_test(printer, parameters)
    elif len(parameters) == 1:
        text = _several_tests(printer, several)
    if text:
        return text
    return _explicit_test(printer, start, parameters)


def _explicit_test(printer: "Printer", start: Action, parameters: dict[str, Any]) -> str:
    """A condition that Python has no form for, as a call; there, a reference as WFInput is the wrapped one."""
    if "WFInput" not in parameters:
        return call(printer, start)
    token = wrapped_reference(parameters["WFInput"])
    subject = printer.values.reference(token) if token else f"plain({printer.values.value(parameters['WFInput'])})"
    rest = call(printer, start, without=("WFInput",))
    head, _, tail = rest.partition("(")
    return f"{head}(WFInput={subject}{'' if tail == ')' else ', '}{tail}"


def _single_test(printer: "Printer", parameters: dict[str, Any]) -> str | None:
    subject = _subject(printer, parameters)
    if subject is None:
        return None
    stored = {key: value for key, value in parameters.items() if key != "WFInput"}
    return simple_test(printer.values, subject[0], subject[1], stored)


def _subject(printer: "Printer", parameters: dict[str, Any]) -> tuple[str, bool] | None:
    """The tested reference as an expression, and whether it is surely a number."""
    if "WFInput" not in parameters:
        maker = printer.links.implicit.get(printer.at)
        if maker is None:
            return "previous()", False
        return printer.implicit() or "", gives_number({}, printer.actions[maker].identifier)
    token = wrapped_reference(parameters["WFInput"])
    if token is None:
        return None
    uuid = token.get("OutputUUID")
    maker = printer.links.maker(uuid.upper(), printer.at) if isinstance(uuid, str) else None
    identifier = printer.actions[maker].identifier if maker is not None else None
    return printer.values.reference(token), gives_number(token, identifier)


def _several_tests(printer: "Printer", several: Any) -> str | None:
    """Several conditions, joined by `and` or `or`."""
    inner = several.get("Value") if isinstance(several, dict) and len(several) == 2 and \
        several.get("WFSerializationType") == dialect.FILTER else None
    if not isinstance(inner, dict) or inner.keys() != {"WFActionParameterFilterPrefix", "WFActionParameterFilterTemplates"}:
        return None
    prefix, templates = inner["WFActionParameterFilterPrefix"], inner["WFActionParameterFilterTemplates"]
    if prefix not in (0, 1) or not isinstance(templates, list):
        return None
    tests = [_single_test(printer, template) if isinstance(template, dict) and "WFInput" in template else None
             for template in templates]
    if None in tests or not tests:
        return None
    if len(tests) == 1:
        return f"{'all' if prefix else 'any'}([{tests[0]}])"
    return (" and " if prefix else " or ").join(tests)


def each_source(printer: "Printer", start: Action) -> str:
    """What Repeat with Each goes over."""
    if start.parameters.keys() <= {"WFInput"} | dialect.CONTROL_KEYS and not start.other:
        source = _reference(printer, start.parameters, "WFInput")
        if source or "WFInput" not in start.parameters:
            return source or "previous()"
    return call(printer, start)


def count_source(printer: "Printer", start: Action, indexed: bool) -> str:
    """The range of a Repeat; indexes count from 1 as in Shortcuts."""
    parameters = start.parameters
    count = parameters.get("WFRepeatCount")
    if parameters.keys() <= {"WFRepeatCount"} | dialect.CONTROL_KEYS and not start.other:
        if isinstance(count, (int, float)) and not isinstance(count, bool) and 0 <= count < 2 ** 53 and count == int(count):
            return f"range(1, {int(count) + 1})" if indexed else f"range({int(count)})"
        source = _reference(printer, parameters, "WFRepeatCount") if isinstance(count, dict) else None
        if source:
            return f"range(1, {source} + 1)" if indexed else f"range({source})"
    return call(printer, start)


def menu_source(printer: "Printer", node: Menu) -> str:
    """menu(prompt); the items are written out only where they are not the cases' titles."""
    parameters = {key: value for key, value in node.start.parameters.items() if key not in dialect.CONTROL_KEYS}
    parts = []
    prompt = parameters.pop("WFMenuPrompt", None)
    if prompt is not None:
        parts.append(printer.values.value(prompt))
    items = parameters.pop("WFMenuItems", None)
    if items is None:
        parts.append("WFMenuItems=None")
    else:
        derived = [_item_of(case.start.parameters) for case in node.cases]
        # What is printed decides: the names that references show may be out of date.
        text = "" if items == derived else printer.values.parameter("WFMenuItems", items)
        if text and text != printer.values.parameter("WFMenuItems", derived):
            parts.append(f"WFMenuItems={text}")
    if parameters:
        parts.append(printer.values.arguments(parameters))
    if node.start.other:
        parts.append(f"action={printer.values.value(node.start.other)}")
    return f"menu({', '.join(parts)})"


def _item_of(case: dict[str, Any]) -> Any:
    """The menu's item that belongs to a case."""
    attributed = case.get("WFMenuItemAttributedTitle")
    if not isinstance(attributed, dict):
        return case.get("WFMenuItemTitle")
    return {"WFItemType": dialect.ITEM_TEXT,
            "WFValue": {"Value": attributed, "WFSerializationType": dialect.TEXT}}


def case_pattern(printer: "Printer", case: Branch) -> str:
    """The title of a menu's case; a title that holds references stands in shown_as()."""
    title = case.start.parameters.get("WFMenuItemTitle")
    pattern = line_literal(title) if isinstance(title, str) else None
    attributed = case.start.parameters.get("WFMenuItemAttributedTitle")
    shown = printer.values.text(attributed) if isinstance(attributed, dict) else None
    guard = f" if shown_as({shown})" if shown else "" if pattern else " if untitled()"
    return (pattern or "_") + guard


def branch_extra(branch: Branch) -> dict[str, Any]:
    """What a branch's opening action stores beside its title."""
    parameters = branch.start.parameters
    said = set(dialect.CONTROL_KEYS)
    if isinstance(parameters.get("WFMenuItemTitle"), str):
        said.add("WFMenuItemTitle")
    if isinstance(parameters.get("WFMenuItemAttributedTitle"), dict):
        said.add("WFMenuItemAttributedTitle")
    return {key: value for key, value in parameters.items() if key not in said}
