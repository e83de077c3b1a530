"""What a parameter can hold: literals, filters and quantities, checked against its kind.

Real shortcuts are strict: of 10,460 values of variables, 700 of objects, 185 of filters and 116 of durations and
quantities in the development corpus, one is a text. The compiler may still turn a plain literal into the stored form,
so the form that it stores decides.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from workflowllm.apis.content_types import ContentType, content_types
from workflowllm.apis.model import BUILT_IN_APPLICATION, Api, Parameter
from workflowllm.checking.findings import Finding, finding
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.dialect.words import SOURCES
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.action_table import BUILT_IN

VALUE_SIMILARITY = 50  # percent from which another spelling of a value is suggested
_SHOWN_VALUES = 8  # allowed values that a message lists
_SHOWN_LITERAL = 80  # characters of a literal in a message
_MAX_COMPILED = 4000  # characters of a call that is compiled to see what it stores
_NUMERIC_TYPES = ("number", "integer")
_MANTISSA = re.compile(r"[\d.,\s]+")
_EXPONENT = re.compile(r"[-+]?\d+")
_SOURCES = frozenset(SOURCES.values()) - {"input"}
_ALWAYS = ("has a value", "has no value")  # operators of every property
_FILTERS = ("all_of", "any_of")
_QUANTITY = "WFQuantityFieldValue"

# type -> what to write in place of a plain literal
_INSTEAD = {
    "variable": "the name of an output or a variable",
    "object": "the name of an output, or the stored form {kind}",
    "filter": 'all_of(where("Name", "contains", String="a"))',
    "duration": 'WFQuantityFieldValue(Magnitude="25", Unit="min")',
    "quantity": 'WFQuantityFieldValue(Magnitude="5", Unit="km")',
    "file": "the name of an output that is a file",
    "contact": "the name of an output that is a contact",
    "color": "a stored colour",
}
_QUANTITIES = ("duration", "quantity")
# Text fields in which real files hold a lone reference, 1,250 times of 1,300; 6,550 of 6,559 references in all others
# stand in a text. So do names of albums, playlists and the like, which have a kind.
_LONE = frozenset(
    {"text.split.text", "openurl.WFInput", "text.combine.text", "text.changecase.text", "runworkflow.WFWorkflowName",
     "conditional.WFDate", "conditional.WFAnotherDate", "readinglist.WFURL", "searchappstore.WFEntity",
     "filter.health.quantity.WFHKSampleFilteringUnit"}
)  # fmt: skip
_LIKELY = ("file", "contact")  # a text may yet become one; real shortcuts hold none


def value_findings(api: Api, parameter: Parameter, node: ast.expr) -> Iterator[Finding]:
    """At most a few findings on one argument; nothing is known about most expressions."""
    if parameter.type == "filter" and called(node) in _FILTERS:
        yield from _filter_findings(parameter, node)
    elif parameter.type in _QUANTITIES and called(node) == _QUANTITY:
        yield from _unit_findings(parameter, node)
    elif _is_plain(api, parameter, node):
        if not _is_stored_well(api, parameter, node):
            shown = "a reference" if _is_reference(node) else _kind(_literal(node)[0], node)
            instead = _INSTEAD[parameter.type].format(kind=f"of {_a(parameter.kind)}" if parameter.kind else "")
            kind = parameter.kind if parameter.type == "object" and parameter.kind else parameter.type
            code = "unlikely-value" if parameter.type in _LIKELY else "wrong-type"
            yield finding(node, code, f"{parameter.key} takes {_a(kind)}, not {shown}; write {instead}.")
    elif _is_lone(api, parameter, node):
        written = ast.unparse(node)
        example = f"; write f\"{{{written}}}\"" if len(written) <= _SHOWN_LITERAL and '"' not in written else ""
        message = f"{parameter.key} is a text field, in which a bare name shows as empty{example}."
        yield finding(node, "bare-reference", message)
    else:
        yield from _literal_findings(api, parameter, node)


def _is_lone(api: Api, parameter: Parameter, node: ast.expr) -> bool:
    """Whether a reference stands alone in a text field, also after the compiler has had its say."""
    is_field = parameter.type in ("text", "url", "date") and not parameter.values and not parameter.kind
    is_reference = _is_reference(node) or called(node) in _SOURCES
    if not is_field or not is_reference or api.application != BUILT_IN_APPLICATION:
        return False
    if f"{api.identifier.removeprefix(BUILT_IN)}.{parameter.key}" in _LONE:
        return False
    stored = stored_value(api, parameter.key, node)
    return isinstance(stored, dict) and stored.get("WFSerializationType") == "WFTextTokenAttachment"


def _is_plain(api: Api, parameter: Parameter, node: ast.expr) -> bool:
    """Whether a value is plain Python where the parameter's kind needs a form of its own."""
    if parameter.type not in _INSTEAD or (parameter.type == "file" and api.application != BUILT_IN_APPLICATION):
        return False
    if parameter.type in (*_QUANTITIES, "filter") and _is_reference(node):
        return True
    value, is_literal = _literal(node)
    is_text = isinstance(node, ast.JoinedStr)
    return is_text or (is_literal and value not in ("", None) and not isinstance(value, (dict, list)))


def _is_reference(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))


def _is_stored_well(api: Api, parameter: Parameter, node: ast.expr) -> bool:
    """Whether the compiler makes the stored form of the kind out of a plain value, or refuses it itself."""
    stored = stored_value(api, parameter.key, node)
    if stored is _REFUSED:
        return True
    form = stored.get("WFSerializationType") if isinstance(stored, dict) else None
    if parameter.type in _QUANTITIES:
        return form == _QUANTITY
    if parameter.type == "filter":
        return form == "WFContentPredicateTableTemplate"
    return isinstance(stored, (dict, list)) and form != "WFTextTokenString"


_REFUSED = object()


def stored_value(api: Api, key: str, node: ast.expr) -> Any:
    """What the compiler stores for one argument, its names taken for the clipboard; `_REFUSED` where it refuses it."""
    if api.function is None:
        return _REFUSED
    code = ast.unparse(_NamesAsClipboard().visit(ast.parse(ast.unparse(node), mode="eval").body))
    if len(code) > _MAX_COMPILED:
        return _REFUSED
    return _stored(api.function, api.identifier, key, code)


@lru_cache(maxsize=4096)
def _stored(function: str, identifier: str, key: str, code: str) -> Any:
    try:
        compiled = compile_code(f"{function}(**{{{key!r}: {code}}})")
    except DialectError:
        return _REFUSED
    for action in reversed(compiled.actions):
        if action["WFWorkflowActionIdentifier"] == identifier:
            return action.get("WFWorkflowActionParameters", {}).get(key)
    return _REFUSED


class _NamesAsClipboard(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.parse("clipboard()", mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.args = [self.visit(item) for item in node.args]
        node.keywords = [ast.keyword(item.arg, self.visit(item.value)) for item in node.keywords]
        return node


# Quantities and filters


@lru_cache(maxsize=1)
def quantity_words() -> Mapping[str, Any]:
    """Units and Health's types, as data/api/quantities.yml has them."""
    return load_yaml(shipped("data/api/quantities.yml").read_text("utf-8"))


def _unit_findings(parameter: Parameter, call: ast.Call) -> Iterator[Finding]:
    words = quantity_words()
    for keyword in call.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg == "Magnitude" and isinstance(value, str) and value and not is_number_text(value):
            yield finding(keyword.value, "wrong-type", f"Magnitude takes a number, not {_shown(value)}.")
        if keyword.arg != "Unit" or not isinstance(value, str):
            continue
        meant = [unit for unit, others in words["durations"].items() if value.lower() in others]
        units = [*words["durations"], *(() if parameter.type == "duration" else words["units"])]
        if value not in ("", *units) and (meant or value not in words["units"]):
            suggestion = meant[0] if meant else most_similar(value, tuple(units), VALUE_SIMILARITY)
            yield _bad_value(keyword.value, "Unit", units, value, suggestion)


def _filter_findings(parameter: Parameter, call: ast.Call) -> Iterator[Finding]:
    """Rows over properties that the type lacks, and values that a property cannot have."""
    item = content_types().of_filter(parameter)
    rows = [row for row in call.args if called(row) == "where" and row.args and isinstance(row.args[0], ast.Constant)]
    for row in rows if item else ():
        name, names = row.args[0].value, item.filterable()
        if not isinstance(name, str):
            continue
        if names and name not in names:
            suggestion = most_similar(name, tuple(names), VALUE_SIMILARITY)
            message = f"{_a(item.title)} cannot be found by {name!r}{hint(suggestion)}."
            yield finding(row, "unknown-property", message, suggestion)
        else:
            yield from _row_findings(item, name, row)


def _row_findings(item: ContentType, name: str, row: ast.Call) -> Iterator[Finding]:
    known = item.properties.get(name)
    operator = row.args[1].value if len(row.args) > 1 and isinstance(row.args[1], ast.Constant) else None
    offered = known.operators if known else ()
    if offered and isinstance(operator, str) and operator not in (*offered, *_ALWAYS):
        message = f"{name} has no {operator!r}; it has {', '.join(map(repr, offered))}."
        yield finding(row, "bad-comparison", message)
    for keyword in row.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg != "Enumeration" or not isinstance(value, str) or not value:
            continue
        values = quantity_words()["health_types"] if _is_health_type(item, name) else known.values if known else ()
        if values and value not in values:
            suggestion = most_similar(value, tuple(values), VALUE_SIMILARITY)
            message = f"{name} has no value {_shown(value)}{hint(suggestion)}."
            yield finding(keyword.value, "unlikely-value", message, suggestion)


def _is_health_type(item: ContentType, name: str) -> bool:
    return name == "Type" and item.title == "health sample"


# Literals


def _literal_findings(api: Api, parameter: Parameter, node: ast.expr) -> Iterator[Finding]:
    """At most one finding: a literal that the parameter cannot hold.

    Shortcuts stores typed numbers as text, so a text that reads as a number is one, and "" is an empty field.
    """
    value, is_literal = _literal(node)
    if not is_literal or value == "" or value is None:
        return
    if parameter.values:
        yield from _enum_findings(api, parameter, node, value)
    elif _is_wrong_type(parameter.type, value):
        yield finding(node, "wrong-type", f"{parameter.key} takes {_a(parameter.type)}, not {_kind(value, node)}.")
    elif _is_out_of_range(parameter, value):
        message = f"{parameter.key} goes from {parameter.least:g} to {parameter.most:g}, not to {_shown(value)}."
        yield finding(node, "bad-value", message)
    elif parameter.kind == "Health Type" and isinstance(value, str) and value not in quantity_words()["health_types"]:
        suggestion = most_similar(value, tuple(quantity_words()["health_types"]), VALUE_SIMILARITY)
        yield finding(node, "unlikely-value", f"Health has no type {_shown(value)}{hint(suggestion)}.", suggestion)


def _literal(node: ast.expr) -> tuple[Any, bool]:
    """(value, whether the node is a literal); lists and dictionaries count as empty ones."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if isinstance(node.operand.value, (int, float)) else None, True
    if isinstance(node, ast.Constant):
        return node.value, True
    return ({}, True) if isinstance(node, ast.Dict) else ([], True) if isinstance(node, ast.List) else (None, False)


def _enum_findings(api: Api, parameter: Parameter, node: ast.expr, value: Any) -> Iterator[Finding]:
    text = _text(value)
    if isinstance(value, (dict, list)) or text in parameter.values:
        return
    titles = {shown.lower(): stored for stored, shown in parameter.values.items() if shown}
    suggestion = titles.get(text.lower()) or most_similar(text, tuple(parameter.values), VALUE_SIMILARITY)
    if isinstance(value, str) and stored_value(api, parameter.key, node) in parameter.values:
        return  # the compiler knows the shown title
    yield _bad_value(node, parameter.key, list(parameter.values), value, suggestion)


def _bad_value(node: ast.expr, key: str, values: list[str], value: Any, suggestion: str | None) -> Finding:
    some = ", ".join(repr(allowed) for allowed in values[:_SHOWN_VALUES])
    meant = f"; did you mean {suggestion!r}?" if suggestion else ""
    return finding(node, "bad-value", f"{key} is one of {some}, not {_shown(value)}{meant}.", suggestion)


def _is_out_of_range(parameter: Parameter, value: Any) -> bool:
    if parameter.least is None or parameter.most is None or not isinstance(value, (int, float)):
        return False
    return not parameter.least <= value <= parameter.most


def _shown(value: Any) -> str:
    shown = _text(value) if isinstance(value, int) else repr(value)
    return shown if len(shown) <= _SHOWN_LITERAL else shown[:_SHOWN_LITERAL] + "…"


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
    return type_ in ("text", "date", "url", "list", "dictionary") and isinstance(value, bool)


def is_number_text(text: str) -> bool:
    """Whether a text reads as a number as people type one: ` -1,234.5 `, `1 000`, `1e9`, `20 %`."""
    text = text.strip().removesuffix("%").rstrip()
    mantissa, *exponent = re.split("[eE]", text[1:] if text[:1] in ("-", "+", "−") else text, maxsplit=1)
    if exponent and not _EXPONENT.fullmatch(exponent[0]):
        return False
    return bool(_MANTISSA.fullmatch(mantissa)) and any(map(str.isdecimal, mantissa))


def _kind(value: Any, node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "a text"
    return {str: "a text", bool: "True or False", dict: "a dictionary", list: "a list"}.get(type(value), "a number")


def _a(type_: str) -> str:
    return f"an {type_}" if type_[0] in "aeiouAEIOU" else f"a {type_}"


@lru_cache(maxsize=4096)
def most_similar(text: str, choices: tuple[str, ...], least: int) -> str | None:
    """The choice most similar to a text, of those with at least so many percent of characters in common, in order."""
    from rapidfuzz import fuzz, process  # 20 ms to load, which code without mistakes does without

    best = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=least)
    return best[0] if best else None


def hint(suggestion: str | None) -> str:
    """The end of a message that suggests another word."""
    return f"; did you mean {suggestion}?" if suggestion else ""
