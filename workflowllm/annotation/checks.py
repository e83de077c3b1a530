"""What an annotated record must have."""

from dataclasses import dataclass, field
from typing import Any

from workflowllm.annotation.comments import uncommented_lines
from workflowllm.annotation.query_rules import query_problems
from workflowllm.annotation.rename import is_equal_shortcut
from workflowllm.annotation.rules.annotator import apis_of
from workflowllm.shortcuts.from_python.program import Program, compile_program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError

CHECKS = {
    "query": "have a query that keeps the rules",
    "plan": "have a plan",
    "comments": "have a comment above every line",
    "compiles": "have code that compiles to a shortcut",
    "equal": "have code that compiles to a shortcut equal to the converter's",
}


@dataclass(frozen=True)
class CheckedAnnotation:
    """A record's key, and why it fails which check."""

    key: str
    faults: dict[str, str] = field(default_factory=dict)


def check_keyed(keyed: tuple[str, Any]) -> CheckedAnnotation:
    """Check a record, or an error in place of one."""
    key, record = keyed
    if isinstance(record, Exception):
        return CheckedAnnotation(key, dict.fromkeys(CHECKS, str(record)))
    return CheckedAnnotation(key, annotation_faults(record))


def checking_crashed(keyed: tuple[str, Any]) -> CheckedAnnotation:
    return CheckedAnnotation(keyed[0], dict.fromkeys(CHECKS, "the process that checked it died"))


def annotation_faults(record: dict[str, Any]) -> dict[str, str]:
    """Name of a check -> why the record fails it."""
    faults: dict[str, str] = {}
    query, plan, code = (record.get(name) for name in ("query", "task_plan", "workflow_code"))
    if not isinstance(plan, str) or not plan.strip():
        faults["plan"] = "there is none"
    if not isinstance(code, str) or not isinstance(record.get("code"), str):
        missing = dict.fromkeys(("comments", "compiles", "equal", "query"), "there is no code")
        return faults | missing
    program, faults["compiles"] = _compiled(code)
    original, reason = _compiled(record["code"])
    names = program.bindings if program else {}
    problems = query_problems(query, names, apis_of(record)) if isinstance(query, str) else ["there is none"]
    faults["query"] = "; ".join(problems)
    faults["comments"] = _uncommented(code)
    if program is None or original is None:
        faults["equal"] = faults["compiles"] or reason
    elif not is_equal_shortcut(original, program):
        faults["equal"] = "the shortcuts differ"
    return {name: reason for name, reason in faults.items() if reason}


def _compiled(code: str) -> tuple[Program | None, str]:
    """A program that compiles, or the reason why it does not."""
    try:
        program = parse_program(code)
        compile_program(program)
    except ShortcutError as error:
        return None, str(error).split("\n")[0]
    return parse_program(code), ""


def _uncommented(code: str) -> str:
    try:
        lines = uncommented_lines(code)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return f"line {lines[0]} and {len(lines) - 1} more have none" if lines else ""
