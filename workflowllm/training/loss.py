"""The loss on answers alone: the head is applied where there is a label, some positions at a time.

A full row of logits of Llama 3 takes 128,256 x 4 bytes, half a megabyte a token; a prompt has thousands of tokens without
a label. Here only the answers' hidden states meet the head, in chunks, and the gradients of a chunk are made while its
logits are still there, so none outlives its chunk and nothing is computed twice.
"""

from types import MethodType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers.modeling_outputs import CausalLMOutputWithPast

IGNORED = -100  # the label of a position that has none
CHUNK_TOKENS = 1024  # positions whose logits exist at one time: 0.5 GB of float32 at 128,256 ids


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Sum of the cross entropy of `hidden @ weight.T + bias` in float32, and its gradients."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, labels: Tensor, chunk: int) -> Tensor:
        """hidden (N, H), weight (V, H), labels (N,), all labels valid; returns a float32 scalar."""
        wants_hidden, wants_weight, wants_bias = ctx.needs_input_grad[:3]
        grad_hidden = torch.empty_like(hidden) if wants_hidden else None
        grad_weight = torch.zeros_like(weight, dtype=torch.float32) if wants_weight else None
        grad_bias = torch.zeros_like(bias, dtype=torch.float32) if wants_bias else None
        total = hidden.new_zeros((), dtype=torch.float32)
        for start in range(0, len(labels), chunk):
            states, wanted = hidden[start : start + chunk], labels[start : start + chunk]
            logits = functional.linear(states, weight, bias).float()
            total += functional.cross_entropy(logits, wanted, reduction="sum")
            if not any(ctx.needs_input_grad[:3]):
                continue
            slope = logits.softmax(dim=-1)
            slope[torch.arange(len(wanted), device=wanted.device), wanted] -= 1
            if grad_bias is not None:
                grad_bias += slope.sum(dim=0)
            slope = slope.to(states.dtype)
            if grad_hidden is not None:
                grad_hidden[start : start + chunk] = slope @ weight
            if grad_weight is not None:
                grad_weight += slope.T @ states
        ctx.gradients = (grad_hidden, grad_weight, grad_bias)
        ctx.dtypes = (hidden.dtype, weight.dtype, bias.dtype if bias is not None else None)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        given = (None if one is None else (one * grad).to(dtype) for one, dtype in zip(ctx.gradients, ctx.dtypes))
        return (*given, None, None)


def use_answer_loss(model: Any, chunk_tokens: int = CHUNK_TOKENS) -> Any:
    """Let `model(..., labels=...)` give the loss on the labels alone, without logits; returns the model.

    Only this object's `forward` changes: weights, names and what is saved stay as they are, and without labels the
    model answers as before. The loss is the sum over labels divided by `num_items_in_batch`, or their mean.
    """
    own_forward = model.forward

    def forward(self: Any, input_ids: Tensor | None = None, labels: Tensor | None = None, **inputs: Any) -> Any:
        if labels is None:
            return own_forward(input_ids=input_ids, **inputs)
        num_items = inputs.pop("num_items_in_batch", None)
        states = self.get_decoder()(input_ids=input_ids, use_cache=False, **inputs).last_hidden_state
        loss = answer_loss(self.get_output_embeddings(), states, labels, num_items, chunk_tokens)
        return CausalLMOutputWithPast(loss=loss)

    model.forward = MethodType(forward, model)
    return model


def answer_loss(head: Any, states: Tensor, labels: Tensor, num_items: Any, chunk_tokens: int = CHUNK_TOKENS) -> Tensor:
    """The loss of hidden states (B, T, H) on labels (B, T), each of which the position before it predicts."""
    following = functional.pad(labels, (0, 1), value=IGNORED)[:, 1:].reshape(-1)
    places = (following != IGNORED).nonzero().squeeze(1)
    hidden = states.reshape(-1, states.shape[-1])[places]
    bias = getattr(head, "bias", None)
    total = _ChunkedCrossEntropy.apply(hidden, head.weight, bias, following[places], chunk_tokens)
    return total / (num_items if num_items is not None else max(len(places), 1))
