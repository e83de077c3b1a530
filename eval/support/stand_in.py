"""A model and records small enough to train in seconds, for checks of the trainer. They stand in for real ones only."""

from pathlib import Path
from typing import Any

from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.shipped import shipped

SAMPLES = Path(__file__).parents[2] / "data" / "shortcuts"
_SPECIAL = ("<|im_start|>", "<|im_end|>", "<|pad|>")
_VOCABULARY = 1000


def small_tokenizer(template: str = "chatml") -> Any:
    """A byte-level tokenizer learnt from the bundled samples, with a template of `configs/chat_templates/`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learner = trainers.BpeTrainer(vocab_size=_VOCABULARY, special_tokens=list(_SPECIAL), initial_alphabet=alphabet,
                                  show_progress=False)  # fmt: skip
    words.train_from_iterator([path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.py"))], learner)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token=_SPECIAL[1], pad_token=_SPECIAL[2])
    tokenizer.chat_template = (shipped("configs") / "chat_templates" / f"{template}.jinja").read_text("utf-8")
    return tokenizer


def write_small_model(folder: Path, seed: int = 0) -> None:
    """A Llama of random weights, two layers of width 64, with `small_tokenizer`, as `from_pretrained` reads it."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = small_tokenizer()
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=4096,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def small_records(count: int) -> list[dict[str, Any]]:
    """Records of the released form from the bundled samples' first lines, no two with the same code and query."""
    texts = [(path.stem.replace("_", " "), path.read_text("utf-8").splitlines())
             for path in sorted(SAMPLES.glob("*.py"))]  # fmt: skip
    records = []
    for number in range(count):
        title, lines = texts[number % len(texts)]
        records.append(
            {
                "key": f"sample-{number}",
                "query": f"Can you make workflow number {number}, {title}?",
                "apis": ["is.workflow.actions.showresult", "is.workflow.actions.getclipboard"][: 1 + number % 2],
                "task_plan": f"1. Begin with {title}.\n2. Show the result.",
                "workflow_code": "\n".join(lines[: 3 + number % 11]),
            }
        )
    return records


def write_small_records(path: Path, count: int) -> None:
    """`small_records` as JSON Lines."""
    write_bytes(path, b"".join(map(json_line, small_records(count))))
