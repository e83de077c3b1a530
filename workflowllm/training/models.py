"""The base model as training needs it, and the tuned model as a user loads it.

In a row of several samples a token attends to its own sample only. FlashAttention takes the offsets of the samples
(`cu_seq_lens`) and needs nothing more. Elsewhere `packed_sdpa` runs PyTorch's causal attention over one sample of the
row after the other. It builds no mask, so the cost is that of the samples alone: a block mask over a row of T tokens
would cost T^2 in time and memory, whatever the row holds.
"""

import importlib.util
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AttentionInterface, AttentionMaskInterface, AutoModelForCausalLM, PreTrainedConfig
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from workflowllm.prompts.chat import end_of_turn
from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import first_line
from workflowllm.training.checkpoints import best_or_last, copy_model, step_of
from workflowllm.training.config import TrainingConfig
from workflowllm.training.loss import use_answer_loss
from workflowllm.training.preflight import model_config

PACKED_SDPA = "packed_sdpa"
_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")


def load_model(config: TrainingConfig, tokenizer: Any) -> Any:
    """The base model with our attention and loss, and with adapters where LoRA is asked for.

    Its weights are float32 unless DeepSpeed keeps a float32 copy of its own. Raises CommandError where the weights
    cannot be read or do not match the configuration.
    """
    in_half = config.precision == "bf16" and config.deepspeed is not None
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            config.base_model,
            dtype=torch.bfloat16 if in_half else torch.float32,
            attn_implementation=packed_attention(device, model_config(config.base_model)),
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        if "attention implementation" in str(error):  # Mamba, BLOOM and others whose attention nobody can replace
            raise CommandError(
                f"--base_model {config.base_model} cannot be trained here: {first_line(error)}"
            ) from None
        raise CommandError(
            f"the weights of --base_model {config.base_model} cannot be read: {first_line(error)}."
        ) from None
    if report["missing_keys"]:
        missing = sorted(report["missing_keys"])
        raise CommandError(f"--base_model {config.base_model} lacks {len(missing)} weights, such as {missing[0]}.")
    stop_at_end_of_turn(model, tokenizer)
    use_answer_loss(model)
    return with_adapters(model, config.lora_rank, config.lora_alpha) if config.lora_rank else model


def stop_at_end_of_turn(model: Any, tokenizer: Any) -> None:
    """Let generation stop where trained answers end; a base model's end-of-text token is another one."""
    ending = tokenizer.convert_tokens_to_ids(end_of_turn(tokenizer))
    known = model.generation_config.eos_token_id
    known = [] if known is None else known if isinstance(known, list) else [known]
    model.generation_config.eos_token_id = list(dict.fromkeys([ending, *known]))
    model.generation_config._from_model_config = False  # else saving would derive it from the model's configuration
    model.generation_config.pad_token_id = model.config.pad_token_id = tokenizer.pad_token_id


def with_adapters(model: Any, rank: int, alpha: float) -> Any:
    """The model with trainable LoRA adapters on every linear layer of the decoder, and frozen weights."""
    from peft import LoraConfig, get_peft_model  # an extra

    model.enable_input_require_grads()  # else gradient checkpointing has no input that needs a gradient
    settings = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", task_type="CAUSAL_LM")
    return get_peft_model(model, settings)


def put_final_model(config: TrainingConfig, tokenizer: Any) -> tuple[int, float | None]:
    """Put the best checkpoint's model into the output folder; its step, and its dev loss where one was measured."""
    checkpoint, dev_loss = best_or_last(config.output_dir)
    if config.lora_rank:
        _save_merged(checkpoint, tokenizer, config.output_dir)
    else:
        copy_model(checkpoint, config.output_dir)
    print(f"done: the model of step {step_of(checkpoint)} is in {config.output_dir}", file=sys.stderr)
    return step_of(checkpoint), dev_loss


def _save_merged(checkpoint: Path, tokenizer: Any, output_dir: Path) -> None:
    """Save the base model with a checkpoint's adapters added to its weights, and the adapters below `adapter/`."""
    from peft import AutoPeftModelForCausalLM

    model = AutoPeftModelForCausalLM.from_pretrained(checkpoint, dtype="auto").merge_and_unload()
    stop_at_end_of_turn(model, tokenizer)
    model.save_pretrained(output_dir)
    tokenizer.save_pretrained(output_dir)
    (output_dir / "adapter").mkdir(exist_ok=True)
    for name in _ADAPTER:
        shutil.copyfile(checkpoint / name, output_dir / "adapter" / name)


def packed_attention(device: str | torch.device, config: PreTrainedConfig | None = None) -> str:
    """The `attn_implementation` to load a model with, for rows of several samples on this device.

    A model that caps its attention scores, which PyTorch's attention cannot do, gets transformers' with a block mask.
    """
    if torch.device(device).type == "cuda" and importlib.util.find_spec("flash_attn") is not None:
        return "flash_attention_2"
    return "eager" if getattr(config, "attn_logit_softcapping", None) else PACKED_SDPA


def packed_sdpa_forward(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    cu_seq_lens_q: Tensor | None = None,
    sliding_window: int | None = None,
    **settings: Any,
) -> tuple[Tensor, None]:
    """Attention of (1, heads, T, size) tensors, sample by sample where `cu_seq_lens_q` gives their offsets.

    Without offsets this is transformers' own attention with the mask that it makes, as in generation. The parameters
    are the ones that transformers passes to every attention.
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


def _band(length: int, window: int | None, device: torch.device) -> Tensor | None:
    """The mask of a sample longer than the model's sliding window; any other sample is causal and needs no mask."""
    if window is None or length <= window:
        return None
    positions = torch.arange(length, device=device)
    distance = positions[:, None] - positions[None, :]
    return ((distance >= 0) & (distance < window))[None, None]


def _mask_where_needed(*, attention_mask: Tensor | None = None, **settings: Any) -> Tensor | None:
    """None for rows without padding, whose samples `packed_sdpa_forward` keeps apart; otherwise the usual mask."""
    if attention_mask is None and settings["q_length"] == settings["kv_length"]:
        return None
    return sdpa_mask(attention_mask=attention_mask, **settings)


AttentionInterface.register(PACKED_SDPA, packed_sdpa_forward)
AttentionMaskInterface.register(PACKED_SDPA, _mask_where_needed)
