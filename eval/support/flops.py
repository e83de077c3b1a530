"""Model FLOPs of a training token, for model FLOPs utilisation: what the mathematics needs, whatever is computed."""

from transformers import PreTrainedConfig


def training_flops(config: PreTrainedConfig, lengths: list[int], labels: int) -> int:
    """FLOPs of a forward and backward pass over samples of these lengths; `labels` of their tokens have a label.

    A multiplication with its addition counts 2, the backward pass twice the forward one (PaLM, appendix B). Counted are
    the matrices of a decoder of Llama's kind, causal attention over half of the square, and the head at the labels
    only, since no other logits are needed; norms, rotations, the softmax and recomputed activations are not.
    """
    tokens, pairs = sum(lengths), sum(length * (length + 1) // 2 for length in lengths)
    head_size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    queries, keys = config.num_attention_heads * head_size, config.num_key_value_heads * head_size
    matrices = config.hidden_size * (2 * queries + 2 * keys + 3 * config.intermediate_size)
    of_layers = config.num_hidden_layers * (tokens * matrices + pairs * 2 * queries)
    return 3 * 2 * (of_layers + labels * config.hidden_size * config.vocab_size)
