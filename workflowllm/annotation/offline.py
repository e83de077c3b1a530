"""Annotation by rules: the same for the same record, without a network or a model."""

from typing import Any

from workflowllm.annotation.comments import statement_heads, with_comments
from workflowllm.annotation.inline import inlined
from workflowllm.annotation.plan import plan_text
from workflowllm.annotation.query import Subject, query_text
from workflowllm.annotation.rename import Renamed, rename
from workflowllm.annotation.role_names import role_names
from workflowllm.annotation.steps import Step, comment_of, steps_of
from workflowllm.shortcuts.errors import ShortcutError
from workflowllm.shortcuts.from_python import Program, parse_program

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


def offline_comments(steps: list[Step], code: str) -> dict[int, str]:
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


def apis_of(record: dict[str, Any]) -> list[str]:
    apis = record.get("apis")
    return [api for api in apis if isinstance(api, str)] if isinstance(apis, list) else []


def counts_of(renamed: Renamed) -> dict[str, Any]:
    """How many names were given, refused and mended, by reason."""
    return {
        "renamed": len(renamed.names),
        "refused_names": dict(+renamed.refused),
        "mended_names": dict(+renamed.mended),
    }
