"""Whether samples that share a row see each other in a model.

Packing relies on the model: its attention must take the bounds of the samples, and nothing else may run along the row.
Models with convolutions or recurrent states, and some with an attention of their own, leak without an error. So two
short samples are tried in one row before training.
"""

from typing import Any

import torch
from torch import Tensor

from workflowllm.prompts.chat import Example
from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import first_line
from workflowllm.training.packing import row_collator

_FIRST, _SECOND = 12, 9  # tokens of the two samples
# Relative differences of logits. With another neighbour only the kernels' grouping may differ; against the sample alone
# the shapes differ, too, and bfloat16 has 8 bits.
_OTHER_NEIGHBOUR = 1e-3
_ALONE = {torch.float32: 1e-3, torch.bfloat16: 0.1, torch.float16: 0.02}


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
        first, other, second = (_sample(size, vocabulary, rng) for size in (_FIRST, _FIRST, _SECOND))
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


def _sample(size: int, vocabulary: int, rng: torch.Generator) -> Example:
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
