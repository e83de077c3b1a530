"""Records through the checker, whatever they hold."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from workflowllm.apis.catalogue import Catalogue, catalogue
from workflowllm.checking.calls import CallChecker
from workflowllm.checking.findings import SEVERITIES, Finding, finding
from workflowllm.shortcuts.dialect.bindings import Binding, called
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.dialect.reads import early_reads, stops
from workflowllm.shortcuts.from_python.program import Program, compile_program, parse_program

_FORBIDDEN = frozenset({"exec", "eval", "compile", "globals", "locals", "vars", "setattr", "delattr", "open"})


def check_code(code: str, offered: Collection[str] | None = None, apis: Catalogue | None = None) -> list[Finding]:
    """Every finding on a workflow's Python, in the order of the text.

    `offered` holds the identifiers that may be called, with dots or with `_` for them; None allows all. `apis` is the
    catalogue to check against; None stands for the project's own.
    """
    try:
        program = parse_program(code)
    except DialectError as error:
        return _as_findings(error)
    try:
        found = _compile_findings(program)
        calls = CallChecker(catalogue() if apis is None else apis, offered)
        found += [*_program_findings(program), *calls.findings(program.nodes)]
    except (RecursionError, MemoryError):
        return [Finding(1, 1, "too-deep", "error", "the code is nested too deeply to be checked.")]
    return sorted(set(found), key=lambda item: (item.line, item.column, item.code, item.message))


def _compile_findings(program: Program) -> list[Finding]:
    """What keeps the code from being a shortcut."""
    try:
        compile_program(program)
    except DialectError as error:
        return _as_findings(error)
    return []


def _as_findings(error: DialectError) -> list[Finding]:
    return [
        Finding(problem.line, problem.column, problem.code, SEVERITIES[problem.code], problem.message)
        for problem in error.problems
    ]


def _program_findings(program: Program) -> Iterator[Finding]:
    bindings = program.bindings
    reads = early_reads(program.tree)
    for name in reads.never:
        if name.id in bindings:
            yield finding(name, "unassigned-name", f"no path before this line assigns {name.id}.")
    for name in reads.sometimes:
        yield finding(name, "sometimes-unassigned", f"{name.id} is empty on a path that does not assign it.")
    loaded: set[str] = set()
    for node in program.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            loaded.add(node.id)
        yield from _node_findings(node, bindings)
    yield from _unused(program, loaded)


def _node_findings(node: ast.AST, bindings: dict[str, Binding]) -> Iterator[Finding]:
    if isinstance(node, (ast.If, ast.For, ast.match_case)):
        yield from _empty_blocks(node)
    elif isinstance(node, ast.Name):
        yield from _forbidden(node, node.id)
    elif isinstance(node, ast.Attribute):
        yield from _forbidden(node, node.attr)
    elif called(node) == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
        yield from _forbidden(node, str(node.args[1].value))
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        yield from _dangling(node, bindings)
    for body in _bodies(node):
        yield from _unreachable(body)


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            yield body


def _forbidden(node: ast.AST, name: str) -> Iterator[Finding]:
    if (name.startswith("__") and name.endswith("__")) or name in _FORBIDDEN:
        yield finding(node, "forbidden", f"{name} has no place in a workflow.")


def _empty_blocks(node: ast.If | ast.For | ast.match_case) -> Iterator[Finding]:
    for body in _bodies(node):
        if body and all(isinstance(statement, ast.Pass) for statement in body):
            yield finding(body[0], "empty-block", "this block does nothing.")


def _unreachable(body: list[ast.stmt]) -> Iterator[Finding]:
    for statement, following in pairwise(body):
        is_comment = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        if stops(statement) and not is_comment:
            yield finding(following, "unreachable-code", "the shortcut has stopped before this line.")
            return


def _dangling(node: ast.Assign | ast.AnnAssign, bindings: dict[str, Binding]) -> Iterator[Finding]:
    """`x = None` for a name that nothing else assigns, and `x = missing(...)`."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    binding = bindings.get(target.id) if isinstance(target, ast.Name) else None
    if binding is None:
        return
    never = binding.sites["declare"] and sum(binding.sites.values()) == binding.sites["declare"]
    if binding.kind == "missing" or never:
        yield finding(node, "dangling-reference", f"nothing gives {binding.name} a value; it stays empty.")


def _unused(program: Program, loaded: set[str]) -> Iterator[Finding]:
    for node in program.nodes:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            binding = program.bindings.get(target.id) if isinstance(target, ast.Name) else None
            is_unused = binding is not None and binding.name not in loaded
            if is_unused and binding.kind == "output" and binding.label is None:
                yield finding(target, "unused-output", f"nothing uses {binding.name}.")


CODE_FIELDS = ("workflow_code", "code")


@dataclass(frozen=True, slots=True)
class Checked:
    """A record's key and findings; or why it has none."""

    key: str
    findings: list[Finding] = field(default_factory=list)
    error: str = ""


def check_numbered(numbered: tuple[int, Any], use_offered: bool) -> Checked:
    """Check a record, given with its line number."""
    number, record = numbered
    if not isinstance(record, dict):
        return Checked(f"line {number}", error=str(record) if isinstance(record, ValueError) else "no JSON object.")
    key = record["key"] if isinstance(record.get("key"), str) else f"line {number}"
    code = next((record[name] for name in CODE_FIELDS if isinstance(record.get(name), str)), None)
    if code is None:
        return Checked(key, error=f"the record has no text in {' or '.join(CODE_FIELDS)}.")
    offered = record.get("apis") if use_offered else None
    if use_offered and not (isinstance(offered, list) and all(isinstance(item, str) for item in offered)):
        return Checked(key, error="the record lists no `apis`; leave --offered out to check it without them.")
    return Checked(key, check_code(code, offered))


def checking_crashed(numbered: tuple[int, Any]) -> Checked:
    return Checked(f"line {numbered[0]}", error="the process that checked it died; the record may be too large.")
