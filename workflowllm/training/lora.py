"""LoRA: adapters on every linear layer of the decoder instead of training all weights."""

from typing import Any


def with_adapters(model: Any, rank: int, alpha: float) -> Any:
    """The model with trainable adapters and frozen weights."""
    from peft import LoraConfig, get_peft_model

    model.enable_input_require_grads()  # else gradient checkpointing finds nothing to go back to
    settings = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", task_type="CAUSAL_LM")
    return get_peft_model(model, settings)
