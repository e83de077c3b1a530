"""A record's prompt: the training one, with examples before it where they are wanted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from workflowllm.dataset.generation import LEVELS, Stubs
from workflowllm.dataset.records import Record
from workflowllm.llm.budget import BYTES_PER_TOKEN
from workflowllm.llm.prompt_files import Message
from workflowllm.training.chat import prompt_ids
from workflowllm.training.examples import answer_text, fitted_prompt, has_own_chat, prompt_messages
from workflowllm.training.prompt_form import PromptForm


@dataclass(frozen=True, slots=True)
class Asked:
    """A record and the messages that ask for it. `level` is that of the API documents, `examples` their keys."""

    record: Record
    messages: list[Message]
    ids: list[int]  # none for an endpoint that is asked without its tokenizer
    level: int
    examples: list[str] = field(default_factory=list)


class DoesNotFit(Exception):
    """A prompt that is too long even with the shortest API documents: one sentence."""


@dataclass(frozen=True)
class Prompter:
    """How records become prompts: the form that the model was trained with, and what its context leaves room for.

    Each example may take as many tokens as the prompt itself, up to `limit` for all. Without a tokenizer, tokens are
    estimated from bytes.
    """

    form: PromptForm
    limit: int
    tokenizer: Any = None
    stubs: Stubs | None = None
    examples: int = 0
    candidates: Callable[[Record], Iterable[Record]] | None = None  # examples for a record, the best first

    def asked(self, record: Record) -> Asked:
        """A record's prompt with the most detailed documents that fit. Raises DoesNotFit."""
        examples = self._examples(record)
        room = min(self.form.max_prompt_tokens * (1 + len(examples)), self.limit)
        if self.tokenizer and not examples:
            fitted = fitted_prompt(self.tokenizer, record, room, self.form.prompt, self.stubs)
            if fitted:
                return Asked(record, self._messages(record, [], fitted[1]), *fitted)
        else:
            for level in LEVELS:
                messages = self._messages(record, examples, level)
                ids = prompt_ids(self.tokenizer, messages) if self.tokenizer else []
                if (len(ids) or estimated_tokens(messages)) <= room:
                    return Asked(record, messages, ids, level, [example["key"] for example in examples])
        raise DoesNotFit(f"its prompt is longer than {room} tokens even with the shortest API documents.")

    def _examples(self, record: Record) -> list[Record]:
        """The first candidates that are short enough, so that no example makes a prompt too long.

        A record with a chat of its own gets none: they answer another prompt.
        """
        if not self.candidates or has_own_chat(record):
            return []
        return list(islice(filter(self._is_short, self.candidates(record)), self.examples))

    def _is_short(self, example: Record) -> bool:
        messages = self._turns(example, LEVELS[-1])
        ids = prompt_ids(self.tokenizer, messages) if self.tokenizer else []
        return (len(ids) or estimated_tokens(messages)) <= self.form.max_prompt_tokens

    def _turns(self, example: Record, level: int) -> list[Message]:
        answer = answer_text(example, self.form.plan and bool(example.get("task_plan")), self.form.comments)
        return [self._one(example, level)[-1], {"role": "assistant", "content": answer}]

    def _messages(self, record: Record, examples: Sequence[Record], level: int) -> list[Message]:
        """Examples go before as turns of the same conversation: a template writes them as it writes answers."""
        *before, last = self._one(record, level)
        turns = [message for example in examples for message in self._turns(example, level)]
        return [*before, *turns, last]

    def _one(self, record: Record, level: int) -> list[Message]:
        return prompt_messages(record, level, self.form.prompt, self.stubs)


def estimated_tokens(messages: Sequence[Message]) -> int:
    return int(sum(len(message["content"].encode("utf-8", "replace")) for message in messages) / BYTES_PER_TOKEN)
