"""LoRA: adapters on every linear layer of the decoder instead of training all weights."""

import shutil
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")


def with_adapters(model: Any, rank: int, alpha: float) -> Any:
    """The model with trainable adapters and frozen weights."""
    from peft import LoraConfig, get_peft_model  # an extra

    model.enable_input_require_grads()  # else gradient checkpointing finds nothing to go back to
    settings = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", task_type="CAUSAL_LM")
    return get_peft_model(model, settings)


def merge_adapters(checkpoint: Path, output_dir: Path, generation_config: Any) -> None:
    """Write the whole model with a checkpoint's adapters added to its weights, and the adapters below `adapter/`."""
    from peft import AutoPeftModelForCausalLM

    model = AutoPeftModelForCausalLM.from_pretrained(checkpoint, dtype="auto").merge_and_unload()
    model.generation_config = generation_config
    model.save_pretrained(output_dir)
    AutoTokenizer.from_pretrained(checkpoint).save_pretrained(output_dir)
    (output_dir / "adapter").mkdir(exist_ok=True)
    for name in _ADAPTER:
        shutil.copyfile(checkpoint / name, output_dir / "adapter" / name)
