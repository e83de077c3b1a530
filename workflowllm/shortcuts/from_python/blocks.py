"""if, for and match as the blocks of Shortcuts."""

import ast
from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python import actions as made_actions
from workflowllm.shortcuts.from_python import conditions as condition_expressions
from workflowllm.shortcuts.from_python import references
from workflowllm.shortcuts.from_python import values as expressions
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.tree import CLOSE, CONDITIONAL, MENU, NEXT, OPEN, REPEAT_COUNT, REPEAT_EACH

if TYPE_CHECKING:
    from workflowllm.shortcuts.from_python.compiler import Compiler


_MENU_CALLS = ("menu", "input", function_name(MENU))


def compile_block(compiler: "Compiler", node: ast.If | ast.For | ast.Match) -> dict[str, Any]:
    """Compile a block; return its closing action, which block_result() may name."""
    if isinstance(node, ast.If):
        return _if(compiler, node)
    if isinstance(node, ast.For):
        return _for(compiler, node)
    return _match(compiler, node)


class _Block:
    """The actions that mark one block: they share a group, and their mode tells which they are."""

    def __init__(self, compiler: "Compiler", identifier: str, head: ast.expr):
        self.compiler = compiler
        self.identifier = identifier
        self.group = compiler.fresh("group")
        self.name = head.target.id if isinstance(head, ast.NamedExpr) else None
        call = _head(head)
        explicit = called(call) == function_name(identifier)
        self.other = made_actions.action_keys(compiler, call.args) if explicit else {}

    def mark(self, mode: int, parameters: dict[str, Any]) -> dict[str, Any]:
        if mode == OPEN:
            self.group = parameters.get("GroupingIdentifier", self.group)
        control = {"GroupingIdentifier": self.group, "WFControlFlowMode": mode}
        control = {key: value for key, value in control.items() if key not in parameters}  # given ones keep their place
        other = self.other if mode == OPEN else None
        stored = {key: value for key, value in {**control, **parameters}.items() if value is not None}
        action = self.compiler.emit(self.identifier, stored, other=other)
        if mode == OPEN and self.name:
            self.compiler.name_output(action, self.name)
        return action

    def branch(self, parameters: dict[str, Any], body: list[ast.stmt]) -> None:
        """The next branch, with what a branch() line at its top stores."""
        first = body[0]
        call = first.value if isinstance(first, (ast.Expr, ast.Assign, ast.AnnAssign)) else None
        action = self.mark(NEXT, parameters)
        if call is not None and called(call) == "branch":
            target = first.targets[0] if isinstance(first, ast.Assign) else getattr(first, "target", None)
            self.compiler.mark(call, action, target.id if isinstance(target, ast.Name) else None)
            body = body[1:]
        self.compiler.block(body)


def _head(node: ast.expr) -> ast.expr:
    """A block's head without the name that a walrus gives it."""
    return node.value if isinstance(node, ast.NamedExpr) else node


def _if(compiler: "Compiler", node: ast.If) -> dict[str, Any]:
    try:
        given = condition_expressions.condition(compiler, _head(node.test))
    except Fault as fault:  # the branches are compiled all the same, for their own problems
        compiler.problems.append(fault.problem)
        given = {}
    block = _Block(compiler, CONDITIONAL, node.test)
    block.mark(OPEN, given)
    compiler.block(node.body)
    if node.orelse:
        block.branch({}, node.orelse)
    return block.mark(CLOSE, {})


def _for(compiler: "Compiler", node: ast.For) -> dict[str, Any]:
    if node.orelse:
        raise Fault(node.orelse[0], "a loop has no else; put the lines after it.")
    names = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
    if not all(isinstance(name, ast.Name) for name in names):
        raise Fault(node.target, "a loop's variable is a plain name.")
    head = _head(node.iter)
    counted = called(head) in ("range", function_name(REPEAT_COUNT))
    source, index, item = node.iter, None, names[-1].id
    if called(head) == "enumerate":
        source, index = _enumerated(head, names), names[0].id
    elif len(names) != 1:
        raise Fault(node.target, "two variables need enumerate(..., start=1).")
    if counted:
        index, item = item, None
    given = _count(compiler, node, head) if counted else _each(compiler, _head(source))
    block = _Block(compiler, REPEAT_COUNT if counted else REPEAT_EACH, source)
    block.mark(OPEN, given)
    _loop_body(compiler, node, {"Repeat Index": index, "Repeat Item": item})
    return block.mark(CLOSE, {})


def _loop_body(compiler: "Compiler", node: ast.For, variables: dict[str, str | None]) -> None:
    """The body, in which a loop's variables go by the loop's depth: `Repeat Item 2` in the second loop."""
    depth = len(compiler.loops) + 1
    suffix = f" {depth}" if depth > 1 else ""
    loop = {name: variable + suffix for variable, name in variables.items() if name}
    compiler.loops.append(loop)
    compiler.block(node.body)
    compiler.loops.pop()
    compiler.left.update(loop)


def _enumerated(call: ast.Call, names: list[ast.expr]) -> ast.expr:
    start = next(
        (keyword.value for keyword in call.keywords if keyword.arg == "start"),
        call.args[1] if len(call.args) == 2 else None,
    )
    if len(names) != 2 or not call.args or not (isinstance(start, ast.Constant) and start.value == 1):
        raise Fault(call, "Shortcuts counts from 1: write `for index, item in enumerate(items, start=1)`.")
    return call.args[0]


def _each(compiler: "Compiler", source: ast.expr) -> dict[str, Any]:
    if called(source) == "previous":
        return {}
    if called(source) == function_name(REPEAT_EACH):
        return expressions.keyword_values(compiler, source)
    return {"WFInput": expressions.attachment(references.reference(compiler, source))}


def _count(compiler: "Compiler", node: ast.For, call: ast.Call) -> dict[str, Any]:
    """The count of range(n) or range(1, n + 1)."""
    if called(call) == function_name(REPEAT_COUNT):
        return expressions.keyword_values(compiler, call)
    if len(call.args) == 2 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 1:
        return {"WFRepeatCount": _before_one_more(compiler, call)}
    if len(call.args) != 1 or call.keywords:
        raise Fault(call, "Shortcuts counts from 1: write range(n), or range(1, n + 1) where the index is used.")
    if _is_read(node):
        raise Fault(call, "Shortcuts counts from 1: write range(1, n + 1) and use the index so.")
    return {"WFRepeatCount": _count_value(compiler, call.args[0])}


def _before_one_more(compiler: "Compiler", call: ast.Call) -> Any:
    stop = call.args[1]
    if expressions.is_number(stop):
        return stop.value - 1
    if (
        isinstance(stop, ast.BinOp)
        and isinstance(stop.op, ast.Add)
        and isinstance(stop.right, ast.Constant)
        and stop.right.value == 1
    ):
        return _count_value(compiler, stop.left)
    raise Fault(stop, "write range(1, n + 1).")


def _count_value(compiler: "Compiler", node: ast.expr) -> Any:
    return node.value if expressions.is_number(node) else expressions.attachment(references.reference(compiler, node))


def _is_read(node: ast.For) -> bool:
    return any(
        isinstance(inner, ast.Name)
        and isinstance(inner.ctx, ast.Load)
        and isinstance(node.target, ast.Name)
        and inner.id == node.target.id
        for statement in node.body
        for inner in ast.walk(statement)
    )


# Menus


def _match(compiler: "Compiler", node: ast.Match) -> dict[str, Any]:
    head = _head(node.subject)
    if called(head) not in _MENU_CALLS:
        return _if(compiler, _as_ifs(node))
    cases = list(node.cases)
    before = (
        cases.pop(0) if isinstance(cases[0].pattern, ast.MatchSingleton) and cases[0].pattern.value is None else None
    )
    titles = []
    for case in cases:
        try:
            titles.append(_title(compiler, case))
        except Fault as fault:
            compiler.problems.append(fault.problem)
            titles.append({})
    given = _menu_parameters(compiler, head)
    given.setdefault("WFMenuItems", [_item(title) for title in titles])
    block = _Block(compiler, MENU, node.subject)
    block.mark(OPEN, given)
    if before:
        compiler.block(before.body)
    for case, title in zip(cases, titles):
        block.branch(title, case.body)
    return block.mark(CLOSE, {})


def _menu_parameters(compiler: "Compiler", call: ast.Call) -> dict[str, Any]:
    given = expressions.keyword_values(compiler, call)
    if called(call) == function_name(MENU):
        return given
    if "prompt" in given:
        given["WFMenuPrompt"] = given.pop("prompt")
    if len(call.args) > 1:
        raise Fault(call.args[1], "a menu takes one prompt; its items are the cases.")
    if call.args:
        given["WFMenuPrompt"] = expressions.value(compiler, call.args[0])
    return given


def _title(compiler: "Compiler", case: ast.match_case) -> dict[str, Any]:
    """What a case's opening action stores of its title."""
    guard = case.guard
    if isinstance(case.pattern, ast.MatchValue):
        stored = {"WFMenuItemTitle": expressions.constant_text(case.pattern.value, case.pattern)}
    elif called(guard) in ("untitled", "shown_as"):
        stored = {}
    else:
        raise Fault(case.pattern, 'each case of a menu is a text, `case "Title":`; a menu has no default.')
    if called(guard) == "shown_as":
        return {**stored, "WFMenuItemAttributedTitle": expressions.text(compiler, expressions.only_argument(guard))}
    if guard is not None and called(guard) != "untitled":
        raise Fault(guard, "a case cannot have a condition; put an if into it.")
    return stored


def _item(title: dict[str, Any]) -> Any:
    """A menu's item as its case's title says it."""
    if "WFMenuItemAttributedTitle" in title:
        return {"WFItemType": dialect.ITEM_TEXT, "WFValue": expressions.text_token(title["WFMenuItemAttributedTitle"])}
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
