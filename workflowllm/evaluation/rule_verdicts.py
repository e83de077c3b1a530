"""Verdicts on predictions by rules, without a judge: static, or by what the code does when it runs."""

from collections.abc import Callable, Mapping
from typing import Any

from workflowllm.evaluation.judge import EXECUTION, STATIC, started_line
from workflowllm.evaluation.predictions import REFERENCE_NAMES
from workflowllm.metrics.execution import measured_execution
from workflowllm.metrics.static_pass import static_pass
from workflowllm.records.forms import Record
from workflowllm.runs.reasons import first_line
from workflowllm.runtime.task_runs import Attempt, run_attempt
from workflowllm.runtime.tasks import Task

Numbered = tuple[str, Record | ValueError]  # identity, prediction
Ruled = tuple[bool | None, str, dict[str, Any]]  # verdict, reason, and how it was made

_APART = "in {} of {} worlds it does not do what the reference does."


def rule_line(numbered: Numbered, backend: str, verdict: Callable[[Record], Ruled]) -> tuple[str, Record | str]:
    """(identity, line) of a prediction, or (identity, why there is none)."""
    name, record = numbered
    if isinstance(record, Exception):
        return name, str(record)
    try:
        passes, reason, settings = verdict(record)
    except ValueError as error:
        return name, str(error)
    except Exception as error:  # of any kind: it is this record's failure
        return name, f"it could not be checked ({type(error).__name__}: {first_line(error)})."
    made: dict[str, Any] = {"judge_model": None, "prompt_sha256": None} | settings
    return name, started_line(record, backend) | made | {"verdict": passes, "reason": reason}


def rule_crashed(numbered: Numbered) -> tuple[str, str]:
    """What stands for the line of a prediction that killed the process checking it."""
    return numbered[0], "the process that checked it died; the code may be too large."


def static_line(numbered: Numbered, share: float) -> tuple[str, Record | str]:
    """The static verdict on a prediction."""

    def verdict(record: Record) -> Ruled:
        found = static_pass(_reference(record), record["generated_code"], record["apis"], share)
        return found.passes, found.reason, {"share": share}

    return rule_line(numbered, STATIC, verdict)


def execution_line(numbered: Numbered, tasks: Mapping[str, Task]) -> tuple[str, Record | str]:
    """The verdict by running: the tests of the task that the key names, or else a match with the reference."""

    def verdict(record: Record) -> Ruled:
        if record["key"] in tasks:
            return _tested(record, tasks)
        run = measured_execution(record["generated_code"], _reference(record))
        reason = run.why_not
        if run.match is False and not reason:
            beside = run.side_by_side
            reason = _APART.format(beside.worlds_apart, beside.worlds) if beside else "there is no code."
        return run.match, reason, {"by": "reference"}

    return rule_line(numbered, EXECUTION, verdict)


def _tested(record: Record, tasks: Mapping[str, Task]) -> Ruled:
    result = run_attempt(Attempt(record["key"], "answer", record["generated_code"]), tasks)
    failures = [f"{world['name']}: {failure}" for world in result["worlds"] for failure in world["failures"]]
    return result["passed"], next(iter(failures), ""), {"by": "tests"}


def _reference(record: Record) -> str:
    reference = next((record[name] for name in REFERENCE_NAMES if isinstance(record.get(name), str)), None)
    if reference is None:
        raise ValueError("the prediction has no reference in `workflow_code` or `code`.")
    return reference
