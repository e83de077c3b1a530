"""How much memory and disk a run needs, before any weight is read.

Model states are reckoned by DeepSpeed's formula for ZeRO-2, activations and logits by our own for a decoder like
Llama's. It is an estimate: allocators and communication take some more.
"""

import os
from typing import Any, NamedTuple

import torch
from transformers import AutoModelForCausalLM

from workflowllm.training.loss import CHUNK_TOKENS

GB = 1e9


class Needs(NamedTuple):
    """Bytes: of each device for model states and for activations, of the host, and of one checkpoint on the disk."""

    states: int
    activations: int
    host: int
    checkpoint: int


def parameter_count(config: Any) -> int:
    """Parameters of a model of this configuration; tied ones count once. Reads no weight."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())


def estimated_needs(
    config: Any,
    parameters: int,
    devices: int,
    nodes: int = 1,
    offloads: bool = False,
    row_tokens: int = 8192,
    precision: str = "bf16",
    checkpointing: bool = True,
    trained: int | None = None,
) -> Needs:
    """What ZeRO-2 over `devices` (of each of `nodes`) needs. `trained` parameters may be fewer than all (LoRA).

    It takes more than six parameters because each is one number of the estimate, and callers name them.
    """
    if not torch.accelerator.is_available():
        os.environ.setdefault("DS_ACCELERATOR", "cpu")  # else DeepSpeed warns that it found none
    from deepspeed.runtime.zero.stage_1_and_2 import estimate_zero2_model_states_mem_needs  # loads for seconds

    trained = parameters if trained is None else trained
    host, states = estimate_zero2_model_states_mem_needs(trained, devices, nodes, cpu_offload=offloads)
    width = 4 if precision == "fp32" else 2
    states += width * parameters - 2 * trained  # the formula counts the trained weights in 16 bits
    activations = _activations(config, row_tokens, width, checkpointing)
    # Weights twice, as a model to load and in the engine's own file; 12 bytes for float32 weights and two moments.
    return Needs(states, activations, host, 2 * width * parameters + 12 * trained)


def _activations(config: Any, tokens: int, width: int, checkpointing: bool) -> int:
    """Bytes that a row of tokens keeps for the backward pass, and the logits of a chunk of answers.

    A layer keeps about 6 hidden states, queries, keys, values and 3 states of the inner width; with checkpointing only
    one layer has them at a time and the others keep their input.
    """
    hidden, inner = config.hidden_size, getattr(config, "intermediate_size", 4 * config.hidden_size)
    layer = tokens * width * (9 * hidden + 3 * inner)
    kept = config.num_hidden_layers * tokens * width * hidden + layer
    logits = min(tokens, CHUNK_TOKENS) * config.vocab_size * (4 + 4 + width)
    head = 4 * config.vocab_size * hidden  # float32 gradient of the head
    return (kept if checkpointing else config.num_hidden_layers * layer) + logits + head


def readable(size: float) -> str:
    """A number of bytes in GB, or in MB where that says more."""
    return f"{size / GB:.1f} GB" if size >= GB else f"{size / 1e6:.1f} MB"


def needs_sentence(needs: Needs) -> str:
    """The numbers as part of a sentence."""
    return (
        f"{readable(needs.states + needs.activations)} on each device ({readable(needs.states)} of model states, "
        f"{readable(needs.activations)} of activations and logits), {readable(needs.host)} of the host, "
        f"{readable(needs.checkpoint)} for each checkpoint"
    )
