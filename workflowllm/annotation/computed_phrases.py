"""Phrases of actions whose parameters change the verb, and parts of phrases that several parameters make."""

import ast
from collections.abc import Callable, Mapping

from workflowllm.annotation.words import plain_text, shortened, words

Given = Mapping[str, ast.expr]


def raw(node: ast.expr) -> str:
    """A text without its quotes."""
    text = plain_text(node)
    return shortened(text) if text is not None else words(node)


def separator(given: Given) -> str:
    """What Split Text and Combine Text put between texts."""
    kind = plain_text(given["WFTextSeparator"]) if "WFTextSeparator" in given else None
    if kind == "Custom":
        return words(given["WFTextCustomSeparator"], 30) if "WFTextCustomSeparator" in given else "nothing"
    return (kind or "new lines").lower()


def item_words(given: Given) -> str:
    """Which item Get Item from List takes."""
    kind = plain_text(given["WFItemSpecifier"]) if "WFItemSpecifier" in given else "First Item"
    if kind == "Item At Index":
        index = given.get("WFItemIndex")
        if index is None:
            return "item at an index"
        text = plain_text(index)
        return f"item {text}" if text and text.isdigit() else f"item at position {words(index)}"
    if kind == "Items in Range":
        start, end = (raw(given[key]) if key in given else "" for key in ("WFItemRangeStart", "WFItemRangeEnd"))
        return f"items {start or 'from the first'} to {end or 'the last'}"
    return (kind or "item").lower()


_OPERATIONS = {
    "+": "Add {1} to {0}", "-": "Subtract {1} from {0}", "×": "Multiply {0} by {1}", "*": "Multiply {0} by {1}",
    "÷": "Divide {0} by {1}", "/": "Divide {0} by {1}", "Modulus": "Get the remainder of {0} divided by {1}",
    "x^2": "Square {0}", "x^y": "Raise {0} to the power of {1}", "√x": "Take the square root of {0}",
}  # fmt: skip


def _math(given: Given) -> str:
    kind = plain_text(given["WFMathOperation"]) if "WFMathOperation" in given else "+"
    operand = given.get("WFMathOperand")
    if kind == "…":
        kind = plain_text(given["WFScientificMathOperation"]) if "WFScientificMathOperation" in given else "Modulus"
        operand = given.get("WFScientificMathOperand", operand)
    numbers = [raw(node) if node is not None else "a number" for node in (given.get("WFInput"), operand)]
    return _OPERATIONS.get(kind or "", "Calculate with {0} and {1}").format(*numbers)


def _adjusted(given: Given) -> str:
    kind = plain_text(given["WFAdjustOperation"]) if "WFAdjustOperation" in given else "Add"
    date = words(given["WFDate"]) if "WFDate" in given else "the date"
    amount = words(given["WFDuration"]) if "WFDuration" in given else "some time"
    if kind == "Subtract":
        return f"Subtract {amount} from {date}"
    if kind == "Add":
        return f"Add {amount} to {date}"
    return f"Get the {(kind or '').removeprefix('Get ').lower()} of {date}"


def _replaced(given: Given) -> str:
    found = words(given["WFReplaceTextFind"]) if "WFReplaceTextFind" in given else "a text"
    text = words(given["WFInput"]) if "WFInput" in given else "the text"
    new = given.get("WFReplaceTextReplace")
    if new is None or plain_text(new) == "":
        return f"Remove {found} from {text}"
    return f"Replace {found} with {words(new)} in {text}"


def _waited(given: Given) -> str:
    time = raw(given["WFDelayTime"]) if "WFDelayTime" in given else "1"
    return f"Wait {time} second{'s' * (time != '1')}"


COMPUTED: dict[str, Callable[[Given], str]] = {
    "math": _math, "adjustdate": _adjusted, "text.replace": _replaced, "delay": _waited,
}  # fmt: skip
