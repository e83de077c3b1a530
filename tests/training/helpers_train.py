"""What the tests of training share: a small random model, records, and a run in this process."""

import json
import math
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import torch
from torch.nn import functional

from eval.support.stand_in import write_small_model, write_small_records
from train import training_config
from workflowllm.prompts.answers import format_answer
from workflowllm.prompts.chat import encode
from workflowllm.prompts.generation import generation_messages
from workflowllm.training import run as training
from workflowllm.training.config import TrainingConfig

FLAGS = ("--precision", "fp32", "--batch_size", "4", "--epochs", "2", "--learning_rate", "1e-3", "--max_length", "2048")


@cache
def small_model() -> Path:
    """A random Llama with a tokenizer, made once."""
    folder = Path(mkdtemp(prefix="small_model")) / "model"
    write_small_model(folder)
    return folder


@cache
def small_data(count: int = 14) -> Path:
    path = Path(mkdtemp(prefix="small_data")) / "records.jsonl"
    write_small_records(path, count)
    return path


def config_of(output: Path, *flags: str, model: Path | None = None, data: Path | None = None) -> TrainingConfig:
    paths = ["--base_model", str(model or small_model()), "--data_path", str(data or small_data())]
    return training_config([*paths, "--output_dir", str(output), *FLAGS, *flags])


def run(config: TrainingConfig) -> int:
    """A run in this process; what libraries leave in the environment goes with it."""
    before = dict(os.environ)
    try:
        return training.run(config)
    finally:
        os.environ.clear()
        os.environ.update(before)


def train(output: Path, *flags: str, model: Path | None = None, data: Path | None = None) -> list[dict[str, Any]]:
    """Train in this process, without DeepSpeed; the lines of metrics.jsonl."""
    assert run(config_of(output, *flags, model=model, data=data)) == 0
    return metrics(output)


def metrics(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "metrics.jsonl").read_text("utf-8").splitlines()]


def facts(output: Path) -> dict[str, Any]:
    return json.loads((output / "train_run.json").read_text("utf-8"))


def losses(output: Path) -> list[float]:
    return [line["loss"] for line in metrics(output)]


def written_out(tokenizer: Any, record: dict[str, Any]) -> tuple[list[int], int]:
    """All ids of a record, and where its answer begins."""
    example = encode(
        tokenizer,
        generation_messages(record["query"], record["apis"]),
        format_answer(record["task_plan"], record["workflow_code"]),
    )
    return [*example.prompt, *example.answer], len(example.prompt)


def plain_loss(model: Any, samples: Sequence[tuple[list[int], int]]) -> torch.Tensor:
    """Mean cross entropy over all answer tokens of the samples, each alone, from the model's own logits."""
    total, count = torch.zeros(()), 0
    for ids, begin in samples:
        logits = model(input_ids=torch.tensor([ids])).logits[0]
        total = total + functional.cross_entropy(logits[begin - 1 : -1], torch.tensor(ids[begin:]), reduction="sum")
        count += len(ids) - begin
    return total / count


def plain_training(model: Any, steps: Sequence[Sequence[tuple[list[int], int]]], peak: float) -> list[float]:
    """The losses of the paper's recipe, written out: AdamW, linear schedule, warm-up of a tenth, gradient norm 0.3."""
    warm = math.ceil(0.1 * len(steps))
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=0.0)
    losses = []
    for number, samples in enumerate(steps):
        rate = peak * (number / warm if number < warm else (len(steps) - number) / (len(steps) - warm))
        optimizer.param_groups[0]["lr"] = rate
        loss = plain_loss(model, samples)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.3)
        optimizer.step()
        losses.append(loss.item())
    return losses


def records_file(folder: Path, records: Sequence[Any]) -> Path:
    path = folder / "some.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path
