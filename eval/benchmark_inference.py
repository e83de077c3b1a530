"""Records answered a second: this project's batching against the published loop, same model, same prompts, greedy.

    python eval/benchmark_inference.py --model output/models/smollm2-135m-instruct --input data --records 16
    python eval/benchmark_inference.py --model CHECKPOINT --input records.jsonl --ways published library ours

The published loop calls `generate` for two records at a time, in file order, until both have ended or are full.
`library` is the continuous batching of transformers. Equal: the answer is the published one, up to where its code's
fence closes, after which ours stops. A model that has not been trained seldom ends by itself, so --max_tokens decides
how much of the time goes to reading prompts, which is the same work for all.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import Decoding
from workflowllm.inference.inputs import input_records
from workflowllm.inference.local_model import LocalModel, default_device
from workflowllm.inference.local_run import prepare
from workflowllm.inference.prompting import PromptedRecord, Prompter
from workflowllm.inference.run_options import BATCH_TOKENS, MAX_ROWS, LocalOptions
from workflowllm.prompts.form import PromptForm
from workflowllm.records.release import data_files
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths

Prompts = dict[str, list[int]]
Answers = dict[str, list[int]]


@dataclass(frozen=True)
class Flags:
    """What a command line asks for."""

    model: Path
    input: Path
    output: Path | None
    records: int
    max_prompt_tokens: int
    max_tokens: int
    batch_tokens: int
    max_rows: int
    threads: int
    dtype: str
    ways: list[str]


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add, shown = parser.add_argument, "(default: %(default)s)"
    add("--model", type=Path, required=True, help="folder of a checkpoint")
    add("--input", type=Path, required=True, help="a data set's folder, or a file of records")
    add("--output", type=Path, help="JSON file of the figures (default: they are printed only)")
    add("--records", type=positive_int, default=16, help=f"the first so many that fit {shown}")
    add("--max_prompt_tokens", type=positive_int, default=1024, help=f"longer prompts are passed over {shown}")
    add("--max_tokens", type=positive_int, default=256, help=f"an answer's tokens at most {shown}")
    add("--batch_tokens", type=positive_int, default=BATCH_TOKENS, help=f"tokens that ours holds for all rows {shown}")
    add("--max_rows", type=positive_int, default=MAX_ROWS, help=f"answers that ours writes at once {shown}")
    add("--threads", type=positive_int, default=1, help=f"threads of the CPU {shown}")
    add("--dtype", default="float32", choices=("float32", "bfloat16"), help=f"precision {shown}")
    add("--ways", nargs="+", choices=("published", "library", "ours"), default=["published", "ours"],
        help="what is measured, in this order (default: published ours)")  # fmt: skip
    return Flags(**vars(parser.parse_args()))


def read_prompts(flags: Flags, local: LocalModel) -> list[PromptedRecord]:
    """The prompts of the first records whose prompt is short enough with whole API documents, in file order."""
    prompter = Prompter(PromptForm.of(), local.context - flags.max_tokens, local.tokenizer)
    rows = input_records(flags.input, out_of_distribution=False)
    asked: list[PromptedRecord] = []
    for row in rows:
        for _, one in prepare([row], prompter):
            if isinstance(one, PromptedRecord) and len(one.ids) <= flags.max_prompt_tokens:
                asked.append(one)
        if len(asked) == flags.records:
            return asked
    raise CommandError(f"only {len(asked)} records have prompts of at most {flags.max_prompt_tokens} tokens.")


def answer_as_published(local: LocalModel, prompts: Prompts, max_tokens: int) -> Answers:
    """Two at a time in file order, padded on the left."""
    found: Answers = {}
    pad = next(iter(local.end_tokens))
    names = list(prompts)
    for start in range(0, len(names), 2):
        pair = names[start : start + 2]
        longest = max(len(prompts[name]) for name in pair)
        rows = [[pad] * (longest - len(prompts[name])) + prompts[name] for name in pair]
        mask = [[0] * (longest - len(prompts[name])) + [1] * len(prompts[name]) for name in pair]
        with torch.inference_mode():
            written = local.model.generate(
                torch.tensor(rows, device=local.model.device),
                attention_mask=torch.tensor(mask, device=local.model.device),
                max_new_tokens=max_tokens,
                do_sample=False,
                eos_token_id=list(local.end_tokens),
                pad_token_id=pad,
            )
        found |= {name: ids[longest:].tolist() for name, ids in zip(pair, written)}
    return found


def answer_with_library(local: LocalModel, prompts: Prompts, max_tokens: int) -> Answers:
    """Continuous batching as transformers has it."""
    from transformers import GenerationConfig

    ends = list(local.end_tokens)
    settings = GenerationConfig(max_new_tokens=max_tokens, do_sample=False, eos_token_id=ends, pad_token_id=ends[0])
    written = local.model.generate_batch(list(prompts.values()), settings)
    return {name: answer.generated_tokens for name, answer in zip(prompts, written.values())}


def answer_as_ours(asked: list[PromptedRecord], local: LocalModel, flags: Flags) -> Answers:
    engine = local.engine(LocalOptions(batch_tokens=flags.batch_tokens, max_rows=flags.max_rows))
    decoding = Decoding(max_tokens=flags.max_tokens)
    for one in asked:
        engine.add(local.job(Attempts(one, decoding)))
    return {job.key: job.written for job in engine.run()}


def timed(answer: Callable[[], Answers]) -> dict[str, Any]:
    """The answers, with seconds by the clock and of this process's CPU, which a busy machine disturbs less."""
    wall, cpu = time.perf_counter(), time.process_time()
    answers = answer()
    return {"answers": answers, "seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}


def compared(runs: dict[str, dict[str, Any]], local: LocalModel) -> dict[str, Any]:
    """Each way's figures; ratios and equal answers against the published loop where it was run."""
    figures: dict[str, Any] = {}
    for way, run in runs.items():
        answers: Answers = run["answers"]
        rate = len(answers) / run["seconds"]
        figures[way] = {"seconds": round(run["seconds"], 1), "cpu_seconds": round(run["cpu_seconds"], 1),
                        "records_a_second": round(rate, 3), "tokens": sum(map(len, answers.values()))}  # fmt: skip
        first = runs.get("published")
        if first and way != "published":
            figures[way] |= {
                "times_faster": round(first["seconds"] / run["seconds"], 2),
                "times_faster_cpu": round(first["cpu_seconds"] / run["cpu_seconds"], 2),
                "equal": sum(same(answers[name], ids, local) for name, ids in first["answers"].items()),
                "of": len(answers),
            }
    return figures


def same(ours: list[int], published: list[int], local: LocalModel) -> bool:
    """Equal as far as ours goes, which is to the end, or to where the answer is over."""
    ended = local.is_over(ours) or ours[-1] in local.end_tokens
    return ours == published[: len(ours)] and (ended or len(ours) == len(published))


def main() -> int:
    flags = parse_flags()
    check_paths(data_files(flags.input), [flags.output])
    torch.set_num_threads(flags.threads)
    local = LocalModel(flags.model, default_device(), flags.dtype)
    asked = read_prompts(flags, local)
    prompts = {one.record["key"]: one.ids for one in asked}
    ways: dict[str, Callable[[], Answers]] = {
        "published": lambda: answer_as_published(local, prompts, flags.max_tokens),
        "library": lambda: answer_with_library(local, prompts, flags.max_tokens),
        "ours": lambda: answer_as_ours(asked, local, flags),
    }
    local.model.generate(torch.tensor([[1, 2]], device=local.model.device), max_new_tokens=2)  # what loads on first use
    runs = {}
    for way in flags.ways:
        runs[way] = timed(ways[way])
        print(f"{way}: {runs[way]['seconds']:.1f} s", file=sys.stderr, flush=True)
    lengths = sorted(map(len, prompts.values()))
    shown = {name: str(value) for name, value in vars(flags).items() if name not in ("model", "input", "output")}
    result = {"flags": shown, "prompt_tokens": {"median": lengths[len(lengths) // 2], "sum": sum(lengths)}}
    result |= compared(runs, local)
    print(json.dumps(result, indent=2))
    if flags.output:
        write_bytes(flags.output, json.dumps(result, indent=2).encode() + b"\n")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
