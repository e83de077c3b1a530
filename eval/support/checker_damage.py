"""Faults put into good code, one at a time, to see whether the checker finds them."""

import ast
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from workflowllm.apis.catalogue import Catalogue
from workflowllm.checking.calls import called_identifier
from workflowllm.shortcuts.dialect.nodes import nodes_of


class Damage(NamedTuple):
    """Code with one fault: the APIs offered for it, and the codes of which a finding must have one."""

    code: str
    offered: list[str]
    expected: tuple[str, ...]


class Source(NamedTuple):
    """Good code to damage, with its lines and nodes."""

    code: str
    lines: list[bytes]
    nodes: list[ast.AST]
    apis: list[str]


def source_of(code: str, apis: list[str]) -> Source:
    # Columns of ast count bytes of UTF-8. Lines end at \n alone: str.splitlines knows more line ends than Python.
    return Source(code, [line.encode() for line in code.split("\n")], nodes_of(ast.parse(code)), apis)


def _replaced(source: Source, line: int, start: int, end: int, text: str) -> str:
    """The code with a piece of one line replaced; lines count from 1, columns in bytes."""
    old = source.lines[line - 1]
    new = old[:start] + text.encode() + old[end:]
    return b"\n".join([*source.lines[: line - 1], new, *source.lines[line:]]).decode()


def _misspelt(word: str, random: Random) -> str:
    """A word with two neighbouring letters swapped, or one doubled or left out."""
    at = random.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return random.choice([swapped, word[:at] + word[at] + word[at:], word[:at] + word[at + 1 :]])


def _api_calls(source: Source, apis: Catalogue) -> Iterator[tuple[ast.Call, str]]:
    for node in source.nodes:
        identifier = called_identifier(node)
        if identifier and identifier in apis and node.func.id != "action":
            yield node, identifier


def misspelt_api(source: Source, apis: Catalogue, random: Random) -> Damage | None:
    calls = list(_api_calls(source, apis))
    if not calls:
        return None
    name = random.choice(calls)[0].func
    head, _, tail = name.id.rpartition("_")
    wrong = f"{head}_{_misspelt(tail, random)}" if len(tail) > 2 else name.id + "x"
    if wrong == name.id:
        return None
    code = _replaced(source, name.lineno, name.col_offset, name.end_col_offset, wrong)
    return Damage(code, source.apis, ("unknown-api", "unknown-application", "api-not-offered"))


def api_not_offered(source: Source, apis: Catalogue, random: Random) -> Damage | None:
    calls = list(_api_calls(source, apis))
    if not calls:
        return None
    left_out = random.choice(calls)[1]
    return Damage(source.code, [api for api in source.apis if api != left_out], ("api-not-offered",))


def _keywords(source: Source, apis: Catalogue) -> Iterator[tuple[ast.Call, ast.keyword, str]]:
    for call, identifier in _api_calls(source, apis):
        for keyword in call.keywords:
            if keyword.arg in apis[identifier].by_key:
                yield call, keyword, identifier


def misspelt_parameter(source: Source, apis: Catalogue, random: Random) -> Damage | None:
    found = [keyword for _, keyword, _ in _keywords(source, apis) if len(keyword.arg) > 3]
    if not found:
        return None
    keyword = random.choice(found)
    wrong = _misspelt(keyword.arg, random)
    if wrong == keyword.arg:
        return None
    start = keyword.col_offset
    code = _replaced(source, keyword.lineno, start, start + len(keyword.arg.encode()), wrong)
    return Damage(code, source.apis, ("unknown-parameter", "repeated-parameter"))


def dropped_parameter(source: Source, apis: Catalogue, random: Random) -> Damage | None:
    """A required parameter taken out of a call that stands on one line."""
    found = [
        (call, keyword)
        for call, keyword, identifier in _keywords(source, apis)
        if apis[identifier].by_key[keyword.arg].required and call.lineno == call.end_lineno
        and not apis[identifier].by_key[keyword.arg].when
    ]  # fmt: skip
    if not found:
        return None
    call, keyword = random.choice(found)
    line = source.lines[call.lineno - 1]
    end = keyword.end_col_offset
    end += 2 if line[end : end + 2] == b", " else 0
    return Damage(_replaced(source, call.lineno, keyword.col_offset, end, ""), source.apis, ("missing-parameter",))


def bad_value(source: Source, apis: Catalogue, random: Random) -> Damage | None:
    found = [
        keyword.value
        for _, keyword, identifier in _keywords(source, apis)
        if apis[identifier].by_key[keyword.arg].values
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.lineno == keyword.value.end_lineno
    ]
    if not found:
        return None
    value = random.choice(found)
    code = _replaced(source, value.lineno, value.col_offset, value.end_col_offset, '"no such value"')
    return Damage(code, source.apis, ("bad-value",))


def undefined_name(source: Source, _: Catalogue, random: Random) -> Damage | None:
    """A keyword's value that is a name, spelt as a name that nothing assigns."""
    names = [
        node.value
        for node in source.nodes
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Name)
    ]  # fmt: skip
    if not names:
        return None
    name = random.choice(names)
    code = _replaced(source, name.lineno, name.col_offset, name.end_col_offset, "nobody_assigned_this")
    return Damage(code, source.apis, ("unassigned-name",))


def broken_syntax(source: Source, _: Catalogue, random: Random) -> Damage | None:
    """An opening bracket that nothing closes, at the end of the code."""
    if not source.code.strip():
        return None
    return Damage(source.code + random.choice(["x = (", "if x\n", "y = [1, 2", '"""']), source.apis, ("syntax-error",))


Maker = Callable[[Source, Catalogue, Random], Damage | None]
FAULTS: dict[str, Maker] = {
    "misspelt API": misspelt_api,
    "API not offered": api_not_offered,
    "misspelt parameter": misspelt_parameter,
    "dropped required parameter": dropped_parameter,
    "value that is not allowed": bad_value,
    "undefined name": undefined_name,
    "broken syntax": broken_syntax,
}
