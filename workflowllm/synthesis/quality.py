"""The quality of generated workflows: rules that drop records, and a model's revision, taken only if it is no worse."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import STATEMENTS, published_key
from workflowllm.checking.checker import check_code
from workflowllm.dataset.filters import binary_size
from workflowllm.dataset.near_duplicates import code_sketch, families, query_sketch
from workflowllm.llm.budget import BYTES_PER_TOKEN, estimated
from workflowllm.llm.client import Client
from workflowllm.llm.replies import Estimate
from workflowllm.metrics.call_match import hallucinated
from workflowllm.prompts.answers import holds_code, parse_answer
from workflowllm.prompts.generation import api_documents
from workflowllm.prompts.prompt_files import Message, Prompt
from workflowllm.records.forms import Record
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError

# In the order of the checks; a record is dropped for the first reason that applies.
REASONS = (
    "no code", "no plan", "not Python", "does not compile", "uses none of the given APIs",
    "breaks a parameter's limits",
    "calls what it may not", "binary data", "other error", "near-duplicate",
)  # fmt: skip
_OF_PARAMETERS = frozenset({"wrong-type", "bad-value", "repeated-parameter"})
_OF_CALLS = frozenset({"unknown-api", "unknown-function", "api-not-offered", "forbidden", "import"})


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules' settings. Unknown parameters are never a reason, because real shortcuts hold many."""

    max_binary: int = 256  # bytes of base64 in one text
    only_given: bool = False  # an API outside the given list is a fault, not only one that does not exist


def broken_rule(record: Record, rules: Rules) -> str:
    """The first of REASONS, except near-duplicates, that applies to a record; empty if none does."""
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
    return _checker_reason(code, called, record.get("apis"), rules)


def _checker_reason(code: str, called: set[str], given: list[str] | None, rules: Rules) -> str:
    """The reason that the checker finds in code that compiles and calls these APIs."""
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
    try:
        return Judged(key, record, broken_rule(record, rules))
    except Exception as error:  # one record that cannot be judged never stops the others
        return Judged(key, error=f"the rules could not be applied: {type(error).__name__}: {error}.")


def malformed(record: Any) -> str:
    """Why something cannot be judged as a record, in a sentence; empty if it can."""
    if not isinstance(record, dict):
        return f"{str(record).rstrip('.')}."
    if not isinstance(record.get("query"), str) or not record["query"].strip():
        return "it has no query."
    for name in ("workflow_code", "task_plan"):
        if not isinstance(record.get(name, ""), str | None):
            return f"its {name} is not a text."
    apis = record.get("apis")
    is_list = apis is None or (isinstance(apis, list) and all(isinstance(api, str) for api in apis))
    return "" if is_list else "its apis are not a list of identifiers."


def judging_crashed(keyed: tuple[str, Any]) -> Judged:
    """The result for a record whose worker process died."""
    return Judged(keyed[0], error="the process that checked it died; the record may be too large.")


def without_near_duplicates(judged: Sequence[Judged], code_threshold: float, query_threshold: float) -> list[Judged]:
    """The same list, in which of each family of near-duplicates without another reason only the first has none."""
    sound = [index for index, item in enumerate(judged) if not (item.reason or item.error)]
    marked = list(judged)
    if len(sound) < 2:
        return marked
    codes = np.stack([code_sketch(judged[index].record["workflow_code"]) for index in sound])
    queries = np.stack([query_sketch(judged[index].record.get("query") or "") for index in sound])
    roots = families([(codes, code_threshold), (queries, query_threshold)], len(sound))
    for position, index in enumerate(sound):
        if roots[position] != position:
            marked[index] = replace(judged[index], reason="near-duplicate")
    return marked


REFINEMENT_FIELDS = frozenset({"query", "apis", "plan", "code"})


def refinement_messages(record: Record, prompt: Prompt) -> list[Message]:
    """The prompt that shows a record's plan and code. API documents are whole (level 0)."""
    return prompt.messages(
        query=record["query"],
        apis=api_documents(record.get("apis") or []),
        plan=record.get("task_plan") or "(none)",
        code=record.get("workflow_code") or "",
    )


async def refined(record: Record, client: Client, prompt: Prompt, rules: Rules) -> Record:
    """The record with the better of the two versions as its plan and code, and both of them in `raw` and `refined`."""
    reply = await client.ask(refinement_messages(record, prompt))
    answer = parse_answer(reply.text)
    raw = {"task_plan": record.get("task_plan"), "workflow_code": record.get("workflow_code")}
    new = {"task_plan": answer.plan or raw["task_plan"], "workflow_code": answer.code}
    is_cut = reply.finish_reason == "length" or (answer.is_cut and not answer.code)
    taken = not is_cut and is_no_worse(record | new, record, rules)
    facts = {"taken": taken, "answer": reply.text, "model": client.settings.model, "prompt_sha256": prompt.sha256}
    return record | (new if taken else {}) | {"raw": raw, "refined": new | facts}


def is_no_worse(new: Record, old: Record, rules: Rules) -> bool:
    """Whether the new version keeps all rules, or breaks a later one than the old."""
    broken = broken_rule(new, rules)
    return not broken or REASONS.index(broken) >= (REASONS + ("",)).index(broken_rule(old, rules))


def estimate(record: Record, prompt: Prompt) -> list[Estimate]:
    """One call: the prompt, and an answer as long as plan and code."""
    answered = sum(len(record[name]) for name in ("task_plan", "workflow_code") if isinstance(record.get(name), str))
    return [estimated(refinement_messages(record, prompt), int(answered / BYTES_PER_TOKEN))]
