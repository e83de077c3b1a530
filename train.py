"""Fine-tune a causal language model to write workflows (transformers' Trainer, DeepSpeed ZeRO-2).

    sh ./scripts/train.sh meta-llama/Llama-3.1-8B data output/workflowllama
    sh ./scripts/train.sh output/models/smollm2-135m-instruct records.jsonl output/small --epochs 1 --precision fp32
    python train.py --base_model MODEL --data_path DATA --output_dir OUT     (one process, without DeepSpeed)

The final model stands in OUTPUT_DIR: the checkpoint with the lowest loss on held-out records, or the last one where
none are held out. Beside it are metrics.jsonl (a line for each optimizer step), train_run.json (versions, flags,
counts), data.errors.jsonl (records that were left out, and why) and the checkpoints. The same command again goes on
from the last whole checkpoint. Records: a query, apis, task_plan and workflow_code each, or messages that end with the
assistant's answer; see README.md.
"""

from workflowllm.runs.command import run_command
from workflowllm.training.arguments import parse_arguments


def main() -> int:
    arguments = parse_arguments(__doc__ or "")
    from workflowllm.training.run import run  # loads for ten seconds, which --help and a wrong flag need not wait for

    return run(arguments)


if __name__ == "__main__":
    run_command(main)
