"""Everything but CodeBLEU that is measured on one answer. Nothing is run."""

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
from workflowllm.metrics.workflow_shape import WorkflowShape, shape_of
from workflowllm.metrics.workflow_steps import Workflow, read_workflow

MEASURES = (
    "parses", "checks", "compiles", "hallucination_rate", "api_precision", "api_recall", "api_f1",
    "order_precision", "order_recall", "order_f1", "control_similarity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to measure. `offered` None stands for the APIs that the reference calls."""

    reference: str
    candidate: str
    offered: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer's measures by name (`MEASURES`, and `hallucinated_apis`), and what else was found out."""

    scores: dict[str, Any]
    shape: WorkflowShape
    static: StaticVerdict
    findings: list[Finding]


def measure(case: Case, share: float = SHARE) -> Measured:
    """Measure one answer, whatever it holds."""
    try:
        return _measured(case, share)
    except (RecursionError, MemoryError):
        return _lost("it is too large or nested too deeply to be measured.")


def _measured(case: Case, share: float) -> Measured:
    wanted, found = _read(case.reference), _read(case.candidate)
    offered = wanted.calls if case.offered is None else case.offered
    findings = findings_on(case.candidate, offered)
    static = verdict(case.candidate, wanted, found, findings, share)
    is_checked = bool(found.calls) and found.parses and all(item.severity != "error" for item in findings)
    invented = hallucinated(found.calls, offered, catalogue())
    scores = {
        "parses": bool(case.candidate.strip()) and found.parses,
        "checks": is_checked,
        "compiles": bool(found.calls) and found.compiles,
        "hallucinated_apis": invented,
        "hallucination_rate": len(invented) / len(set(found.calls)) if found.calls else 0.0,
        **_matches(wanted, found),
    }
    return Measured(scores, shape_of(wanted), static, findings)


def measuring_crashed(case: Case) -> Measured:
    """What stands for an answer that killed the process measuring it."""
    return _lost("the process that measured it died; the code may be too large.")


def _lost(reason: str) -> Measured:
    scores = dict.fromkeys(MEASURES, 0.0) | dict.fromkeys(("parses", "checks", "compiles"), False)
    return Measured(scores | {"hallucinated_apis": []}, WorkflowShape(0, 0, 0, 0), StaticVerdict(False, reason), [])


@lru_cache(maxsize=16)
def _read(code: str) -> Workflow:
    """Answers to one reference are measured one after the other, and some answers are given to all."""
    return read_workflow(code)


def _matches(wanted: Workflow, found: Workflow) -> dict[str, float]:
    ours, theirs = _keys(wanted.calls), _keys(found.calls)
    matches = {"api": multiset_match(ours, theirs), "order": order_match(ours, theirs)}
    named = {f"{name}_{part}": value for name, match in matches.items() for part, value in match._asdict().items()}
    return named | {"control_similarity": control_similarity(wanted.steps, found.steps)}


def _keys(calls: Sequence[str]) -> list[str]:
    """Calls in one spelling: published code and ours differ in dots and underscores."""
    return [published_key(call) for call in calls]
