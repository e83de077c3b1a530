"""Annotation by rules: the same for the same record, without a network or a model."""

import ast
import copy
from typing import Any

from workflowllm.annotation.checks import apis_of
from workflowllm.annotation.comments import statement_heads, with_comments
from workflowllm.annotation.rename import Renamed, rename
from workflowllm.annotation.rules.plan import plan_text
from workflowllm.annotation.rules.query import Subject, query_text
from workflowllm.annotation.rules.role_names import role_names
from workflowllm.annotation.rules.steps import PlanStep, comment_of, steps_of
from workflowllm.annotation.rules.words import plain_text
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.from_python.program import Program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError

_LONGEST = 70  # characters of a text that is put in a name's place
# Actions whose output is what they were given, and the parameter that it is.
_PASSED_ON = {
    "is_workflow_actions_getvariable": "WFVariable",
    "is_workflow_actions_url": "WFURLActionURL",
    "is_workflow_actions_detect_text": "WFInput",
    "is_workflow_actions_number": "WFNumberActionNumber",
}


def inlined(program: Program) -> tuple[ast.Module, frozenset[str]]:
    """A copy of the tree in which names of short texts, links and values passed on stand for what they hold.

    Also the names that are used and nowhere left.
    """
    held: dict[str, ast.expr] = {}
    tree = copy.deepcopy(program.tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            value = _held(node.value)
            if value is not None and isinstance(target, ast.Name) and program.bindings[target.id].kind == "output":
                held[target.id] = value
    read = {node.id for node in program.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return _Inliner(held).visit(tree), frozenset(held.keys() & read)


def _held(value: ast.expr) -> ast.expr | None:
    """What an output holds, where that is short enough to be said."""
    function = called(value)
    if function == "is_workflow_actions_getclipboard":
        return ast.Call(ast.Name("clipboard", ast.Load()), [], [])
    if function == "is_workflow_actions_date" and not value.keywords:
        return ast.Call(ast.Name("current_date", ast.Load()), [], [])
    if function in _PASSED_ON:
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        value = given.get(_PASSED_ON[function])
    if value is None:
        return None
    text = plain_text(value)
    if text is not None:
        return value if 0 < len(text) <= _LONGEST and "\n" not in text else None
    return value if function in _PASSED_ON and isinstance(value, (ast.Name, ast.Subscript, ast.Constant)) else None


class _Inliner(ast.NodeTransformer):
    def __init__(self, held: dict[str, ast.expr]):
        self.held = held
        self.inside: list[str] = []

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.held or node.id in self.inside or len(self.inside) > 2:
            return node
        if not isinstance(node.ctx, ast.Load):
            return node
        self.inside.append(node.id)
        value = self.visit(copy.deepcopy(self.held[node.id]))
        self.inside.pop()
        return value


OFFLINE = "offline"


def annotate_offline(record: dict[str, Any]) -> dict[str, Any]:
    """The record with query, plan and commented code. Raises DialectError where its code does not parse."""
    code = unix_lines(record["code"])
    renamed = rename(code, role_names(parse_program(code)))
    program = parse_program(renamed.code)
    steps = steps_of(program, renamed.code)
    annotation = {"annotator": OFFLINE, **counts_of(renamed)}
    return record | {
        "query": offline_query(record, program, renamed.code),
        "task_plan": plan_text(steps),
        "workflow_code": with_comments(renamed.code, offline_comments(steps, renamed.code)),
        "annotation": annotation,
    }


def annotate_keyed(keyed: tuple[str, Any]) -> tuple[str, dict[str, Any] | str]:
    """A record, or an error in place of one, annotated; or the reason why it is not."""
    key, record = keyed
    if isinstance(record, Exception):
        return key, str(record)
    if not isinstance(record.get("code"), str):
        return key, "the record has no text in the field code."
    try:
        return key, annotate_offline(record)
    except ShortcutError as error:
        return key, str(error)
    except (RecursionError, MemoryError) as error:
        return key, f"the code is too large or nested too deeply ({type(error).__name__})."
    except (SyntaxError, ValueError) as error:
        return key, f"the code cannot be annotated: {error}."


def annotation_crashed(keyed: tuple[str, Any]) -> tuple[str, str]:
    return keyed[0], "the process that annotated it died; the record may be too large."


def unix_lines(code: str) -> str:
    """Line ends as Python reads them."""
    return code.replace("\r\n", "\n").replace("\r", "\n") if "\r" in code else code


def offline_comments(steps: list[PlanStep], code: str) -> dict[int, str]:
    """A comment for each line of code; what stands on one line is told by its first step."""
    comments: dict[int, str] = {}
    for step in (inner for top in steps for inner in top.walk()):
        comments.setdefault(step.line, comment_of(step))
    return {head: comments.get(head, _UNKNOWN) for head in statement_heads(code)}


_UNKNOWN = "Do what this line says"  # statements that are no part of the dialect


def offline_query(record: dict[str, Any], program: Program, code: str) -> str:
    """A request for the record's workflow."""
    tree, told = inlined(program)
    steps = steps_of(Program(tree, program.nodes, program.bindings), code)
    for step in (inner for top in steps for inner in top.walk()):
        step.weight *= step.output not in told  # the text or link is said where it is used
    return query_text(subject_of(record), steps, program.bindings, apis_of(record))


def subject_of(record: dict[str, Any]) -> Subject:
    """What the record says about its workflow."""
    texts = {name: record[name] for name in ("title", "description", "category") if isinstance(record.get(name), str)}
    return Subject(str(record.get("key", "")), **texts)


def counts_of(renamed: Renamed) -> dict[str, Any]:
    """How many names were given, refused and mended, by reason."""
    return {
        "renamed": len(renamed.names),
        "refused_names": dict(+renamed.refused),
        "mended_names": dict(+renamed.mended),
    }
