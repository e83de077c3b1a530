"""The calls of a workflow against the API documents: which API, which parameters, which literals."""

import ast
import difflib
from collections.abc import Collection, Iterable, Iterator

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import BUILT_IN, COMMON_PARAMETERS, Api, Parameter, application_of, published_key
from workflowllm.checking.findings import Finding, finding
from workflowllm.checking.literals import literal_fault
from workflowllm.shortcuts.bindings import called
from workflowllm.shortcuts.dialect import RESERVED
from workflowllm.shortcuts.identifiers import function_name, identifier_of

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
        all_are_known = application == BUILT_IN or self.apis.is_complete(application)
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
