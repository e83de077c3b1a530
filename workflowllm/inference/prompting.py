"""What every run begins with, whichever model answers: the form of prompts, examples, settings that are kept."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from workflowllm.inference.decoding import decoding_of
from workflowllm.inference.icl import Examples
from workflowllm.inference.tasks import split_name, training_records
from workflowllm.llm.budget import BYTES_PER_TOKEN
from workflowllm.prompts.chat import prompt_ids
from workflowllm.prompts.examples import answer_text, fitted_prompt, has_own_chat, prompt_messages
from workflowllm.prompts.files import Message
from workflowllm.prompts.form import PromptForm
from workflowllm.prompts.generation import LEVELS, Stubs, generation_prompt
from workflowllm.records.forms import Record
from workflowllm.records.release import read_stubs
from workflowllm.runs.command import CommandError


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


UNKNOWN_CONTEXT = 128_000  # tokens, of an endpoint's model


def make_prompter(
    arguments: argparse.Namespace, tokenizer: Any, folder: Path | None, context: int = UNKNOWN_CONTEXT
) -> Prompter:
    """The prompter for a checkpoint's folder, or for an endpoint, by the flags."""
    limit = context - arguments.max_tokens
    if limit < 1:
        raise CommandError(f"--max_tokens {arguments.max_tokens} fills the model's context of {context}; give fewer.")
    form = (folder and PromptForm.load(folder)) or PromptForm.of()
    if arguments.prompt:
        form = replace(form, prompt=generation_prompt(arguments.prompt, plan=form.plan, comments=form.comments))
    if arguments.max_prompt_tokens:
        form = replace(form, max_prompt_tokens=arguments.max_prompt_tokens)
    is_folder = arguments.input is not None and arguments.input.is_dir()
    stubs = read_stubs(arguments.input) if is_folder else None
    return Prompter(form, limit, tokenizer, stubs, arguments.icl, _candidates(arguments))


def _candidates(arguments: argparse.Namespace) -> Callable[[Record], Iterable[Record]] | None:
    if not arguments.icl:
        return None
    folder = arguments.icl_data or arguments.input
    return Examples(training_records(folder, arguments.OOD), arguments.icl, arguments.seed).for_record


def made_with(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the flags alone say of a run's predictions: the fields that all of one output must have in common."""
    return decoding_of(arguments).as_json() | {
        "model": arguments.name or arguments.model,
        "split": split_name(arguments.OOD),
        "backend": arguments.backend,
        "checkpoint": str(arguments.model),
        "icl": arguments.icl,
        "check": arguments.check,
    }


def run_settings(arguments: argparse.Namespace, prompter: Prompter) -> dict[str, Any]:
    """What is stored with each prediction beside the decoding."""
    prompt = prompter.form.prompt
    return {
        "backend": arguments.backend,
        "checkpoint": str(arguments.model),
        "prompt": prompt.name,
        "prompt_sha256": prompt.sha256,
        "max_prompt_tokens": prompter.form.max_prompt_tokens,
        "icl": arguments.icl,
    }
