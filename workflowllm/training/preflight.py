"""What can be checked before any weight is read: paths, model, tokenizer, configuration, memory and disk.

Every check that fails raises CommandError with one sentence that says what to change.
"""

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import psutil
import torch
from transformers import AutoConfig, AutoTokenizer

from workflowllm.prompts.chat import end_of_turn
from workflowllm.records.release import data_files
from workflowllm.runs.command import CommandError
from workflowllm.runs.paths import check_output_name, check_paths, is_inside, why_not_regular
from workflowllm.runs.ranks import Ranks
from workflowllm.runs.reasons import cannot_read, first_line
from workflowllm.training.checkpoints import checkpoints
from workflowllm.training.config import TrainingConfig
from workflowllm.training.memory import Needs, estimated_needs, needs_sentence, parameter_count, readable

_PAD_NAMES = ("<|finetune_right_pad_id|>", "<|pad|>", "<pad>", "[PAD]")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
_WRITTEN = ("metrics.jsonl", "train_run.json", "data.errors.jsonl", "config.json", "chat_template.jinja")


def check_flags(config: TrainingConfig, processes: int) -> None:
    """Raises CommandError for missing paths and packages, and for flags that this machine cannot serve."""
    if not config.data_path.exists():
        raise CommandError(f"--data_path {config.data_path} does not exist.")
    if not config.data_path.is_dir() and (reason := why_not_regular(config.data_path)):  # it is read twice
        raise CommandError(f"--data_path {config.data_path} cannot be read: {reason}")
    for name, path in (("split_keys", config.split_keys), ("chat_template", config.chat_template)):
        if path and not path.is_file():
            raise CommandError(f"--{name} {path} is no file.")
    _check_output(config)
    if processes > 1 and config.deepspeed is None:
        raise CommandError(f"{processes} processes train with DeepSpeed only; leave out --deepspeed none.")
    if processes > config.batch_size:
        raise CommandError(
            f"--batch_size {config.batch_size} leaves some of {processes} processes without a sample; raise it or "
            "use fewer."
        )
    if config.liger and not (torch.cuda.is_available() and importlib.util.find_spec("liger_kernel")):
        raise CommandError("--liger needs a GPU and the package liger-kernel; leave it out or install it.")
    if config.lora_rank and not importlib.util.find_spec("peft"):
        raise CommandError("--lora_rank needs the package peft; install it.")
    if config.deepspeed and (stage := _zero_optimization(config.deepspeed).get("stage")) != 2:
        raise CommandError(f"{config.deepspeed} asks for ZeRO stage {stage}; this trainer is made for stage 2.")


def _check_output(config: TrainingConfig) -> None:
    """Raises CommandError where training would write over the model, the data or another file that it reads."""
    check_output_name(config.output_dir)
    if Path(config.base_model).exists() and is_inside(Path(config.base_model), config.output_dir):
        raise CommandError(f"--base_model {config.base_model} lies in --output_dir, which training writes over and "
                           "clears; give another output folder.")  # fmt: skip
    inputs = [*data_files(config.data_path), config.split_keys, config.chat_template]
    check_paths(inputs, [config.output_dir, *(config.output_dir / name for name in _WRITTEN)])


def _zero_optimization(path: Path) -> dict[str, Any]:
    """That part of a DeepSpeed configuration. Raises CommandError where the file cannot be read."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from None
    if not isinstance(content, dict) or not isinstance(content.get("zero_optimization", {}), dict):
        raise CommandError(f"--deepspeed {path} is no DeepSpeed configuration.")
    return content.get("zero_optimization", {})


def model_config(base_model: str) -> Any:
    """The configuration of a causal language model. Raises CommandError where the path holds none."""
    folder = Path(base_model)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise CommandError(f"--base_model {base_model} is no model: it has no config.json.")
        if not any((folder / name).is_file() for name in _WEIGHTS):
            raise CommandError(f"--base_model {base_model} has no weights ({' or '.join(_WEIGHTS[:2])}).")
        _check_shards(folder)
    elif folder.exists() or base_model.startswith((".", "/", "~")) or base_model.count("/") > 1:
        raise CommandError(f"--base_model {base_model} is no folder of a model.")
    try:
        config = AutoConfig.from_pretrained(base_model)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"--base_model {base_model} cannot be read as a model: {first_line(error)}") from None
    if not hasattr(config, "hidden_size") or not hasattr(config, "num_hidden_layers"):
        raise CommandError(f"--base_model {base_model} ({config.model_type}) is no decoder that this trainer supports.")
    return config


def _check_shards(folder: Path) -> None:
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return
    try:
        names = set(json.loads(index.read_text("utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError):
        raise CommandError(f"{index} is no index of weights.") from None
    missing = sorted(name for name in names if not (folder / name).is_file())
    if missing:
        raise CommandError(f"--base_model {folder} lacks {len(missing)} of its weight files, such as {missing[0]}.")


def ready_tokenizer(config: TrainingConfig, vocabulary: int) -> Any:
    """The base model's tokenizer with chat template and pad token. Raises CommandError where it cannot serve.

    `vocabulary` is how many tokens the model has embeddings for.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(config.base_model)
    except Exception as error:  # tokenizers raise their own kinds
        raise CommandError(f"--base_model {config.base_model} has no tokenizer: {first_line(error)}") from None
    if config.chat_template:
        tokenizer.chat_template = config.chat_template.read_text("utf-8")
    if not tokenizer.chat_template:
        raise CommandError(
            f"the tokenizer of {config.base_model} has no chat template; give one with --chat_template, such as "
            "configs/chat_templates/llama3.jinja."
        )
    try:
        ending = end_of_turn(tokenizer)
    except CommandError:
        raise
    except Exception as error:  # the template is a program; it fails in ways of its own
        raise CommandError(f"the chat template of {config.base_model} fails: {first_line(error)}") from None
    _check_ending(tokenizer, ending, config.base_model)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = _free_pad_token(tokenizer, ending)
        print(f"the tokenizer has no pad token; {tokenizer.pad_token!r} serves as one", file=sys.stderr)
    if len(tokenizer) > vocabulary:
        raise CommandError(
            f"the tokenizer has {len(tokenizer)} tokens and the model {vocabulary}; they do not belong together."
        )
    return tokenizer


def _check_ending(tokenizer: Any, ending: str, base_model: str) -> None:
    """The end of turn must be one token of the vocabulary, or generation would not know where to stop."""
    ids = tokenizer(ending, add_special_tokens=False)["input_ids"]
    if len(ids) != 1:
        raise CommandError(
            f"the chat template ends an answer with {ending!r}, which is {len(ids)} tokens for the tokenizer of "
            f"{base_model}; give a template of its own kind with --chat_template."
        )


def _free_pad_token(tokenizer: Any, ending: str) -> str:
    """A pad token that the vocabulary has already. The loss goes by position, so any token can pad."""
    known = tokenizer.get_vocab()
    return next((name for name in _PAD_NAMES if name in known), tokenizer.eos_token or ending)


def check_length(max_length: int, model_config: Any) -> None:
    """Raises CommandError where records may be longer than the model's positions."""
    positions = getattr(model_config, "max_position_embeddings", None)
    if positions and max_length > positions:
        raise CommandError(f"--max_length {max_length} exceeds the model's {positions} positions; lower it.")


def memory_needs(config: TrainingConfig, model_config: Any, ranks: Ranks) -> Needs:
    """The memory that this run is estimated to need."""
    parameters = parameter_count(model_config)
    return estimated_needs(
        model_config,
        parameters,
        devices=ranks.local_world_size,
        nodes=max(1, ranks.world_size // ranks.local_world_size),
        offloads=offloads_optimizer(config.deepspeed),
        row_tokens=max(config.row_tokens or 0, config.max_length),
        precision=config.precision,
        checkpointing=not config.no_gradient_checkpointing,
        trained=parameters // 100 * 2 if config.lora_rank else None,  # adapters: under 2 % at any usual rank
    )


def offloads_optimizer(deepspeed: Path | None) -> bool:
    """Whether a DeepSpeed configuration keeps the optimizer's states in the host's memory."""
    offload = _zero_optimization(deepspeed).get("offload_optimizer") if deepspeed else None
    return isinstance(offload, dict) and offload.get("device", "none") != "none"


def check_room(config: TrainingConfig, needs: Needs, ranks: Ranks) -> None:
    """Raises CommandError where memory or disk is too small for the estimate."""
    if not config.ignore_memory:
        _check_memory(needs, ranks)
        if offloads_optimizer(config.deepspeed) and needs.host > psutil.virtual_memory().available:
            raise CommandError(
                f"offloading needs about {readable(needs.host)} of the host's memory, where "
                f"{readable(psutil.virtual_memory().available)} are free; use more machines, or --ignore_memory."
            )
    new = max(1, config.checkpoint_limit + 2 - len(checkpoints(config.output_dir)))  # the best and an unfinished one
    wanted = new * needs.checkpoint + needs.checkpoint // 4  # the model
    free = shutil.disk_usage(config.output_dir).free
    if wanted > free:
        raise CommandError(
            f"{new} checkpoint(s) and the model need about {readable(wanted)} in {config.output_dir}, where "
            f"{readable(free)} are free; make room, lower --checkpoint_limit, or name another --output_dir."
        )


def _check_memory(needs: Needs, ranks: Ranks) -> None:
    wanted = needs.states + needs.activations
    if torch.cuda.is_available():
        room = torch.cuda.get_device_properties(ranks.local_rank).total_memory
        holder = "each GPU has"
    else:
        room = psutil.virtual_memory().available // ranks.local_world_size
        holder = "each process has"
    if wanted > room:
        raise CommandError(
            f"this run needs about {needs_sentence(needs)}; {holder} {readable(room)}. Use more devices, "
            "--deepspeed configs/ds_config_offload.json, --lora_rank 16 or a smaller --max_length, or try it "
            "nevertheless with --ignore_memory."
        )
