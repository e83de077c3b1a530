"""Annotation by rules, without a network or a model. Equal records give equal annotations."""

import ast
import copy
from typing import Any

from workflowllm.annotation.checks import apis_of
from workflowllm.annotation.comment_lines import statement_heads, with_comments
from workflowllm.annotation.rename import Renamed, rename
from workflowllm.annotation.rules.english import keyword_arguments, plain_text
from workflowllm.annotation.rules.plan import plan_text
from workflowllm.annotation.rules.query import Subject, query_text
from workflowllm.annotation.rules.role_names import role_names
from workflowllm.annotation.rules.steps import PlanStep, comment_of, steps_of
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.from_python.program import Program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError

_LONGEST_INLINED = 70  # characters of a text that replaces its name
# Actions that pass a parameter on as their output, and that parameter.
_PASSED_ON = {
    "is_workflow_actions_getvariable": "WFVariable",
    "is_workflow_actions_url": "WFURLActionURL",
    "is_workflow_actions_detect_text": "WFInput",
    "is_workflow_actions_number": "WFNumberActionNumber",
}


def inlined(program: Program) -> tuple[ast.Module, frozenset[str]]:
    """A copy of the tree in which short texts, links and values passed on replace their names; and those names, as far
    as the program reads them.
    """
    values: dict[str, ast.expr] = {}
    tree = copy.deepcopy(program.tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            value = _inlinable(node.value)
            if value is not None and isinstance(target, ast.Name) and program.bindings[target.id].kind == "output":
                values[target.id] = value
    read = {node.id for node in program.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return _Inliner(values).visit(tree), frozenset(values.keys() & read)


def _inlinable(value: ast.expr) -> ast.expr | None:
    """What an output stands for, where that is short enough to replace the output's name."""
    function = called(value)
    if function == "is_workflow_actions_getclipboard":
        return ast.Call(ast.Name("clipboard", ast.Load()), [], [])
    if function == "is_workflow_actions_date" and not value.keywords:
        return ast.Call(ast.Name("current_date", ast.Load()), [], [])
    if function in _PASSED_ON:
        value = keyword_arguments(value).get(_PASSED_ON[function])
    if value is None:
        return None
    text = plain_text(value)
    if text is not None:
        return value if 0 < len(text) <= _LONGEST_INLINED and "\n" not in text else None
    return value if function in _PASSED_ON and isinstance(value, (ast.Name, ast.Subscript, ast.Constant)) else None


class _Inliner(ast.NodeTransformer):
    def __init__(self, values: dict[str, ast.expr]):
        self.values = values
        self.inside: list[str] = []  # names whose values are being put in; a value may hold further names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.values or node.id in self.inside or len(self.inside) > 2:
            return node
        if not isinstance(node.ctx, ast.Load):
            return node
        self.inside.append(node.id)
        value = self.visit(copy.deepcopy(self.values[node.id]))
        self.inside.pop()
        return value


OFFLINE = "offline"


def annotate_offline(record: dict[str, Any]) -> dict[str, Any]:
    """The record with its query, plan and commented code. Raises DialectError where its code does not parse."""
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
    """(key, annotated record), or (key, reason) where it cannot be annotated or an exception stands in its place."""
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
    except Exception as error:  # one record that cannot be annotated never stops the others
        return key, f"the code cannot be annotated: {type(error).__name__}: {error}."


def annotation_crashed(keyed: tuple[str, Any]) -> tuple[str, str]:
    """The result for a record whose worker process died."""
    return keyed[0], "the process that annotated it died; the record may be too large."


def unix_lines(code: str) -> str:
    """The code with `\n` for every line end, as Python reads it."""
    return code.replace("\r\n", "\n").replace("\r", "\n") if "\r" in code else code


def offline_comments(steps: list[PlanStep], code: str) -> dict[int, str]:
    """A comment for each line of code, by number; the first of several steps on a line gives the comment."""
    comments: dict[int, str] = {}
    for step in (inner for top in steps for inner in top.walk()):
        comments.setdefault(step.line, comment_of(step))
    return {head: comments.get(head, _UNKNOWN) for head in statement_heads(code)}


_UNKNOWN = "Do what this line says"  # the comment of statements outside the dialect


def offline_query(record: dict[str, Any], program: Program, code: str) -> str:
    """A request for the record's workflow."""
    tree, inlined_names = inlined(program)
    steps = steps_of(Program(tree, program.nodes, program.bindings), code)
    for step in (inner for top in steps for inner in top.walk()):
        step.weight *= step.output not in inlined_names  # the text or link stands where it is used
    return query_text(subject_of(record), steps, program.bindings, apis_of(record))


def subject_of(record: dict[str, Any]) -> Subject:
    """Key, title, description and category of a record."""
    texts = {name: record[name] for name in ("title", "description", "category") if isinstance(record.get(name), str)}
    return Subject(str(record.get("key", "")), **texts)


def counts_of(renamed: Renamed) -> dict[str, Any]:
    """How many names were replaced, and how many refused and mended, by reason."""
    return {
        "renamed": len(renamed.names),
        "refused_names": dict(+renamed.refused),
        "mended_names": dict(+renamed.mended),
    }
