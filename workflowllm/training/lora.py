"""LoRA: adapters on every linear layer of the decoder instead of training all weights."""

import shutil
from pathlib import Path
from typing import Any

_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")


def with_adapters(model: Any, rank: int, alpha: float) -> Any:
    """The model with trainable adapters and frozen weights."""
    from peft import LoraConfig, get_peft_model  # an extra

    model.enable_input_require_grads()  # else gradient checkpointing finds nothing to go back to
    settings = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", task_type="CAUSAL_LM")
    return get_peft_model(model, settings)


def merged_model(checkpoint: Path) -> Any:
    """The base model with a checkpoint's adapters added to its weights."""
    from peft import AutoPeftModelForCausalLM

    return AutoPeftModelForCausalLM.from_pretrained(checkpoint, dtype="auto").merge_and_unload()


def keep_adapters(checkpoint: Path, output_dir: Path) -> None:
    """Copy a checkpoint's adapters below `adapter/`, for who wants to load them on a base model."""
    (output_dir / "adapter").mkdir(exist_ok=True)
    for name in _ADAPTER:
        shutil.copyfile(checkpoint / name, output_dir / "adapter" / name)
