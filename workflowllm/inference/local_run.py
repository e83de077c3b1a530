"""A run over many records with a checkpoint in this process, or in each of several."""

import argparse
import json
import sys
import time
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import decoding_of
from workflowllm.inference.journal import Part, Processes, begin, gather
from workflowllm.inference.local_model import LocalModel, default_device
from workflowllm.inference.prompting import Asked, DoesNotFit, Prompter, made_with, make_prompter, run_settings
from workflowllm.inference.tasks import Row, split_name, task_rows
from workflowllm.llm.run_facts import file_facts, flag_facts
from workflowllm.runs.command import ALL_DONE, SOME_FAILED
from workflowllm.runs.output_files import write_bytes


def answer_with_local_model(arguments: argparse.Namespace) -> int:
    """Answer every record that the output does not hold; return the exit status."""
    began = time.monotonic()
    rows = task_rows(arguments.input, arguments.OOD, arguments.limit)
    names = [name for name, _ in rows]
    with Processes() as processes:
        done = begin(arguments.output, names, processes, arguments.overwrite, made_with(arguments))
        open_rows = [row for row in rows if row[0] not in done]
        if open_rows:
            local = LocalModel(Path(arguments.model), arguments.device or default_device(), arguments.dtype)
            with closing(Part(arguments.output, processes.rank)) as part:
                _answer(arguments, local, open_rows, processes, part)
        processes.wait()
        if processes.rank:
            return ALL_DONE
        failed = gather(arguments.output, names)
    counts = {"done": len(open_rows) - failed, "skipped": len(rows) - len(open_rows), "failed": failed}
    write_facts(arguments, counts, time.monotonic() - began, processes.count)
    where = f" (reasons in {arguments.output}.errors.jsonl)" if failed else ""
    print(", ".join(f"{name} {count}" for name, count in counts.items()) + where, file=sys.stderr)
    return SOME_FAILED if failed else ALL_DONE


def _answer(
    arguments: argparse.Namespace, local: LocalModel, rows: list[Row], processes: Processes, part: Part
) -> None:
    """This process's share of the rows into its part."""
    decoding = decoding_of(arguments)
    prompter = make_prompter(arguments, local.tokenizer, local.folder, local.context)
    attempts = []
    for name, asked in processes.share(prepared(rows, prompter)):
        if isinstance(asked, Exception):
            part.fail(name, str(asked))
        else:
            attempts.append(Attempts(asked, decoding, arguments.check))
    engine = local.engine(arguments.batch_tokens, arguments.max_rows, arguments.early_stop)
    settings = run_settings(arguments, prompter) | {"dtype": str(local.model.dtype).removeprefix("torch.")}
    quiet = processes.rank > 0 or not sys.stderr.isatty()
    with tqdm(total=len(attempts), unit="record", file=sys.stderr, disable=quiet) as bar:
        for one, error in local.answer(attempts, engine):
            if error:
                part.fail(one.key, error)
            else:
                part.add(one.prediction(arguments.name or arguments.model, split_name(arguments.OOD), settings))
            bar.update()


def write_facts(arguments: argparse.Namespace, counts: dict[str, int], seconds: float, processes: int) -> None:
    """`<output>.run.json`: what the last run was made with, and how it ended."""
    facts: dict[str, Any] = flag_facts(arguments)
    facts |= {"versions": {name: version(name) for name in ("workflowllm", "torch", "transformers")}}
    if arguments.input.is_file():
        facts |= file_facts(arguments.input)
    facts |= {"counts": counts, "seconds": round(seconds, 1), "processes": processes}
    text = json.dumps(facts, indent=2, ensure_ascii=False).encode("utf-8", "replace")
    write_bytes(arguments.output.with_name(arguments.output.name + ".run.json"), text + b"\n")


def prepared(rows: list[Row], prompter: Prompter) -> list[tuple[str, Asked | Exception]]:
    """Every row's prompt, or why it has none, in order of length, so that equal shares are equal work."""
    found: list[tuple[str, Asked | Exception]] = []
    for name, record in rows:
        try:
            found.append((name, record if isinstance(record, Exception) else prompter.asked(record)))
        except DoesNotFit as error:
            found.append((name, error))
    return sorted(found, key=lambda pair: len(pair[1].ids) if isinstance(pair[1], Asked) else 0)
