"""Reasons to leave a record out of a data set."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workflowllm.apis.catalogue import catalogue
from workflowllm.records.forms import Record
from workflowllm.records.held_out_tasks import is_held_out

# Why a record is dropped, in the order in which the reasons are checked.
REASONS = {
    "test task": "has the key or the request of a task of the test part (data/tasks/test_keys.txt)",
    "no query": "has no query",
    "no plan": "has no task plan",
    "no code": "has no code",
    "does not compile": "its code does not compile to a shortcut",
    "unknown API": "calls an API that the catalogue does not know",
    "binary": "holds binary data that no person can read",
    "duplicate": "its code is another record's, apart from comments",
    "near-duplicate": "its code is almost another record's",
}
# Base64, also with a line break after every 60 letters or more. Of 1,164 real shortcuts 80 hold some over 256 bytes:
# pictures, archives and contacts; what is shorter is a token or an address that a person could copy.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{60,}(?:\\r|\\n|\s){0,3})*[A-Za-z0-9+/]{60,}")
_BASE64_LINE = re.compile("[A-Za-z0-9+/]{60}")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of one record alone. A true `allow_...` turns a filter off, and None the size limit.

    `full_code` leaves the code as it came, instead of putting it into its training form.
    """

    max_binary: int | None = 256  # bytes of a base64 text
    allow_incomplete: bool = False
    allow_uncompiled: bool = False
    allow_unknown_apis: bool = False
    full_code: bool = False


def drop_reason(record: Record, apis: Iterable[str] | None, rules: Rules) -> str | None:
    """The first of REASONS that applies to a record, or None.

    `apis` are the identifiers that its code calls, None where it does not compile.
    """
    if is_held_out(record):
        return "test task"
    if not rules.allow_incomplete:
        for field, reason in (("query", "no query"), ("task_plan", "no plan")):
            if not has_text(record, field):
                return reason
    if not has_text(record, "workflow_code"):
        return "no code"
    if apis is None and not rules.allow_uncompiled:
        return "does not compile"
    if not rules.allow_unknown_apis and any(identifier not in catalogue() for identifier in set(apis or ())):
        return "unknown API"
    if rules.max_binary is not None and binary_size(record["workflow_code"]) > rules.max_binary:
        return "binary"
    return None


def has_text(record: Record, field: str) -> bool:
    return isinstance(record.get(field), str) and bool(record[field].strip())


def binary_size(code: str) -> int:
    """Bytes of the longest stretch of base64 in a code, in data(...) or in any text."""
    if not _BASE64_LINE.search(code):  # takes a third of the time, and suffices for nearly every code
        return 0
    return max((len(match[0]) * 3 // 4 for match in _BASE64.finditer(code)), default=0)
