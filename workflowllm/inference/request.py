"""A single request at the terminal: a sentence becomes a shortcut, or changes an existing one."""

import asyncio
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from workflowllm.apis.search import search_apis
from workflowllm.checking.checker import check_code
from workflowllm.inference.attempts import Attempts, Faults, errors_of, start_attempts
from workflowllm.inference.fill_in import to_fill_in
from workflowllm.inference.prompting import DoesNotFit, Prompter, make_prompter, trained_form
from workflowllm.inference.run_options import InferenceOptions, RequestOptions
from workflowllm.inference.signing import sign
from workflowllm.prompts.answers import holds_code
from workflowllm.prompts.form import PromptForm
from workflowllm.prompts.generation import FIELDS
from workflowllm.prompts.language import language_rules
from workflowllm.prompts.prompt_files import load_prompt
from workflowllm.records.forms import Record
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_output_name, check_paths
from workflowllm.runtime.trial import STOCK, Setting, load_setting, trial_faults, trial_lines
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.files_from_records import ENDING, compile_record
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.plist_types import Workflow
from workflowllm.shortcuts.model.workflow import to_json
from workflowllm.shortcuts.outline import outline_changes
from workflowllm.shortcuts.to_python.printer import to_python

FITTING = 24  # APIs shown where the request names none
BRIEFLY = 24  # further ones that are shown by their signatures: a half of what the first ones lack is among them
FITTING_CHANGE = 8  # for a change, in addition to those that the shortcut uses already
FOLDER = Path("output/requests")


class Original(NamedTuple):
    """The shortcut that is to be changed."""

    path: Path
    code: str
    apis: list[str]
    metadata: Any
    workflow: Workflow


def answer_request(options: InferenceOptions, request: RequestOptions) -> int:
    """Answer a single request, print plan, code and findings, and write the shortcut; return the exit status."""
    setting = read_setting(request.world or STOCK)
    original = read_original(request.edit) if request.edit else None
    output = output_path(options, request, original)
    is_trained = not options.endpoint and trained_form(Path(options.model)) is not None
    record = request_record(request, original, 0 if is_trained else BRIEFLY)
    print("APIs:", *record["apis"], sep="\n  ")
    ask = ask_endpoint if options.endpoint else ask_local_model
    attempts = ask(options, record, original, partial(faults_in_use, setting=setting))
    for number, answer in enumerate(attempts.answers[:-1], 1):
        print(f"\nAnswer {number} had faults:", *answer["errors"], sep="\n  ")
    prediction = attempts.prediction(options.model, "", {})
    status = show_and_write(prediction, output)
    if status == ALL_DONE:
        code = prediction["generated_code"]
        if original:
            changes = list(outline_changes(original.workflow, read_file(output).workflow))
            print("\nChanged actions:", *(changes or ["none"]), sep="\n  ")
        print("\nIf it ran:", *trial_lines(code, setting), sep="\n  ")
        if request.sign:
            print(f"\n{sign(output)}")
        print("\nTo fill in:", *(list(to_fill_in(code)) or ["nothing"]), sep="\n  ")
    return status


def faults_in_use(code: str, offered: Sequence[str], setting: Setting) -> list[str]:
    """The checker's errors; where there are none, what broke when it was tried."""
    return errors_of(code, offered) or list(trial_faults(code, setting))


def read_setting(name: str) -> Setting:
    """The world to try in. Raises CommandError where it is none: before anything is asked of a model."""
    try:
        return load_setting(name)
    except ShortcutError as error:
        raise CommandError(f"--try: {error}") from None


def read_original(path: Path) -> Original:
    """The shortcut as Python. Raises CommandError where the file holds none."""
    try:
        workflow = read_file(path).workflow
        conversion = to_python(workflow)
    except ShortcutError as error:
        raise CommandError(f"{path}: {error}") from None
    return Original(path, conversion.code, conversion.apis, to_json(conversion.metadata), workflow)


def request_record(request: RequestOptions, original: Original | None, further: int = 0) -> Record:
    """The request as a record, with the APIs that it names, or else those that fit it, and so many further ones."""
    first = FITTING_CHANGE if original else FITTING
    apis = list(request.apis or search_apis(request.query, first + further))
    briefly = [] if request.apis else apis[first:]
    if original:
        briefly = [name for name in briefly if name not in original.apis]
        apis = list(dict.fromkeys([*original.apis, *apis]))
    record = {"key": "request", "query": request.query, "apis": apis, "briefly": briefly}
    return record | {"metadata": original.metadata} if original else record


def output_path(options: InferenceOptions, request: RequestOptions, original: Original | None) -> Path:
    """The shortcut's path, never the original's. Neither it nor the .py file beside it exists, but with --overwrite."""
    if options.output:
        check_output_name(options.output)
        stem = options.output.with_suffix("") if options.output.suffix in (ENDING, ".py") else options.output
        path = stem.with_name(stem.name + ENDING)
        check_paths([original.path if original else None], [path, path.with_suffix(".py")])
        taken = [file for file in (path, path.with_suffix(".py")) if file.exists() or file.is_symlink()]
        if taken and not options.overwrite:
            raise CommandError(f"{taken[0]} exists; give another --output, or --overwrite.")
        return path
    if original:
        return _unused(original.path.with_name(f"{original.path.stem}_changed"))
    words = re.findall(r"\w+", request.query.lower())[:6]
    return _unused(FOLDER / ("_".join(words)[:60] or "request"))


def _unused(stem: Path) -> Path:
    """The first of `stem`, `stem_2`, ... of which neither the .shortcut nor the .py file exists."""
    number = 1
    while True:
        name = stem.name + (f"_{number}" if number > 1 else "")
        shortcut, python = (stem.with_name(name + ending) for ending in (ENDING, ".py"))
        if not any(path.exists() or path.is_symlink() for path in (shortcut, python)):
            return shortcut
        number += 1


def request_prompter(
    options: InferenceOptions, original: Original | None, tokenizer: Any, folder: Path | None, *context: int
) -> Prompter:
    """The prompter of a request; for a change, with the prompt that holds the shortcut's code."""
    if original is None:
        return make_prompter(options, tokenizer, folder, *context)
    name = options.prompting.prompt or ("edit" if trained_form(folder) else "edit_with_dialect")
    options = replace(options, prompting=replace(options.prompting, prompt=None))
    prompter = make_prompter(options, tokenizer, folder, *context)
    return replace(prompter, form=edit_form(prompter.form, name, original.code))


def edit_form(form: PromptForm, name: str, code: str) -> PromptForm:
    """The form with the prompt for changes and the code filled in; the code does not count against the documents."""
    switches = {"plan": form.plan, "comments": form.comments}
    prompt = load_prompt(name, FIELDS | {"code"}, switches, {"language": language_rules()})
    if "code" not in prompt.fields:
        raise CommandError(f"the prompt {name} does not show the code ($code), so it cannot ask for a change.")
    user = Template(re.sub(r"\$(?:code\b|\{code\})", lambda _: code.rstrip().replace("$", "$$"), prompt.user.template))
    return replace(form, prompt=replace(prompt, user=user), max_prompt_tokens=form.max_prompt_tokens + len(code))


def ask_local_model(
    options: InferenceOptions, record: Record, original: Original | None, faults: Faults
) -> Attempts:
    """The record's attempts with a checkpoint. Raises CommandError where there is no answer."""
    from workflowllm.inference.local_model import LocalModel

    local = LocalModel.load(Path(options.model), options.local)
    prompter = request_prompter(options, original, local.tokenizer, local.folder, local.context)
    try:
        attempts = start_attempts(prompter.prompt(record), options, faults)
    except DoesNotFit as error:
        raise CommandError(f"the request cannot be asked: {error}") from None
    (finished, error), *_ = local.answer([attempts], local.engine(options.local))
    if error:
        raise CommandError(f"the request was not answered: {error}")
    return finished


def ask_endpoint(
    options: InferenceOptions, record: Record, original: Original | None, faults: Faults
) -> Attempts:
    """The record's attempts through an endpoint. Raises CommandError where there is no answer."""
    from workflowllm.inference.endpoint import ask_until_correct, endpoint_tokenizer
    from workflowllm.llm.client import Client
    from workflowllm.llm.replies import CostReached, EndpointError, EndpointUnusable

    prompter = request_prompter(options, original, endpoint_tokenizer(options), options.prompting.tokenizer)

    async def ask() -> Attempts:
        async with Client(options.endpoint) as client:
            return await ask_until_correct(record, client, prompter, options, faults)

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
