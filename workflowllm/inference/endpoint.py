"""A run over many records through an OpenAI-compatible endpoint: OpenAI's own, or a server of vLLM or SGLang."""

import argparse
from typing import Any

from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import Decoding, decoding_of, row_seed
from workflowllm.inference.journal import check_same_run
from workflowllm.inference.local_model import load_tokenizer
from workflowllm.inference.prompting import DoesNotFit, Prompter, made_with, make_prompter, run_settings
from workflowllm.inference.tasks import split_name, task_rows
from workflowllm.llm.budget import estimated
from workflowllm.llm.client import Client
from workflowllm.llm.replies import Estimate
from workflowllm.llm.run_facts import file_facts, flag_facts
from workflowllm.llm.settings import endpoint_settings
from workflowllm.llm.stage import run_stage
from workflowllm.records.forms import Record

_SEEDS = 2**31  # servers take a seed of 32 bits


def answer_through_endpoint(arguments: argparse.Namespace) -> int:
    """Answer every record that the output does not hold; return the exit status."""
    rows = task_rows(arguments.input, arguments.OOD, arguments.limit)
    if not arguments.overwrite:
        check_same_run(arguments.output, made_with(arguments))
    prompter = make_prompter(arguments, tokenizer_of(arguments), arguments.tokenizer)
    decoding = decoding_of(arguments)
    settings = run_settings(arguments, prompter)

    async def work(record: Record, client: Client) -> Record:
        attempts = await answered(record, client, prompter, decoding, arguments.check)
        return attempts.prediction(arguments.name or arguments.model, split_name(arguments.OOD), settings)

    def estimate(record: Record) -> list[Estimate]:
        try:
            return [estimated(prompter.asked(record).messages, arguments.max_tokens)] * arguments.check
        except DoesNotFit:
            return []

    facts = flag_facts(arguments) | {"prompt_sha256": prompter.form.prompt.sha256}
    if arguments.input.is_file():
        facts |= file_facts(arguments.input)
    return run_stage(
        rows,
        work,
        arguments.output,
        endpoint_settings(arguments),
        overwrite=arguments.overwrite,
        total=len(rows),
        estimate=estimate,
        facts=facts,
    )


def tokenizer_of(arguments: argparse.Namespace) -> Any:
    """The tokenizer of the model that is served, where its folder is given."""
    return load_tokenizer(arguments.tokenizer) if arguments.tokenizer else None


async def answered(record: Record, client: Client, prompter: Prompter, decoding: Decoding, at_most: int) -> Attempts:
    """A record's attempts. Raises DoesNotFit, or EndpointError where the endpoint gives no answer."""
    attempts = Attempts(prompter.asked(record), decoding, at_most)
    while attempts.wants_more:
        chosen = attempts.next_decoding()
        seed = decoding.seed
        if attempts.tried:  # or the same answer would come again
            seed = row_seed(seed, attempts.key, len(attempts.tried)) % _SEEDS
        reply = await client.ask(
            attempts.asked.messages, temperature=chosen.temperature, max_tokens=chosen.max_tokens, seed=seed
        )
        attempts.add(reply.text, reply.finish_reason)
    return attempts
