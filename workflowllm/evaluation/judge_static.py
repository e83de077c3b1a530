"""The pass rate without a judge: what a program can say of a prediction. It is named static wherever it is shown."""

from typing import Any

from workflowllm.dataset.records import Record
from workflowllm.evaluation.judge import STATIC, started_line
from workflowllm.evaluation.static_pass import static_pass


def static_line(numbered: tuple[str, Record | ValueError], share: float) -> tuple[str, Record | str]:
    """(identity, line) of a prediction, or (identity, why there is none)."""
    name, record = numbered
    if isinstance(record, Exception):
        return name, str(record)
    reference = next((record[field] for field in ("workflow_code", "code") if isinstance(record.get(field), str)), None)
    if reference is None:
        return name, "the prediction has no reference in `workflow_code` or `code`."
    found = static_pass(reference, record["generated_code"], record["apis"], share)
    made: dict[str, Any] = {"judge_model": None, "prompt_sha256": None, "share": share}
    return name, started_line(record, STATIC) | made | {"verdict": found.passes, "reason": found.reason}


def static_crashed(numbered: tuple[str, Record | ValueError]) -> tuple[str, str]:
    return numbered[0], "the process that checked it died; the code may be too large."
