"""What the tests of examples share: a record with documents that have four lengths, and how records become examples."""

from typing import Any

from small_tokenizers import small_tokenizer
from transformers import PreTrainedTokenizerFast

from workflowllm.prompts.example_store import Examples
from workflowllm.prompts.examples import encode_records
from workflowllm.prompts.form import PromptForm

CODE = '# Ask\nname = input("Name # of?")\n# Show it\nis_workflow_actions_showresult(Text=name)  # now'
RECORD = {
    "key": "one", "query": "Greet me by name?", "apis": ["is.workflow.actions.ask", "is.workflow.actions.showresult"],
    "task_plan": "1. Ask.\n2. Show.", "workflow_code": CODE,
}  # fmt: skip
STUB = '''def is_workflow_actions_showresult(*, Text: str, Speed: float = 1.0) -> None:
    """Shows a result.

    Parameters:
        Text: what is shown, described at great length so that the document gets longer.
        Speed: how fast.
    """'''
STUBS = {"is.workflow.actions.showresult": STUB}
ROOMY = 10**6


def tokenizer() -> PreTrainedTokenizerFast:
    return small_tokenizer("chatml")


def encoded(
    *records: dict[str, Any], max_length: int = ROOMY, room: int | None = None, of: Any = None, **changes: bool
) -> Examples:
    """The records' examples, with `room` tokens for each prompt and the tokenizer `of`."""
    form = PromptForm.of(max_length, room, **changes)
    return encode_records(of or tokenizer(), records, form, max_length, STUBS)
