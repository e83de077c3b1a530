"""A run over many records through an OpenAI-compatible endpoint: OpenAI's own, or a server of vLLM or SGLang."""

from pathlib import Path
from typing import Any

from workflowllm.inference.attempts import Attempts, Faults, errors_of, start_attempts
from workflowllm.inference.decoding import attempt_seed
from workflowllm.inference.inputs import input_records
from workflowllm.inference.journal import check_same_run
from workflowllm.inference.local_model import load_tokenizer
from workflowllm.inference.prompting import DoesNotFit, Prompter, make_prompter, run_settings
from workflowllm.inference.run_options import InferenceOptions
from workflowllm.llm.budget import estimated
from workflowllm.llm.client import Client
from workflowllm.llm.replies import Estimate
from workflowllm.llm.stage import StageDetails, run_stage
from workflowllm.records.forms import Record
from workflowllm.runs.facts import file_facts

_SEEDS = 2**31  # servers take a seed of 32 bits


def answer_through_endpoint(options: InferenceOptions) -> int:
    """Answer every record that the output does not hold; return the exit status."""
    rows = input_records(options.input, options.out_of_distribution, options.limit)
    if not options.overwrite:
        check_same_run(options.output, options.shared_by_predictions())
    prompter = make_prompter(options, endpoint_tokenizer(options), options.prompting.tokenizer)
    settings = run_settings(options, prompter)

    async def work(record: Record, client: Client) -> Record:
        attempts = await ask_until_correct(record, client, prompter, options)
        return attempts.prediction(options.name, options.split, settings)

    def estimate(record: Record) -> list[Estimate]:
        try:
            most = options.attempts * (1 + options.repairs)
            return [estimated(prompter.prompt(record).messages, options.decoding.max_tokens)] * most
        except DoesNotFit:
            return []

    return run_stage(
        rows,
        work,
        options.output,
        options.endpoint,
        overwrite=options.overwrite,
        details=StageDetails(
            total=len(rows),
            estimate=estimate,
            facts=options.facts | {"prompt_sha256": prompter.form.prompt.sha256} | input_facts(options.input),
        ),
    )


def input_facts(path: Path) -> dict[str, str]:
    """The hash of an input file; a data set's folder has none."""
    return file_facts(path) if path.is_file() else {}


def endpoint_tokenizer(options: InferenceOptions) -> Any:
    """The tokenizer of the model that is served, where its folder is given."""
    return load_tokenizer(options.prompting.tokenizer) if options.prompting.tokenizer else None


async def ask_until_correct(
    record: Record, client: Client, prompter: Prompter, options: InferenceOptions, faults: Faults = errors_of
) -> Attempts:
    """Attempts until one has no fault, or there may be no more.

    Raises DoesNotFit, or EndpointError where no answer comes.
    """
    attempts = start_attempts(prompter.prompt(record), options, faults)
    while attempts.wants_more:
        settings = attempts.next_decoding()
        seed = options.decoding.seed
        if attempts.answers:  # or the same answer would come again
            seed = attempt_seed(seed, attempts.key, len(attempts.answers)) % _SEEDS
        reply = await client.ask(
            attempts.next_messages(), temperature=settings.temperature, max_tokens=settings.max_tokens, seed=seed
        )
        attempts.add(reply.text, reply.finish_reason)
    return attempts
