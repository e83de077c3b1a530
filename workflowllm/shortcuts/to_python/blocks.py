"""The heads of blocks: what stands behind if, for, match and case."""

from typing import Any

from workflowllm.shortcuts.model.canonical import canonical
from workflowllm.shortcuts.model.plist_types import CONTROL_KEYS, ITEM_TEXT, Parameters, TokenText
from workflowllm.shortcuts.model.tree import MENU, REPEAT_EACH, Action, Branch, Loop, Menu
from workflowllm.shortcuts.model.wrapped import parse_ranges, subject_token, text_token
from workflowllm.shortcuts.to_python.conditions import several_tests, single_test
from workflowllm.shortcuts.to_python.literals import line_literal
from workflowllm.shortcuts.to_python.statements import call, input_reference
from workflowllm.shortcuts.to_python.values import ValuePrinter


def test(values: ValuePrinter, start: Action) -> str:
    """What stands behind `if`."""
    parameters = _stored_parameters(values, start)
    text = None
    if start.other:
        pass
    elif "WFConditions" not in parameters:
        text = single_test(values, parameters)
    elif len(parameters) == 1:
        text = several_tests(values, parameters["WFConditions"])
    return text or _explicit_test(values, start, parameters)


def _stored_parameters(values: ValuePrinter, start: Action) -> Parameters:
    """What a block's opening action stores beyond its mark; a group that it lacks or shares is named."""
    control = values.scope.control_keys(start)
    stored = {key: value for key, value in start.parameters.items() if key not in control}
    return stored if "GroupingIdentifier" in start.parameters else {**stored, "GroupingIdentifier": None}


def _explicit_test(values: ValuePrinter, start: Action, parameters: Parameters) -> str:
    """A condition that Python has no form for, as a call; there, a reference as WFInput is the wrapped one."""
    if "WFInput" not in parameters:
        return call(values, start)
    token = subject_token(parameters["WFInput"])
    subject = values.reference(token) if token else f"plain({values.value(parameters['WFInput'])})"
    return call(values, start, printed={"WFInput": subject})


# Loops


def loop_head(values: ValuePrinter, node: Loop, depth: int) -> tuple[str, str]:
    """(variables, source) of `for variables in source`; the variables that nothing reads are left out.

    `depth` counts the loops around: inside one, the variables are Repeat Item 2 and Repeat Index 2.
    """
    scope, start = values.scope, node.start
    suffix = f" {depth + 1}" if depth else ""
    inside = range(start.index + 1, node.end.index)
    if start.identifier == REPEAT_EACH:
        source = _each_source(values, start)
        item = scope.loop_variable("Repeat Item" + suffix, inside) or "_"
        index = scope.loop_variable("Repeat Index" + suffix, inside)
        source = walrus(values, start, source)
        return (f"{index}, {item}", f"enumerate({source}, start=1)") if index else (item, source)
    index = scope.loop_variable("Repeat Index" + suffix, inside)
    return index or "_", walrus(values, start, _count_source(values, start, index is not None))


def _each_source(values: ValuePrinter, start: Action) -> str:
    """What Repeat with Each goes over."""
    if _stored_parameters(values, start).keys() <= {"WFInput"} and not start.other:
        source = input_reference(values, start.parameters)
        if source or "WFInput" not in start.parameters:
            return source or "previous()"
    return call(values, start)


def _count_source(values: ValuePrinter, start: Action, indexed: bool) -> str:
    """The range of a Repeat; indexes count from 1 as in Shortcuts."""
    count = start.parameters.get("WFRepeatCount")
    if _stored_parameters(values, start).keys() <= {"WFRepeatCount"} and not start.other:
        if _is_whole(count):
            return f"range(1, {int(count) + 1})" if indexed else f"range({int(count)})"
        source = values.attached(count)
        if source:
            return f"range(1, {source} + 1)" if indexed else f"range({source})"
    return call(values, start)


def _is_whole(count: Any) -> bool:
    is_number = isinstance(count, (int, float)) and not isinstance(count, bool)
    return is_number and 0 <= count < 2**53 and count == int(count)


def walrus(values: ValuePrinter, start: Action, source: str) -> str:
    """A block's head; in the rare case that something refers to its opening action, with a name for that."""
    name = values.scope.names.outputs.get(start.index)
    if name is None:
        return source
    values.scope.assign(name)
    return f"({name} := {source})"


# Menus


def menu_source(values: ValuePrinter, node: Menu) -> str:
    """menu(prompt); the items are written out only where they are not the cases' titles."""
    start = node.start
    if start.other:
        source = call(values, start)
        return source if "WFMenuItems" in start.parameters else f"{source[:-1]}, WFMenuItems=None)"
    parameters = _stored_parameters(values, start)
    prompt, items = parameters.pop("WFMenuPrompt", None), parameters.pop("WFMenuItems", None)
    parts = [] if prompt is None else [values.parameter("WFMenuPrompt", prompt, MENU)]
    if items is None:
        parts.append("WFMenuItems=None")
    elif not _are_titles(values, items, node):
        parts.append(f"WFMenuItems={values.parameter('WFMenuItems', items)}")
    if parameters:
        parts.append(values.arguments(parameters, MENU))
    return f"menu({', '.join(parts)})"


def _are_titles(values: ValuePrinter, items: Any, node: Menu) -> bool:
    """Whether a menu's items are its cases' titles.

    Each is compared as it is meant where it stands: the names that references show may be out of date, and one UUID
    may mean one output at the menu and another at the case.
    """
    titles = [_item_of(case.start.parameters) for case in node.cases]
    if not isinstance(items, list) or len(items) != len(titles) or None in titles:
        return False
    links = values.scope.links
    return all(
        item == title
        if isinstance(item, str)
        else canonical(item, links, node.start.index) == canonical(title, links, case.start.index)
        for item, title, case in zip(items, titles, node.cases)
    )


def _attributed(case: Parameters) -> TokenText | None:
    """The title of a menu's case that may hold references; None where there is none, or not as Shortcuts stores it."""
    title = case.get("WFMenuItemAttributedTitle")
    if not isinstance(title, dict) or title.keys() != {"string", "attachmentsByRange"}:
        return None
    is_text = isinstance(title["string"], str) and (
        title["attachmentsByRange"] == {} or parse_ranges(title["attachmentsByRange"])
    )
    return title if is_text else None


def _item_of(case: Parameters) -> Any:
    """The menu's item that belongs to a case, as the compiler makes it from the title; None where it cannot."""
    attributed = _attributed(case)
    if attributed is not None:
        return {"WFItemType": ITEM_TEXT, "WFValue": text_token(attributed)}
    title = case.get("WFMenuItemTitle")
    return title if isinstance(title, str) else None


def case_pattern(values: ValuePrinter, case: Branch) -> str:
    """The title of a menu's case; a title that holds references stands in shown_as()."""
    title = case.start.parameters.get("WFMenuItemTitle")
    pattern = line_literal(title) if isinstance(title, str) else None
    attributed = _attributed(case.start.parameters)
    shown = values.text(attributed) if attributed else None
    guard = f" if shown_as({shown})" if shown else "" if pattern else " if untitled()"
    return (pattern or "_") + guard


# Marks


def branch_line(values: ValuePrinter, branch: Branch) -> str | None:
    """What the action that starts a branch stores beyond its title, as the branch's first line."""
    parameters, elsewhere = branch.start.parameters, set(CONTROL_KEYS)
    if branch.start.identifier == MENU and isinstance(parameters.get("WFMenuItemTitle"), str):
        elsewhere.add("WFMenuItemTitle")
    if branch.start.identifier == MENU and _attributed(parameters):
        elsewhere.add("WFMenuItemAttributedTitle")
    return _mark_line(values, "branch", branch.start, elsewhere)


def otherwise_if_line(values: ValuePrinter, branch: Branch) -> str:
    """The first line of an Otherwise If; its head says all that its action stores."""
    return f"{values.scope.output_target(branch.start)}branch()"


def end_line(values: ValuePrinter, end: Action) -> str | None:
    """`name = block_result()` after a block whose result is used, or whose closing action stores more than its mark."""
    return _mark_line(values, "block_result", end, _end_keys(end))


def needs_end(values: ValuePrinter, end: Action) -> bool:
    """Whether a block's end has a line of its own."""
    return end.index in values.scope.names.outputs or bool(end.other or end.parameters.keys() - _end_keys(end))


def _end_keys(end: Action) -> frozenset[str]:
    """The keys of a closing action that go without saying, or stand as its name's annotation."""
    is_named = isinstance(end.parameters.get("CustomOutputName"), str)
    return CONTROL_KEYS | {"CustomOutputName"} if is_named else CONTROL_KEYS


def _mark_line(values: ValuePrinter, word: str, action: Action, elsewhere: set[str] | frozenset[str]) -> str | None:
    """`name = word(...)` with what a block's mark stores; None where nothing needs saying."""
    extra = {key: value for key, value in action.parameters.items() if key not in elsewhere}
    parts = [values.value(action.other)] if action.other else []
    if extra:
        parts.append(values.arguments(extra))
    target = values.scope.output_target(action)
    return f"{target}{word}({', '.join(parts)})" if parts or target else None
