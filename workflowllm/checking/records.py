"""Records through the checker, whatever they hold."""

from dataclasses import dataclass, field
from typing import Any

from workflowllm.checking.checker import check_code
from workflowllm.checking.findings import Finding

CODE_FIELDS = ("workflow_code", "code")


@dataclass(frozen=True, slots=True)
class Checked:
    """A record's key and findings; or why it has none."""

    key: str
    findings: list[Finding] = field(default_factory=list)
    error: str = ""


def check_numbered(numbered: tuple[int, Any], use_offered: bool) -> Checked:
    """Check a record, given with its line number."""
    number, record = numbered
    if not isinstance(record, dict):
        return Checked(f"line {number}", error=str(record) if isinstance(record, ValueError) else "no JSON object.")
    key = record["key"] if isinstance(record.get("key"), str) else f"line {number}"
    code = next((record[name] for name in CODE_FIELDS if isinstance(record.get(name), str)), None)
    if code is None:
        return Checked(key, error=f"the record has no text in {' or '.join(CODE_FIELDS)}.")
    offered = record.get("apis") if use_offered else None
    if use_offered and not (isinstance(offered, list) and all(isinstance(item, str) for item in offered)):
        return Checked(key, error="the record lists no `apis`; leave --offered out to check it without them.")
    return Checked(key, check_code(code, offered))


def checking_crashed(numbered: tuple[int, Any]) -> Checked:
    return Checked(f"line {numbered[0]}", error="the process that checked it died; the record may be too large.")
