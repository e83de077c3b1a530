"""Records to token ids: the prompt that training and inference share, the answer, and which records are skipped.

A prompt that is too long is shortened by the levels of `workflowllm.prompts.generation`. Its level depends on the
prompt alone and on `max_prompt_tokens`, which is stored with the model: at inference the answer's length is unknown,
so in training it must not matter either, or long answers would teach the model what short documents mean. For the same
reason the last level drops every optional parameter of every API, used by the answer or not. Records still longer than
`max_length`, prompt and answer together, are skipped and counted; no answer is ever cut.

A record with `messages`, a chat that ends with the assistant's answer, is trained on as it stands: its prompt is never
shortened, and the flags for plan and comments do not touch it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from tqdm import tqdm

from workflowllm.prompts.answers import format_answer
from workflowllm.prompts.chat import Example, answers_ids, prompts_ids
from workflowllm.prompts.example_store import Examples, ExamplesWriter
from workflowllm.prompts.form import PromptForm
from workflowllm.prompts.generation import LEVELS, Stubs, generation_messages, generation_prompt
from workflowllm.prompts.prompt_files import Message, Prompt
from workflowllm.records.forms import Record
from workflowllm.shortcuts.dialect.comments import strip_comments

BATCH = 256  # records tokenised at a time, by all threads of the tokenizer
Fitted = tuple[list[int], int]  # a prompt's ids and its level


class Unusable(Exception):
    """Why a record is skipped: `name` for the counts, the sentence for its line in the errors file."""

    def __init__(self, name: str, sentence: str):
        super().__init__(sentence)
        self.name = name


def fitted_prompt(
    tokenizer: Any, record: Record, max_prompt_tokens: int, prompt: Prompt | None = None, stubs: Stubs | None = None
) -> Fitted | None:
    """Token ids of a record's prompt and the level of its documents; None where even the shortest does not fit.

    The one function of training and inference. It reads `query` and `apis`, or the prompt in `messages`, and nothing
    else of the record.
    """
    return fitted_prompts(tokenizer, [record], max_prompt_tokens, prompt, stubs)[0]


def fitted_prompts(
    tokenizer: Any,
    records: Sequence[Record],
    max_prompt_tokens: int,
    prompt: Prompt | None = None,
    stubs: Stubs | None = None,
) -> list[Fitted | None]:
    """`fitted_prompt` of each record, tokenised together."""
    prompt = prompt or generation_prompt()
    fitted: list[Fitted | None] = [None] * len(records)
    for level in LEVELS:
        too_long = [index for index, prompt_and_level in enumerate(fitted) if prompt_and_level is None]
        messages = [prompt_messages(records[index], level, prompt, stubs) for index in too_long]
        for index, ids in zip(too_long, prompts_ids(tokenizer, messages)):
            if len(ids) <= max_prompt_tokens:
                fitted[index] = (ids, level)
    return fitted


def has_own_chat(record: Record) -> bool:
    """Whether a record is asked by its own `messages`."""
    return record.get("messages") is not None


def prompt_messages(
    record: Record, level: int, prompt: Prompt | None = None, stubs: Stubs | None = None
) -> list[Message]:
    """What asks for a record's answer: its own chat up to there, whatever the level, or the generation prompt."""
    if has_own_chat(record):
        chat = record["messages"]
        return chat[:-1] if chat[-1]["role"] == "assistant" else chat
    apis, briefly = record.get("apis") or [], record.get("briefly", ())
    return generation_messages(record["query"], apis, level, prompt, stubs, briefly)


def answer_text(record: Record, plan: bool = True, comments: bool = True) -> str:
    """The answer that is trained on. Raises Unusable where the record lacks a part of it."""
    if has_own_chat(record):
        return _chat_answer(record["messages"])
    code = _text(record, "workflow_code")
    if not comments:
        code = strip_comments(code)
    if not code.strip():
        raise Unusable("without_answer", "it has no workflow_code, the answer that is trained on")
    task_plan = _text(record, "task_plan") if plan else ""
    if plan and not task_plan.strip():
        raise Unusable("without_plan", "it has no task_plan; --no_plan trains on the code alone")
    return format_answer(task_plan, code)


def _chat_answer(chat: list[Message]) -> str:
    last = chat[-1]
    if last["role"] != "assistant" or not last["content"].strip():
        raise Unusable("without_answer", "its messages do not end with an answer of the assistant")
    return last["content"]


def _text(record: Record, field: str) -> str:
    value = record.get(field)
    if value is not None and not isinstance(value, str):
        raise Unusable("malformed", f"its {field} is not text")
    return value or ""


def check_request(record: Record) -> None:
    """Raise Unusable where a record does not make a prompt."""
    if has_own_chat(record):
        _check_chat(record["messages"])
        return
    if not _text(record, "query").strip():
        raise Unusable("without_query", "it has no query")
    apis = record.get("apis")
    if not isinstance(apis, list) or not all(isinstance(name, str) for name in apis):
        raise Unusable("without_apis", "it has no list of apis; a release needs its statistics.pkl beside it")
    try:
        "".join((record["query"], *apis)).encode("utf-8")
    except UnicodeEncodeError:
        raise Unusable("malformed", "its query or apis hold a lone surrogate, which has no UTF-8") from None


def _check_chat(chat: Any) -> None:
    """Turns of user and assistant, one of a system before them at most: what every chat template can write."""
    is_list = isinstance(chat, list) and all(isinstance(message, dict) for message in chat)
    turns = chat[1:] if is_list and chat and chat[0].get("role") == "system" else chat
    if not is_list or not turns or any(
        message.get("role") != ("user", "assistant")[index % 2] for index, message in enumerate(turns)
    ):  # fmt: skip
        raise Unusable("malformed", "its messages are no chat of user and assistant by turns")
    if not all(isinstance(message.get("content"), str) for message in chat):
        raise Unusable("malformed", "its messages hold a content that is no text")
    try:
        "".join(message["content"] for message in chat).encode("utf-8")
    except UnicodeEncodeError:
        raise Unusable("malformed", "its messages hold a lone surrogate, which has no UTF-8") from None


def encode_records(
    tokenizer: Any, rows: Iterable[Record], form: PromptForm, max_length: int, stubs: Stubs | None = None
) -> Examples:
    """All records as examples, in order, with counts of those encoded by level and skipped by reason."""
    writer = ExamplesWriter()
    total = len(rows) if isinstance(rows, Sequence) else None
    for batch in _batches(tqdm(rows, total=total, unit="record", disable=None)):  # silent off a terminal
        usable, answers = [], []
        for record in batch:
            try:
                check_request(record)
                answer = answer_text(record, form.plan, form.comments)
                answer.encode("utf-8")
            except Unusable as reason:
                writer.leave_out(record, reason.name, str(reason))
            except UnicodeEncodeError:
                writer.leave_out(record, "malformed", "its answer holds a lone surrogate, which has no UTF-8")
            else:
                usable.append(record)
                answers.append(answer)
        prompts = fitted_prompts(tokenizer, usable, form.max_prompt_tokens, form.prompt, stubs)
        for record, fitted, answer in zip(usable, prompts, answers_ids(tokenizer, answers)):
            _keep_if_it_fits(writer, record, fitted, answer, max_length)
    return writer.finished()


def _keep_if_it_fits(
    writer: ExamplesWriter, record: Record, fitted: Fitted | None, answer: list[int], max_length: int
) -> None:
    if fitted is None:
        writer.leave_out(record, "prompt_too_long", "its prompt is too long even with the shortest API documents")
        return
    ids, level = fitted
    if len(ids) + len(answer) > max_length:
        sentence = f"prompt and answer have {len(ids)} + {len(answer)} tokens, of {max_length} allowed"
        writer.leave_out(record, "too_long", sentence)
    else:
        writer.keep(str(record.get("key", "")), Example(ids, answer), level)


def _batches(rows: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch
