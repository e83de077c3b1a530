"""Lists: making, counting, taking items."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflowllm.runtime.call import Call
from workflowllm.runtime.items import Value, as_value
from workflowllm.runtime.parameters import compile_parameter
from workflowllm.runtime.regexes import compile_pattern, find_all
from workflowllm.runtime.rule import ActionRule


def make_list(call: Call) -> Value:
    """Fact 70: a row that is one variable gives the variable's items."""
    rows = call.raw("WFItems")
    if isinstance(rows, list) and any(map(_is_bare, rows)):
        return as_value([item for row in rows for item in _row(call, row)], call.run.made_up)
    return call.value("WFItems")


def _is_bare(row: Any) -> bool:
    """Fact 71: a row with a reference that is not wrapped is an empty row."""
    return isinstance(row, Mapping) and "WFItemType" not in row


def _row(call: Call, row: Any) -> tuple:
    return ("",) if _is_bare(row) else compile_parameter([row]).evaluate(call.run).items


def count(call: Call) -> Decimal:
    """Fact 69: items, characters, words, sentences or lines."""
    kind = call.choice("WFCountType", "Items")
    if kind == "Items":
        return Decimal(len(call.value("Input").items))
    return Decimal(sum(_parts(text, kind) for text in call.texts("Input")))


def _parts(text: str, kind: str) -> int:
    if kind == "Lines":
        return len(text.split("\n")) if text else 0
    pattern = {"Characters": r"\X", "Words": r"\w+(?:['’.-]\w+)*", "Sentences": r"[^.!?…]+[.!?…]*(?=\s|$)"}.get(kind)
    return len(find_all(compile_pattern(pattern), text.strip() if kind == "Sentences" else text)) if pattern else 0


def get_item(call: Call):
    """Facts 65 to 68: first where nothing is chosen."""
    items = call.value("WFInput").items
    which = call.choice("WFItemSpecifier", "First Item")
    if not items:
        return None
    if which == "First Item":
        return items[0]
    if which == "Last Item":
        return items[-1]
    if which == "Random Item":
        return items[call.world.rng.randrange(len(items))]
    if which == "Items in Range":
        return _range(call, items)
    index = call.integer("WFItemIndex", 1)
    if not 1 <= index <= len(items):
        call.lean("index-outside")
        call.fail(f"Get Item from List asks for item {index} of a list of {len(items)}")
    return items[index - 1]


def _range(call: Call, items: tuple) -> list:
    """Fact 67: both ends are taken."""
    call.lean("f67")
    start, end = call.integer("WFItemRangeStart", 1), call.integer("WFItemRangeEnd", len(items))
    return list(items[max(start, 1) - 1 : max(end, 0)])


ACTIONS: dict[str, ActionRule] = {
    "list": ActionRule(make_list, gives="any"),
    "count": ActionRule(count, input="Input", gives="number"),
    "getitemfromlist": ActionRule(get_item, input="WFInput", gives="any"),
}
