"""The flags of train.py; their defaults are the paper's."""

import argparse
import os
from pathlib import Path

from workflowllm.runs.command import CommandError
from workflowllm.runs.flags import not_negative, number, positive, positive_int
from workflowllm.runs.shipped import shipped

CONFIGS = shipped("configs")
# A run may go on with other values of these; every other flag decides what is learnt and must stay as it was.
FREE_ON_RESUME = frozenset(
    ("output_dir", "overwrite", "prepare", "checkpoint_limit", "ignore_memory", "progress",
     "deepspeed", "base_model", "data_path")
)  # fmt: skip


def parse_arguments(description: str, words: list[str] | None = None) -> argparse.Namespace:
    """The command line of train.py."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    _add_places(parser.add_argument_group("model and folders"))
    _add_data(parser.add_argument_group("data"))
    _add_learning(parser.add_argument_group("learning"))
    _add_running(parser.add_argument_group("running"))
    return _checked(parser.parse_args(words))


def _add_places(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--base_model", required=True, help="folder of the model to start from, or its name on a hub")
    group.add_argument("--data_path", required=True, type=Path, help="a file of records, or a folder laid out as data/")
    group.add_argument("--output_dir", required=True, type=Path, help="where model, checkpoints and metrics go")
    group.add_argument("--chat_template", type=Path, help="Jinja file, for a tokenizer that has no chat template "
                       "(configs/chat_templates/ has Llama 3's form and ChatML)")  # fmt: skip
    group.add_argument("--lora_rank", type=positive_int, help="train LoRA adapters of this rank instead of all weights")
    group.add_argument("--lora_alpha", type=positive, default=16.0, help="scale of LoRA (default: %(default)s)")
    group.add_argument("--liger", action="store_true", help="Liger's fused kernels; needs a GPU and liger-kernel")
    group.add_argument("--precision", choices=("bf16", "fp32"), default="bf16", help="default: %(default)s")


def _add_data(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--OOD", action="store_true", help="the out-of-distribution split of the folder")
    group.add_argument("--split_keys", type=Path, help="a split file of one's own: lists of keys train and dev")
    group.add_argument("--dev_share", type=_share, default=0.02,
                       help="held out by chance where no split names dev keys (default: %(default)s)")  # fmt: skip
    group.add_argument("--max_records", type=positive_int, help="take so many training records at most, by chance")
    group.add_argument("--max_length", type=positive_int, default=8192,
                       help="tokens of prompt and answer; longer ones are left out (default: %(default)s)")  # fmt: skip
    group.add_argument("--max_prompt_tokens", type=positive_int, help="room of the prompt; documents that exceed it "
                       "are shortened (default: chosen from --max_length)")  # fmt: skip
    group.add_argument("--prompt", default="generate", help="name in configs/prompts/ or file (default: %(default)s)")
    group.add_argument("--no_plan", action="store_true", help="ablation: answers without the task plan")
    group.add_argument("--no_comments", action="store_true", help="ablation: code without comments")
    group.add_argument("--no_synthetic", action="store_true", help="ablation: collected records only")


def _add_learning(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--epochs", type=positive_int, default=3, help="default: %(default)s")
    group.add_argument("--max_steps", type=positive_int, help="stop after so many steps; the schedule ends there")
    group.add_argument("--learning_rate", type=positive, default=2e-5, help="peak of AdamW's (default: %(default)s)")
    group.add_argument("--warmup", type=_share, default=0.1, help="share of the steps (default: %(default)s)")
    group.add_argument("--batch_size", type=positive_int, default=32,
                       help="samples of an optimizer step, over all devices (default: %(default)s)")  # fmt: skip
    group.add_argument("--max_grad_norm", type=positive, default=0.3, help="default: %(default)s")
    group.add_argument("--weight_decay", type=not_negative, default=0.0, help="default: %(default)s")
    group.add_argument("--neftune", type=positive, help="alpha of NEFTune's noise (default: none)")
    group.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    group.add_argument("--row_tokens", type=positive_int,
                       help="tokens of a forward pass, filled with samples (default: --max_length)")  # fmt: skip
    group.add_argument("--no_packing", action="store_true", help="one sample a forward pass")
    group.add_argument("--no_gradient_checkpointing", action="store_true",
                       help="keep all activations: faster, where memory allows it")  # fmt: skip


def _add_running(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--deepspeed", default="auto", help="DeepSpeed's configuration, or none (default: "
                       "configs/ds_config.json under torchrun, none for a single plain process)")  # fmt: skip
    group.add_argument("--save_steps", type=positive_int,
                       help="steps between checkpoints with dev loss (default: a tenth of the run)")  # fmt: skip
    group.add_argument("--checkpoint_limit", type=positive_int, default=2,
                       help="checkpoints kept beside the best one (default: %(default)s)")  # fmt: skip
    group.add_argument("--overwrite", action="store_true", help="start afresh instead of going on")
    group.add_argument("--prepare", action="store_true", help="check everything, encode the data, train nothing")
    group.add_argument("--ignore_memory", action="store_true", help="train though the memory estimate says no")
    group.add_argument("--progress", choices=("auto", "on", "off"), default="auto",
                       help="progress bar (default: where standard error is a terminal)")  # fmt: skip


def _checked(arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments with what depends on others filled in. Raises CommandError for flags that contradict each other."""
    if arguments.OOD and arguments.split_keys:
        raise CommandError("--OOD and --split_keys both name a split; give one of them.")
    if arguments.no_packing and arguments.row_tokens:
        raise CommandError("--row_tokens is the size of a packed row; leave out it or --no_packing.")
    if (arguments.max_prompt_tokens or 0) >= arguments.max_length:
        raise CommandError(
            f"--max_prompt_tokens {arguments.max_prompt_tokens} leaves no room for answers in "
            f"--max_length {arguments.max_length}; lower it."
        )
    if arguments.deepspeed == "auto":
        launched = "TORCHELASTIC_RUN_ID" in os.environ or int(os.environ.get("WORLD_SIZE", 1)) > 1
        arguments.deepspeed = str(CONFIGS / "ds_config.json") if launched else "none"
    return arguments


def _share(text: str) -> float:
    return number(text, lambda value: 0 <= value < 1, "from 0 to below 1")
