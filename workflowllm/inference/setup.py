"""What every run begins with, whichever model answers: the form of prompts, examples, settings that are kept."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from workflowllm.dataset.generation import generation_prompt
from workflowllm.dataset.records import Record
from workflowllm.dataset.release import read_stubs
from workflowllm.inference.decoding import decoding_of
from workflowllm.inference.icl import Examples
from workflowllm.inference.prompting import Prompter
from workflowllm.inference.tasks import split_name, training_records
from workflowllm.jobs import CommandError
from workflowllm.training.prompt_form import PromptForm

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
