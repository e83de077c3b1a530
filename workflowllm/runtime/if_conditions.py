"""The conditions of If, compiled: every code, one condition or several, with the reason in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflowllm.runtime import condition_codes as cmp
from workflowllm.runtime.coercions import coerce, is_plain_number, parse_number, to_text
from workflowllm.runtime.endings import Broken
from workflowllm.runtime.items import Date, Dictionary, Item, Quantity, Thing, Value, kind_of
from workflowllm.runtime.parameters import Parameter, compile_parameter
from workflowllm.runtime.references import is_typed, last_token
from workflowllm.runtime.run_state import Run
from workflowllm.runtime.units import as_duration

Test = Callable[[Run, Value | None], bool]  # the value is the implicit input
_OLD_CODES = {"Equals": cmp.IS, "Contains": cmp.CONTAINS, "Is Greater Than": cmp.GREATER, "Is Less Than": cmp.LESS}
_TEXT_KEYS = ("WFConditionalActionString", "WFEnumeration")
_NUMBER_KEYS = ("WFNumberValue", "WFBoundedNumber", "WFNumericEnumeration")
_SPAN_KEYS = ("WFMeasurement", "WFDuration")
_DATE_KEYS = ("WFDate",)
_NUMBER_FIRST = (*_NUMBER_KEYS, *_SPAN_KEYS, *_TEXT_KEYS, *_DATE_KEYS)
_DATE_FIRST = (*_DATE_KEYS, *_TEXT_KEYS)
_SECOND = {
    "WFNumberValue": "WFAnotherNumber",
    "WFBoundedNumber": "WFAnotherBoundedNumber",
    "WFDate": "WFAnotherDate",
    "WFMeasurement": "WFAnotherMeasurement",
    "WFDuration": "WFAnotherDuration",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison: code, left side (None: the implicit input) and the operands that are stored."""

    code: int
    left: Parameter | None
    operands: Mapping[str, Parameter]
    is_text: bool  # the left side is typed as text (facts 35 and 36)
    leans: tuple[str, ...] = ()  # rules that the condition itself leans on

    def test(self, run: Run, implicit: Value) -> bool:
        for rule in self.leans:
            run.lean(rule)
        value = self.left.evaluate(run) if self.left else run.marked(implicit)
        if self.code in (cmp.HAS_VALUE, cmp.HAS_NONE):
            if value.items and all(type(item) in (Decimal, bool) and not item for item in value.items):
                run.lean("zero-is-value")
            return bool(value.items) == (self.code == cmp.HAS_VALUE)  # fact 20: an empty text is a value
        if not value.items:
            return self.code in (cmp.IS_NOT, cmp.CONTAINS_NOT)
        if self.code == cmp.CONTAINS_NOT:
            return all(self._item(run, item) for item in value.items)
        return any(self._item(run, item) for item in value.items)

    def explain(self, run: Run) -> str:
        parts = [to_text(item, run.world) for p in self.operands.values() for item in p.evaluate(run).items]
        return " ".join([cmp.WORDS.get(self.code, str(self.code)), *(repr(part[:40]) for part in parts)])

    def _item(self, run: Run, item: Item) -> bool:
        """Fact 32: whether one item of the input meets the condition."""
        code = self.code
        if code in (cmp.IN_NEXT, cmp.IN_LAST, cmp.IS_TODAY):
            return self._date(run, item)
        if code in cmp.NUMERIC:
            return self._size(run, item)
        if code in cmp.TEXTUAL:
            return self._text(run, item)
        return self._is(run, item)

    # Text

    def _operand_text(self, run: Run) -> str:
        for key in (*_TEXT_KEYS, *_NUMBER_KEYS, *_SPAN_KEYS, *_DATE_KEYS):
            if key in self.operands:
                return run.text_of(self.operands[key].evaluate(run))
        return ""

    def _text(self, run: Run, item: Item) -> bool:
        operand = self._operand_text(run)
        if type(item) is Dictionary and self.code in (cmp.CONTAINS, cmp.CONTAINS_NOT):
            return (operand in to_text(item, run.world)) == (self.code == cmp.CONTAINS)
        return self._compared(run, self.code, to_text(item, run.world), operand)

    @staticmethod
    def _compared(run: Run, code: int, left: str, right: str) -> bool:
        result = cmp.compare_text(code, left, right)
        if result != cmp.compare_text(code, left, right, ignore_case=True):
            run.lean("case")
        return result

    # Is and is not

    def _is(self, run: Run, item: Item) -> bool:
        wanted = self.code == cmp.IS
        kind = kind_of(item)
        if kind in ("number", "boolean"):
            return self._is_number(run, item) == wanted
        if kind in ("date", "quantity") and not any(key in self.operands for key in _TEXT_KEYS):
            return self._size(run, item)
        operand = self._operand_text(run)
        text = to_text(item, run.world)
        if not any(key in self.operands for key in _TEXT_KEYS) and self.operands and is_plain_number(text):
            run.lean("f30")
            number = parse_number(operand, run.world)
            return (number is not None and parse_number(text, run.world) == number) == wanted
        return self._compared(run, self.code, text, operand)

    def _is_number(self, run: Run, item: Item) -> bool:
        number = Decimal(int(item)) if type(item) is bool else item
        for key in _NUMBER_KEYS:
            if key in self.operands:
                return self._number(run, key) == number
        operand = self._operand_text(run).strip()
        if is_plain_number(operand):
            return parse_number(operand, run.world) == number
        if type(item) is bool:
            if not operand:
                return item  # "is true" is stored without an operand
            return coerce(operand, "boolean", run.world) is item
        return to_text(item, run.world) == operand

    # Sizes

    def _number(self, run: Run, key: str) -> Decimal | None:
        value = self.operands[key].evaluate(run)
        return run.number_of(value)

    def _size(self, run: Run, item: Item) -> bool:
        if self.is_text and type(item) is str:
            raise Broken(
                f"If compares the text {item[:40]!r} with a number; put the value into a number first "
                "(Get Numbers from Input, or as Number)"
            )
        left = self._left(run, item)
        keys = _DATE_FIRST if type(left) is Date else _NUMBER_FIRST
        key = next((key for key in keys if key in self.operands), None)
        if left is None or key is None:
            if key is None:
                run.lean("missing-operand")
            return False
        wanted = [key, *([_SECOND.get(key, "")] if self.code == cmp.BETWEEN else [])]
        operands = [self._right(run, name, left) for name in wanted]
        if None in operands:
            return False
        if self.code == cmp.BETWEEN and left in operands:
            run.lean("f37")
        return cmp.compare_sizes(self.code, left, operands, run.world)

    def _left(self, run: Run, item: Item) -> Item | None:
        """The left side as something that has a size: a number, a date or a quantity."""
        if type(item) is not str and type(item) is not Thing:
            return item
        run.lean("loose-number")
        is_date = any(key in self.operands for key in _DATE_KEYS)
        return coerce(item, "date" if is_date else "number", run.world)

    def _right(self, run: Run, key: str, left: Item) -> Item | None:
        parameter = self.operands.get(key)
        items = parameter.evaluate(run).items if parameter else ()
        if not items:
            return None
        if type(left) is Date:
            return coerce(items[0], "date", run.world)
        return items[0] if type(items[0]) is Quantity else coerce(items[0], "number", run.world)

    def _date(self, run: Run, item: Item) -> bool:
        date = coerce(item, "date", run.world)
        span = None
        for key in _SPAN_KEYS:
            items = self.operands[key].evaluate(run).items if key in self.operands else ()
            if items and type(items[0]) is Quantity:
                span = as_duration(items[0])
        return type(date) is Date and cmp.date_within(self.code, date.moment, span, run.world)


def compile_condition(
    parameters: Mapping[str, Any],
    text_outputs: frozenset[str] = frozenset(),
    raw_outputs: frozenset[str] = frozenset(),
) -> list[Condition]:
    """The conditions of an If's start or of an Otherwise If; see `is_all` for how several are joined."""
    several = _templates(parameters)
    sources = several if several else [parameters]
    return [_compile_single(source, text_outputs, raw_outputs) for source in sources if isinstance(source, Mapping)]


def is_all(parameters: Mapping[str, Any]) -> bool:
    """Fact 40: prefix 0 joins by any, 1 by all."""
    table = _table(parameters)
    return table.get("WFActionParameterFilterPrefix") != 0


def has_condition(parameters: Mapping[str, Any]) -> bool:
    """Fact 44: whether a middle action is Otherwise If."""
    return "WFCondition" in parameters or "WFConditions" in parameters


def _table(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    table = parameters.get("WFConditions")
    inner = table.get("Value") if isinstance(table, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _templates(parameters: Mapping[str, Any]) -> list[Any]:
    templates = _table(parameters).get("WFActionParameterFilterTemplates")
    return templates if isinstance(templates, list) else []


def _leans(source: Mapping[str, Any], raw: Any, raw_outputs: frozenset[str]) -> tuple[str, ...]:
    """The rules that a condition leans on whatever is compared."""
    code = source.get("WFCondition")
    leans = () if isinstance(code, int) or code in _OLD_CODES else ("legacy-condition",)
    compares = code not in (cmp.HAS_VALUE, cmp.HAS_NONE)
    is_raw = compares and (is_typed(raw, "", raw_outputs) or _ends_in_key(raw))
    return (*leans, "raw-value") if is_raw else leans


def _ends_in_key(raw: Any) -> bool:
    """Whether a reference's last adjustment takes a dictionary's value."""
    chain = last_token(raw).get("Aggrandizements")
    last = chain[-1] if isinstance(chain, list) and chain else None
    return isinstance(last, Mapping) and last.get("Type") == "WFDictionaryValueVariableAggrandizement"


def _compile_single(source: Mapping[str, Any], text_outputs: frozenset[str], raw_outputs: frozenset[str]) -> Condition:
    operands = {key: source[key] for key in (*_TEXT_KEYS, *_NUMBER_KEYS, *_SPAN_KEYS, *_DATE_KEYS) if key in source}
    operands.update({key: source[key] for key in _SECOND.values() if key in source})
    raw = source.get("WFInput")
    return Condition(
        _code(source, operands),
        compile_parameter(raw) if raw is not None else None,
        {key: compile_parameter(value) for key, value in operands.items()},
        _is_text_for_sure(source, raw, text_outputs),
        _leans(source, raw, raw_outputs),
    )


def _code(source: Mapping[str, Any], operands: Mapping[str, Any]) -> int:
    """A condition's code; old clients stored words, or nothing for what their editor showed first."""
    code = source.get("WFCondition")
    if isinstance(code, str):
        code = _OLD_CODES.get(code, int(code) if code.isdecimal() else None)
    if isinstance(code, int) and not isinstance(code, bool) and code in cmp.WORDS:
        return code
    if code is not None and not isinstance(code, str):
        raise Broken(f"If has the condition {code!r}, which is none that Shortcuts knows")
    return cmp.IS if "WFConditionalActionString" in operands else cmp.HAS_VALUE


def _is_text_for_sure(source: Mapping[str, Any], raw: Any, text_outputs: frozenset[str]) -> bool:
    """Facts 35 and 36 speak of operands typed as text; clients before iOS 15 compared whatever there was."""
    legacy = source.get("WFConditionalLegacyComparisonBehavior") is True or isinstance(source.get("WFCondition"), str)
    return not legacy and is_typed(raw, "WFStringContentItem", text_outputs)
