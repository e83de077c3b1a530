"""A static verdict: what can be said of an answer without a judge, and without running it.

An answer passes when there is code, the checker finds no error, it compiles, it calls enough of the reference's APIs,
sets enough of the arguments that the reference sets, hands outputs to enough of the calls that the reference hands them
to, makes no call without an argument that it needs, and does not end before its other actions. That is no judgement of
whether the query is met, and a rate of static passes is named so wherever it is shown. Where the reference itself does
not compile there is no verdict: nothing is known of its arguments, and no answer in its dialect could pass.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.checking.checker import check_code
from workflowllm.checking.findings import Finding
from workflowllm.metrics.call_uses import missing_arguments, share_of
from workflowllm.metrics.workflow_steps import BUILT_IN, COMMENT, MOST_CHARACTERS, Workflow, read_workflow

SHARE = 0.5  # of the reference's distinct APIs that an answer must call
# Of the reference's arguments, and of the outputs that it hands on, each as often as they occur. At 0.5, the offered
# APIs chained one to the next pass 17 % of 60 real workflows; at 0.75, 3 %.
DETAIL_SHARE = 0.75
_ENDING = frozenset((BUILT_IN + "exit", BUILT_IN + "output"))
NO_VERDICT = "the reference does not compile, so there is no static verdict."


@dataclass(frozen=True, slots=True)
class StaticVerdict:
    """Whether an answer passes (None: no verdict is possible), and why not in one sentence."""

    passes: bool | None
    reason: str


def static_pass(
    reference: str, candidate: str, offered: Collection[str] | None = None, share: float = SHARE
) -> StaticVerdict:
    """The verdict on an answer.

    `offered` are the identifiers that may be called (dots, or `_` for them); None stands for those the reference calls.
    """
    wanted, answer = read_workflow(reference), read_workflow(candidate)
    offered = wanted.calls if offered is None else offered
    return verdict(candidate, wanted, answer, findings_on(candidate, offered), share)


def findings_on(candidate: str, offered: Collection[str]) -> list[Finding]:
    """The checker's findings; none on code too long to be read."""
    return check_code(candidate, offered) if len(candidate) <= MOST_CHARACTERS else []


def verdict(
    candidate: str, reference: Workflow, answer: Workflow, findings: Sequence[Finding], share: float
) -> StaticVerdict:
    """The verdict on code that has been read and checked."""
    if not reference.compiles:
        return StaticVerdict(None, NO_VERDICT)
    reason = _fault_of_code(candidate, answer, findings) or _fault_of_calls(reference, answer, share)
    return StaticVerdict(not reason, reason)


def _fault_of_code(candidate: str, answer: Workflow, findings: Sequence[Finding]) -> str:
    if len(candidate) > MOST_CHARACTERS:
        return f"the code has {len(candidate):,} characters; over {MOST_CHARACTERS:,} it is not read."
    if not candidate.strip():
        return "there is no code."
    for item in findings:
        if item.severity == "error":
            return f"line {item.line}: {item.message}"
    if not answer.calls:
        return "the code calls no action."
    return "" if answer.compiles else "the code does not compile to a shortcut."


def _fault_of_calls(reference: Workflow, answer: Workflow, share: float) -> str:
    if _ends_early(answer) and not _ends_early(reference):
        return "it ends before other actions, which never run."
    called = called_share(reference, answer)
    if called < share:
        return f"it calls {called:.0%} of the reference's APIs; {share:.0%} are required."
    if bare := missing_arguments(reference.uses, answer.uses, catalogue()):
        return f"it calls {', '.join(bare[:3])} without any argument."
    arguments = share_of(reference.uses.arguments, answer.uses.arguments)
    if arguments < DETAIL_SHARE:
        return f"it sets {arguments:.0%} of the reference's arguments; {DETAIL_SHARE:.0%} are required."
    edges = share_of(reference.uses.edges, answer.uses.edges)
    if edges < DETAIL_SHARE:
        return f"it hands on {edges:.0%} of the outputs that the reference hands on; {DETAIL_SHARE:.0%} are required."
    return ""


def _ends_early(workflow: Workflow) -> bool:
    """Whether an action outside of any block ends the workflow before its last one."""
    steps = [step for step in workflow.steps if step != COMMENT]
    return any(isinstance(step, str) and step in _ENDING for step in steps[:-1])


def called_share(reference: Workflow, answer: Workflow) -> float:
    """The share of the reference's distinct APIs that are called; 1 where it calls none."""
    apis, ours = (Counter(set(map(published_key, workflow.calls))) for workflow in (reference, answer))
    return share_of(apis, ours)
