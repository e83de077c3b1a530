"""The loss on answers alone: the head is applied to chunks of the positions that have a label.

The logits of one token of Llama 3 take 128,256 x 4 bytes, half a megabyte, and a prompt has thousands of tokens without
a label. Here only the answers' hidden states meet the head, in chunks. The gradients of a chunk are computed while its
logits still exist, so no logits outlive their chunk and nothing is computed twice.
"""

from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional
from transformers.modeling_outputs import CausalLMOutputWithPast

IGNORED = -100  # the label of positions without a label
CHUNK_TOKENS = 1024  # positions whose logits exist at one time: 0.5 GB of float32 at 128,256 ids


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Sum of the cross entropy of `hidden @ weight.T + bias` in float32, and its gradients."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, labels: Tensor, chunk: int) -> Tensor:
        """hidden (N, H), weight (V, H), labels (N,), all labels valid; returns a float32 scalar."""
        wants_hidden, wants_weight, wants_bias = ctx.needs_input_grad[:3]
        grad_hidden = torch.empty_like(hidden) if wants_hidden else None
        # Summed over chunks in float32: in bfloat16 a sum stops growing after a few hundred terms.
        grad_weight = torch.zeros_like(weight, dtype=torch.float32) if wants_weight else None
        grad_bias = torch.zeros_like(bias, dtype=torch.float32) if wants_bias else None
        total = hidden.new_zeros((), dtype=torch.float32)
        for start in range(0, len(labels), chunk):
            states, wanted = hidden[start : start + chunk], labels[start : start + chunk, None]
            logits = functional.linear(states, weight, bias).float()
            normaliser = logits.logsumexp(dim=1, keepdim=True)
            total += (normaliser - logits.gather(1, wanted)).sum()
            slope = logits.sub_(normaliser).exp_()  # softmax, overwriting the logits
            slope.scatter_add_(1, wanted, slope.new_full(wanted.shape, -1))
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
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        gradients, ctx.gradients = ctx.gradients, ()
        scaled = (None if each is None else each.mul_(grad).to(dtype) for each, dtype in zip(gradients, ctx.dtypes))
        return (*scaled, None, None)


def use_answer_loss(model: Any, chunk_tokens: int = CHUNK_TOKENS) -> Any:
    """Let `model(..., labels=...)` return the loss on the labels alone, without logits; returns the model.

    Only this object's `forward` changes: weights, names and what is saved stay as they are, and without labels the
    model answers as before. The loss is the sum over labels divided by `num_items_in_batch`, or their mean. A model
    that does more to its logits than the head does (a cap, a scale) computes its own, still at the labels only.
    """
    original_forward = model.forward
    is_plain_head = _head_gives_logits(model)

    def forward(self: Any, input_ids: Tensor | None = None, labels: Tensor | None = None, **inputs: Any) -> Any:
        if labels is None:
            return original_forward(input_ids=input_ids, **inputs)
        num_items = inputs.pop("num_items_in_batch", None)
        inputs |= {"use_cache": False, "return_dict": True}
        following = functional.pad(labels, (0, 1), value=IGNORED)[:, 1:]  # a label at the position before it
        head = self.get_output_embeddings()
        if is_plain_head and type(head) is nn.Linear:  # an adapter may have wrapped it by now
            states = self.get_decoder()(input_ids=input_ids, **inputs).last_hidden_state
            total = chunked_loss(head, states, following, chunk_tokens)
        else:
            columns = (following != IGNORED).any(dim=0).nonzero().squeeze(1)
            logits = original_forward(input_ids=input_ids, logits_to_keep=columns, **inputs).logits
            wanted = following[:, columns].reshape(-1)
            total = functional.cross_entropy(logits.flatten(0, 1).float(), wanted, reduction="sum")
        items = num_items if num_items is not None else (following != IGNORED).sum().clamp(min=1)
        return CausalLMOutputWithPast(loss=total / items)

    model.forward = MethodType(forward, model)
    return model


def chunked_loss(head: nn.Linear, states: Tensor, following: Tensor, chunk_tokens: int = CHUNK_TOKENS) -> Tensor:
    """Sum of the loss of hidden states (B, T, H) where `following` (B, T) has a label."""
    labelled = (following.reshape(-1) != IGNORED).nonzero().squeeze(1)
    hidden = states.reshape(-1, states.shape[-1])[labelled]
    return _ChunkedCrossEntropy.apply(hidden, head.weight, head.bias, following.reshape(-1)[labelled], chunk_tokens)


@torch.no_grad()
def _head_gives_logits(model: Any) -> bool:
    """Whether the model's logits are its head applied to its last hidden states, tried on eight tokens."""
    head = model.get_output_embeddings()
    if type(head) is not nn.Linear:
        return False
    ids = torch.arange(8, device=head.weight.device)[None] % head.weight.shape[0]
    was_training = model.training
    model.eval()
    states = model.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state
    same = torch.allclose(head(states).float(), model(input_ids=ids, use_cache=False).logits.float(), atol=1e-3)
    model.train(was_training)
    return same
