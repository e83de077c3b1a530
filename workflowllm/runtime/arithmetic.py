"""Expressions of a pocket calculator: `2 * (3 + 4)^2`, `sqrt(9)`, `15 % 4`. Read by hand, never run as code."""

import math
from collections.abc import Callable, Sequence
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow

import regex

from workflowllm.runtime.items import MAX_EXPONENT

MAX_LENGTH = 10_000
MAX_DEPTH = 50
_CONTEXT = Context(prec=34, Emax=MAX_EXPONENT, Emin=-MAX_EXPONENT, traps=[Overflow, DivisionByZero, InvalidOperation])
_TOKEN = regex.compile(
    r"\s*(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|(\*\*|[-+−*×·/÷:^%!(),√])|(\p{L}[\p{L}\d]*))"
)
_SAME = {"−": "-", "×": "*", "·": "*", "÷": "/", ":": "/", "**": "^"}
_CONSTANTS = {"pi": Decimal(repr(math.pi)), "π": Decimal(repr(math.pi)), "e": Decimal(repr(math.e))}


class ExpressionError(ValueError):
    """The text is no expression, or has no value: one sentence."""


def _of_floats(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    def compute(value: Decimal) -> Decimal:
        return Decimal(f"{function(float(value)):.15g}")

    return compute


_FUNCTIONS: dict[str, Callable[[Decimal], Decimal]] = {
    "sqrt": _CONTEXT.sqrt, "abs": _CONTEXT.abs, "exp": _CONTEXT.exp, "ln": _CONTEXT.ln, "log": _CONTEXT.log10,
    "log10": _CONTEXT.log10, "log2": _of_floats(math.log2), "sin": _of_floats(math.sin), "cos": _of_floats(math.cos),
    "tan": _of_floats(math.tan), "asin": _of_floats(math.asin), "acos": _of_floats(math.acos),
    "atan": _of_floats(math.atan), "sinh": _of_floats(math.sinh), "cosh": _of_floats(math.cosh),
    "tanh": _of_floats(math.tanh), "floor": lambda value: value.to_integral_value("ROUND_FLOOR"),
    "ceil": lambda value: value.to_integral_value("ROUND_CEILING"),
    "round": lambda value: value.to_integral_value("ROUND_HALF_UP"),
    "trunc": lambda value: value.to_integral_value("ROUND_DOWN"),
}  # fmt: skip
_OF_MANY: dict[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "min": min,
    "max": max,
    "sum": lambda values: sum(values, Decimal()),
    "avg": lambda values: _CONTEXT.divide(sum(values, Decimal()), Decimal(len(values))),
    "average": lambda values: _CONTEXT.divide(sum(values, Decimal()), Decimal(len(values))),
    "mod": lambda values: _CONTEXT.remainder(*_two(values)),
    "pow": lambda values: power(*_two(values)),
}


def _two(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    if len(values) != 2:
        raise ExpressionError(f"a function of two numbers has {len(values)}")
    return values[0], values[1]


def evaluate(text: str) -> Decimal:
    """The value of an expression. Raises ExpressionError."""
    parser = _Parser(_tokens(text))
    try:
        value = parser.sum(0)
        if parser.rest():
            raise ExpressionError(f"{parser.rest()[0]!r} is not expected there")
        if not value.is_finite():
            raise ExpressionError("it has no value")
        return _CONTEXT.plus(value)
    except DivisionByZero:
        raise ExpressionError("it divides by zero") from None
    except (Overflow, OverflowError):
        raise ExpressionError(f"its value has more than {MAX_EXPONENT} digits") from None
    except (DecimalException, ValueError) as error:
        raise error if isinstance(error, ExpressionError) else ExpressionError("it has no value") from None


def _tokens(text: str) -> list[str]:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"it has more than {MAX_LENGTH:,} characters")
    tokens, end = [], 0
    text = regex.sub(r"(?<=\d),(?=\d{3}(?:\D|$))(?![^(]*\))", "", text.rstrip().rstrip("="))
    while end < len(text.rstrip()):
        match = _TOKEN.match(text, end)
        if match is None:
            raise ExpressionError(f"{text[end : end + 20].strip()!r} can't be read")
        token = match[1] or match[2] or match[3].lower()
        tokens.append(_SAME.get(token, token))
        end = match.end()
    if not tokens:
        raise ExpressionError("it is empty")
    return tokens


class _Parser:
    """Recursive descent over the tokens: sum, product, sign, power, value."""

    def __init__(self, tokens: list[str]):
        self.tokens, self.index = tokens, 0

    def rest(self) -> list[str]:
        return self.tokens[self.index :]

    def peek(self) -> str:
        return self.tokens[self.index] if self.index < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        if not token:
            raise ExpressionError("it ends too early")
        self.index += 1
        return token

    def sum(self, depth: int) -> Decimal:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"it is nested more than {MAX_DEPTH} levels deep")
        value = self.product(depth)
        while self.peek() in ("+", "-") and self.peek():
            operation = _CONTEXT.add if self.take() == "+" else _CONTEXT.subtract
            value = operation(value, self.product(depth))
        return value

    def product(self, depth: int) -> Decimal:
        value = self.signed(depth)
        while True:
            token = self.peek()
            if token in ("*", "/"):
                self.take()
                operation = _CONTEXT.multiply if token == "*" else _CONTEXT.divide
                value = operation(value, self.signed(depth))
            elif token == "%" or token == "mod":
                value = self.percent(value, depth)
            elif token and (token[0].isalpha() or token in ("(", "√")):
                value = _CONTEXT.multiply(value, self.power(depth))  # 2π, 3(4 + 5)
            else:
                return value

    def percent(self, value: Decimal, depth: int) -> Decimal:
        """The remainder where a number follows, else hundredths."""
        self.take()
        following = self.peek()
        if following and (following[0].isdigit() or following[0] in ".(√" or following[0].isalpha()):
            return _CONTEXT.remainder(value, self.signed(depth))
        return _CONTEXT.divide(value, Decimal(100))

    def signed(self, depth: int) -> Decimal:
        sign = 1
        while self.peek() in ("+", "-") and self.peek():
            sign = -sign if self.take() == "-" else sign
        value = self.power(depth)
        return value if sign > 0 else _CONTEXT.minus(value)

    def power(self, depth: int) -> Decimal:
        """Powers bind from the right: 2^3^2 is 2^9."""
        if depth > MAX_DEPTH:
            raise ExpressionError(f"it is nested more than {MAX_DEPTH} levels deep")
        value = self.value(depth)
        while self.peek() == "!":
            self.take()
            value = _factorial(value)
        if self.peek() == "^":
            self.take()
            sign = -1 if self.peek() == "-" and self.take() else 1
            value = power(value, sign * self.power(depth + 1))
        return value

    def value(self, depth: int) -> Decimal:
        token = self.take()
        if token[0].isdigit() or token[0] == ".":
            return Decimal(token)
        if token == "(":
            return self.closed(depth)[0]
        if token == "√":
            return _CONTEXT.sqrt(self.power(depth + 1))
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        if token in _FUNCTIONS or token in _OF_MANY:
            return self.call(token, depth)
        raise ExpressionError(f"it has {token!r}, which is no number, operator or function")

    def call(self, name: str, depth: int) -> Decimal:
        if self.take() != "(":
            raise ExpressionError(f"{name} needs its numbers in parentheses")
        values = self.closed(depth)
        if name in _OF_MANY:
            return _OF_MANY[name](values)
        if len(values) != 1:
            raise ExpressionError(f"{name} takes one number and has {len(values)}")
        return _FUNCTIONS[name](values[0])

    def closed(self, depth: int) -> list[Decimal]:
        """The values up to the closing parenthesis. One that is missing at the very end does no harm."""
        values = [self.sum(depth + 1)]
        while self.peek() == ",":
            self.take()
            values.append(self.sum(depth + 1))
        if self.peek() and self.take() != ")":
            raise ExpressionError("a parenthesis is not closed")
        return values


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """A power. 0 to the power of 0 is 1, as calculators have it."""
    return Decimal(1) if base == exponent == 0 else _CONTEXT.power(base, exponent)


def _factorial(value: Decimal) -> Decimal:
    if value < 0 or value != value.to_integral_value():
        raise ExpressionError("only whole numbers from 0 have a factorial")
    if value > 84:
        raise Overflow
    return _CONTEXT.create_decimal(math.factorial(int(value)))
