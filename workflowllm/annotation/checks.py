"""What every request and every annotated record must satisfy, whoever wrote them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from workflowllm.annotation.comment_lines import uncommented_lines
from workflowllm.annotation.rename import is_equal_shortcut
from workflowllm.shortcuts.from_python.program import Program, compile_program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError

SHORTEST_QUERY, LONGEST_QUERY = 20, 1100  # characters; a model's query may be twice as long
_KEY = re.compile(r"\bWF[A-Z]\w+")
_IDENTIFIER = re.compile(r"\bis[._]workflow[._]\w*|\b\w+Intent\b|\b(?:com|net|org|io|dk|app)(?:\.[\w-]+){2,}")
_PYTHON = re.compile(r"\bpython\w*\b", re.IGNORECASE)

CHECKS = {
    "query": "have a query that keeps the rules",
    "plan": "have a plan",
    "comments": "have a comment above every line",
    "compiles": "have code that compiles to a shortcut",
    "equal": "have code that compiles to a shortcut equal to the converter's",
}


def query_problems(query: str, code_names: Iterable[str] = (), apis: Iterable[str] = ()) -> list[str]:
    """Why a text cannot be a request: each reason as a clause, which a model is given when it is asked again.

    `code_names` are the variables of the workflow, `apis` the identifiers that it calls.
    """
    if len(query) > 2 * LONGEST_QUERY:
        return [f"it has more than {2 * LONGEST_QUERY} characters"]  # and is not searched for anything else
    problems = []
    if len(query.strip()) < SHORTEST_QUERY:
        problems.append(f"it has fewer than {SHORTEST_QUERY} characters")
    if _PYTHON.search(query):
        problems.append("it mentions Python")
    if "```" in query or any(map(_is_code, query.split("\n"))):
        problems.append("it holds code")
    if _KEY.search(query) or _IDENTIFIER.search(query) or any(api in query for api in apis):
        problems.append("it names an interface or a parameter")
    names = _names_with_underscores(query, code_names)
    if names:
        problems.append(f"it uses names of the code: {', '.join(names[:3])}")
    return problems


def _is_code(line: str) -> bool:
    line = line.strip()
    if line.startswith("for "):
        _, separator, rest = line[4:].partition(" in ")
        return bool(separator) and ":" in rest
    return line.startswith(("def", "import")) or (line.startswith("if ") and line.endswith(":"))


def _names_with_underscores(query: str, code_names: Iterable[str]) -> list[str]:
    words = {word for word in re.findall(r"\w+", query) if "_" in word.strip("_")}
    return sorted(words & set(code_names)) if words else []


def sanitised(query: str, code_names: Iterable[str], apis: Iterable[str]) -> str:
    """A request in which the texts that it quotes cause none of the problems of `query_problems`."""
    for name in _names_with_underscores(query, code_names):
        query = query.replace(name, name.replace("_", " "))
    for api in sorted(apis, key=len, reverse=True):
        query = query.replace(api, "that action")
    query = _IDENTIFIER.sub("an app", _KEY.sub("the setting", query))
    return _PYTHON.sub("script", query).replace("```", "'''")


@dataclass(frozen=True)
class CheckedAnnotation:
    """A record's key, and for each check that it fails the reason."""

    key: str
    faults: dict[str, str] = field(default_factory=dict)


def check_keyed(keyed: tuple[str, Any]) -> CheckedAnnotation:
    """Check a record that comes with its key; an exception in place of a record fails every check."""
    key, record = keyed
    if isinstance(record, Exception):
        return CheckedAnnotation(key, dict.fromkeys(CHECKS, str(record)))
    try:
        return CheckedAnnotation(key, annotation_faults(record))
    except Exception as error:  # one record that cannot be checked never stops the others
        return CheckedAnnotation(key, dict.fromkeys(CHECKS, f"checking failed: {type(error).__name__}: {error}"))


def checking_crashed(keyed: tuple[str, Any]) -> CheckedAnnotation:
    """The result for a record whose worker process died."""
    return CheckedAnnotation(keyed[0], dict.fromkeys(CHECKS, "the process that checked it died"))


def annotation_faults(record: dict[str, Any]) -> dict[str, str]:
    """Name of a check -> reason why the record fails it."""
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
    faults["comments"] = _comment_fault(code)
    if program is None or original is None:
        faults["equal"] = faults["compiles"] or reason
    elif not is_equal_shortcut(original, program):
        faults["equal"] = "the shortcuts differ"
    return {name: reason for name, reason in faults.items() if reason}


def apis_of(record: dict[str, Any]) -> list[str]:
    """The identifiers that a record lists in `apis`."""
    apis = record.get("apis")
    return [api for api in apis if isinstance(api, str)] if isinstance(apis, list) else []


def _compiled(code: str) -> tuple[Program | None, str]:
    """(a program that compiles, "") or (None, the reason why it does not)."""
    try:
        program = parse_program(code)
        compile_program(program)
    except ShortcutError as error:
        return None, str(error).split("\n")[0]
    return parse_program(code), ""


def _comment_fault(code: str) -> str:
    try:
        lines = uncommented_lines(code)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return f"line {lines[0]} and {len(lines) - 1} more have none" if lines else ""
