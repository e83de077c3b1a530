"""if, for and match as the blocks of Shortcuts.

Each function compiles one block and gives its closing action, which block_result() may name. `compile_body` compiles
the statements of a body.
"""

import ast
from collections.abc import Callable
from typing import Any

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python.actions import action_keys
from workflowllm.shortcuts.from_python.conditions import condition
from workflowllm.shortcuts.from_python.literals import constant_text, only_argument
from workflowllm.shortcuts.from_python.loops import loop_head, without_name
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.statements import store_more
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.plist_types import ITEM_TEXT, ActionDict, Parameters
from workflowllm.shortcuts.model.tree import CLOSE, CONDITIONAL, MENU, NEXT, OPEN
from workflowllm.shortcuts.model.wrapped import text_token

CompileBody = Callable[[list[ast.stmt]], None]

_MENU_CALLS = ("menu", "input", function_name(MENU))


class _Block:
    """The actions that mark one block: they share a group, and their mode says which they are."""

    def __init__(self, values: ValueCompiler, identifier: str, head: ast.expr):
        self.values = values
        self.identifier = identifier
        self.group: Any = values.state.fresh("group")
        self.name = head.target.id if isinstance(head, ast.NamedExpr) else None
        call = without_name(head)
        is_explicit = called(call) == function_name(identifier)
        self.other = action_keys(values, call.args) if is_explicit else {}

    def open(self, parameters: Parameters) -> None:
        """Add the opening action; a group that the parameters name is that of the whole block."""
        self.group = parameters.get("GroupingIdentifier", self.group)
        action = self._mark(OPEN, parameters, self.other)
        if self.name:
            self.values.state.name_output(action, self.name)

    def branch(
        self, parameters: Parameters, body: list[ast.stmt], compile_body: CompileBody, head: ast.expr | None = None
    ) -> None:
        """The next branch, with what a branch() line at its top stores; `head` is the test of an Otherwise If."""
        other = action_keys(self.values, head.args) if called(head) == function_name(self.identifier) else None
        action = self._mark(NEXT, parameters, other)
        call = _branch_call(body)
        if call is not None:
            first = body[0]
            target = first.targets[0] if isinstance(first, ast.Assign) else getattr(first, "target", None)
            store_more(self.values, call, action, target.id if isinstance(target, ast.Name) else None)
            body = body[1:]
        compile_body(body)

    def close(self) -> ActionDict:
        return self._mark(CLOSE, {})

    def _mark(self, mode: int, parameters: Parameters, other: dict[str, Any] | None = None) -> ActionDict:
        control = {"GroupingIdentifier": self.group, "WFControlFlowMode": mode}
        control = {key: value for key, value in control.items() if key not in parameters}  # those stay where they are
        stored = {key: value for key, value in {**control, **parameters}.items() if value is not None}
        return self.values.state.emit(NewAction(self.identifier, stored, other))


# If


def compile_if(values: ValueCompiler, node: ast.If, compile_body: CompileBody) -> ActionDict:
    """if, elif and else."""
    parameters = _condition(values, node.test)
    block = _Block(values, CONDITIONAL, node.test)
    block.open(parameters)
    compile_body(node.body)
    orelse = node.orelse
    while _is_otherwise_if(values, orelse):
        inner, before = orelse[0], len(values.state.result.actions)
        parameters = _condition(values, inner.test)
        if len(values.state.result.actions) > before:  # actions of its own cannot stand before an Otherwise If
            if _branch_call(inner.body) is not None:
                raise Fault(inner.test, "the test of an Otherwise If is a name; give the value a name before the if.")
            del values.state.result.actions[before:]
            break
        block.branch(parameters, inner.body, compile_body, without_name(inner.test))
        orelse = inner.orelse
    if orelse:
        block.branch({}, orelse, compile_body)
    return block.close()


def _condition(values: ValueCompiler, test: ast.expr) -> Parameters:
    try:
        return condition(values, without_name(test))
    except Fault as fault:  # the branches are compiled all the same, for their own problems
        values.state.problems.append(fault.problem)
        return {}


def _is_otherwise_if(values: ValueCompiler, orelse: list[ast.stmt]) -> bool:
    """Whether an else branch is an Otherwise If of OS 27: a lone if that begins with branch(), or any for that target.

    Otherwise it is an If within Otherwise, which all versions run.
    """
    if len(orelse) != 1 or not isinstance(orelse[0], ast.If) or isinstance(orelse[0].test, ast.NamedExpr):
        return False
    return values.state.otherwise_if or _branch_call(orelse[0].body) is not None


def _branch_call(body: list[ast.stmt]) -> ast.Call | None:
    """The branch() in the first line of a body."""
    first = body[0]
    call = first.value if isinstance(first, (ast.Expr, ast.Assign, ast.AnnAssign)) else None
    return call if call is not None and called(call) == "branch" else None


# Loops


def compile_for(values: ValueCompiler, node: ast.For, compile_body: CompileBody) -> ActionDict:
    """Repeat with Each, or Repeat for a range."""
    if node.orelse:
        raise Fault(node.orelse[0], "a loop has no else; put the lines after it.")
    head = loop_head(values, node)
    block = _Block(values, head.identifier, head.source)
    block.open(head.parameters)
    head.enter(values)
    compile_body(node.body)
    values.state.leave_loop()
    return block.close()


# Menus


def compile_match(values: ValueCompiler, node: ast.Match, compile_body: CompileBody) -> ActionDict:
    """Choose from Menu; a match over a value becomes Ifs."""
    head = without_name(node.subject)
    if called(head) not in _MENU_CALLS:
        return compile_if(values, _as_ifs(node), compile_body)
    cases = list(node.cases)
    first = cases[0].pattern
    before = cases.pop(0) if isinstance(first, ast.MatchSingleton) and first.value is None else None
    titles = []
    for case in cases:
        try:
            titles.append(_title(values, case))
        except Fault as fault:
            values.state.problems.append(fault.problem)
            titles.append({})
    parameters = _menu_parameters(values, head)
    parameters.setdefault("WFMenuItems", [_item(title) for title in titles])
    block = _Block(values, MENU, node.subject)
    block.open(parameters)
    if before:
        compile_body(before.body)
    for case, title in zip(cases, titles):
        block.branch(title, case.body, compile_body)
    return block.close()


def _menu_parameters(values: ValueCompiler, call: ast.Call) -> Parameters:
    parameters = values.keywords(call, MENU)
    if called(call) == function_name(MENU):
        return parameters
    prompt = next((keyword.value for keyword in call.keywords if keyword.arg == "prompt"), None)
    if parameters.pop("prompt", None) is not None and prompt is not None:
        parameters["WFMenuPrompt"] = values.parameter("WFMenuPrompt", prompt, MENU)
    if len(call.args) > 1:
        raise Fault(call.args[1], "a menu takes one prompt; its items are the cases.")
    if call.args:
        parameters["WFMenuPrompt"] = values.parameter("WFMenuPrompt", call.args[0], MENU)
    return parameters


def _title(values: ValueCompiler, case: ast.match_case) -> Parameters:
    """What a case's opening action stores of its title."""
    guard = case.guard
    if isinstance(case.pattern, ast.MatchValue):
        stored = {"WFMenuItemTitle": constant_text(case.pattern.value, case.pattern)}
    elif called(guard) in ("untitled", "shown_as"):
        stored = {}
    else:
        raise Fault(case.pattern, 'each case of a menu is a text, `case "Title":`; a menu has no default.')
    if called(guard) == "shown_as":
        return {**stored, "WFMenuItemAttributedTitle": values.text(only_argument(guard))}
    if guard is not None and called(guard) != "untitled":
        raise Fault(guard, "a case cannot have a condition; put an if into it.")
    return stored


def _item(title: Parameters) -> Any:
    """A menu's item as its case's title says it."""
    if "WFMenuItemAttributedTitle" in title:
        return {"WFItemType": ITEM_TEXT, "WFValue": text_token(title["WFMenuItemAttributedTitle"])}
    return title.get("WFMenuItemTitle", "")


def _as_ifs(node: ast.Match) -> ast.If:
    """A match over a value, which is no menu, as a chain of ifs."""
    chain: list[ast.stmt] = []
    for case in reversed(node.cases):
        if case.guard is not None:
            raise Fault(case.guard, "a case cannot have a condition; write if and elif.")
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case is node.cases[-1]:
            chain = case.body
            continue
        if not isinstance(case.pattern, ast.MatchValue):
            raise Fault(case.pattern, "a case is a text or a number; write if and elif for anything else.")
        test = ast.copy_location(ast.Compare(node.subject, [ast.Eq()], [case.pattern.value]), case.pattern)
        chain = [ast.copy_location(ast.If(test, case.body, chain), case.pattern)]
    if not chain or not isinstance(chain[0], ast.If):
        raise Fault(node, "a match needs a case with a text or a number.")
    return chain[0]
