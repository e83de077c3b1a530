"""Everything but CodeBLEU that is measured on one answer without running it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.checking.findings import Finding
from workflowllm.metrics.call_match import hallucinated, multiset_match, order_match
from workflowllm.metrics.control_flow import control_similarity
from workflowllm.metrics.static_pass import SHARE, StaticVerdict, findings_on, verdict
from workflowllm.metrics.tolerant_share import tolerant_share
from workflowllm.metrics.workflow_shape import WorkflowShape, shape_of
from workflowllm.metrics.workflow_steps import Workflow, read_workflow
from workflowllm.runs.bounds import deadline
from workflowllm.runs.reasons import first_line

MEASURES = (
    "parses", "checks", "compiles", "hallucination_rate", "api_precision", "api_recall", "api_f1",
    "order_precision", "order_recall", "order_f1", "control_similarity", "tolerant_share",
)  # fmt: skip


MOST_SECONDS = 20  # for one answer; the longest of 50 published workflows (99,463 characters) needs under 2


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to measure. `offered` None stands for the APIs that the reference calls."""

    reference: str
    candidate: str
    offered: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer's measures by name (`MEASURES`, and `hallucinated_apis`), the reference's shape, and the verdict.

    `fault` says why an answer could not be measured; its measures are then 0.
    """

    scores: dict[str, Any]
    shape: WorkflowShape
    static: StaticVerdict
    findings: list[Finding]
    fault: str = ""


def measure(case: Case, share: float = SHARE) -> Measured:
    """Measure one answer, whatever it holds: an exception of any kind is this answer's fault and stops no other."""
    try:
        with deadline(MOST_SECONDS, _OutOfTime()):
            return _measured(case, share)
    except _OutOfTime:
        return _lost(case, f"measuring it took over {MOST_SECONDS} s.")
    except (RecursionError, MemoryError):
        return _lost(case, "it is too large or nested too deeply to be measured.")
    except Exception as error:
        return _lost(case, f"it could not be measured ({type(error).__name__}: {first_line(error)}).")


class _OutOfTime(BaseException):
    """No library's `except Exception` catches it."""


def _measured(case: Case, share: float) -> Measured:
    reference, answer = _read(case.reference), _read(case.candidate)
    offered = reference.calls if case.offered is None else case.offered
    findings = findings_on(case.candidate, offered)
    static = verdict(case.candidate, reference, answer, findings, share)
    is_checked = bool(answer.calls) and answer.parses and all(item.severity != "error" for item in findings)
    invented = hallucinated(answer.calls, offered, catalogue())
    scores = {
        "parses": bool(case.candidate.strip()) and answer.parses,
        "checks": is_checked,
        "compiles": bool(answer.calls) and answer.compiles,
        "hallucinated_apis": invented,
        "hallucination_rate": len(invented) / len(set(answer.calls)) if answer.calls else 0.0,
        **_matches(reference, answer),
        "tolerant_share": tolerant_share(case.reference, case.candidate, reference, answer, len(invented)),
    }
    return Measured(scores, shape_of(reference), static, findings)


def measuring_crashed(case: Case) -> Measured:
    """The measures of an answer that killed the process measuring it."""
    return _lost(case, "the process that measured it died; the code may be too large.")


def _lost(case: Case, reason: str) -> Measured:
    scores = dict.fromkeys(MEASURES, 0.0) | dict.fromkeys(("parses", "checks", "compiles"), False)
    try:
        reference = _read(case.reference)
    except Exception:  # the reference is the cause
        reference = Workflow()
    static = StaticVerdict(False if reference.compiles else None, reason)
    return Measured(scores | {"hallucinated_apis": []}, shape_of(reference), static, [], reason)


@lru_cache(maxsize=16)
def _read(code: str) -> Workflow:
    """Answers to one reference are measured one after the other, and some answers are given to all."""
    return read_workflow(code)


def _matches(reference: Workflow, answer: Workflow) -> dict[str, float]:
    ours, theirs = _keys(reference.calls), _keys(answer.calls)
    matches = {"api": multiset_match(ours, theirs), "order": order_match(ours, theirs)}
    named = {f"{name}_{part}": value for name, match in matches.items() for part, value in match._asdict().items()}
    return named | {"control_similarity": control_similarity(reference.steps, answer.steps)}


def _keys(calls: Sequence[str]) -> list[str]:
    """Calls in one spelling: published code and ours differ in dots and underscores."""
    return [published_key(call) for call in calls]
