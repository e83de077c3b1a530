"""Damage done to good code, one fault at a time, to see whether the checker finds it."""

import ast
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import ALWAYS_OFFERED
from workflowllm.checking.calls import called_identifier, implicit_inputs
from workflowllm.shortcuts.dialect.nodes import nodes_of
from workflowllm.shortcuts.model.plist_types import ActionDict


class Damage(NamedTuple):
    """Code with one fault: the APIs offered for it, and the codes of which a finding must have one.

    `is_right` says of the compiled actions that the compiler made the stored form of what was written after all.
    """

    code: str
    offered: list[str]
    expected: tuple[str, ...]
    is_right: Callable[[list[ActionDict]], bool] | None = None


class Sample(NamedTuple):
    """Good code to damage, with its lines and nodes."""

    code: str
    lines: list[bytes]
    nodes: list[ast.AST]
    apis: list[str]


def sample_of(code: str, apis: list[str]) -> Sample:
    # Columns of ast count bytes of UTF-8. Lines end at \n alone: str.splitlines knows more line ends than Python.
    return Sample(code, [line.encode() for line in code.split("\n")], nodes_of(ast.parse(code)), apis)


def _replaced(sample: Sample, line: int, start: int, end: int, text: str) -> str:
    """The code with a piece of one line replaced; lines count from 1, columns in bytes."""
    old = sample.lines[line - 1]
    new = old[:start] + text.encode() + old[end:]
    return b"\n".join([*sample.lines[: line - 1], new, *sample.lines[line:]]).decode()


def _misspelt(word: str, rng: Random) -> str:
    """A word with two neighbouring letters swapped, or one letter doubled or removed."""
    at = rng.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return rng.choice([swapped, word[:at] + word[at] + word[at:], word[:at] + word[at + 1 :]])


def _api_calls(sample: Sample, apis: Catalogue) -> Iterator[tuple[ast.Call, str]]:
    for node in sample.nodes:
        identifier = called_identifier(node)
        if identifier and identifier in apis and node.func.id != "action":
            yield node, identifier


def misspelt_api(sample: Sample, apis: Catalogue, rng: Random) -> Damage | None:
    calls = list(_api_calls(sample, apis))
    if not calls:
        return None
    name = rng.choice(calls)[0].func
    head, _, tail = name.id.rpartition("_")
    wrong = f"{head}_{_misspelt(tail, rng)}" if len(tail) > 2 else name.id + "x"
    if wrong == name.id:
        return None
    code = _replaced(sample, name.lineno, name.col_offset, name.end_col_offset, wrong)
    return Damage(code, sample.apis, ("unknown-api", "unknown-application", "api-not-offered"))


def api_not_offered(sample: Sample, apis: Catalogue, rng: Random) -> Damage | None:
    calls = [pair for pair in _api_calls(sample, apis) if pair[1] not in ALWAYS_OFFERED]
    if not calls:
        return None
    removed = rng.choice(calls)[1]
    return Damage(sample.code, [api for api in sample.apis if api != removed], ("api-not-offered",))


def _keywords(sample: Sample, apis: Catalogue) -> Iterator[tuple[ast.Call, ast.keyword, str]]:
    for call, identifier in _api_calls(sample, apis):
        for keyword in call.keywords:
            if keyword.arg in apis[identifier].by_key:
                yield call, keyword, identifier


def misspelt_parameter(sample: Sample, apis: Catalogue, rng: Random) -> Damage | None:
    candidates = [keyword for _, keyword, _ in _keywords(sample, apis) if len(keyword.arg) > 3]
    if not candidates:
        return None
    keyword = rng.choice(candidates)
    wrong = _misspelt(keyword.arg, rng)
    if wrong == keyword.arg:
        return None
    start = keyword.col_offset
    code = _replaced(sample, keyword.lineno, start, start + len(keyword.arg.encode()), wrong)
    return Damage(code, sample.apis, ("unknown-parameter", "repeated-parameter"))


def dropped_parameter(sample: Sample, apis: Catalogue, rng: Random) -> Damage | None:
    """A required parameter, which the previous action does not fill, removed from a call on one line."""
    candidates = [
        (call, keyword)
        for call, keyword, identifier in _keywords(sample, apis)
        if apis[identifier].by_key[keyword.arg].required and call.lineno == call.end_lineno
        and not apis[identifier].by_key[keyword.arg].when and keyword.arg not in implicit_inputs(apis[identifier])
    ]  # fmt: skip
    if not candidates:
        return None
    call, keyword = rng.choice(candidates)
    line = sample.lines[call.lineno - 1]
    end = keyword.end_col_offset
    end += 2 if line[end : end + 2] == b", " else 0
    code = _replaced(sample, call.lineno, keyword.col_offset, end, "")
    return Damage(code, sample.apis, ("missing-parameter", "nothing-filled-in"))


def bad_value(sample: Sample, apis: Catalogue, rng: Random) -> Damage | None:
    candidates = [
        keyword.value
        for _, keyword, identifier in _keywords(sample, apis)
        if apis[identifier].by_key[keyword.arg].values
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.lineno == keyword.value.end_lineno
    ]
    if not candidates:
        return None
    value = rng.choice(candidates)
    code = _replaced(sample, value.lineno, value.col_offset, value.end_col_offset, '"no such value"')
    return Damage(code, sample.apis, ("bad-value",))


def undefined_name(sample: Sample, _: Catalogue, rng: Random) -> Damage | None:
    """A name that is a keyword's value, replaced by a name that nothing assigns."""
    names = [
        node.value
        for node in sample.nodes
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Name)
    ]  # fmt: skip
    if not names:
        return None
    name = rng.choice(names)
    code = _replaced(sample, name.lineno, name.col_offset, name.end_col_offset, "nobody_assigned_this")
    return Damage(code, sample.apis, ("unassigned-name",))


def broken_syntax(sample: Sample, _: Catalogue, rng: Random) -> Damage | None:
    """An opening bracket that nothing closes, at the end of the code."""
    if not sample.code.strip():
        return None
    return Damage(sample.code + rng.choice(["x = (", "if x\n", "y = [1, 2", '"""']), sample.apis, ("syntax-error",))


Maker = Callable[[Sample, Catalogue, Random], Damage | None]
DAMAGES: dict[str, Maker] = {
    "misspelt API": misspelt_api,
    "API not offered": api_not_offered,
    "misspelt parameter": misspelt_parameter,
    "dropped required parameter": dropped_parameter,
    "value that is not allowed": bad_value,
    "undefined name": undefined_name,
    "broken syntax": broken_syntax,
}
