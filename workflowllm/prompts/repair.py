"""What a model is told about its answer, so that it writes it again without the faults."""

import re
from collections.abc import Sequence

from workflowllm.prompts.prompt_files import Message

MOST = 12  # faults that are told at once: one fault often causes the others
_FAULT = re.compile(r"(\d+):\d+ \S+: (.*)", re.DOTALL)


def repair_messages(messages: Sequence[Message], answer: str, code: str, faults: Sequence[str]) -> list[Message]:
    """The conversation with the answer and, as the user's next turn, its faults."""
    told = "\n".join(f"- {_with_line(fault, code)}" for fault in faults[:MOST])
    more = f"\n- and {len(faults) - MOST} more" if len(faults) > MOST else ""
    request = (
        f"This does not work yet:\n{told}{more}\n\n"
        "Write the whole answer again in the same form, with these faults mended and everything else as it is."
    )
    return [*messages, {"role": "assistant", "content": answer.strip()}, {"role": "user", "content": request}]


def _with_line(fault: str, code: str) -> str:
    """A fault of the form `line:column code: message` with the text of its line."""
    match, lines = _FAULT.match(fault), code.split("\n")
    if not match or int(match[1]) > len(lines):
        return fault
    return f"line {match[1]}, `{lines[int(match[1]) - 1].strip()}`: {match[2]}"
