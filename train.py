"""Fine-tune a causal language model to write workflows (transformers' Trainer, DeepSpeed ZeRO-2).

    sh ./scripts/train.sh meta-llama/Llama-3.1-8B data output/workflowllama
    sh ./scripts/train.sh output/models/smollm2-135m-instruct records.jsonl output/small --epochs 1 --precision fp32
    python train.py --base_model MODEL --data_path DATA --output_dir OUT     (one process, without DeepSpeed)

The final model is in OUTPUT_DIR: the checkpoint with the lowest loss on held-out records, or the last one where no
records are held out. Beside it are metrics.jsonl (a line for each optimizer step), train_run.json (versions, flags,
counts), data.errors.jsonl (records that were skipped, and why) and the checkpoints. The same command resumes from the
last whole checkpoint. A record has a query, apis, task_plan and workflow_code, or messages that end with the
assistant's answer; see README.md.
"""

import argparse
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path

from workflowllm.runs.command import run_command
from workflowllm.runs.flags import not_negative, number, positive, positive_int
from workflowllm.runs.ranks import current_ranks
from workflowllm.runs.shipped import shipped
from workflowllm.training.config import TrainingConfig


def training_config(words: Sequence[str] | None = None) -> TrainingConfig:
    """The configuration that a command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    defaults = {field.name: field.default for field in fields(TrainingConfig) if field.default is not MISSING}
    parser.set_defaults(**defaults | {"deepspeed": "auto"})
    add_model_flags(parser.add_argument_group("model and folders"))
    add_data_flags(parser.add_argument_group("data"))
    add_learning_flags(parser.add_argument_group("learning"))
    add_running_flags(parser.add_argument_group("running"))
    flags = vars(parser.parse_args(words))
    return TrainingConfig(**flags | {"deepspeed": deepspeed_path(flags["deepspeed"])})


def add_model_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--base_model", required=True, help="folder of the model to start from, or its name on a hub")
    group.add_argument("--data_path", required=True, type=Path, help="a file of records, or a folder laid out as data/")
    group.add_argument("--output_dir", required=True, type=Path, help="folder of the model, checkpoints and metrics")
    group.add_argument("--chat_template", type=Path, help="Jinja file, for a tokenizer that has no chat template "
                       "(configs/chat_templates/ has Llama 3's form and ChatML)")  # fmt: skip
    group.add_argument("--lora_rank", type=positive_int, help="train LoRA adapters of this rank instead of all weights")
    group.add_argument("--lora_alpha", type=positive, help="scale of LoRA (default: %(default)s)")
    group.add_argument("--liger", action="store_true", help="Liger's fused kernels; needs a GPU and liger-kernel")
    group.add_argument("--precision", choices=("bf16", "fp32"), help="(default: %(default)s)")


def add_data_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--OOD", action="store_true", help="use the out-of-distribution split of the folder")
    group.add_argument("--split_keys", type=Path, help="a split file of your own, with lists of keys train and dev")
    group.add_argument("--dev_share", type=share,
                       help="random share held out where no split names dev keys (default: %(default)s)")  # fmt: skip
    group.add_argument("--max_records", type=positive_int, help="train on a random sample of at most this many records")
    group.add_argument(
        "--max_length",
        type=positive_int,
        help="tokens of prompt and answer; longer records are skipped (default: %(default)s)",
    )
    group.add_argument("--max_prompt_tokens", type=positive_int, help="tokens of the prompt; longer API documents are "
                       "shortened (default: three eighths of --max_length)")  # fmt: skip
    group.add_argument("--prompt", help="name in configs/prompts/, or a file (default: %(default)s)")
    group.add_argument("--no_plan", action="store_true", help="ablation: answers without the task plan")
    group.add_argument("--no_comments", action="store_true", help="ablation: code without comments")
    group.add_argument("--no_synthetic", action="store_true", help="ablation: collected records only")


def add_learning_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--epochs", type=positive_int, help="(default: %(default)s)")
    group.add_argument("--max_steps", type=positive_int, help="stop after this many steps; the schedule ends there")
    group.add_argument("--learning_rate", type=positive, help="peak learning rate of AdamW (default: %(default)s)")
    group.add_argument("--warmup", type=share, help="share of the steps (default: %(default)s)")
    group.add_argument("--batch_size", type=positive_int,
                       help="samples of an optimizer step, over all devices (default: %(default)s)")  # fmt: skip
    group.add_argument("--max_grad_norm", type=positive, help="(default: %(default)s)")
    group.add_argument("--weight_decay", type=not_negative, help="(default: %(default)s)")
    group.add_argument("--neftune", type=positive, help="alpha of NEFTune's noise (default: no noise)")
    group.add_argument("--seed", type=int, help="(default: %(default)s)")
    group.add_argument("--row_tokens", type=positive_int,
                       help="tokens of a row that samples are packed into (default: --max_length)")  # fmt: skip
    group.add_argument("--no_packing", action="store_true", help="one sample for each forward pass")
    group.add_argument("--no_gradient_checkpointing", action="store_true",
                       help="keep all activations: faster, where memory allows it")  # fmt: skip


def add_running_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--deepspeed", help="DeepSpeed's configuration, or none (default: "
                       "configs/ds_config.json under torchrun, none for a single plain process)")  # fmt: skip
    group.add_argument("--save_steps", type=positive_int,
                       help="steps between checkpoints with dev loss (default: a tenth of the run)")  # fmt: skip
    group.add_argument("--checkpoint_limit", type=positive_int,
                       help="checkpoints that stay, beside the best one (default: %(default)s)")  # fmt: skip
    group.add_argument("--overwrite", action="store_true", help="start afresh instead of resuming")
    group.add_argument("--prepare", action="store_true", help="check everything and encode the data, but do not train")
    group.add_argument("--ignore_memory", action="store_true", help="train although the memory estimate is too large")
    group.add_argument("--progress", choices=("auto", "on", "off"),
                       help="progress bar; auto shows one on a terminal (default: %(default)s)")  # fmt: skip


def share(text: str) -> float:
    return number(text, lambda value: 0 <= value < 1, "from 0 to below 1")


def deepspeed_path(flag: str) -> Path | None:
    """DeepSpeed's configuration: the shipped one where several processes may have been launched."""
    if flag == "auto":
        return shipped("configs") / "ds_config.json" if current_ranks().is_launched else None
    return None if flag == "none" else Path(flag)


def main() -> int:
    config = training_config()
    from workflowllm.training.run import run  # loads for ten seconds, which --help and a wrong flag need not wait for

    return run(config)


if __name__ == "__main__":
    run_command(main)
