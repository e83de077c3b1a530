"""The calls of a workflow, checked against the API documents: which API, which parameters."""

import ast
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import (
    ALWAYS_OFFERED,
    BUILT_IN_APPLICATION,
    COMMON_PARAMETERS,
    STATEMENTS,
    Api,
    Parameter,
    application_of,
    identifier_prefix,
    published_key,
)
from workflowllm.checking.argument_values import most_similar, value_findings
from workflowllm.checking.findings import Finding, finding
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.words import RESERVED
from workflowllm.shortcuts.model.action_table import BUILT_IN, action_facts
from workflowllm.shortcuts.model.identifiers import function_name, identifier_of

NAME_SIMILARITY = 60  # percent from which another spelling of an API or a parameter is suggested
PUBLISHED_COERCION = "coerce_variable"  # the published data's word for a reference as another type
# Kinds of parameters that an action does nothing without. Switches, choices and numbers have a value from the start.
_FILLED_IN = frozenset(
    {"variable", "text", "url", "object", "quantity", "duration", "file", "contact", "list", "dictionary"}
)
# Built-in actions that do something sensible with nothing filled in; real shortcuts call them so in 1 of 10 cases or
# more. Find actions, which then find everything, and the text actions, which take the previous output, are as common.
_WORKS_EMPTY = frozenset(
    BUILT_IN + name
    for name in ("getmyworkflows", "date", "scanbarcode", "dnd.set", "dictatetext", "getupcomingreminders",
                 "getupcomingevents", "recordaudio", "handoffplayback", "giphy", "selectcontacts", "ask")
)  # fmt: skip
# Actions that need more than the previous output, of which any of several parameters holds it.
_NEEDS_MORE = frozenset(BUILT_IN + name for name in ("runworkflow", "sendmessage", "math", "image.resize"))
_WORKS_EMPTY_STARTS = (BUILT_IN + "filter.", BUILT_IN + "text.")
MAX_COMPARED = 200  # unknown identifiers of one program that are compared with all known ones, for about 1 ms each


class CallChecker:
    """Checks every call of a program against a catalogue.

    `offered` holds the identifiers that may be called, with dots or with `_` for them; None allows all.
    """

    def __init__(self, apis: Catalogue, offered: Collection[str] | None):
        self.apis = apis
        self.offered = None if offered is None else {published_key(identifier): identifier for identifier in offered}
        self._suggestions: dict[str, str | None] = {}  # unknown identifier -> the most similar one

    def findings(self, nodes: Iterable[ast.AST]) -> Iterator[Finding]:
        for node in nodes:
            identifier = called_identifier(node)
            if identifier is not None:
                yield from self.check_call(node, identifier)

    def check_call(self, node: ast.Call, identifier: str) -> Iterator[Finding]:
        api = self.apis.get(identifier)
        if api is None:
            yield self.unknown(node, identifier)
            return
        if not self.is_offered(identifier) and identifier not in ALWAYS_OFFERED:
            yield self.not_offered(node, identifier)
        yield from _parameter_findings(node, api)

    def is_offered(self, identifier: str) -> bool:
        return self.offered is None or published_key(identifier) in self.offered

    def not_offered(self, node: ast.Call, identifier: str) -> Finding:
        suggestion = self.suggestion(identifier, among_offered=True)
        message = f"{identifier} is not among the APIs offered{_hint(suggestion)}."
        return finding(node, "api-not-offered", message, suggestion)

    def unknown(self, node: ast.Call, identifier: str) -> Finding:
        """An API that the catalogue lacks: an error where all of its application is known, or others are offered."""
        application = application_of(identifier)
        is_complete = application == BUILT_IN_APPLICATION or self.apis.is_complete(application)
        is_listed = self.offered is not None and self.is_offered(identifier)
        if self.offered is not None and not is_listed and not is_complete:
            return self.not_offered(node, identifier)
        suggestion = self.suggestion(identifier)
        if is_complete and not is_listed:
            return finding(node, "unknown-api", f"there is no action {identifier}{_hint(suggestion)}.", suggestion)
        message = f"the catalogue does not know {identifier}; it was not checked{_hint(suggestion)}."
        return finding(node, "unknown-application", message, suggestion)

    def suggestion(self, identifier: str, among_offered: bool = False) -> str | None:
        """The API most similar to an identifier, the same at each of its calls; None after MAX_COMPARED others."""
        if identifier not in self._suggestions:
            if len(self._suggestions) >= MAX_COMPARED:
                return None
            choices = tuple((self.offered or {}).values())
            self._suggestions[identifier] = (
                most_similar(identifier, choices, NAME_SIMILARITY)
                if among_offered
                else _most_similar_api(identifier, self.apis)
            )
        return self._suggestions[identifier]


def called_identifier(node: ast.AST) -> str | None:
    """The identifier of the action that a node calls, or None where it calls none."""
    name = called(node)
    if name == "action":
        first = node.args[0] if node.args else None
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    is_action = name and "_" in name.strip("_") and name not in RESERVED and name != PUBLISHED_COERCION
    return identifier_of(name) if is_action else None


def _parameter_findings(call: ast.Call, api: Api) -> Iterator[Finding]:
    passed: dict[str, ast.expr] = {}
    meant: set[str | None] = set()  # parameters that unknown ones look like
    for key, key_node, value in _arguments(call):
        if key in passed:
            yield finding(key_node, "repeated-parameter", f"{key} is given twice.")
        passed[key] = value
        parameter = api.by_key.get(key)
        if parameter is not None:
            yield from value_findings(api, parameter, value)
        elif key not in COMMON_PARAMETERS and not key.startswith("Show-"):
            suggestion = most_similar(key, tuple(api.by_key), NAME_SIMILARITY)
            meant.add(suggestion)
            message = f"{api.identifier} has no parameter {key}{_hint(suggestion)}."
            yield finding(key_node, "unknown-parameter", message, suggestion)
    if not passed and _needs_something(api):
        yield finding(call, "nothing-filled-in", f"{api.identifier} does nothing without its parameters.")
    for parameter in api.parameters:
        is_filled = parameter.key in meant.union(passed, implicit_inputs(api))
        if parameter.required and not is_filled and _applies(parameter, passed):
            yield finding(call, "missing-parameter", f"{api.identifier} needs {parameter.key}.", parameter.key)


def _needs_something(api: Api) -> bool:
    """Whether an action has parameters to fill in, none of which the previous action's output fills."""
    if api.identifier in _NEEDS_MORE:
        return True
    if implicit_inputs(api) or api.identifier in STATEMENTS | _WORKS_EMPTY:
        return False
    if api.identifier.startswith(_WORKS_EMPTY_STARTS):
        return False
    return any(parameter.type in _FILLED_IN and parameter.default is None for parameter in api.parameters)


def implicit_inputs(api: Api) -> frozenset[str]:
    """The parameters that take the previous action's output where a call leaves them out."""
    facts = action_facts().get(api.identifier)
    return frozenset({api.input_key, facts.input_key if facts else ""} - {""})


def _arguments(call: ast.Call) -> Iterator[tuple[str, ast.AST, ast.expr]]:
    """(key, node of the key, value) of each keyword, those in `**{...}` too."""
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword, keyword.value
        elif isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, key, value


def _applies(parameter: Parameter, passed: dict[str, ast.expr]) -> bool:
    """Whether the literals that are passed make a parameter apply that depends on others."""
    for other, wanted in parameter.when.items():
        value = passed.get(other)
        allowed = wanted if isinstance(wanted, list) else [wanted]
        if not isinstance(value, ast.Constant) or value.value not in allowed:
            return False
    return True


@lru_cache(maxsize=4096)
def _most_similar_api(identifier: str, apis: Catalogue) -> str | None:
    """The API most like an unknown one: of its application, or of all where the application is unknown too."""
    application = application_of(identifier)
    known = apis.of_application(application)
    if not known:
        return most_similar(identifier, _all_identifiers(apis), NAME_SIMILARITY)
    start = identifier_prefix(application)
    tails = {name.removeprefix(start): name for name in known}  # the common start would make any two names similar
    tail = most_similar(identifier.removeprefix(start), tuple(tails), NAME_SIMILARITY)
    return tails[tail] if tail else None


@lru_cache(maxsize=4)
def _all_identifiers(apis: Catalogue) -> tuple[str, ...]:
    return tuple(apis)


def _hint(suggestion: str | None) -> str:
    return f"; did you mean {function_name(suggestion) or suggestion}?" if suggestion else ""
