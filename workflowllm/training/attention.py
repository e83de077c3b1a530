"""Attention over rows of several samples: a token attends to its own sample only.

FlashAttention takes the offsets of the samples (`cu_seq_lens`) and needs nothing more. Elsewhere `packed_sdpa` runs
PyTorch's causal attention over one sample of the row after the other. It builds no mask, so the cost is that of the
samples alone: a block mask over a row of T tokens would cost T^2 in time and memory, whatever the row holds.
"""

import importlib.util
from itertools import pairwise
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedConfig
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

PACKED_SDPA = "packed_sdpa"


def packed_attention(device: str | torch.device, config: PreTrainedConfig | None = None) -> str:
    """The `attn_implementation` to load a model with, for rows of several samples on this device.

    A model that caps its attention scores, which PyTorch's attention cannot do, gets transformers' with a block mask.
    """
    if torch.device(device).type == "cuda" and importlib.util.find_spec("flash_attn") is not None:
        return "flash_attention_2"
    return "eager" if getattr(config, "attn_logit_softcapping", None) else PACKED_SDPA


def packed_sdpa_forward(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    cu_seq_lens_q: torch.Tensor | None = None,
    sliding_window: int | None = None,
    **settings: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of (1, heads, T, size) tensors, sample by sample where `cu_seq_lens_q` gives their offsets.

    Without offsets this is transformers' own attention with the mask that it makes, as in generation.
    """
    if cu_seq_lens_q is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **settings)
    parts = []
    bounds = cu_seq_lens_q.tolist()
    for start, stop in pairwise(bounds):
        mask = _band(stop - start, sliding_window, query.device)
        of_sample = (tensor[:, :, start:stop] for tensor in (query, key, value))
        parts.append(sdpa_attention_forward(module, *of_sample, mask, **settings)[0])
    return torch.cat(parts, dim=1), None  # (1, T, heads, size)


def _band(length: int, window: int | None, device: torch.device) -> torch.Tensor | None:
    """The mask of a sample longer than the model's sliding window; any other sample is causal and needs no mask."""
    if window is None or length <= window:
        return None
    positions = torch.arange(length, device=device)
    distance = positions[:, None] - positions[None, :]
    return ((distance >= 0) & (distance < window))[None, None]


def _mask_where_needed(*, attention_mask: torch.Tensor | None = None, **settings: Any) -> torch.Tensor | None:
    """None for rows without padding, whose samples `packed_sdpa_forward` keeps apart; otherwise the usual mask."""
    if attention_mask is None and settings["q_length"] == settings["kv_length"]:
        return None
    return sdpa_mask(attention_mask=attention_mask, **settings)


AttentionInterface.register(PACKED_SDPA, packed_sdpa_forward)
AttentionMaskInterface.register(PACKED_SDPA, _mask_where_needed)
