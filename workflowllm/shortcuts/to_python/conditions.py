"""The condition of an If as a Python test."""

from datetime import datetime
from typing import Any, NamedTuple

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
from workflowllm.shortcuts.dialect.value_kinds import (
    BOOLEAN,
    COERCED_KIND,
    DATE,
    DICTIONARY,
    RAW,
    TEXT,
    needed_class,
    output_kind,
    property_kind,
)
from workflowllm.shortcuts.model.action_table import action_facts
from workflowllm.shortcuts.model.plist_types import (
    COERCION,
    DICTIONARY_VALUE,
    PROPERTY,
    Aggrandizement,
    Parameters,
    Token,
)
from workflowllm.shortcuts.model.plist_types import DATE as DATE_FORMAT
from workflowllm.shortcuts.model.tree import Action
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
    operands = {key: value for key, value in parameters.items() if key != "WFInput"}
    return _compared(values, subject, operands)


class _Subject(NamedTuple):
    """What a condition tests."""

    text: str  # as an expression
    is_number: bool  # surely, so that a comparison with it takes the stored number
    kind: str | None  # as the compiler infers it


def _subject(values: ValuePrinter, parameters: Parameters) -> _Subject | None:
    scope = values.scope
    if "WFInput" not in parameters:
        maker = scope.links.implicit.get(scope.index)
        if maker is None:
            return _Subject("previous()", False, None)
        action = scope.actions[maker]
        return _Subject(scope.implicit() or "", _gives_number({}, action.identifier), _made_kind(action))
    token = subject_token(parameters["WFInput"])
    if token is None:
        return None
    maker = _maker(values, token)
    is_number = _gives_number(token, maker.identifier if maker else None)
    return _Subject(values.reference(token), is_number, _kind(values, token))


def _maker(values: ValuePrinter, token: Token) -> Action | None:
    """The action whose output a reference is."""
    uuid = token.get("OutputUUID")
    maker = values.scope.links.maker(uuid.upper(), values.scope.index) if isinstance(uuid, str) else None
    return None if maker is None else values.scope.actions[maker]


def _made_kind(maker: Action) -> str | None:
    asked, part = (maker.parameters.get(key) for key in ("WFInputType", "WFGetDictionaryValueType"))
    return output_kind(maker.identifier, asked, part)


def _kind(values: ValuePrinter, token: Token) -> str | None:
    """The kind of a reference, as the compiler infers it from the Python."""
    steps = token.get("Aggrandizements")
    if steps and isinstance(steps, list) and isinstance(steps[-1], dict):
        return _step_kind(steps[-1])
    maker = _maker(values, token)
    return DATE if token.get("Type") == "CurrentDate" else maker and _made_kind(maker)


def _step_kind(step: Aggrandizement) -> str | None:
    kind = step.get("Type")
    if kind == COERCION:
        return COERCED_KIND.get(str(step.get("CoercionItemClass")))
    if kind == PROPERTY:
        return property_kind(str(step.get("PropertyName")))
    return {DICTIONARY_VALUE: RAW, DATE_FORMAT: TEXT}.get(str(kind))


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


def _compared(values: ValuePrinter, subject: _Subject, rest: Parameters) -> str | None:
    """A condition's test; operands that its operator does not read stand in extra(test, ...)."""
    condition = rest.pop("WFCondition", None)
    if isinstance(condition, str):
        rest["WFCondition"], condition = condition, OLD_CONDITIONS.get(condition)
    is_converted = _is_converted(values, subject.kind, condition, rest)
    if LEGACY not in rest and rest.keys() <= {"WFDate"} and (special := _special(values, subject, condition, rest)):
        return special
    test = _test(values, subject.text, subject.is_number, condition, rest)
    if test is None:
        return None
    if rest.get(LEGACY) is True:
        del rest[LEGACY]
        return f"legacy({', '.join(filter(None, (test, values.arguments(rest))))})"
    if rest and test == subject.text:
        test += " is not None"  # extra(subject, ...) would say that the reference itself stores more
    if not rest:
        return f"extra({test})" if is_converted else test
    return f"extra({test}, {values.arguments(rest)})"


def _is_converted(values: ValuePrinter, kind: str | None, condition: Any, rest: Parameters) -> bool:
    """Whether the compiler would convert what is tested, which extra() around the test keeps it from."""
    if condition in (CONTAINS, CONTAINS_NOT) and kind == DICTIONARY:
        return True
    operand = attached_token(rest.get(NUMBER_KEY))
    if condition in COMPARISONS and DATE in (kind, operand and _kind(values, operand)):
        return not any(isinstance(rest.get(key), (datetime, dict)) for key in ("WFDate", "WFMeasurement"))
    is_compared = type(condition) is int and condition not in (HAS_VALUE, HAS_NO_VALUE)
    return is_compared and needed_class(kind, condition, NUMBER_KEY in rest) is not None


def _special(values: ValuePrinter, subject: _Subject, condition: Any, rest: Parameters) -> str | None:
    """Tests of booleans, and comparisons with a reference to a date; None for all others."""
    if subject.kind == BOOLEAN and not rest:
        if condition == EQUAL and subject.text.startswith("bool("):
            return subject.text
        return {HAS_VALUE: f"{subject.text} is not None", HAS_NO_VALUE: f"{subject.text} is None"}.get(condition)
    operand = attached_token(rest.get("WFDate"))
    if operand is None or condition not in COMPARISONS or DATE not in (subject.kind, _kind(values, operand)):
        return None
    return f"{subject.text} {COMPARISONS[condition]} {values.reference(operand)}"


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
