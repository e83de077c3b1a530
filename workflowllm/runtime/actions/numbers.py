"""Numbers: calculating, rounding, statistics, random ones."""

import math
from collections.abc import Callable, Sequence
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from workflowllm.runtime.call import Call
from workflowllm.runtime.items import MAX_EXPONENT, bounded
from workflowllm.runtime.rule import ActionRule

# NSDecimalNumber's 38 digits, less four that hide the error of what follows a division
EXACT = Context(prec=34, Emax=MAX_EXPONENT, Emin=-MAX_EXPONENT, traps=[Overflow, DivisionByZero, InvalidOperation])


def number(call: Call) -> Decimal | None:
    return call.number("WFNumberActionNumber", 0)


_OPERATIONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "−": EXACT.subtract,
    "×": EXACT.multiply,
    "*": EXACT.multiply,
    "÷": EXACT.divide,
    "/": EXACT.divide,
}


def calculate(call: Call) -> Decimal | None:
    """Facts 106 to 108: `+` where no operator is stored."""
    left = call.number("WFInput")
    operation = call.choice("WFMathOperation", "+")
    if left is None:
        left = Decimal()
    if operation in _OPERATIONS:
        right = call.number("WFMathOperand", 0)
        return _computed(call, lambda: _OPERATIONS[operation](left, right))
    return _scientific(call, left, call.choice("WFScientificMathOperation", operation))


def _computed(call: Call, compute: Callable[[], Decimal]) -> Decimal | None:
    try:
        result = compute()
    except DivisionByZero:
        call.lean("division-by-zero")
        call.fail("Calculate divides by zero")
    except InvalidOperation:
        call.lean("division-by-zero")
        call.fail("Calculate has no result for these numbers")
    except (Overflow, OverflowError):
        call.fail(f"Calculate gives a number of more than {MAX_EXPONENT} digits")
    except (DecimalException, ValueError):
        call.fail("Calculate has no result for these numbers")
    if not result.is_finite():  # the logarithm of 0, which raises nothing
        call.lean("division-by-zero")
        call.fail("Calculate has no result for these numbers")
    return result


def _scientific(call: Call, left: Decimal, operation: str) -> Decimal | None:
    right = call.number("WFScientificMathOperand", 0)
    if operation in _BINARY:
        return _computed(call, lambda: _BINARY[operation](left, right))
    function = _UNARY.get(operation)
    if function is None:
        call.fail(f"Calculate knows no operation {operation!r}")
    return _computed(call, lambda: function(left))


def _from_float(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """A function of floats; 15 digits are sure, so that sin(π) is 0."""

    def compute(value: Decimal) -> Decimal:
        result = function(float(value))
        if not math.isfinite(result):
            raise OverflowError
        return Decimal(f"{result:.15g}") if abs(result) > 1e-15 else Decimal()

    return compute


def modulus(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise DivisionByZero
    return EXACT.remainder(left, right)


def power(left: Decimal, right: Decimal) -> Decimal:
    if left < 0 and right != right.to_integral_value():
        raise InvalidOperation
    return EXACT.power(left, right)


def factorial(value: Decimal) -> Decimal:
    if value < 0 or value != value.to_integral_value():
        raise InvalidOperation
    if value > 84:
        raise Overflow
    return EXACT.create_decimal(math.factorial(int(value)))


_BINARY: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "Modulus": modulus,
    "x^y": power,
    "xʸ": power,
    "ʸ√x": lambda left, right: power(left, EXACT.divide(Decimal(1), right)),
    "y√x": lambda left, right: power(left, EXACT.divide(Decimal(1), right)),
}
_UNARY: dict[str, Callable[[Decimal], Decimal]] = {
    "x^2": lambda value: EXACT.multiply(value, value),
    "х²": lambda value: EXACT.multiply(value, value),
    "x²": lambda value: EXACT.multiply(value, value),
    "x^3": lambda value: EXACT.multiply(EXACT.multiply(value, value), value),
    "х³": lambda value: EXACT.multiply(EXACT.multiply(value, value), value),
    "x³": lambda value: EXACT.multiply(EXACT.multiply(value, value), value),
    "√x": EXACT.sqrt,
    "√": EXACT.sqrt,
    "∛x": _from_float(math.cbrt)
    if hasattr(math, "cbrt")
    else _from_float(lambda x: math.copysign(abs(x) ** (1 / 3), x)),
    "e^x": EXACT.exp,
    "10^x": lambda value: EXACT.power(Decimal(10), value),
    "ln(x)": EXACT.ln,
    "log(x)": EXACT.log10,
    "sin(x)": _from_float(math.sin),
    "cos(x)": _from_float(math.cos),
    "tan(x)": _from_float(math.tan),
    "asin(x)": _from_float(math.asin),
    "acos(x)": _from_float(math.acos),
    "atan(x)": _from_float(math.atan),
    "abs(x)": EXACT.abs,
    "|x|": EXACT.abs,
    "x!": factorial,
    "Factorial": factorial,
}
_PLACES = {
    "Ones Place": 0, "Integer": 0, "Tens Place": -1, "Tens": -1, "Hundreds Place": -2, "Hundreds": -2,
    "Thousands": -3, "Thousands Place": -3, "Ten Thousands": -4, "Hundred Thousands": -5, "Millions": -6,
    "Tenths": 1, "Hundredths": 2, "Thousandths": 3, "Ten Thousandths": 4, "Hundred Thousandths": 5, "Millionths": 6,
}  # fmt: skip
_MODES = {"Normal": ROUND_HALF_UP, "Always Round Up": ROUND_CEILING, "Always Round Down": ROUND_FLOOR}


def round_number(call: Call) -> list[Decimal]:
    """Facts 109 and 110."""
    mode = _MODES.get(call.choice("WFRoundMode", "Normal"), ROUND_HALF_UP)
    places = _decimal_places(call)
    unit = Decimal(1).scaleb(-max(min(places, 30), -100))
    return [_rounded(item, unit, mode) for item in call.items("WFInput", "number")]


def _rounded(value: Decimal, unit: Decimal, mode: str) -> Decimal:
    try:
        return bounded(EXACT.multiply(EXACT.divide(value, unit).to_integral_value(mode), unit)) or Decimal()
    except DecimalException:
        return value


def _decimal_places(call: Call) -> int:
    kind = call.choice("WFRoundTo", "Ones Place")
    if kind in _PLACES:
        return _PLACES[kind]
    if kind == "10^":
        return -call.integer("TenToThePowerOf", 0)
    places = call.integer("WFRoundDecimalPlaces", 0)
    return -places if "Left" in kind else places


def statistics(call: Call) -> Decimal | list[Decimal] | None:
    """Fact 111: the average where nothing else is chosen."""
    numbers = list(call.items("Input", "number"))
    function = _STATISTICS.get(call.choice("WFStatisticsOperation", "Average"))
    if function is None:
        call.fail(f"Calculate Statistics knows no operation {call.choice('WFStatisticsOperation', 'Average')!r}")
    return _computed(call, lambda: function(numbers)) if numbers else None


def _sum(numbers: Sequence[Decimal]) -> Decimal:
    total = Decimal()
    for value in numbers:
        total = EXACT.add(total, value)
    return total


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return EXACT.divide(_sum(numbers), Decimal(len(numbers)))


def _median(numbers: Sequence[Decimal]) -> Decimal:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else _mean(ordered[middle - 1 : middle + 1])


def _mode(numbers: Sequence[Decimal]) -> Decimal:
    counts: dict[Decimal, int] = {}
    for value in numbers:
        counts[value] = counts.get(value, 0) + 1
    return max(counts, key=lambda value: counts[value])


def _deviation(numbers: Sequence[Decimal]) -> Decimal:
    mean = _mean(numbers)
    squares = [EXACT.multiply(EXACT.subtract(n, mean), EXACT.subtract(n, mean)) for n in numbers]
    return EXACT.sqrt(_mean(squares))


_STATISTICS: dict[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "Average": _mean,
    "Minimum": min,
    "Maximum": max,
    "Sum": _sum,
    "Median": _median,
    "Mode": _mode,
    "Range": lambda numbers: EXACT.subtract(max(numbers), min(numbers)),
    "Standard Deviation": _deviation,
}


def random_number(call: Call) -> Decimal:
    """Fact 74: both ends are included."""
    low, high = call.number("WFRandomNumberMinimum", 0), call.number("WFRandomNumberMaximum", 100)
    low, high = min(low, high), max(low, high)
    first, last = math.ceil(low), math.floor(high)
    if first <= last:
        return Decimal(call.world.rng.randint(first, last))
    return Decimal(repr(call.world.rng.uniform(float(low), float(high))))


ACTIONS: dict[str, ActionRule] = {
    "number": ActionRule(number, gives="number"),
    "math": ActionRule(calculate, input="WFInput", gives="number"),
    "round": ActionRule(round_number, input="WFInput", gives="number"),
    "statistics": ActionRule(statistics, input="Input", gives="number"),
    "number.random": ActionRule(random_number, gives="number"),
}
