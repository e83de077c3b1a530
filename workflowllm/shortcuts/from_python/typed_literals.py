"""Calls for values that have no literal of Python: `quantity(n, "km")`, `location(...)`, `contact(...)`."""

import ast
from collections.abc import Callable
from typing import Any, Protocol

from workflowllm.shortcuts.dialect import typed_values as typed
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.from_python.literals import constant_text, is_string, number_of
from workflowllm.shortcuts.model.plist_types import Token


class Values(Protocol):
    """What literals need of the compiler of values, which stands above them."""

    def reference(self, node: ast.expr) -> Token:
        """What an expression refers to."""


def typed_parameter(values: Values, key: str, node: ast.expr) -> Any:
    """What a plain text under a parameter is stored as, f"{n} minutes" included; None where it stays as it is."""
    if is_string(node):
        return typed.stored_text(key, node.value)
    if key not in typed.MEASURED_KEYS or not isinstance(node, ast.JoinedStr) or len(node.values) != 2:
        return None
    number, unit = node.values
    if not isinstance(number, ast.FormattedValue) or number.format_spec is not None or not is_string(unit):
        return None
    make, word = typed.lasting if key in typed.TIME_KEYS else typed.amount, unit.value.strip()
    return None if make(1, word) is None else make(values.reference(number.value), word)


def _quantity(values: Values, call: ast.Call) -> Any:
    """quantity("5 km"), quantity(n, "km")."""
    if len(call.args) == 1 and not call.keywords:
        text = constant_text(call.args[0], call)
        made = typed.duration(text) or typed.quantity(text)
    elif len(call.args) == 2 and not call.keywords:
        number, unit = number_of(call.args[0]), constant_text(call.args[1], call)
        magnitude = values.reference(call.args[0]) if number is None else str(number)
        made = typed.lasting(magnitude, unit) or typed.amount(magnitude, unit)
    else:
        made = None
    return _checked(call, made, 'quantity() takes a number and a unit, as in quantity("5 km") or quantity(n, "km").')


def _checked(call: ast.Call, made: Any, advice: str) -> Any:
    if made is None:
        raise Fault(call, advice)
    return made


def _of_text(make: Callable[[str], Any], advice: str) -> Callable[[Values, ast.Call], Any]:
    def compiled(_: Values, call: ast.Call) -> Any:
        if len(call.args) != 1 or call.keywords:
            raise Fault(call, advice)
        return _checked(call, make(constant_text(call.args[0], call)), advice)

    return compiled


def _location(_: Values, call: ast.Call) -> Any:
    """location("Kyiv", 50.45, 30.52)."""
    numbers = [number_of(node) for node in call.args[1:]]
    is_spot = len(numbers) == 2 and all(isinstance(number, (int, float)) for number in numbers)
    if call.keywords or not is_spot or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        raise Fault(call, 'location() takes a name, a latitude and a longitude, as in location("Kyiv", 50.45, 30.52).')
    return typed.location(constant_text(call.args[0], call), *numbers)


def _contact(_: Values, call: ast.Call) -> Any:
    """contact("Ada", phone="...", email="...")."""
    words = {word.arg: constant_text(word.value, call) for word in call.keywords}
    if len(call.args) != 1 or not words or not words.keys() <= {"phone", "email"}:
        raise Fault(call, 'contact() takes a name and phone=, email= or both, as in contact("Ada", email="a@b.org").')
    return typed.contact(constant_text(call.args[0], call), words.get("phone"), words.get("email"))


LITERAL_CALLS: dict[str, Callable[[Values, ast.Call], Any]] = {
    "quantity": _quantity,
    "app": _of_text(typed.app, 'app() takes the name of an app of Apple\'s or an identifier, as in app("org.x.y").'),
    "shortcut": _of_text(typed.shortcut, 'shortcut() takes the name of a shortcut, as in shortcut("Log").'),
    "color": _of_text(typed.color, 'color() takes a name or a code, as in color("#ff8000").'),
    "folder": _of_text(typed.folder, 'folder() takes a path in iCloud Drive, Shortcuts or On My iPhone, as in '
                       'folder("iCloud Drive/Notes").'),
    "location": _location,
    "contact": _contact,
}  # fmt: skip
