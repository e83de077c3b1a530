"""The static verdict: what can be said of an answer without a judge, and without running anything.

It is no judgement of whether the query is met; a static pass rate is named so wherever it is shown.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from workflowllm.apis.model import published_key
from workflowllm.checking.checker import check_code
from workflowllm.checking.findings import Finding
from workflowllm.metrics.workflow_steps import MOST_CHARACTERS, Workflow, read_workflow

SHARE = 0.5  # of the reference's distinct APIs that an answer must call


@dataclass(frozen=True, slots=True)
class StaticVerdict:
    """Whether an answer passes, and why not in one sentence."""

    passes: bool
    reason: str


def static_pass(
    reference: str, candidate: str, offered: Collection[str] | None = None, share: float = SHARE
) -> StaticVerdict:
    """Whether code is there, free of the checker's errors, compiles, and calls enough of the reference's APIs.

    `offered` are the identifiers that may be called (dots, or `_` for them); None stands for those the reference calls.
    """
    wanted, found = read_workflow(reference), read_workflow(candidate)
    offered = wanted.calls if offered is None else offered
    return verdict(candidate, wanted, found, findings_on(candidate, offered), share)


def findings_on(candidate: str, offered: Collection[str]) -> list[Finding]:
    """The checker's findings; none on code too long to be read."""
    return check_code(candidate, offered) if len(candidate) <= MOST_CHARACTERS else []


def verdict(
    candidate: str, wanted: Workflow, found: Workflow, findings: Sequence[Finding], share: float
) -> StaticVerdict:
    """The static verdict on code that has been read and checked."""
    reason = _fault(candidate, wanted, found, findings, share)
    return StaticVerdict(not reason, reason)


def _fault(candidate: str, wanted: Workflow, found: Workflow, findings: Sequence[Finding], share: float) -> str:
    if len(candidate) > MOST_CHARACTERS:
        return f"the code has {len(candidate):,} characters; over {MOST_CHARACTERS:,} it is not read."
    if not candidate.strip():
        return "there is no code."
    for item in findings:
        if item.severity == "error":
            return f"line {item.line}: {item.message}"
    if not found.calls:
        return "the code calls no action."
    if not found.compiles:
        return "the code does not compile to a shortcut."
    called = called_share(wanted, found)
    return f"it calls {called:.0%} of the reference's APIs; {share:.0%} are asked for." if called < share else ""


def called_share(wanted: Workflow, found: Workflow) -> float:
    """The share of the reference's distinct APIs that are called; 1 where it calls none."""
    apis, ours = ({published_key(call) for call in workflow.calls} for workflow in (wanted, found))
    return len(apis & ours) / len(apis) if apis else 1.0
