"""The condition of an If as a Python test."""

from typing import Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.literals import is_text_form, number_literal
from workflowllm.shortcuts.model.action_table import action_facts
from workflowllm.shortcuts.to_python.values import ValuePrinter

TEXT_KEY, NUMBER_KEY = "WFConditionalActionString", "WFNumberValue"
# Where an operand may be stored, in the order in which an operator looks for one that it understands.
_TEXT_FIRST = (TEXT_KEY, NUMBER_KEY, "WFEnumeration", "WFMeasurement", "WFDate")
_NUMBER_FIRST = (NUMBER_KEY, "WFMeasurement", "WFDate")
_SECOND = {NUMBER_KEY: "WFAnotherNumber", "WFDate": "WFAnotherDate"}
_CALLED = {"WFMeasurement": "WFQuantityFieldValue(", "WFEnumeration": "WFStringSubstitutableState(", "WFDate": "date("}


def wrapped_reference(value: Any) -> dict | None:
    """The token inside `{Type: Variable, Variable: {Value, WFSerializationType}}`, as an If stores its input."""
    if isinstance(value, dict) and len(value) == 2 and value.get("Type") == "Variable":
        inner = value.get("Variable")
        if isinstance(inner, dict) and len(inner) == 2 and inner.get("WFSerializationType") == dialect.ATTACHMENT:
            return inner["Value"] if isinstance(inner.get("Value"), dict) else None
    return None


def gives_number(token: dict, maker_identifier: str | None) -> bool:
    """Whether a reference is surely a number, so that a comparison with it takes the stored number."""
    steps = token.get("Aggrandizements") or []
    last = steps[-1] if isinstance(steps, list) and steps and isinstance(steps[-1], dict) else {}
    if last:
        name = last.get("PropertyName")
        is_number_property = isinstance(name, str) and name in _NUMBER_PROPERTIES
        return last.get("CoercionItemClass") == "WFNumberContentItem" or is_number_property
    facts = action_facts().get(maker_identifier or "")
    return bool(facts and facts.gives == "number") or str(token.get("VariableName", "")).startswith("Repeat Index")


_NUMBER_PROPERTIES = {"File Size", "Width", "Height", "Duration", "Latitude", "Longitude", "Number of Words"}


def simple_test(printer: ValuePrinter, subject: str, is_number: bool, stored: dict[str, Any]) -> str | None:
    """`subject` compared as WFCondition and its operands say; None where Python has no form for it.

    `stored` holds the condition's parameters without its input. Operands that the operator does not read are kept in
    extra(test, ...).
    """
    rest = dict(stored)
    condition = rest.pop("WFCondition", None)
    if isinstance(condition, str):
        rest["WFCondition"], condition = condition, dialect.OLD_CONDITIONS.get(condition)
    test = _test(printer, subject, is_number, condition, rest)
    if test is None:
        return None
    if rest.get(dialect.LEGACY) is True:
        del rest[dialect.LEGACY]
        return f"legacy({', '.join(filter(None, (test, printer.arguments(rest))))})"
    if rest and test == subject:
        test += " is not None"  # extra(subject, ...) would say that the reference itself stores more
    return f"extra({test}, {printer.arguments(rest)})" if rest else test


def _test(printer: ValuePrinter, subject: str, is_number: bool, condition: Any, rest: dict[str, Any]) -> str | None:
    """The bare test; takes the operand that it uses out of `rest`."""
    if type(condition) is not int:
        return None
    if condition == dialect.HAS_VALUE:
        return subject
    if condition == dialect.HAS_NO_VALUE:
        return f"not {subject}"
    if condition == dialect.BETWEEN:
        return _between(printer, subject, rest)
    if condition in dialect.COMPARISONS:
        keys = _TEXT_FIRST if condition in (4, 5) and not is_number else _NUMBER_FIRST + _TEXT_FIRST
        operand = (_either(printer, rest) if condition in (4, 5) else None) or _operand(
            printer, keys, rest, absent='""' if condition in (4, 5) else None
        )
        return operand and f"{subject} {dialect.COMPARISONS[condition]} {operand}"
    operand = _operand(printer, (TEXT_KEY,), rest)
    if operand is None:
        return None
    if condition in dialect.METHODS:
        return f"{subject}.{dialect.METHODS[condition]}({operand})"
    words = {dialect.CONTAINS: "in", dialect.CONTAINS_NOT: "not in"}.get(condition)
    return words and f"{operand} {words} {subject}"


def _either(printer: ValuePrinter, rest: dict[str, Any]) -> str | None:
    """A reference that is stored both as text and as number, so that it is compared as whatever the subject is."""
    number = rest.get(NUMBER_KEY)
    if TEXT_KEY not in rest or not _is_attachment(number):
        return None
    text = printer.value(number)
    if printer.value(rest[TEXT_KEY]) not in (f'f"{{{text}}}"', f"f'{{{text}}}'"):
        return None
    del rest[TEXT_KEY], rest[NUMBER_KEY]
    return text


def _is_attachment(value: Any) -> bool:
    return isinstance(value, dict) and value.get("WFSerializationType") == dialect.ATTACHMENT and len(value) == 2


def _operand(
    printer: ValuePrinter, keys: tuple[str, ...], rest: dict[str, Any], absent: str | None = None
) -> str | None:
    key = next((key for key in keys if key in rest), None)
    if key is None:
        return absent
    text = operand_text(printer, key, rest[key])
    if text is None or text == absent:  # a stored empty text is not an absent one
        return None
    reference = _is_attachment(rest.pop(key))
    return f"number({text})" if reference and absent is not None else text


def operand_text(printer: ValuePrinter, key: str, value: Any) -> str | None:
    """An operand so that its form says which parameter holds it; None where it would not."""
    if key == TEXT_KEY:
        text = printer.value(value)
        return text if isinstance(value, str) or is_text_form(text) else None
    if key in (NUMBER_KEY, "WFAnotherNumber"):
        return _number(printer, value)
    text = printer.value(value)
    return text if text.startswith(_CALLED[key if key in _CALLED else "WFDate"]) else None


def _number(printer: ValuePrinter, value: Any) -> str | None:
    """Whole numbers stand for the text that Shortcuts stores, reals for reals; number("...") is any other text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return number_literal(float(value)) if abs(value) < 2**53 else None
    if isinstance(value, str):
        return (
            value if value.lstrip("-").isdecimal() and value == _canonical(value) else f"number({printer.value(value)})"
        )
    text = printer.value(value)
    if is_text_form(text):
        return f"number({text})"
    return text if _is_attachment(value) else None


def _canonical(digits: str) -> str:
    return str(int(digits)) if len(digits) < 30 else ""


def _between(printer: ValuePrinter, subject: str, rest: dict[str, Any]) -> str | None:
    for key, second in _SECOND.items():
        if key in rest and second in rest:
            low, high = operand_text(printer, key, rest[key]), operand_text(printer, second, rest[second])
            if low is None or high is None:
                return None
            del rest[key], rest[second]
            return f"{low} <= {subject} <= {high}"
    return None
