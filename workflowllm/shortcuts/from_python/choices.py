"""Values that depend on a test, as an If whose result they are: `a if x else b`, `x or "none"`, `n > 3`."""

import ast

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.value_kinds import ASKED, BOOLEAN, TEXT, item_kind
from workflowllm.shortcuts.dialect.words import REFERENCE_CALLS
from workflowllm.shortcuts.from_python.conditions import condition
from workflowllm.shortcuts.from_python.state import NewAction
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.plist_types import Parameters
from workflowllm.shortcuts.model.tree import CLOSE, CONDITIONAL, NEXT, OPEN, REPEAT_EACH


def choice_action(values: ValueCompiler, node: ast.expr) -> NewAction:
    """The closing action of an If that gives the value; what comes before it is added."""
    if isinstance(node, ast.IfExp):
        return _choice(values, node.test, node.body, node.orelse)
    if isinstance(node, ast.BoolOp) and values.state.kinds.of(node) != BOOLEAN:
        first = values.once(node.values[0])
        is_pair = len(node.values) == 2
        rest = node.values[1] if is_pair else ast.copy_location(ast.BoolOp(node.op, node.values[1:]), node)
        is_text = values.state.kinds.of(first) in (TEXT, ASKED)
        empty = ast.copy_location(ast.Constant(""), node)
        test = ast.copy_location(ast.Compare(first, [ast.NotEq()], [empty]), node) if is_text else first
        return _choice(values, test, *((first, rest) if isinstance(node.op, ast.Or) else (rest, first)))
    yes, no = (ast.copy_location(ast.Constant(number), node) for number in (1, 0))
    return _choice(values, node, yes, no)


def _choice(values: ValueCompiler, test: ast.expr, body: ast.expr, orelse: ast.expr) -> NewAction:
    parameters = condition(values, test)
    group = values.state.fresh("group")
    _mark(values, group, OPEN, parameters)
    _give(values, body)
    _mark(values, group, NEXT, {})
    _give(values, orelse)
    return NewAction(CONDITIONAL, {"GroupingIdentifier": group, "WFControlFlowMode": CLOSE})


def listed_action(values: ValueCompiler, node: ast.ListComp | ast.GeneratorExp) -> NewAction:
    """The closing action of the Repeat with Each that `[value for item in items if test]` is."""
    generator = node.generators[0]
    if len(node.generators) > 1 or not isinstance(generator.target, ast.Name) or generator.is_async:
        raise Fault(node, "write a for loop that appends to a list.")
    group = values.state.fresh("group")
    control = {"GroupingIdentifier": group, "WFControlFlowMode": OPEN}
    values.state.emit(NewAction(REPEAT_EACH, {**control, "WFInput": values.attached(generator.iter)}))
    kinds, name = values.state.kinds, generator.target.id
    kinds.note(name, item_kind(kinds.of(generator.iter)))
    values.state.enter_loop({"Repeat Item": name})
    if generator.ifs:
        tests = generator.ifs
        test = tests[0] if len(tests) == 1 else ast.copy_location(ast.BoolOp(ast.And(), tests), node)
        nothing = ast.copy_location(ast.Constant(None), node)
        values.state.emit(_choice(values, test, node.elt, nothing))
    else:
        _give(values, node.elt)
    values.state.leave_loop()
    kinds.forget(name)
    return NewAction(REPEAT_EACH, {"GroupingIdentifier": group, "WFControlFlowMode": CLOSE})


def _mark(values: ValueCompiler, group: str, mode: int, parameters: Parameters) -> None:
    control = {"GroupingIdentifier": group, "WFControlFlowMode": mode}
    values.state.emit(NewAction(CONDITIONAL, {**control, **parameters}))


def _give(values: ValueCompiler, node: ast.expr) -> None:
    """Add the action whose output a branch gives."""
    if isinstance(node, ast.Constant) and node.value is None:
        values.state.emit(NewAction(BUILT_IN + "nothing", {}))
    elif isinstance(node, (ast.Name, ast.Attribute)) or _is_reference(node):
        values.state.emit(NewAction(BUILT_IN + "getvariable", {"WFVariable": values.attached(node)}))
    else:
        values.state.emit(values.new_action(values, node), values.state.fresh("step"))


def _is_reference(node: ast.expr) -> bool:
    return called(node) in REFERENCE_CALLS and not (node.args and isinstance(node.args[0], ast.Constant))
