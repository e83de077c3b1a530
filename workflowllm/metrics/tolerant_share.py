"""A share that is defined on code that does not compile: how much of the reference's calls an answer names."""

import re
from collections import Counter

from workflowllm.apis.model import published_key
from workflowllm.metrics.call_uses import share_of
from workflowllm.metrics.workflow_steps import BRANCHING, LOOPING, Workflow
from workflowllm.shortcuts.dialect.comments import STRING_OR_COMMENT

# A bracket, with the name that is called before it, or the name of a keyword argument.
_TOKEN = re.compile(r"(?:(?<![\w.])([^\W\d]\w*)[ \t]{0,9})?\(|[\[{]|[)\]}]|(?<![\w.])([^\W\d]\w*)[ \t]{0,9}=(?!=)")


def tolerant_share(
    reference_code: str, answer_code: str, reference: Workflow, answer: Workflow, invented: int
) -> float:
    """A product of four shares: the reference's APIs that are called, the APIs called that are not invented, the
    reference's argument keys that are set, and how far the numbers of blocks agree. The reference itself has 1."""
    if not answer.calls:
        return float(not reference.calls)
    called = share_of(*(Counter(set(map(published_key, workflow.calls))) for workflow in (reference, answer)))
    known = 1 - invented / len(set(answer.calls))
    keys = share_of(rough_arguments(reference_code), rough_arguments(answer_code))
    return called * known * keys * _block_balance(reference, answer)


def rough_arguments(code: str) -> Counter[tuple[str, str]]:
    """The (function, keyword) pairs in a text, as often as they occur; names with an underscore only, as APIs are."""
    blanked = STRING_OR_COMMENT.sub(lambda match: "~" * len(match.group()), code)
    arguments: Counter[tuple[str, str]] = Counter()
    calls: list[str] = []
    for match in _TOKEN.finditer(blanked):
        if match[2]:
            if calls and "_" in calls[-1]:
                arguments[calls[-1], match[2]] += 1
        elif match.group()[-1] in "([{":
            calls.append(match[1] or "")
        elif calls:
            calls.pop()
    return arguments


def _block_balance(reference: Workflow, answer: Workflow) -> float:
    """The smaller number of blocks over the larger one; 1 where neither side has any."""
    ours, theirs = (sum(call in BRANCHING | LOOPING for call in workflow.calls) for workflow in (reference, answer))
    return (min(ours, theirs) + 1) / (max(ours, theirs) + 1)
