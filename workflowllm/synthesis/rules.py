"""The rules that a generated workflow must keep to become data."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.checking.checker import check_code
from workflowllm.dataset.answers import holds_code
from workflowllm.dataset.filters import binary_size
from workflowllm.dataset.generation import STATEMENTS
from workflowllm.dataset.near_duplicates import code_sketch, families, query_sketch
from workflowllm.dataset.records import Record
from workflowllm.evaluation.api_match import hallucinated
from workflowllm.shortcuts.errors import ShortcutError
from workflowllm.shortcuts.from_python import compile_program, parse_program
from workflowllm.shortcuts.problems import DialectError

# In the order in which they are looked for: a record is dropped for the first one that it breaks.
REASONS = (
    "no code", "no plan", "not Python", "does not compile", "uses none of the given APIs",
    "breaks a parameter's limits",
    "calls what it may not", "binary data", "other error", "near-duplicate",
)  # fmt: skip
_OF_PARAMETERS = frozenset({"wrong-type", "bad-value", "repeated-parameter"})
_OF_CALLS = frozenset({"unknown-api", "unknown-function", "api-not-offered", "forbidden", "import"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be set. Real shortcuts hold parameters that no definition has, so those are never counted."""

    max_binary: int = 256  # bytes of base64 in one text
    only_given: bool = False  # an API outside the given list is a fault, not only one that does not exist


def broken_rule(record: Record, rules: Rules) -> str:
    """The first of REASONS that a record's plan and code break, but for the last; empty if none."""
    code = record.get("workflow_code") or ""
    if not holds_code(code):
        return "no code"
    if not (record.get("task_plan") or "").strip():
        return "no plan"
    try:
        program = parse_program(code)
    except DialectError:
        return "not Python"
    try:
        called = {action["WFWorkflowActionIdentifier"] for action in compile_program(program).actions}
    except (ShortcutError, RecursionError, MemoryError):
        return "does not compile"
    given = {published_key(api) for api in record.get("apis") or () if api not in STATEMENTS}
    if given and given.isdisjoint(map(published_key, called)):
        return "uses none of the given APIs"
    return _fault_found(code, called, record.get("apis"), rules)


def _fault_found(code: str, called: set[str], given: list[str] | None, rules: Rules) -> str:
    """What the checker has against code that compiles and calls these APIs."""
    findings = check_code(code, given if rules.only_given else None)
    errors = {finding.code for finding in findings if finding.severity == "error"}
    if errors & _OF_PARAMETERS:
        return "breaks a parameter's limits"
    # To the checker an application that the catalogue lacks may exist; a model that was not given it made it up.
    if errors & _OF_CALLS or hallucinated(called, given or (), catalogue()):
        return "calls what it may not"
    if binary_size(code) > rules.max_binary:
        return "binary data"
    return "other error" if errors else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A record and the rule it breaks, if any; or why it is no record at all."""

    key: str
    record: Record = field(default_factory=dict)
    reason: str = ""
    error: str = ""


def judge(keyed: tuple[str, Any], rules: Rules) -> Judged:
    """Put one record through the rules, whatever it holds."""
    key, record = keyed
    if reason := malformed(record):
        return Judged(key, error=reason)
    return Judged(key, record, broken_rule(record, rules))


def malformed(record: Any) -> str:
    """Why something is no record that can be looked at, in a sentence; empty if it is one."""
    if not isinstance(record, dict):
        return f"{str(record).rstrip('.')}."
    if not isinstance(record.get("query"), str) or not record["query"].strip():
        return "it has no query."
    for name in ("workflow_code", "task_plan"):
        if not isinstance(record.get(name, ""), str | None):
            return f"its {name} is no text."
    apis = record.get("apis")
    is_list = apis is None or (isinstance(apis, list) and all(isinstance(api, str) for api in apis))
    return "" if is_list else "its apis are no list of identifiers."


def judging_crashed(keyed: tuple[str, Any]) -> Judged:
    """Stands for a record whose process died."""
    return Judged(keyed[0], error="the process that checked it died; the record may be too large.")


def without_near_duplicates(judged: Sequence[Judged], code_threshold: float, query_threshold: float) -> list[Judged]:
    """The same list, in which of every family of near-duplicates that keep the rules only the first still does."""
    sound = [place for place, one in enumerate(judged) if not (one.reason or one.error)]
    marked = list(judged)
    if len(sound) < 2:
        return marked
    codes = np.stack([code_sketch(judged[place].record["workflow_code"]) for place in sound])
    queries = np.stack([query_sketch(judged[place].record.get("query") or "") for place in sound])
    roots = families([(codes, code_threshold), (queries, query_threshold)], len(sound))
    for number, place in enumerate(sound):
        if roots[number] != number:
            marked[place] = replace(judged[place], reason="near-duplicate")
    return marked
