"""The heads of loops: what is repeated, how often, and what each of the loop's variables stands for.

Shortcuts counts rounds from 1. Where Python counts otherwise, the body begins with the Calculate that says so.
"""

import ast
from dataclasses import dataclass, field
from typing import Any

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.nodes import nodes_of
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.value_kinds import NUMBER
from workflowllm.shortcuts.from_python.literals import number_of
from workflowllm.shortcuts.from_python.operators import dictionary_value
from workflowllm.shortcuts.from_python.values import ValueCompiler
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.plist_types import Parameters
from workflowllm.shortcuts.model.tree import REPEAT_COUNT, REPEAT_EACH

_ROUND = "round "  # a name that no program can spell, for the round's own number


@dataclass(slots=True)
class LoopHead:
    """A loop as Shortcuts has it. `counted` are names whose value is start + step * (round - 1)."""

    source: ast.expr  # with the name that a walrus gives the block
    parameters: Parameters
    index: str | None = None
    item: str | None = None
    counted: list[tuple[str, ast.expr, int]] = field(default_factory=list)
    valued: tuple[str, ast.expr] | None = None  # the name for the value, and the dictionary

    @property
    def identifier(self) -> str:
        is_counting = called(without_name(self.source)) in ("range", function_name(REPEAT_COUNT))
        return REPEAT_COUNT if is_counting else REPEAT_EACH

    def enter(self, values: ValueCompiler) -> None:
        """Begin the body: its variables, and the actions that give those that Shortcuts counts otherwise."""
        index = _ROUND if self.counted else self.index
        values.state.enter_loop({"Repeat Index": index, "Repeat Item": self.item})
        values.state.kinds.note(_ROUND, NUMBER)
        for name, start, step in self.counted:
            values.state.stand_for(name, values.hoist(_counted(start, step)))
        if self.valued:
            name, dictionary = self.valued
            key = ast.copy_location(ast.Name(self.item or ""), dictionary)
            action = dictionary_value(values, values.attached(dictionary), key)
            values.state.stand_for(name, values.state.emit_step(action))


def _counted(start: ast.expr, step: int) -> ast.expr:
    """start + step * (round - 1), as few operations as it takes."""
    number: ast.expr = ast.copy_location(ast.Name(_ROUND), start)
    if step != 1:
        number = ast.BinOp(number, ast.Mult(), ast.Constant(step))
    first = number_of(start)
    if first is None:
        number, first = ast.BinOp(number, ast.Add(), start), 0
    rest = first - step
    if rest:
        number = ast.BinOp(number, ast.Add() if rest > 0 else ast.Sub(), ast.Constant(abs(rest)))
    return ast.copy_location(number, start)


def without_name(node: ast.expr) -> ast.expr:
    """A block's head without the name that a walrus gives it."""
    return node.value if isinstance(node, ast.NamedExpr) else node


def loop_head(values: ValueCompiler, node: ast.For) -> LoopHead:
    """What a for loop repeats."""
    head = without_name(node.iter)
    names = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
    if not names or not all(isinstance(name, ast.Name) for name in names):
        raise Fault(node.target, "a loop's variable is a plain name.")
    if called(head) == "enumerate":
        return _enumerated(values, node, head, names)
    if _is_items(head):
        return _entries(values, head, names)
    if len(names) != 1:
        raise Fault(node.target, "two variables need enumerate(...) or d.items().")
    if called(head) == function_name(REPEAT_COUNT):
        return LoopHead(node.iter, values.keywords(head, REPEAT_COUNT), index=names[0].id)
    if called(head) == "range":
        return _counting(values, node, head, names[0].id)
    return LoopHead(node.iter, _each(values, head), item=names[0].id)


def _is_items(head: ast.expr) -> bool:
    return isinstance(head, ast.Call) and isinstance(head.func, ast.Attribute) and head.func.attr == "items"


def _entries(values: ValueCompiler, head: ast.Call, names: list[ast.expr]) -> LoopHead:
    """`for key, value in d.items()`: the keys, and the value of each."""
    if len(names) != 2 or head.args or head.keywords:
        raise Fault(head, "write `for key, value in d.items():`.")
    dictionary = values.once(head.func.value)
    keys = ast.copy_location(ast.Call(ast.Attribute(dictionary, "keys"), [], []), head)
    item, value = (name.id for name in names)
    return LoopHead(keys, {"WFInput": values.attached(keys)}, item=item, valued=(value, dictionary))


def _enumerated(values: ValueCompiler, node: ast.For, call: ast.Call, names: list[ast.expr]) -> LoopHead:
    """`for index, item in enumerate(items, start=1)`; enumerate(items) counts from 0."""
    start = next((keyword.value for keyword in call.keywords if keyword.arg == "start"), None)
    if start is None and len(call.args) == 2:
        start = call.args[1]
    first = 0 if start is None else number_of(start)
    if len(names) != 2 or not call.args or not isinstance(first, int):
        raise Fault(call, "write `for index, item in enumerate(items, start=1)`.")
    index, item = (name.id for name in names)
    source = call.args[0]
    head = LoopHead(source, _each(values, without_name(source)), index=index, item=item)
    if first != 1 and _reads(node, index):
        head.counted.append((index, ast.copy_location(ast.Constant(first), call), 1))
    return head


def _each(values: ValueCompiler, source: ast.expr) -> Parameters:
    if called(source) == "previous":
        return {}
    if called(source) == function_name(REPEAT_EACH):
        return values.keywords(source, REPEAT_EACH)
    return {"WFInput": values.attached(source)}


def _counting(values: ValueCompiler, node: ast.For, call: ast.Call, name: str) -> LoopHead:
    """range(n), range(start, stop), range(start, stop, step)."""
    if not 1 <= len(call.args) <= 3 or call.keywords:
        raise Fault(call, "range() takes a stop, or a start and a stop, and a step.")
    zero, one = (ast.copy_location(ast.Constant(number), call) for number in (0, 1))
    start, stop = (zero, call.args[0]) if len(call.args) == 1 else call.args[:2]
    step = number_of(call.args[2] if len(call.args) == 3 else one)
    if not isinstance(step, int) or step == 0:
        raise Fault(call, "the step of a range is a whole number, written out.")
    head = LoopHead(node.iter, {"WFRepeatCount": _count(values, call, start, stop, step)}, index=name)
    if (number_of(start), step) != (1, 1) and _reads(node, name):
        head.counted.append((name, values.once(start), step))
    return head


def _count(values: ValueCompiler, call: ast.Call, start: ast.expr, stop: ast.expr, step: int) -> Any:
    first, last = number_of(start), number_of(stop)
    if first is not None and last is not None:
        if not isinstance(first, int) or not isinstance(last, int):
            raise Fault(call, "a range goes over whole numbers.")
        return len(range(first, last, step))
    if step != 1:
        raise Fault(call, "a range with a step has its start and stop written out.")
    is_plus_one = isinstance(stop, ast.BinOp) and isinstance(stop.op, ast.Add) and number_of(stop.right) == 1
    if first == 1 and is_plus_one:
        return _whole(values, stop.left)
    return _whole(values, stop if first == 0 else ast.copy_location(ast.BinOp(stop, ast.Sub(), start), call))


def _whole(values: ValueCompiler, node: ast.expr) -> Any:
    number = number_of(node)
    return values.attached(node) if number is None else number


def _reads(node: ast.For, name: str) -> bool:
    """Whether the body of a loop reads one of the loop's variables."""
    inside = (inner for statement in node.body for inner in nodes_of(statement))
    return any(isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and inner.id == name for inner in inside)
