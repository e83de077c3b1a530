"""The calls of a workflow against the API documents: which API, which parameters, which literals."""

import ast
import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import (
    BUILT_IN_APPLICATION,
    COMMON_PARAMETERS,
    Api,
    Parameter,
    application_of,
    published_key,
)
from workflowllm.checking.findings import Finding, finding
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.words import RESERVED
from workflowllm.shortcuts.model.identifiers import function_name, identifier_of

_NUMBER = re.compile(r"\s*[-+−]?[\d.,\s]*\d[\d.,\s]*(?:e[-+]?\d+)?\s*%?", re.IGNORECASE)
_NUMERIC = ("number", "integer")

Fault = tuple[str, str, str | None]


def literal_fault(parameter: Parameter, node: ast.expr) -> Fault | None:
    """(code, message, suggestion) for a literal that the parameter cannot hold; None for any other expression.

    Shortcuts stores typed numbers as text, so a text that reads as a number is one, and an empty one is an empty field.
    """
    value, is_literal = _literal(node)
    if not is_literal or value == "" or value is None:
        return None
    if parameter.values:
        return _value_fault(parameter, value)
    wrong = _is_wrong(parameter.type, value)
    return ("wrong-type", f"{parameter.key} takes {_a(parameter.type)}, not {_kind(value)}.", None) if wrong else None


def _literal(node: ast.expr) -> tuple[Any, bool]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if isinstance(node.operand.value, (int, float)) else None, True
    if isinstance(node, ast.Constant):
        return node.value, True
    return ({}, True) if isinstance(node, ast.Dict) else ([], True) if isinstance(node, ast.List) else (None, False)


def _is_wrong(kind: str, value: Any) -> bool:
    if kind in _NUMERIC:
        return not isinstance(value, (int, float)) and not (isinstance(value, str) and _NUMBER.fullmatch(value))
    if kind == "boolean":
        return not (isinstance(value, bool) or value in (0, 1))
    return kind == "text" and isinstance(value, bool)


def _value_fault(parameter: Parameter, value: Any) -> Fault | None:
    if isinstance(value, (dict, list)) or str(value) in parameter.values:
        return None
    close = difflib.get_close_matches(str(value), list(parameter.values), 1, 0.5)
    some = ", ".join(repr(allowed) for allowed in list(parameter.values)[:8])
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return "bad-value", f"{parameter.key} is one of {some}, not {value!r}{hint}.", close[0] if close else None


def _kind(value: Any) -> str:
    return {str: "a text", bool: "True or False", dict: "a dictionary", list: "a list"}.get(type(value), "a number")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


_LIKE = 0.6  # difflib's ratio from which another spelling is worth naming
_COMPARED = 200  # names of one program that are compared with all known ones, for 14 ms each


class CallChecker:
    """Checks every call of a program against a catalogue."""

    def __init__(self, apis: Catalogue, offered: Collection[str] | None):
        self.apis = apis
        self.offered = None if offered is None else {published_key(identifier): identifier for identifier in offered}
        self._close: dict[str, str | None] = {}

    def findings(self, nodes: Iterable[ast.AST]) -> Iterator[Finding]:
        for node in nodes:
            identifier = called_identifier(node)
            if identifier is not None:
                yield from self.call(node, identifier)

    def call(self, node: ast.Call, identifier: str) -> Iterator[Finding]:
        api = self.apis.get(identifier)
        if api is None:
            yield self.unknown(node, identifier)
            return
        if self.offered is not None and published_key(identifier) not in self.offered:
            yield self.not_offered(node, identifier)
        yield from _parameter_findings(node, api)

    def not_offered(self, node: ast.Call, identifier: str) -> Finding:
        close = self.closest(identifier, (self.offered or {}).values())
        return finding(node, "api-not-offered", f"{identifier} is not among the APIs offered{_hint(close)}.", close)

    def closest(self, identifier: str, choices: Iterable[str]) -> str | None:
        """The choice most like an identifier, the same at each of its calls."""
        if identifier not in self._close:
            self._close[identifier] = _closest(identifier, choices) if len(self._close) < _COMPARED else None
        return self._close[identifier]

    def unknown(self, node: ast.Call, identifier: str) -> Finding:
        """An API that the catalogue lacks: an error where it knows all there are, or where others are offered."""
        application = application_of(identifier)
        all_are_known = application == BUILT_IN_APPLICATION or self.apis.is_complete(application)
        is_offered = self.offered is not None and published_key(identifier) in self.offered
        if self.offered is not None and not is_offered and not all_are_known:
            return self.not_offered(node, identifier)
        close = self.closest(identifier, self.apis.of_application(application) or self.apis)
        if all_are_known and not is_offered:
            return finding(node, "unknown-api", f"there is no action {identifier}{_hint(close)}.", close)
        message = f"the catalogue does not know {identifier}; it was not checked{_hint(close)}."
        return finding(node, "unknown-application", message, close)


def called_identifier(node: ast.AST) -> str | None:
    """The identifier of the action that a call calls, if it calls one."""
    name = called(node)
    if name == "action":
        first = node.args[0] if node.args else None
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    return identifier_of(name) if name and "_" in name.strip("_") and name not in RESERVED else None


def _parameter_findings(node: ast.Call, api: Api) -> Iterator[Finding]:
    given: set[str] = set()
    for key, place, value in _arguments(node):
        if key in given:
            yield finding(place, "repeated-parameter", f"{key} is given twice.")
        given.add(key)
        parameter = api.by_key.get(key)
        if parameter is not None:
            fault = literal_fault(parameter, value)
            if fault is not None:
                code, message, suggestion = fault
                yield finding(value, code, message, suggestion)
        elif key not in COMMON_PARAMETERS and not key.startswith("Show-"):
            close = _closest(key, api.by_key)
            message = f"{api.identifier} has no parameter {key}{_hint(close)}."
            yield finding(place, "unknown-parameter", message, close)
    for parameter in api.parameters:
        if parameter.required and parameter.key not in given and _counts(parameter, node):
            yield finding(node, "missing-parameter", f"{api.identifier} needs {parameter.key}.", parameter.key)


def _arguments(node: ast.Call) -> Iterator[tuple[str, ast.AST, ast.expr]]:
    """(key, place, value) of each keyword, those in `**{...}` too."""
    for keyword in node.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword, keyword.value
        elif isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, key, value


def _counts(parameter: Parameter, node: ast.Call) -> bool:
    """Whether a parameter that depends on others is asked for by the literals given."""
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    for other, wanted in parameter.when.items():
        value = given.get(other)
        allowed = wanted if isinstance(wanted, list) else [wanted]
        if not isinstance(value, ast.Constant) or value.value not in allowed:
            return False
    return True


def _closest(text: str, choices: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(text, list(choices), 1, _LIKE)
    return close[0] if close else None


def _hint(close: str | None) -> str:
    return f"; did you mean {function_name(close) or close}?" if close else ""
