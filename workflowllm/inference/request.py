"""One request at the terminal: a sentence becomes a shortcut, or changes one that exists."""

import argparse
import asyncio
import re
import sys
from dataclasses import replace
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from workflowllm.apis.search import search_apis
from workflowllm.checking.checker import check_code
from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import decoding_of
from workflowllm.inference.prompting import DoesNotFit, Prompter, make_prompter
from workflowllm.prompts.answers import holds_code
from workflowllm.prompts.files import load_prompt
from workflowllm.prompts.form import PromptForm
from workflowllm.prompts.generation import FIELDS
from workflowllm.records.forms import Record
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError
from workflowllm.runs.output_files import write_bytes
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.files_from_records import ENDING, compile_record
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import to_json
from workflowllm.shortcuts.to_python.printer import to_python

FITTING = 24  # APIs that are shown where none are named; of those that real workflows use they hold three fifths
FITTING_CHANGE = 8  # for a change, beside those that the shortcut uses already
FOLDER = Path("output/requests")


class Original(NamedTuple):
    """The shortcut that is to be changed."""

    path: Path
    code: str
    apis: list[str]
    metadata: Any


def answer_request(arguments: argparse.Namespace) -> int:
    """Answer the query of the flags, print what comes of it, and write the shortcut."""
    original = read_original(arguments.edit) if arguments.edit else None
    output = output_path(arguments, original)
    record = request_record(arguments, original)
    print("APIs:", *record["apis"], sep="\n  ")
    asked = ask_endpoint if arguments.backend == "openai" else ask_local_model
    prediction = asked(arguments, record, original).prediction(arguments.model, "", {})
    return show_and_write(prediction, output)


def read_original(path: Path) -> Original:
    """The shortcut as Python. Raises CommandError where it is none."""
    try:
        conversion = to_python(read_file(path).workflow)
    except ShortcutError as error:
        raise CommandError(f"{path}: {error}") from None
    return Original(path, conversion.code, conversion.apis, to_json(conversion.metadata))


def request_record(arguments: argparse.Namespace, original: Original | None) -> Record:
    """The request as a record, with the APIs that are named, or else found by its words."""
    apis = list(arguments.apis or search_apis(arguments.query, FITTING_CHANGE if original else FITTING))
    if original:
        apis = list(dict.fromkeys([*original.apis, *apis]))
    record = {"key": "request", "query": arguments.query, "apis": apis}
    return record | {"metadata": original.metadata} if original else record


def output_path(arguments: argparse.Namespace, original: Original | None) -> Path:
    """Where the shortcut goes: a name that nothing has yet, never the original's."""
    if arguments.output:
        path = arguments.output.with_suffix(ENDING)
        if original and path.resolve() == original.path.resolve():
            raise CommandError(f"--output {path} is the shortcut to be changed; give another name.")
        if path.exists() and not arguments.overwrite:
            raise CommandError(f"{path} exists; give another --output, or --overwrite.")
        return path
    if original:
        return _unused(original.path.with_name(f"{original.path.stem}_changed"))
    words = re.findall(r"\w+", arguments.query.lower())[:6]
    return _unused(FOLDER / ("_".join(words)[:60] or "request"))


def _unused(stem: Path) -> Path:
    number = 1
    while (path := stem.with_name(stem.name + (f"_{number}" if number > 1 else "") + ENDING)).exists():
        number += 1
    return path


def prompter_for(
    arguments: argparse.Namespace, original: Original | None, tokenizer: Any, folder: Path | None, *context: int
) -> Prompter:
    """The prompter of a run; for a change, with the prompt that holds the shortcut's code."""
    prompter = make_prompter(arguments, tokenizer, folder, *context)
    if original is None:
        return prompter
    return replace(prompter, form=edit_form(prompter.form, arguments.prompt or "edit", original.code))


def edit_form(form: PromptForm, name: str, code: str) -> PromptForm:
    """The form with the prompt for changes and the code filled in; the code has its room beside the documents."""
    switches = {"plan": form.plan, "comments": form.comments}
    prompt = load_prompt(name, FIELDS | {"code"}, switches)
    if "code" not in prompt.fields:
        raise CommandError(f"the prompt {name} does not show the code ($code), so it cannot ask for a change.")
    user = Template(re.sub(r"\$(?:code\b|\{code\})", lambda _: code.rstrip().replace("$", "$$"), prompt.user.template))
    return replace(form, prompt=replace(prompt, user=user), max_prompt_tokens=form.max_prompt_tokens + len(code))


def ask_local_model(arguments: argparse.Namespace, record: Record, original: Original | None) -> Attempts:
    """The record's attempts with a checkpoint. Raises CommandError where there is no answer."""
    from workflowllm.inference.local_model import LocalModel, default_device

    local = LocalModel(Path(arguments.model), arguments.device or default_device(), arguments.dtype)
    prompter = prompter_for(arguments, original, local.tokenizer, local.folder, local.context)
    try:
        attempts = Attempts(prompter.asked(record), decoding_of(arguments), arguments.check)
    except DoesNotFit as error:
        raise CommandError(f"the request cannot be asked: {error}") from None
    engine = local.engine(arguments.batch_tokens, arguments.max_rows, arguments.early_stop)
    (one, error), *_ = local.answer([attempts], engine)
    if error:
        raise CommandError(f"the request was not answered: {error}")
    return one


def ask_endpoint(arguments: argparse.Namespace, record: Record, original: Original | None) -> Attempts:
    """The record's attempts through an endpoint. Raises CommandError where there is no answer."""
    from workflowllm.inference.endpoint import answered, tokenizer_of
    from workflowllm.llm.client import Client
    from workflowllm.llm.replies import CostReached, EndpointError, EndpointUnusable
    from workflowllm.llm.settings import endpoint_settings

    prompter = prompter_for(arguments, original, tokenizer_of(arguments), arguments.tokenizer)

    async def ask() -> Attempts:
        async with Client(endpoint_settings(arguments)) as client:
            return await answered(record, client, prompter, decoding_of(arguments), arguments.check)

    try:
        return asyncio.run(ask())
    except (DoesNotFit, EndpointError, EndpointUnusable, CostReached) as error:
        raise CommandError(f"the request was not answered: {error}") from None


def show_and_write(prediction: Record, output: Path) -> int:
    """Print plan, code and findings; write the code, and the shortcut where it compiles."""
    code = prediction["generated_code"]
    print("\nPlan:", prediction["generated_plan"] or "(none)", sep="\n")
    print("\nCode:", code or "(none)", sep="\n")
    if not holds_code(code):
        print(f"\nThe answer holds no code, so there is no shortcut. It was:\n{prediction['raw_output']}")
        return SOME_FAILED
    findings = check_code(code, prediction["apis"])
    print("\nFindings:" if findings else "\nFindings: none")
    for item in findings:
        print(f"  {item.line}:{item.column}: {item.severity} {item.code}: {item.message}")
    python = output.with_suffix(".py")
    write_bytes(python, code.encode("utf-8", "replace") + b"\n")
    try:
        data = compile_record(prediction, "generated_code")
    except ShortcutError:
        print(f"\nIt does not compile to a shortcut (the errors above); its Python is in {python}.", file=sys.stderr)
        return SOME_FAILED
    write_bytes(output, data)
    print(f"\nwritten: {output}\n         {python}")
    return ALL_DONE
