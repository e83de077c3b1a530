"""What can be known before any weight is read: is this a model, a tokenizer, a configuration, is there room?

Every check that fails is one sentence with what to change.
"""

import argparse
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import torch
from transformers import AutoConfig, AutoTokenizer

from workflowllm.prompts.chat import end_of_turn
from workflowllm.runs.command import CommandError
from workflowllm.training.checkpoints import checkpoints
from workflowllm.training.memory import Needs, described, estimated_needs, parameter_count, readable

_PAD_NAMES = ("<|finetune_right_pad_id|>", "<|pad|>", "<pad>", "[PAD]")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")


class World(NamedTuple):
    """Processes of the run, as torchrun tells them in the environment."""

    rank: int
    size: int
    local_size: int

    @property
    def nodes(self) -> int:
        return max(1, self.size // self.local_size)


def world() -> World:
    """This process's place; alone where nobody launched several."""
    size = int(os.environ.get("WORLD_SIZE", 1))
    return World(int(os.environ.get("RANK", 0)), size, int(os.environ.get("LOCAL_WORLD_SIZE", size)))


def check_flags(arguments: argparse.Namespace, processes: int) -> None:
    """Raises CommandError for paths and packages that are missing, and for flags that this machine cannot serve."""
    if not arguments.data_path.exists():
        raise CommandError(f"--data_path {arguments.data_path} does not exist.")
    for name in ("split_keys", "chat_template"):
        path = getattr(arguments, name)
        if path and not path.is_file():
            raise CommandError(f"--{name} {path} is no file.")
    if processes > 1 and arguments.deepspeed == "none":
        raise CommandError(f"{processes} processes train with DeepSpeed only; leave out --deepspeed none.")
    if processes > arguments.batch_size:
        raise CommandError(
            f"--batch_size {arguments.batch_size} leaves some of {processes} processes without a sample; raise it or "
            "use fewer."
        )
    if arguments.liger and not (torch.cuda.is_available() and importlib.util.find_spec("liger_kernel")):
        raise CommandError("--liger needs a GPU and the package liger-kernel; leave it out or install it.")
    if arguments.lora_rank and not importlib.util.find_spec("peft"):
        raise CommandError("--lora_rank needs the package peft; install it.")
    _check_deepspeed(arguments)


def _check_deepspeed(arguments: argparse.Namespace) -> None:
    if arguments.deepspeed == "none":
        return
    stage = deepspeed_config(arguments).get("zero_optimization", {}).get("stage")
    if stage != 2:
        raise CommandError(f"{arguments.deepspeed} asks for ZeRO stage {stage}; this trainer is made for stage 2.")


def deepspeed_config(arguments: argparse.Namespace) -> dict[str, Any]:
    """DeepSpeed's configuration file. Raises CommandError where it cannot be read."""
    try:
        content = json.loads(Path(arguments.deepspeed).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(
            f"cannot read --deepspeed {arguments.deepspeed}: {getattr(error, 'strerror', None) or error}."
        ) from None
    if not isinstance(content, dict) or not isinstance(content.get("zero_optimization", {}), dict):
        raise CommandError(f"--deepspeed {arguments.deepspeed} is no DeepSpeed configuration.")
    return content


def model_config(base_model: str) -> Any:
    """The configuration of a model for causal language. Raises CommandError where the path holds none."""
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
        raise CommandError(f"--base_model {base_model} cannot be read as a model: {_first_line(error)}") from None
    if not hasattr(config, "hidden_size") or not hasattr(config, "num_hidden_layers"):
        raise CommandError(f"--base_model {base_model} ({config.model_type}) is no decoder that this trainer knows.")
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


def ready_tokenizer(arguments: argparse.Namespace, config: Any) -> Any:
    """The model's tokenizer with chat template and pad token. Raises CommandError where it cannot serve."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(arguments.base_model)
    except Exception as error:  # tokenizers raise their own kinds
        raise CommandError(f"--base_model {arguments.base_model} has no tokenizer: {_first_line(error)}") from None
    if arguments.chat_template:
        tokenizer.chat_template = arguments.chat_template.read_text("utf-8")
    if not tokenizer.chat_template:
        raise CommandError(
            f"the tokenizer of {arguments.base_model} has no chat template; give one with --chat_template, such as "
            "configs/chat_templates/llama3.jinja."
        )
    try:
        ending = end_of_turn(tokenizer)
    except CommandError:
        raise
    except Exception as error:  # the template is a program; it fails in ways of its own
        raise CommandError(f"the chat template of {arguments.base_model} fails: {_first_line(error)}") from None
    _check_ending(tokenizer, ending, arguments)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = _free_pad_token(tokenizer, ending)
        print(f"the tokenizer has no pad token; {tokenizer.pad_token!r} serves as one", file=sys.stderr)
    if len(tokenizer) > config.vocab_size:
        raise CommandError(
            f"the tokenizer has {len(tokenizer)} tokens and the model {config.vocab_size}; they do not belong together."
        )
    return tokenizer


def _check_ending(tokenizer: Any, ending: str, arguments: argparse.Namespace) -> None:
    """The end of turn must be one token of the vocabulary, or generation would not know where to stop."""
    ids = tokenizer(ending, add_special_tokens=False)["input_ids"]
    if len(ids) != 1:
        raise CommandError(
            f"the chat template ends an answer with {ending!r}, which is {len(ids)} tokens for the tokenizer of "
            f"{arguments.base_model}; give a template of its own kind with --chat_template."
        )


def _free_pad_token(tokenizer: Any, ending: str) -> str:
    """A pad token that the vocabulary has already. The loss goes by place, so any token can fill."""
    known = tokenizer.get_vocab()
    return next((name for name in _PAD_NAMES if name in known), tokenizer.eos_token or ending)


def check_length(arguments: argparse.Namespace, config: Any) -> None:
    """Raises CommandError where records may be longer than the model's positions."""
    longest = getattr(config, "max_position_embeddings", None)
    if longest and arguments.max_length > longest:
        raise CommandError(f"--max_length {arguments.max_length} exceeds the model's {longest} positions; lower it.")


def memory_needs(arguments: argparse.Namespace, config: Any, place: World) -> Needs:
    """The estimate for this run."""
    parameters = parameter_count(config)
    return estimated_needs(
        config,
        parameters,
        devices=place.local_size,
        nodes=place.nodes,
        offloads=offloads(arguments),
        row_tokens=max(arguments.row_tokens or 0, arguments.max_length),
        precision=arguments.precision,
        checkpointing=not arguments.no_gradient_checkpointing,
        trained=parameters // 100 * 2 if arguments.lora_rank else None,  # adapters: under 2 % at any usual rank
    )


def offloads(arguments: argparse.Namespace) -> bool:
    """Whether optimizer states stand in the host's memory."""
    zero = {} if arguments.deepspeed == "none" else deepspeed_config(arguments).get("zero_optimization", {})
    offload = zero.get("offload_optimizer")
    return isinstance(offload, dict) and offload.get("device", "none") != "none"


def check_room(arguments: argparse.Namespace, needs: Needs, place: World) -> None:
    """Raises CommandError where memory or disk is too small for the estimate."""
    if not arguments.ignore_memory:
        _check_memory(needs, place)
        if offloads(arguments) and needs.host > psutil.virtual_memory().available:
            raise CommandError(
                f"offloading needs about {readable(needs.host)} of the host's memory, where "
                f"{readable(psutil.virtual_memory().available)} are free; use more machines, or --ignore_memory."
            )
    there = len(checkpoints(arguments.output_dir))
    kept = max(1, arguments.checkpoint_limit + 2 - there)  # with the best one, and the one being written
    wanted = kept * needs.checkpoint + needs.checkpoint // 4  # the model
    free = shutil.disk_usage(arguments.output_dir).free
    if wanted > free:
        raise CommandError(
            f"{kept} checkpoint(s) and the model need about {readable(wanted)} in {arguments.output_dir}, where "
            f"{readable(free)} are free; make room, lower --checkpoint_limit, or name another --output_dir."
        )


def _check_memory(needs: Needs, place: World) -> None:
    wanted = needs.states + needs.activations
    if torch.cuda.is_available():
        room = torch.cuda.get_device_properties(int(os.environ.get("LOCAL_RANK", 0))).total_memory
        what = "each GPU has"
    else:
        room = psutil.virtual_memory().available // place.local_size
        what = "each process has"
    if wanted > room:
        raise CommandError(
            f"this run needs about {described(needs)}; {what} {readable(room)}. Use more devices, "
            "--deepspeed configs/ds_config_offload.json, --lora_rank 16 or a smaller --max_length, or try it "
            "nevertheless with --ignore_memory."
        )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
