"""Tiny checkpoints with weights by chance, and one that has learnt a single answer by heart."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEXT = ["Write a workflow:", 'Thought:\n1. plan\n\nCode:\n```python\ntext = f"{name}"\n```', "def a(*, b: str)"]


@lru_cache
def byte_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level, some 300 ids, with ChatML."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet))
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    made.chat_template = CHATML
    return made


def tiny_model(kind: str = "llama", vocabulary: int = 0, context: int = 8192, **changes: Any) -> Any:
    """Two layers; weights large enough that its answers differ from prompt to prompt."""
    sizes = {
        "vocab_size": vocabulary or len(byte_tokenizer()), "hidden_size": 32, "intermediate_size": 64,
        "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "initializer_range": 0.3,
        "max_position_embeddings": context, "bos_token_id": None, "eos_token_id": None, "pad_token_id": 0,
    } | changes  # fmt: skip
    set_seed(0)
    if kind == "qwen2":
        return Qwen2ForCausalLM(Qwen2Config(**sizes)).eval()
    return LlamaForCausalLM(LlamaConfig(**sizes)).eval()


def save_checkpoint(folder: Path, model: Any = None) -> Path:
    (model or tiny_model()).save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return folder


def learnt_by_heart(answer: str, steps: int = 150) -> Any:
    """A model that answers everything with one text: trained on nothing but it, after prompts of random ids."""
    tokenizer, model = byte_tokenizer(), tiny_model(initializer_range=0.05, hidden_size=64, intermediate_size=128)
    begin = tokenizer("<|im_start|>assistant\n", add_special_tokens=False)["input_ids"]
    ids = tokenizer(answer, add_special_tokens=False)["input_ids"]
    optimizer = torch.optim.AdamW(model.parameters(), 5e-3)
    chance = torch.Generator().manual_seed(0)
    model.train()
    for _ in range(steps):
        noise = torch.randint(0, 250, (int(torch.randint(20, 200, (), generator=chance)),), generator=chance).tolist()
        row = torch.tensor([noise + begin + ids])
        labels = row.clone()
        labels[:, : len(noise) + len(begin)] = -100
        model(input_ids=row, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.eval()
