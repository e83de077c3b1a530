"""Records to prompts, whichever model answers: the form of prompts, and training examples before the request."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from workflowllm.dataset.near_duplicates import alike, code_sketch, query_sketch
from workflowllm.inference.decoding import attempt_seed
from workflowllm.inference.inputs import training_records
from workflowllm.inference.run_options import InferenceOptions
from workflowllm.llm.budget import BYTES_PER_TOKEN
from workflowllm.prompts.chat import prompt_ids
from workflowllm.prompts.examples import answer_text, fitted_prompt, has_own_chat, prompt_messages
from workflowllm.prompts.form import PromptForm
from workflowllm.prompts.generation import LEVELS, Stubs, generation_prompt
from workflowllm.prompts.prompt_files import Message
from workflowllm.records.forms import Record
from workflowllm.records.release import read_stubs
from workflowllm.runs.command import CommandError

UNTRAINED = "generate_with_dialect"  # the prompt for a model that was not trained on the dialect
UNKNOWN_CONTEXT = 128_000  # tokens, of an endpoint's model
# Kinship is judged more strictly than in building data: an example that gives the answer away is worse than one less.
CODE_SIMILARITY, QUERY_SIMILARITY = 0.5, 0.5


@dataclass(frozen=True, slots=True)
class PromptedRecord:
    """A record and its prompt. `level` is that of the API documents, `examples` are the keys of the examples shown."""

    record: Record
    messages: list[Message]
    ids: list[int]  # empty for an endpoint whose tokenizer is not at hand
    level: int
    examples: list[str] = field(default_factory=list)


class DoesNotFit(Exception):
    """A prompt that is too long even with the shortest API documents: one sentence."""


@dataclass(frozen=True)
class Prompter:
    """How records become prompts: the form that the model was trained with, and the tokens its context leaves for them.

    Each example may take as many tokens as the prompt itself, up to `limit` for all. Without a tokenizer, tokens are
    estimated from bytes.
    """

    form: PromptForm
    limit: int
    tokenizer: Any = None
    stubs: Stubs | None = None
    examples: int = 0
    candidates: Callable[[Record], Iterable[Record]] | None = None  # examples for a record, the best first

    def prompt(self, record: Record) -> PromptedRecord:
        """A record's prompt with the most detailed documents that fit. Raises DoesNotFit.

        APIs that are offered `briefly`, in case they are needed, go before any other document is shortened.
        """
        briefly = frozenset(record.get("briefly", ()))
        prompted = self._fitted(record)
        if briefly and (prompted is None or prompted.level):
            apis = [name for name in record["apis"] if name not in briefly]
            prompted = self._fitted(record | {"apis": apis, "briefly": []})
        if prompted is None:
            room = min(self.form.max_prompt_tokens, self.limit)
            raise DoesNotFit(f"its prompt is longer than {room} tokens even with the shortest API documents.")
        return prompted

    def _fitted(self, record: Record) -> PromptedRecord | None:
        examples = self._examples(record)
        room = min(self.form.max_prompt_tokens * (1 + len(examples)), self.limit)
        if self.tokenizer and not examples:
            fitted = fitted_prompt(self.tokenizer, record, room, self.form.prompt, self.stubs)
            if fitted:
                return PromptedRecord(record, self._messages(record, [], fitted[1]), *fitted)
        else:
            for level in LEVELS:
                messages = self._messages(record, examples, level)
                ids = prompt_ids(self.tokenizer, messages) if self.tokenizer else []
                if (len(ids) or estimated_tokens(messages)) <= room:
                    return PromptedRecord(record, messages, ids, level, [example["key"] for example in examples])
        return None

    def _examples(self, record: Record) -> list[Record]:
        """The first candidates that are short enough, so that no example makes a prompt too long.

        A record with a chat of its own gets none: the examples answer another prompt.
        """
        if not self.candidates or has_own_chat(record):
            return []
        return list(islice(filter(self._is_short, self.candidates(record)), self.examples))

    def _is_short(self, example: Record) -> bool:
        messages = self._example_turns(example, LEVELS[-1])
        ids = prompt_ids(self.tokenizer, messages) if self.tokenizer else []
        return (len(ids) or estimated_tokens(messages)) <= self.form.max_prompt_tokens

    def _example_turns(self, example: Record, level: int) -> list[Message]:
        answer = answer_text(example, self.form.plan and bool(example.get("task_plan")), self.form.comments)
        return [self._request_messages(example, level)[-1], {"role": "assistant", "content": answer}]

    def _messages(self, record: Record, examples: Sequence[Record], level: int) -> list[Message]:
        """Examples come first, as turns of the same conversation: a template renders them like answers."""
        *system, request = self._request_messages(record, level)
        turns = [message for example in examples for message in self._example_turns(example, level)]
        return [*system, *turns, request]

    def _request_messages(self, record: Record, level: int) -> list[Message]:
        return prompt_messages(record, level, self.form.prompt, self.stubs)


def estimated_tokens(messages: Sequence[Message]) -> int:
    return int(sum(len(message["content"].encode("utf-8", "replace")) for message in messages) / BYTES_PER_TOKEN)


def make_prompter(
    options: InferenceOptions, tokenizer: Any, folder: Path | None, context: int = UNKNOWN_CONTEXT
) -> Prompter:
    """The prompter for a checkpoint's folder, or for an endpoint. `context`: tokens of prompt and answer together."""
    limit = context - options.decoding.max_tokens
    if limit < 1:
        raise CommandError(
            f"--max_tokens {options.decoding.max_tokens} fills the model's context of {context}; give fewer."
        )
    choices = options.prompting
    form = trained_form(folder) or untrained_form(options, limit)
    if choices.prompt:
        form = replace(form, prompt=generation_prompt(choices.prompt, plan=form.plan, comments=form.comments))
    if choices.max_prompt_tokens:
        form = replace(form, max_prompt_tokens=choices.max_prompt_tokens)
    stubs = read_stubs(options.input) if options.input and options.input.is_dir() else None
    return Prompter(form, limit, tokenizer, stubs, choices.examples, _candidates(options))


def trained_form(folder: Path | None) -> PromptForm | None:
    """The form that a model was trained with; None for a model that is not ours."""
    return PromptForm.load(folder) if folder else None


def untrained_form(options: InferenceOptions, limit: int) -> PromptForm:
    """The form for a model that does not know the dialect: a single request is asked with its rules and all its room.

    Data sets keep the prompt of training and its room, as tables are made with it.
    """
    form = PromptForm.of()
    if options.request is None:
        return form
    prompt = generation_prompt(UNTRAINED, plan=form.plan, comments=form.comments)
    return replace(form, prompt=prompt, max_prompt_tokens=limit)


def _candidates(options: InferenceOptions) -> Callable[[Record], Iterable[Record]] | None:
    folder = options.prompting.examples_from or options.input
    if not options.prompting.examples or folder is None:
        return None
    records = training_records(folder, options.out_of_distribution)
    return Examples(records, options.prompting.examples, options.decoding.seed).for_record


def run_settings(options: InferenceOptions, prompter: Prompter) -> dict[str, Any]:
    """What is stored with each prediction in addition to the decoding."""
    prompt = prompter.form.prompt
    return {
        "backend": options.backend,
        "checkpoint": options.model,
        "prompt": prompt.name,
        "prompt_sha256": prompt.sha256,
        "max_prompt_tokens": prompter.form.max_prompt_tokens,
        "icl": options.prompting.examples,
    }


class Examples:
    """Random training records for each record, in an order by seed and key: a score must not hang on one example.

    None is of the family of the record that is asked about, because it might give the answer away.
    """

    def __init__(self, records: Sequence[Record], count: int, seed: int):
        self.records, self.seed = records, seed
        if len(records) < count:
            raise CommandError(f"the training split has {len(records)} usable records, fewer than --icl {count}.")

    def for_record(self, record: Record) -> Iterator[Record]:
        """The records that are not its kin, in a random order of its own."""
        order = list(range(len(self.records)))
        random.Random(attempt_seed(self.seed, record["key"], 0)).shuffle(order)
        return (self.records[index] for index in order if not are_kin(record, self.records[index]))


def are_kin(first: Record, second: Record) -> bool:
    """Whether two records may be versions of one workflow: equal key, title or query, or similar code or query."""
    for name in ("key", "title", "query", "family"):
        if first.get(name) and first.get(name) == second.get(name):
            return True
    return _are_similar(code_sketch, _code(first), _code(second), CODE_SIMILARITY) or _are_similar(
        query_sketch, first.get("query"), second.get("query"), QUERY_SIMILARITY
    )


def _are_similar(sketch: Callable[[str], Any], first: str | None, second: str | None, least: float) -> bool:
    if not first or not second:
        return False
    return float(alike(sketch(first), np.stack([sketch(second)]))[0]) >= least


def _code(record: Record) -> str:
    return next((record[name] for name in ("workflow_code", "code") if isinstance(record.get(name), str)), "")
