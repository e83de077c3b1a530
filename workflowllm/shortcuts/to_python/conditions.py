"""The condition of an If as a Python test."""

from typing import Any

from workflowllm.shortcuts.dialect.comparisons import (
    BETWEEN,
    CALLED_KEY,
    COMPARISONS,
    CONTAINS,
    CONTAINS_NOT,
    EQUAL,
    HAS_NO_VALUE,
    HAS_VALUE,
    LEGACY,
    METHODS,
    NOT_EQUAL,
    NUMBER_KEY,
    OLD_CONDITIONS,
    SECOND_KEY,
    TEXT_KEY,
)
from workflowllm.shortcuts.model.action_table import action_facts
from workflowllm.shortcuts.model.plist_types import Parameters, Token
from workflowllm.shortcuts.model.wrapped import FILTER, attached_token, subject_token, unwrap_as
from workflowllm.shortcuts.to_python.literals import is_text_form, number_literal
from workflowllm.shortcuts.to_python.values import ValuePrinter

# Where an operand may be stored, in the order in which an operator looks for one that it understands.
_TEXT_FIRST = (TEXT_KEY, NUMBER_KEY, "WFEnumeration", "WFMeasurement", "WFDate")
_NUMBER_FIRST = (NUMBER_KEY, "WFMeasurement", "WFDate")
_CALLED = {key: f"{word}(" for word, key in CALLED_KEY.items()} | {"WFAnotherDate": "date("}
_NUMBER_PROPERTIES = {"File Size", "Width", "Height", "Duration", "Latitude", "Longitude", "Number of Words"}
_LIST_KEYS = {"WFActionParameterFilterPrefix", "WFActionParameterFilterTemplates"}


def several_tests(values: ValuePrinter, several: Any) -> str | None:
    """`WFConditions`: conditions joined by `and` or `or`. None where Python has no form for them."""
    inner = unwrap_as(FILTER, several)
    if not isinstance(inner, dict) or inner.keys() != _LIST_KEYS:
        return None
    prefix, templates = inner["WFActionParameterFilterPrefix"], inner["WFActionParameterFilterTemplates"]
    if type(prefix) is not int or prefix not in (-1, 0, 1) or not isinstance(templates, list):
        return None
    tests = [
        single_test(values, template) if isinstance(template, dict) and "WFInput" in template else None
        for template in templates
    ]
    if None in tests or not tests:
        return None
    if prefix == -1:
        return f"listed({tests[0]})" if len(tests) == 1 else None
    if len(tests) == 1:
        return f"{'all' if prefix else 'any'}([{tests[0]}])"
    return (" and " if prefix else " or ").join(tests)


def single_test(values: ValuePrinter, parameters: Parameters) -> str | None:
    """One condition: what it tests, compared as WFCondition and its operands say; None where Python has no form."""
    subject = _subject(values, parameters)
    if subject is None:
        return None
    return _compared(values, *subject, {key: value for key, value in parameters.items() if key != "WFInput"})


def _subject(values: ValuePrinter, parameters: Parameters) -> tuple[str, bool] | None:
    """The tested reference as an expression, and whether it is surely a number."""
    scope = values.scope
    if "WFInput" not in parameters:
        maker = scope.links.implicit.get(scope.index)
        if maker is None:
            return "previous()", False
        return scope.implicit() or "", _gives_number({}, scope.actions[maker].identifier)
    token = subject_token(parameters["WFInput"])
    if token is None:
        return None
    uuid = token.get("OutputUUID")
    maker = scope.links.maker(uuid.upper(), scope.index) if isinstance(uuid, str) else None
    identifier = scope.actions[maker].identifier if maker is not None else None
    return values.reference(token), _gives_number(token, identifier)


def _gives_number(token: Token, maker_identifier: str | None) -> bool:
    """Whether a reference is surely a number, so that a comparison with it takes the stored number."""
    steps = token.get("Aggrandizements") or []
    last = steps[-1] if isinstance(steps, list) and steps and isinstance(steps[-1], dict) else {}
    if last:
        name = last.get("PropertyName")
        is_number_property = isinstance(name, str) and name in _NUMBER_PROPERTIES
        return last.get("CoercionItemClass") == "WFNumberContentItem" or is_number_property
    facts = action_facts().get(maker_identifier or "")
    return bool(facts and facts.gives == "number") or str(token.get("VariableName", "")).startswith("Repeat Index")


def _compared(values: ValuePrinter, subject: str, is_number: bool, rest: Parameters) -> str | None:
    """A condition's test; operands that its operator does not read stand in extra(test, ...)."""
    condition = rest.pop("WFCondition", None)
    if isinstance(condition, str):
        rest["WFCondition"], condition = condition, OLD_CONDITIONS.get(condition)
    test = _test(values, subject, is_number, condition, rest)
    if test is None:
        return None
    if rest.get(LEGACY) is True:
        del rest[LEGACY]
        return f"legacy({', '.join(filter(None, (test, values.arguments(rest))))})"
    if rest and test == subject:
        test += " is not None"  # extra(subject, ...) would say that the reference itself stores more
    return f"extra({test}, {values.arguments(rest)})" if rest else test


def _test(values: ValuePrinter, subject: str, is_number: bool, condition: Any, rest: Parameters) -> str | None:
    """The bare test; takes the operand that it uses out of `rest`."""
    if type(condition) is not int:
        return None
    if condition == HAS_VALUE:
        return subject
    if condition == HAS_NO_VALUE:
        return f"not {subject}"
    if condition == BETWEEN:
        return _between(values, subject, rest)
    if condition in (EQUAL, NOT_EQUAL):
        keys = _NUMBER_FIRST + _TEXT_FIRST if is_number else _TEXT_FIRST
        operand = _either(values, rest) or _operand(values, keys, rest, absent='""')
        return operand and f"{subject} {COMPARISONS[condition]} {operand}"
    if condition in COMPARISONS:
        operand = _operand(values, _NUMBER_FIRST + _TEXT_FIRST, rest)
        return operand and f"{subject} {COMPARISONS[condition]} {operand}"
    operand = _operand(values, (TEXT_KEY,), rest)
    if operand is None:
        return None
    if condition in METHODS:
        return f"{subject}.{METHODS[condition]}({operand})"
    words = {CONTAINS: "in", CONTAINS_NOT: "not in"}.get(condition)
    return words and f"{operand} {words} {subject}"


def _either(values: ValuePrinter, rest: Parameters) -> str | None:
    """A reference that is stored both as text and as number, so that it is compared as whatever the subject is."""
    number = values.attached(rest.get(NUMBER_KEY)) if TEXT_KEY in rest else None
    if number is None or values.value(rest[TEXT_KEY]) not in (f'f"{{{number}}}"', f"f'{{{number}}}'"):
        return None
    del rest[TEXT_KEY], rest[NUMBER_KEY]
    return number


def _operand(values: ValuePrinter, keys: tuple[str, ...], rest: Parameters, absent: str | None = None) -> str | None:
    """The operand under the first of the keys that is there; `absent` where none is."""
    key = next((key for key in keys if key in rest), None)
    if key is None:
        return absent
    text = _operand_text(values, key, rest[key])
    if text is None or text == absent:  # a stored empty text is not an absent one
        return None
    is_reference = attached_token(rest.pop(key)) is not None
    return f"number({text})" if is_reference and absent is not None else text


def _operand_text(values: ValuePrinter, key: str, value: Any) -> str | None:
    """An operand so that its form says which parameter holds it; None where it would not."""
    if key == TEXT_KEY:
        text = values.value(value)
        return text if isinstance(value, str) or is_text_form(text) else None
    if key in (NUMBER_KEY, SECOND_KEY[NUMBER_KEY]):
        return _number(values, value)
    text = values.value(value)
    return text if text.startswith(_CALLED[key]) else None


def _number(values: ValuePrinter, value: Any) -> str | None:
    """Whole numbers stand for the text that Shortcuts stores, reals for reals; number("...") is any other text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return number_literal(float(value)) if abs(value) < 2**53 else None
    if isinstance(value, str):
        is_plain = value.lstrip("-").isdecimal() and value == _canonical(value)
        return value if is_plain else f"number({values.value(value)})"
    text = values.value(value)
    if is_text_form(text):
        return f"number({text})"
    return text if attached_token(value) is not None else None


def _canonical(digits: str) -> str:
    try:
        return str(int(digits)) if len(digits) < 30 else ""
    except ValueError:  # "--5"
        return ""


def _between(values: ValuePrinter, subject: str, rest: Parameters) -> str | None:
    for key, second in SECOND_KEY.items():
        if key in rest and second in rest:
            low, high = _operand_text(values, key, rest[key]), _operand_text(values, second, rest[second])
            if low is None or high is None:
                return None
            del rest[key], rest[second]
            return f"{low} <= {subject} <= {high}"
    return None
