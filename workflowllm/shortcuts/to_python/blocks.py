"""The heads of blocks: what stands behind if, for, match and case."""

from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.literals import line_literal
from workflowllm.shortcuts.model.tree import MENU, Action, Branch, Menu
from workflowllm.shortcuts.to_python.conditions import gives_number, simple_test, wrapped_reference
from workflowllm.shortcuts.to_python.statements import call, plain_reference
from workflowllm.shortcuts.to_python.values import parse_ranges

if TYPE_CHECKING:
    from workflowllm.shortcuts.to_python.printer import Printer


def test(printer: "Printer", start: Action) -> str:
    """What stands behind `if`."""
    parameters = stored_parameters(printer, start)
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


def stored_parameters(printer: "Printer", start: Action) -> dict[str, Any]:
    """What a block's opening action stores beyond its mark; a group that it lacks or shares is named."""
    stored = {key: value for key, value in start.parameters.items() if key not in printer.control_keys(start)}
    return stored if "GroupingIdentifier" in start.parameters else {**stored, "GroupingIdentifier": None}


def _explicit_test(printer: "Printer", start: Action, parameters: dict[str, Any]) -> str:
    """A condition that Python has no form for, as a call; there, a reference as WFInput is the wrapped one."""
    if "WFInput" not in parameters:
        return call(printer, start)
    token = wrapped_reference(parameters["WFInput"])
    subject = printer.values.reference(token) if token else f"plain({printer.values.value(parameters['WFInput'])})"
    return call(printer, start, without=("WFInput",), first=(f"WFInput={subject}",))


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
    inner = (
        several.get("Value")
        if isinstance(several, dict) and len(several) == 2 and several.get("WFSerializationType") == dialect.FILTER
        else None
    )
    if not isinstance(inner, dict) or inner.keys() != {
        "WFActionParameterFilterPrefix",
        "WFActionParameterFilterTemplates",
    }:
        return None
    prefix, templates = inner["WFActionParameterFilterPrefix"], inner["WFActionParameterFilterTemplates"]
    if type(prefix) is not int or prefix not in (-1, 0, 1) or not isinstance(templates, list):
        return None
    tests = [
        _single_test(printer, template) if isinstance(template, dict) and "WFInput" in template else None
        for template in templates
    ]
    if None in tests or not tests:
        return None
    if prefix == -1:
        return f"listed({tests[0]})" if len(tests) == 1 else None
    if len(tests) == 1:
        return f"{'all' if prefix else 'any'}([{tests[0]}])"
    return (" and " if prefix else " or ").join(tests)


def each_source(printer: "Printer", start: Action) -> str:
    """What Repeat with Each goes over."""
    if stored_parameters(printer, start).keys() <= {"WFInput"} and not start.other:
        source = plain_reference(printer, start.parameters, "WFInput")
        if source or "WFInput" not in start.parameters:
            return source or "previous()"
    return call(printer, start)


def count_source(printer: "Printer", start: Action, indexed: bool) -> str:
    """The range of a Repeat; indexes count from 1 as in Shortcuts."""
    parameters = start.parameters
    count = parameters.get("WFRepeatCount")
    if stored_parameters(printer, start).keys() <= {"WFRepeatCount"} and not start.other:
        if (
            isinstance(count, (int, float))
            and not isinstance(count, bool)
            and 0 <= count < 2**53
            and count == int(count)
        ):
            return f"range(1, {int(count) + 1})" if indexed else f"range({int(count)})"
        source = plain_reference(printer, parameters, "WFRepeatCount") if isinstance(count, dict) else None
        if source:
            return f"range(1, {source} + 1)" if indexed else f"range({source})"
    return call(printer, start)


def menu_source(printer: "Printer", node: Menu) -> str:
    """menu(prompt); the items are written out only where they are not the cases' titles."""
    start = node.start
    if start.other:
        source = call(printer, start)
        return source if "WFMenuItems" in start.parameters else f"{source[:-1]}, WFMenuItems=None)"
    parameters = stored_parameters(printer, start)
    prompt, items = parameters.pop("WFMenuPrompt", None), parameters.pop("WFMenuItems", None)
    parts = [] if prompt is None else [printer.values.value(prompt)]
    if items is None:
        parts.append("WFMenuItems=None")
    elif not _are_titles(printer, items, node.cases):
        parts.append(f"WFMenuItems={printer.values.parameter('WFMenuItems', items)}")
    if parameters:
        parts.append(printer.values.arguments(parameters))
    return f"menu({', '.join(parts)})"


def _are_titles(printer: "Printer", items: Any, cases: list[Branch]) -> bool:
    """Whether a menu's items are its cases' titles.

    What would be printed decides, each title at its own case: the names that references show may be out of date, and
    one UUID may mean one output at the menu and another at the case. Nothing is used by being compared.
    """
    titles = [_item_of(case.start.parameters) for case in cases]
    if all(isinstance(title, str) for title in titles) and items == titles:
        return True
    at, undefined = printer.at, dict(printer.flow.undefined)
    text, printed = printer.values.parameter("WFMenuItems", items), []
    for case, title in zip(cases, titles):
        printer.at = case.start.index
        printed.append(printer.values.parameter("WFMenuItems", [title])[1:-1])
    printer.at, printer.flow.undefined = at, undefined
    return text == f"[{', '.join(printed)}]"


def _attributed(case: dict[str, Any]) -> dict[str, Any] | None:
    """The title of a menu's case that may hold references; None where there is none, or not as Shortcuts stores it."""
    title = case.get("WFMenuItemAttributedTitle")
    if not isinstance(title, dict) or title.keys() != {"string", "attachmentsByRange"}:
        return None
    is_text = isinstance(title["string"], str) and (
        title["attachmentsByRange"] == {} or parse_ranges(title["attachmentsByRange"])
    )
    return title if is_text else None


def _item_of(case: dict[str, Any]) -> Any:
    """The menu's item that belongs to a case."""
    attributed = _attributed(case)
    if attributed is None:
        return case.get("WFMenuItemTitle")
    return {"WFItemType": dialect.ITEM_TEXT, "WFValue": {"Value": attributed, "WFSerializationType": dialect.TEXT}}


def case_pattern(printer: "Printer", case: Branch) -> str:
    """The title of a menu's case; a title that holds references stands in shown_as()."""
    title = case.start.parameters.get("WFMenuItemTitle")
    pattern = line_literal(title) if isinstance(title, str) else None
    attributed = _attributed(case.start.parameters)
    shown = printer.values.text(attributed) if attributed else None
    guard = f" if shown_as({shown})" if shown else "" if pattern else " if untitled()"
    return (pattern or "_") + guard


def branch_extra(branch: Branch) -> dict[str, Any]:
    """What a branch's opening action stores beside its title."""
    parameters = branch.start.parameters
    said = set(dialect.CONTROL_KEYS)
    if branch.start.identifier == MENU and isinstance(parameters.get("WFMenuItemTitle"), str):
        said.add("WFMenuItemTitle")
    if branch.start.identifier == MENU and _attributed(parameters):
        said.add("WFMenuItemAttributedTitle")
    return {key: value for key, value in parameters.items() if key not in said}


def end_extra(end: Action) -> dict[str, Any]:
    """What a block's closing action stores beside the name of its result."""
    named = isinstance(end.parameters.get("CustomOutputName"), str)
    said = dialect.CONTROL_KEYS | ({"CustomOutputName"} if named else set())
    return {key: value for key, value in end.parameters.items() if key not in said}
