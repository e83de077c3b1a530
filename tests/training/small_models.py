"""Tiny models of several architectures with random weights, in float32."""

import torch
from transformers import (
    CohereConfig,
    Gemma2Config,
    LlamaConfig,
    MistralConfig,
    NemotronConfig,
    Phi3Config,
    PreTrainedModel,
    Qwen2Config,
    StableLmConfig,
    Starcoder2Config,
    set_seed,
)
from transformers.models.auto import AutoModelForCausalLM

VOCABULARY = 97
SIZES = {
    "vocab_size": VOCABULARY, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 256, "attention_dropout": 0.0,
    "initializer_range": 0.2,
}  # fmt: skip
CONFIGS = {
    "llama": lambda: LlamaConfig(**SIZES),
    "tied": lambda: LlamaConfig(**SIZES, tie_word_embeddings=True),
    "qwen2": lambda: Qwen2Config(**SIZES),
    "sliding": lambda: MistralConfig(**SIZES, sliding_window=5),
    "sliding phi3": lambda: Phi3Config(**SIZES, sliding_window=5, pad_token_id=0),
    "sliding starcoder2": lambda: Starcoder2Config(**SIZES, sliding_window=5),
    # These two do more to their logits than the head does.
    "capped": lambda: Gemma2Config(**SIZES, head_dim=8, final_logit_softcapping=3.0, attn_logit_softcapping=2.0),
    "scaled": lambda: CohereConfig(**SIZES, logit_scale=0.25),
}

# In these, samples of one row see each other.
LEAKY = {
    "nemotron": lambda: NemotronConfig(**SIZES, head_dim=8),
    "stablelm": lambda: StableLmConfig(**SIZES),
}


def small_model(name: str, attention: str = "eager", seed: int = 0) -> PreTrainedModel:
    set_seed(seed)
    return AutoModelForCausalLM.from_config(
        (CONFIGS | LEAKY)[name](), attn_implementation=attention, dtype=torch.float32
    )
