"""The checker: everything that can be said against a workflow's Python without running it."""

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from workflowllm.apis.catalogue import Catalogue, catalogue
from workflowllm.checking.calls import CallChecker
from workflowllm.checking.findings import SEVERITIES, Finding, finding
from workflowllm.checking.uses import use_findings
from workflowllm.shortcuts.dialect.bindings import Binding, called
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.dialect.reads import early_reads, stops
from workflowllm.shortcuts.from_python.program import Program, compile_program, parse_program
from workflowllm.shortcuts.model.workflow import Compiled

CODE_FIELDS = ("workflow_code", "code")  # of a record; the first that it has is checked
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
        known = catalogue() if apis is None else apis
        findings, compiled = _compiled(program)
        findings += _program_findings(program)
        findings += CallChecker(known, offered).findings(program.nodes)
        findings += use_findings(program, compiled, known)
    except (RecursionError, MemoryError):
        return [Finding(1, 1, "too-deep", "error", "the code is nested too deeply to be checked.")]
    return sorted(set(findings), key=lambda item: (item.line, item.column, item.code, item.message))


@dataclass(frozen=True, slots=True)
class Checked:
    """A record's key and its findings, or the reason why it could not be checked."""

    key: str
    findings: list[Finding] = field(default_factory=list)
    error: str = ""


def check_numbered(numbered: tuple[int, Any], use_offered: bool) -> Checked:
    """Check a record that comes with its line number; a ValueError in place of a record says why there is none."""
    number, record = numbered
    if not isinstance(record, dict):
        return Checked(f"line {number}", error=str(record) if isinstance(record, ValueError) else "not a JSON object.")
    key = record["key"] if isinstance(record.get("key"), str) else f"line {number}"
    code = next((record[name] for name in CODE_FIELDS if isinstance(record.get(name), str)), None)
    if code is None:
        return Checked(key, error=f"the record has no text in {' or '.join(CODE_FIELDS)}.")
    offered = record.get("apis") if use_offered else None
    if use_offered and not (isinstance(offered, list) and all(isinstance(item, str) for item in offered)):
        return Checked(key, error="the record lists no `apis`; leave --offered out to check it without them.")
    try:
        return Checked(key, check_code(code, offered))
    except Exception as error:  # a fault of the checker is this record's failure and no other's
        return Checked(key, error=f"the checker failed: {type(error).__name__}: {error}.")


def checking_crashed(numbered: tuple[int, Any]) -> Checked:
    """The result for a record whose worker process died."""
    return Checked(f"line {numbered[0]}", error="the process that checked it died; the record may be too large.")


def _compiled(program: Program) -> tuple[list[Finding], Compiled | None]:
    """The compiler's problems, which keep the code from becoming a shortcut, or else the shortcut's actions."""
    try:
        return [], compile_program(program)
    except DialectError as error:
        return _as_findings(error), None


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
    used: set[str] = set()
    for node in program.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.add(node.id)
        for body in _bodies(node):
            used.update(_named_results(body))
        yield from _node_findings(node, bindings)
    used.update(_named_results(program.tree.body))
    yield from _unused(program, used)


def _node_findings(node: ast.AST, bindings: dict[str, Binding]) -> Iterator[Finding]:
    if isinstance(node, (ast.If, ast.For)):  # an empty case is a choice that does nothing, as menus often have
        yield from _empty_blocks(node)
    elif isinstance(node, ast.Name):
        yield from _forbidden(node, node.id)
    elif isinstance(node, ast.Attribute):
        yield from _forbidden(node, node.attr)
    elif called(node) == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
        if isinstance(node.args[1].value, str):
            yield from _forbidden(node, node.args[1].value)
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
        yield finding(node, "forbidden", f"a workflow must not use {name}.")


def _empty_blocks(node: ast.If | ast.For) -> Iterator[Finding]:
    for body in _bodies(node):
        if body and all(isinstance(statement, ast.Pass) for statement in body):
            yield finding(body[0], "empty-block", "this block does nothing.")


def _unreachable(body: list[ast.stmt]) -> Iterator[Finding]:
    for statement, following in pairwise(body):
        is_comment = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        if stops(statement) and not is_comment:
            yield finding(following, "unreachable-code", "the shortcut has stopped before this line.")
            return


def _target_and_value(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """What an assignment assigns to, and what it assigns; (None, None) for any other node."""
    if isinstance(node, ast.Assign):
        return node.targets[0], node.value
    return (node.target, node.value) if isinstance(node, ast.AnnAssign) else (None, None)


def _dangling(node: ast.Assign | ast.AnnAssign, bindings: dict[str, Binding]) -> Iterator[Finding]:
    """`x = None` for a name that nothing else assigns, and `x = missing(...)`."""
    target, _ = _target_and_value(node)
    binding = bindings.get(target.id) if isinstance(target, ast.Name) else None
    if binding is None:
        return
    is_only_declared = binding.sites["declare"] and sum(binding.sites.values()) == binding.sites["declare"]
    if binding.kind == "missing" or is_only_declared:
        yield finding(node, "dangling-reference", f"nothing gives {binding.name} a value; it stays empty.")


def _named_results(body: list[ast.stmt]) -> Iterator[str]:
    """Names of outputs that `block_result()`, right after a block in `body`, passes on."""
    for statement, following in pairwise(body):
        _, value = _target_and_value(following)
        value = following.value if isinstance(following, ast.Expr) else value
        if isinstance(statement, (ast.If, ast.For, ast.Match)) and called(value) == "block_result":
            yield from _last_outputs([statement])


def _last_outputs(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that the last statement assigns, or, where it is a block, those of its branches."""
    last = next((item for item in reversed(list(statements)) if not isinstance(item, ast.Pass)), None)
    if isinstance(last, ast.Match):
        for case in last.cases:
            yield from _last_outputs(case.body)
    elif isinstance(last, (ast.If, ast.For)):
        for body in _bodies(last):
            yield from _last_outputs(body)
    elif last is not None:
        target, _ = _target_and_value(last)
        if isinstance(target, ast.Name):
            yield target.id


def _unused(program: Program, used: set[str]) -> Iterator[Finding]:
    for node in program.nodes:
        target, _ = _target_and_value(node)
        binding = program.bindings.get(target.id) if isinstance(target, ast.Name) else None
        is_unused = binding is not None and binding.name not in used
        if is_unused and binding.kind == "output" and binding.label is None:
            yield finding(target, "unused-output", f"nothing uses {binding.name}.")
