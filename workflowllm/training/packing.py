"""Several samples in one row: which samples share it, the row as tensors, and whether a model keeps them apart.

An optimizer step takes `batch_size` samples, whatever the number of devices. They are spread over as many rows as the
fullest step of all epochs needs, the same number for every device and step, so that gradient accumulation is constant
and each row is one batch. Only the seeded order of samples is random.

Packing relies on the model: its attention must take the bounds of the samples, and nothing else may run along the row.
Models with convolutions or recurrent states, and some with an attention of their own, leak without an error. So
`samples_leak` tries two short samples in one row before training.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import DataCollatorWithFlattening

from workflowllm.prompts.chat import Example
from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import first_line
from workflowllm.training.loss import IGNORED

_FLATTEN = DataCollatorWithFlattening(return_flash_attn_kwargs=True, return_tensors="pt")
_FIRST, _SECOND = 12, 9  # tokens of the two samples
# Relative differences of logits. With another neighbour only the kernels' grouping may differ; against the sample alone
# the shapes differ, too, and bfloat16 has 8 bits.
_OTHER_NEIGHBOUR = 1e-3
_ALONE = {torch.float32: 1e-3, torch.bfloat16: 0.1, torch.float16: 0.02}


def first_fit(lengths: Sequence[int], row_tokens: int) -> list[list[int]]:
    """Rows of indices into `lengths`: longest sample first, each into the first row with room (first-fit decreasing).

    A sample longer than `row_tokens` gets a row of its own.
    """
    rows: list[list[int]] = []
    free: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        length = int(lengths[index])
        row = next((row for row, room in enumerate(free) if room >= length), None)
        if row is None:
            rows.append([])
            free.append(row_tokens)
            row = len(rows) - 1
        rows[row].append(index)
        free[row] -= length
    return rows


def spread(lengths: Sequence[int], row_tokens: int, count: int) -> list[list[int]]:
    """Exactly `count` rows, as even as possible: the longest sample left goes to the emptiest row.

    Where that overfills a row, `first_fit` decides, and its fullest rows are halved until there are enough. Rows are
    empty only where there are fewer samples than rows.
    """
    rows = _evenly(lengths, count)
    if max(sum(lengths[index] for index in row) for row in rows) <= max(row_tokens, max(lengths, default=0)):
        return rows
    rows = first_fit(lengths, row_tokens)
    while len(rows) < count:
        fullest = max(rows, key=lambda row: (len(row) > 1, sum(lengths[index] for index in row)))
        rows.remove(fullest)
        halves = _evenly([lengths[index] for index in fullest], 2)
        rows += [[fullest[index] for index in half] for half in halves]
    return rows


def _evenly(lengths: Sequence[int], count: int) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(count)]
    totals = [0] * count
    for index in sorted(range(len(lengths)), key=lambda index: (-lengths[index], index)):
        row = min(range(count), key=lambda row: (totals[row], row))
        rows[row].append(index)
        totals[row] += int(lengths[index])
    return rows


class StepRows:
    """The rows of every optimizer step, as a batch sampler whose batches are rows.

    Row m of device r in step s of an epoch has the index (s * rows_per_rank + m) * world_size + r, which is how
    accelerate shards batches. The samples of a step depend on seed, epoch and batch size alone.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        batch_size: int = 32,
        row_tokens: int = 8192,
        world_size: int = 1,
        seed: int = 0,
        epochs: int = 1,
    ):
        self.lengths = np.asarray(lengths)
        self.batch_size, self.row_tokens, self.world_size, self.seed = batch_size, row_tokens, world_size, seed
        self.steps_per_epoch = -(-len(self.lengths) // batch_size)
        needed = (
            len(first_fit(self.lengths[step], row_tokens)) for epoch in range(epochs) for step in self.steps(epoch)
        )
        self.rows_per_rank = -(-max(needed, default=1) // world_size)
        self._epoch = 0

    def steps(self, epoch: int) -> list[np.ndarray]:
        """The samples of each step of an epoch."""
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.lengths))
        return [order[start : start + self.batch_size] for start in range(0, len(order), self.batch_size)]

    def epoch(self, epoch: int) -> list[list[int]]:
        """All rows of an epoch, each a list of samples."""
        count = self.rows_per_rank * self.world_size
        return [
            [int(step[index]) for index in row]
            for step in self.steps(epoch)
            for row in spread(self.lengths[step], self.row_tokens, count)
        ]

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch whose rows come next."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self.epoch(self._epoch))

    def __len__(self) -> int:
        return self.steps_per_epoch * self.rows_per_rank * self.world_size


def row_collator(examples: Sequence[Example], pad_id: int = 0) -> dict[str, Tensor | int]:
    """One row of samples as a model's inputs; without samples, one token that has no label.

    Labels go by position: prompt tokens have none, whatever they are, and every answer token has one.
    """
    samples = [_sample(example) for example in examples] or [{"input_ids": [pad_id], "labels": [IGNORED]}]
    return _FLATTEN(samples)


def _sample(example: Example) -> dict[str, list[int]]:
    prompt, answer = list(map(int, example.prompt)), list(map(int, example.answer))
    return {"input_ids": prompt + answer, "labels": [IGNORED] * len(prompt) + answer}


@torch.no_grad()
def samples_leak(model: Any) -> bool:
    """Whether the second sample of a row has other logits after another first sample, or without one.

    Raises CommandError where the model cannot take a row at all. The model stays as it is.
    """
    was_training = model.training
    model.eval()
    try:
        vocabulary = model.get_input_embeddings().weight.shape[0]
        rng = torch.Generator().manual_seed(0)
        first, other, second = (_random_sample(size, vocabulary, rng) for size in (_FIRST, _FIRST, _SECOND))
        logits = _last_logits(model, [first, second])
        return (
            _difference(_last_logits(model, [other, second]), logits) > _OTHER_NEIGHBOUR
            or _difference(_last_logits(model, [second]), logits) > _ALONE.get(logits.dtype, 0.1)
        )  # fmt: skip
    except (TypeError, ValueError, RuntimeError, NotImplementedError, AttributeError, KeyError, IndexError) as error:
        raise CommandError(
            f"{type(model).__name__} cannot be trained here: it takes no rows of samples "
            f"({type(error).__name__}: {first_line(error)})."
        ) from None
    finally:
        model.train(was_training)


def _random_sample(size: int, vocabulary: int, rng: torch.Generator) -> Example:
    ids = torch.randint(vocabulary, (size,), generator=rng).tolist()
    return Example(ids[: size // 2], ids[size // 2 :])


def _last_logits(model: Any, samples: list[Example]) -> Tensor:
    """The logits of the last sample of a row, shape (tokens, vocabulary)."""
    row = {name: value for name, value in row_collator(samples).items() if name != "labels"}
    row = {name: value.to(model.device) if isinstance(value, Tensor) else value for name, value in row.items()}
    return model(**row, use_cache=False).logits[0, -_SECOND:]


def _difference(logits: Tensor, wanted: Tensor) -> float:
    """The greatest difference, relative to the spread of the wanted logits. Not a number counts as infinite."""
    spread = (wanted - wanted.mean(dim=-1, keepdim=True)).abs().max().clamp(min=1e-6)
    return torch.nan_to_num((logits - wanted).abs().max() / spread, nan=float("inf")).item()
