"""The calls of a workflow, checked against the API documents: which API, which parameters, which literals."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import (
    ALWAYS_OFFERED,
    BUILT_IN_APPLICATION,
    COMMON_PARAMETERS,
    Api,
    Parameter,
    application_of,
    identifier_prefix,
    published_key,
)
from workflowllm.checking.findings import Finding, finding
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.words import RESERVED
from workflowllm.shortcuts.model.action_table import action_facts
from workflowllm.shortcuts.model.identifiers import function_name, identifier_of

NAME_SIMILARITY = 60  # percent from which another spelling of an API or a parameter is suggested
VALUE_SIMILARITY = 50  # the same for one of a parameter's allowed values
MAX_COMPARED = 200  # unknown identifiers of one program that are compared with all known ones, for about 1 ms each
_SHOWN_VALUES = 8  # allowed values that a message lists
_SHOWN_LITERAL = 80  # characters of a literal in a message
_NUMERIC_TYPES = ("number", "integer")
_MANTISSA = re.compile(r"[\d.,\s]+")
_EXPONENT = re.compile(r"[-+]?\d+")


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
    return identifier_of(name) if name and "_" in name.strip("_") and name not in RESERVED else None


def _parameter_findings(call: ast.Call, api: Api) -> Iterator[Finding]:
    passed: dict[str, ast.expr] = {}
    for key, key_node, value in _arguments(call):
        if key in passed:
            yield finding(key_node, "repeated-parameter", f"{key} is given twice.")
        passed[key] = value
        parameter = api.by_key.get(key)
        if parameter is not None:
            yield from literal_findings(parameter, value)
        elif key not in COMMON_PARAMETERS and not key.startswith("Show-"):
            suggestion = most_similar(key, tuple(api.by_key), NAME_SIMILARITY)
            message = f"{api.identifier} has no parameter {key}{_hint(suggestion)}."
            yield finding(key_node, "unknown-parameter", message, suggestion)
    for parameter in api.parameters:
        is_filled = parameter.key in passed or parameter.key in implicit_inputs(api)
        if parameter.required and not is_filled and _applies(parameter, passed):
            yield finding(call, "missing-parameter", f"{api.identifier} needs {parameter.key}.", parameter.key)


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


def literal_findings(parameter: Parameter, node: ast.expr) -> Iterator[Finding]:
    """At most one finding: a literal that the parameter cannot hold. Nothing is known about other expressions.

    Shortcuts stores typed numbers as text, so a text that reads as a number is one, and "" is an empty field.
    """
    value, is_literal = _literal(node)
    if not is_literal or value == "" or value is None:
        return
    if parameter.values:
        yield from _value_findings(parameter, node, value)
    elif _is_wrong_type(parameter.type, value):
        yield finding(node, "wrong-type", f"{parameter.key} takes {_a(parameter.type)}, not {_kind(value)}.")


def _literal(node: ast.expr) -> tuple[Any, bool]:
    """(value, whether the node is a literal); lists and dictionaries count as empty ones."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if isinstance(node.operand.value, (int, float)) else None, True
    if isinstance(node, ast.Constant):
        return node.value, True
    return ({}, True) if isinstance(node, ast.Dict) else ([], True) if isinstance(node, ast.List) else (None, False)


def _value_findings(parameter: Parameter, node: ast.expr, value: Any) -> Iterator[Finding]:
    if isinstance(value, (dict, list)) or _text(value) in parameter.values:
        return
    if value in (0, 1) and parameter.values.keys() == {"on", "off"}:
        return  # real shortcuts store a switch of this kind as its index
    suggestion = most_similar(_text(value), tuple(parameter.values), VALUE_SIMILARITY)
    some = ", ".join(repr(allowed) for allowed in list(parameter.values)[:_SHOWN_VALUES])
    hint = f"; did you mean {suggestion!r}?" if suggestion else ""
    shown = _text(value) if isinstance(value, int) else repr(value)
    shown = shown if len(shown) <= _SHOWN_LITERAL else shown[:_SHOWN_LITERAL] + "…"
    yield finding(node, "bad-value", f"{parameter.key} is one of {some}, not {shown}{hint}.", suggestion)


def _text(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of more digits than Python converts
        return hex(value)


def _is_wrong_type(type_: str, value: Any) -> bool:
    if type_ in _NUMERIC_TYPES:
        return not isinstance(value, (int, float)) and not (isinstance(value, str) and is_number_text(value))
    if type_ == "boolean":
        return not (isinstance(value, bool) or value in (0, 1))
    return type_ == "text" and isinstance(value, bool)


def is_number_text(text: str) -> bool:
    """Whether a text reads as a number as people type one: ` -1,234.5 `, `1 000`, `1e9`, `20 %`."""
    text = text.strip().removesuffix("%").rstrip()
    mantissa, *exponent = re.split("[eE]", text[1:] if text[:1] in ("-", "+", "−") else text, maxsplit=1)
    if exponent and not _EXPONENT.fullmatch(exponent[0]):
        return False
    return bool(_MANTISSA.fullmatch(mantissa)) and any(map(str.isdecimal, mantissa))


def _kind(value: Any) -> str:
    return {str: "a text", bool: "True or False", dict: "a dictionary", list: "a list"}.get(type(value), "a number")


def _a(type_: str) -> str:
    return f"an {type_}" if type_[0] in "aeiou" else f"a {type_}"


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


@lru_cache(maxsize=4096)
def most_similar(text: str, choices: tuple[str, ...], least: int) -> str | None:
    """The choice most similar to a text, of those with at least so many percent of characters in common, in order."""
    from rapidfuzz import fuzz, process  # 20 ms to load, which code without mistakes does without

    best = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=least)
    return best[0] if best else None


def _hint(suggestion: str | None) -> str:
    return f"; did you mean {function_name(suggestion) or suggestion}?" if suggestion else ""
