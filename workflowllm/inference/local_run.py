"""A run over many records with a checkpoint in this process, or in each of several."""

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tqdm import tqdm

from workflowllm.inference.attempts import Attempts, start_attempts
from workflowllm.inference.endpoint import input_facts
from workflowllm.inference.inputs import KeyedRecord, input_records
from workflowllm.inference.journal import Part, Processes, begin, gather
from workflowllm.inference.local_model import LocalModel
from workflowllm.inference.prompting import DoesNotFit, PromptedRecord, Prompter, make_prompter, run_settings
from workflowllm.inference.run_options import InferenceOptions
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError
from workflowllm.runs.facts import versions
from workflowllm.runs.output_files import PRIVATE, errors_file, run_file, write_bytes
from workflowllm.runs.reasons import first_line


def answer_with_local_model(options: InferenceOptions) -> int:
    """Answer every record that the output does not hold; return the exit status."""
    began = time.monotonic()
    rows = input_records(options.input, options.out_of_distribution, options.limit)
    keys = [key for key, _ in rows]
    with Processes() as processes:
        done = begin(options.output, keys, processes, options.overwrite, options.shared_by_predictions())
        open_rows = [row for row in rows if row[0] not in done]
        if open_rows:
            local = LocalModel.load(Path(options.model), options.local)
            with closing(Part(options.output, processes.rank)) as part:
                _answer_share(options, local, open_rows, processes, part)
        processes.wait()
        if processes.rank:
            return ALL_DONE
        failed = gather(options.output, keys)
    counts = {"done": len(open_rows) - failed, "skipped": len(rows) - len(open_rows), "failed": failed}
    _write_facts(options, counts, time.monotonic() - began, processes.count)
    where = f" (reasons in {errors_file(options.output)})" if failed else ""
    print(", ".join(f"{name} {count}" for name, count in counts.items()) + where, file=sys.stderr)
    return SOME_FAILED if failed else ALL_DONE


def _answer_share(
    options: InferenceOptions, local: LocalModel, rows: list[KeyedRecord], processes: Processes, part: Part
) -> None:
    """Answer this process's share of the rows, into its part of the output."""
    prompter = make_prompter(options, local.tokenizer, local.folder, local.context)
    attempts = []
    for key, prompted in processes.share(prepare(rows, prompter)):
        if isinstance(prompted, Exception):
            part.fail(key, str(prompted))
        else:
            attempts.append(start_attempts(prompted, options))
    settings = run_settings(options, prompter) | {"dtype": str(local.model.dtype).removeprefix("torch.")}
    quiet = processes.rank > 0 or not sys.stderr.isatty()
    with tqdm(total=len(attempts), unit="record", file=sys.stderr, disable=quiet) as bar:
        for finished, error in local.answer(attempts, local.engine(options.local)):
            if error:
                part.fail(finished.key, error)
            else:
                _add_prediction(part, finished, options, settings)
            bar.update()


def _add_prediction(part: Part, attempts: Attempts, options: InferenceOptions, settings: dict[str, Any]) -> None:
    try:
        prediction = attempts.prediction(options.name, options.split, settings)
    except Exception as error:  # one bad answer never stops the others
        part.fail(attempts.key, f"{type(error).__name__}: {first_line(error)}")
    else:
        part.add(prediction)


def _write_facts(options: InferenceOptions, counts: dict[str, int], seconds: float, processes: int) -> None:
    """`<output>.run.json`: what the last run was made with, and how it ended."""
    facts = options.facts | {"versions": versions(("workflowllm", "torch", "transformers"))}
    facts |= input_facts(options.input)
    facts |= {"counts": counts, "seconds": round(seconds, 1), "processes": processes}
    text = json.dumps(facts, indent=2, ensure_ascii=False).encode("utf-8", "replace")
    write_bytes(run_file(options.output), text + b"\n", PRIVATE)


def prepare(rows: list[KeyedRecord], prompter: Prompter) -> list[tuple[str, PromptedRecord | Exception]]:
    """Every record's prompt, or why it has none, in order of length, so that equal shares are equal work."""
    prompts = [(key, record if isinstance(record, Exception) else _prompt(record, prompter)) for key, record in rows]
    return sorted(prompts, key=lambda pair: len(pair[1].ids) if isinstance(pair[1], PromptedRecord) else 0)


def _prompt(record: dict[str, Any], prompter: Prompter) -> PromptedRecord | Exception:
    try:
        return prompter.prompt(record)
    except CommandError:  # a chat template that fails is no record's fault
        raise
    except DoesNotFit as error:
        return error
    except Exception as error:  # one bad record never stops the others
        return ValueError(f"{type(error).__name__}: {first_line(error)}")
