"""Model FLOPs against a count by hand and against torch's own counter."""

import pytest
import torch
from small_models import SIZES, small_model
from torch.utils.flop_counter import FlopCounterMode
from transformers import LlamaConfig

from eval.support.flops import training_flops
from workflowllm.training.loss import IGNORED, use_answer_loss


def test_one_layer_by_hand():
    config = LlamaConfig(hidden_size=4, intermediate_size=6, num_hidden_layers=1, num_attention_heads=2,
                         num_key_value_heads=1, vocab_size=10)  # fmt: skip
    # A token meets q and o (4x4 each), k and v (4x2 each) and three of 4x6: 32 + 16 + 72 = 120 weights. Two samples of
    # 3 and 1 tokens have 6 + 1 pairs of positions, each 4 for the score and 4 for the sum. Two labels meet 4x10.
    assert training_flops(config, [3, 1], 2) == 6 * (4 * 120 + 7 * 8 + 2 * 40)


def test_llama_3_1_8b_has_the_known_figure():
    """6 FLOPs a parameter and token: 6.98e9 in the layers, 0.53e9 in the head, without attention."""
    config = LlamaConfig(hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
                         num_key_value_heads=8, vocab_size=128256)  # fmt: skip
    assert training_flops(config, [1], 1) / 6 == pytest.approx(6.98e9 + 0.525e9, rel=1e-3)


@pytest.mark.parametrize("name", ["llama", "tied"])
def test_torch_counts_the_same_matrices(name):
    """But for attention, of which eager computes the whole square."""
    model = use_answer_loss(small_model(name, "eager"))
    length = 11
    ids = torch.arange(length)[None]
    labels = torch.where(ids >= 6, ids, IGNORED)
    counter = FlopCounterMode(display=False)
    with counter:
        model(input_ids=ids, labels=labels).loss.backward()
    square = length * length - length * (length + 1) // 2  # pairs of positions that no token may see
    unseen = 3 * 2 * SIZES["num_hidden_layers"] * square * 2 * SIZES["hidden_size"]
    assert counter.get_total_flops() == training_flops(model.config, [length], 5) + unseen
