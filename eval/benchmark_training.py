"""Answer tokens a second and peak memory of fine-tuning, our way against the published recipe's, on the same records.

    python eval/benchmark_training.py --model output/models/smollm2-135m-instruct --data output/annotated.jsonl
    python eval/benchmark_training.py --model output/models/smollm2-135m-instruct --data output/annotated.jsonl \\
        --ways ours block_mask sorted_padding unpadded published --records 16 --max_length 4096

Every way does the same work in a process of its own: one optimizer step over the same records, with the same weights,
precision, optimizer and gradient checkpointing. Its loss is printed, so that it shows that the work is the same.

    ours            several samples in a row, no attention between them, logits only of labels, in chunks
    block_mask      as ours, but with one attention over the row under a mask
    sorted_padding  as ours, but batches of samples of like length, padded to the longest, instead of rows
    unpadded        one sample at a time, float32 logits over all of it, caches emptied twice a step
    published       as unpadded, each sample padded to --max_length, which is all that padding can mean with one sample
                    in a batch

TFLOP/s count what the mathematics of the model needs (PaLM, appendix B), not what a way computes beside it; with the
device's --peak_tflops model FLOPs utilisation is given too. With --shape some of its layers get random weights
(the tokenizer is still --model's), and the rate of all layers is printed as an estimate:

    python eval/benchmark_training.py --model output/models/llama3-tokenizer --data output/annotated.jsonl --ways ours \
        --shape configs/shapes/llama-3.1-8b.json --layers 2 --device cuda --peak_tflops 989

The ratios are to `published`, or to `unpadded` where `published` is not among the ways: of seconds by the clock, and of
processor seconds, which tell more where other programs keep the cores busy (with --threads 1, so that none are spent
on waiting).
"""

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from workflowllm.records.release import data_files, data_rows
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive, positive_int
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths

BASES = ("published", "unpadded")


@dataclass(frozen=True)
class Flags:
    """What a command line asks for."""

    model: Path
    data: Path
    ways: list[str]
    records: int
    max_length: int
    row_tokens: int | None
    chunk_tokens: int
    dtype: str
    gradient_checkpointing: bool
    device: str
    threads: int
    seed: int
    shape: Path | None
    layers: int | None
    peak_tflops: float | None
    output: Path | None


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add, default = parser.add_argument, "(default: %(default)s)"
    add("--model", type=Path, required=True, help="folder of a causal language model with its tokenizer")
    add("--data", type=Path, required=True, help="records with query, apis, task_plan, workflow_code")
    add("--ways", nargs="+", choices=WAYS, default=["ours", "published"], help=default)
    add("--records", type=positive_int, default=8, help=f"records of the random sample {default}")
    add("--max_length", type=positive_int, default=8192, help=f"tokens of a sample at most {default}")
    add("--row_tokens", type=positive_int, help="tokens of a row or batch (default: --max_length)")
    add("--chunk_tokens", type=positive_int, default=1024, help=f"positions with logits in memory at once {default}")
    add("--dtype", choices=("float32", "bfloat16"), default="bfloat16", help=default)
    add("--gradient_checkpointing", action=argparse.BooleanOptionalAction, default=True, help=default)
    add("--device", default="cpu", help=default)
    add("--threads", type=positive_int, default=os.cpu_count(), help=default)
    add("--seed", type=int, default=0, help=default)
    add("--shape", type=Path, help="a config.json; its model gets random weights (default: --model with its weights)")
    add("--layers", type=positive_int, help="use only this many layers of --shape (default: all)")
    add("--peak_tflops", type=positive, help="the device's peak rate in --dtype (default: unknown)")
    add("--output", type=Path, help="file for the figures, a JSON line for each way")
    flags = Flags(**vars(parser.parse_args()))
    if flags.layers and not flags.shape:
        raise CommandError("--layers are a shape's; give it with --shape.")
    if not flags.model.is_dir():
        raise CommandError(f"there is no folder {flags.model}; scripts/fetch_small_model.py makes one.")
    return flags


class Batches(NamedTuple):
    """What a way feeds its model, and how the model is set up for it."""

    batches: list[dict[str, Any]]
    attention: str
    answers_only: bool = True
    empties_caches: bool = False


def packed_rows(examples: list[Any], flags: Flags) -> list[dict[str, Any]]:
    from workflowllm.training.packing import first_fit, row_collator

    rows = first_fit([length(one) for one in examples], flags.row_tokens or flags.max_length)
    return [row_collator([examples[index] for index in row]) for row in rows]


def length(example: Any) -> int:
    return len(example.prompt) + len(example.answer)


def padded(examples: list[Any], width: int) -> dict[str, Any]:
    """Samples as a batch of `width` tokens each, padded on the right; without a mask where nothing is padded."""
    import torch

    from workflowllm.training.loss import IGNORED

    ids = torch.zeros(len(examples), width, dtype=torch.long)
    labels, mask = torch.full_like(ids, IGNORED), torch.zeros_like(ids)
    for row, one in enumerate(examples):
        size = length(one)
        ids[row, :size] = torch.tensor([*one.prompt, *one.answer])
        labels[row, len(one.prompt) : size] = ids[row, len(one.prompt) : size]
        mask[row, :size] = 1
    return {"input_ids": ids, "labels": labels} | ({} if mask.all() else {"attention_mask": mask})


def ours(examples: list[Any], flags: Flags) -> Batches:
    from workflowllm.training.models import packed_attention

    config = model_config(flags, flags.layers)
    return Batches(packed_rows(examples, flags), packed_attention(flags.device, config))


def block_mask(examples: list[Any], flags: Flags) -> Batches:
    return Batches(packed_rows(examples, flags), "sdpa")


def sorted_padding(examples: list[Any], flags: Flags) -> Batches:
    room, groups = flags.row_tokens or flags.max_length, []
    for one in sorted(examples, key=length, reverse=True):
        if not groups or (len(groups[-1]) + 1) * length(groups[-1][0]) > room:
            groups.append([])
        groups[-1].append(one)
    return Batches([padded(group, length(group[0])) for group in groups], "sdpa")


def unpadded(examples: list[Any], flags: Flags) -> Batches:
    return Batches([padded([one], length(one)) for one in examples], "sdpa", answers_only=False, empties_caches=True)


def published(examples: list[Any], flags: Flags) -> Batches:
    batches = [padded([one], flags.max_length) for one in examples]
    return Batches(batches, "sdpa", answers_only=False, empties_caches=True)


WAYS: dict[str, Callable[[list[Any], Flags], Batches]] = {
    one.__name__: one for one in (ours, block_mask, sorted_padding, unpadded, published)
}


def read_examples(flags: Flags) -> list[Any]:
    """A random sample of the records that fit."""
    import numpy as np
    from transformers import AutoTokenizer

    from workflowllm.prompts.examples import encode_records
    from workflowllm.prompts.form import PromptForm

    tokenizer = AutoTokenizer.from_pretrained(flags.model)
    rows = [row for _, row in data_rows(flags.data) if isinstance(row, dict)]
    order = np.random.default_rng(flags.seed).permutation(len(rows))
    form = PromptForm.of(flags.max_length)
    examples: list[Any] = []
    drawn = iter(order)
    while len(examples) < flags.records and (some := list(islice(drawn, 2 * flags.records))):
        examples += encode_records(tokenizer, (rows[index] for index in some), form, flags.max_length)
    if len(examples) < flags.records:
        raise CommandError(f"{flags.data} has {len(examples)} records that fit, of {flags.records} asked for.")
    return examples[: flags.records]


def model_config(flags: Flags, layers: int | None) -> Any:
    """The configuration of --model, or --shape's with this many layers."""
    from support.shapes import read_shape
    from transformers import AutoConfig

    return read_shape(flags.shape, layers) if flags.shape else AutoConfig.from_pretrained(flags.model)


def measure(way: str, examples: list[Any], flags: Flags) -> dict[str, Any]:
    """One optimizer step over the examples; called in a process of its own."""
    import torch
    from support.flops import training_flops
    from support.shapes import load_model

    from workflowllm.training.loss import use_answer_loss
    from workflowllm.training.step_metrics import peak_memory

    torch.set_num_threads(flags.threads)
    plan = WAYS[way](examples, flags)
    settings = {"dtype": getattr(torch, flags.dtype), "attn_implementation": plan.attention}
    random_config = model_config(flags, flags.layers) if flags.shape else None
    model = load_model(flags.model, random_config, flags.device, **settings).train()
    model.config.use_cache = False
    if flags.gradient_checkpointing:
        model.activation_checkpointing_enable()
    if plan.answers_only:
        use_answer_loss(model, flags.chunk_tokens)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, fused=True)
    answer_tokens = sum(len(one.answer) for one in examples)
    step(model, optimizer, [WAYS[way]([short(examples[0])], flags).batches[0]], plan, answer_tokens, warm_up=True)
    started, cpu_started = time.perf_counter(), time.process_time()
    loss = step(model, optimizer, plan.batches, plan, answer_tokens)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    lengths, whole = list(map(length, examples)), model_config(flags, layers=None)
    flops, of_all = (training_flops(config, lengths, answer_tokens) for config in (model.config, whole))
    return {
        "way": way,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "tflops": round(flops / seconds / 1e12, 4),
        "tokens_per_second_of_all_layers": round(sum(lengths) / seconds * flops / of_all, 2),
        "answer_tokens_per_second": round(answer_tokens / seconds, 2),
        "peak_gb": round(peak_memory(torch.device(flags.device)) / 1e9, 3),
        "loss": round(loss, 5),
        "tokens": sum(lengths),
        "tokens_computed": sum(batch["input_ids"].numel() for batch in plan.batches),
        "answer_tokens": answer_tokens,
    }


def short(example: Any) -> Any:
    return type(example)(example.prompt[:16], example.answer[:16])


def step(
    model: Any, optimizer: Any, batches: list[dict[str, Any]], plan: Batches, items: int, warm_up: bool = False
) -> float:
    """Gradients of all batches and one update; a warm-up leaves the weights as they are."""
    import torch

    total = 0.0
    for batch in batches:
        batch = {name: one.to(model.device) if hasattr(one, "to") else one for name, one in batch.items()}
        empty_caches(plan)
        loss = model(**batch, num_items_in_batch=torch.tensor(items)).loss
        loss.backward()
        total += loss.item()
        empty_caches(plan)
    if not warm_up:
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.3)
        optimizer.step()
    optimizer.zero_grad()
    return total


def empty_caches(plan: Batches) -> None:
    if plan.empties_caches:
        import torch

        gc.collect()
        torch.cuda.empty_cache()


def in_own_process(work: Callable[..., Any], *inputs: Any) -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *inputs).result()


def report(results: list[dict[str, Any]], peak_tflops: float | None = None) -> Iterator[str]:
    """A table with ratios to the base."""
    base = next((one for name in BASES for one in results if one["way"] == name), None)
    names = ("answer tok/s", "faster", "by CPU", "peak GB", "share", "loss", "tokens computed", "TFLOP/s")
    yield f"{'way':<15}" + "".join(f"{name:>16}" for name in names)
    for one in results:
        faster, by_cpu, share = (
            (base[field] / one[field] if base else float("nan")) for field in ("seconds", "cpu_seconds", "peak_gb")
        )
        figures = (
            f"{one['answer_tokens_per_second']:.2f}", f"{faster:.2f} x", f"{by_cpu:.2f} x", f"{one['peak_gb']:.2f}",
            f"{1 / share:.2f}", f"{one['loss']:.4f}", f"{one['tokens_computed']:,}", f"{one['tflops']:.4g}",
        )  # fmt: skip
        utilisation = f"  ({one['tflops'] / peak_tflops:.1%} of the peak)" if peak_tflops else ""
        yield f"{one['way']:<15}" + "".join(f"{figure:>16}" for figure in figures) + utilisation


def main() -> int:
    flags = parse_flags()
    check_paths(data_files(flags.data), [flags.output])
    examples = in_own_process(read_examples, flags)
    print(
        f"{len(examples)} records, {sum(map(length, examples)):,} tokens, {sum(len(one.answer) for one in examples):,} "
        f"of answers, longest {max(map(length, examples)):,}; {flags.dtype}, {flags.threads} threads",
        flush=True,
    )
    results = []
    for way in flags.ways:
        results.append(in_own_process(measure, way, examples, flags))
        print(json.dumps(results[-1]), file=sys.stderr, flush=True)
    print("\n".join(report(results, flags.peak_tflops)))
    for one in results if flags.layers else ():
        rate = one["tokens_per_second_of_all_layers"]
        print(f"estimate, {one['way']}: all layers at the same rate, {rate:,} tokens a second on each device")
    if flags.output:
        write_bytes(flags.output, b"".join(map(json_line, results)))
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
