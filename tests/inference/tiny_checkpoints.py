"""Tiny checkpoints with random weights, and one that recites a text."""

import json
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


def save_recitation(folder: Path, *texts: str) -> Path:
    """A checkpoint that answers every prompt with the texts, one after the other, and then ends its turn.

    They are cut into pieces, each a token that no prompt has. The model looks at the last token alone: its layers
    add nothing, and its head knows which token comes next.
    """
    pieces = [text[start : start + 9] for text in texts for start in range(0, len(text), 9)]
    state = json.loads(byte_tokenizer().backend_tokenizer.to_str())
    state["added_tokens"] = []
    first = len(state["model"]["vocab"])  # special tokens move behind the pieces
    encode = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str
    vocabulary = {encode(piece)[0][0]: first + index for index, piece in enumerate(pieces)}
    assert len(vocabulary) == len(pieces) and not vocabulary.keys() & state["model"]["vocab"].keys()
    state["model"]["vocab"] |= vocabulary
    made = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(state)), eos_token="<|im_end|>", pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>"],
    )  # fmt: skip
    made.chat_template = CHATML
    made.save_pretrained(folder)
    follows = dict(zip(range(first, first + len(pieces)), range(first + 1, first + len(pieces))))
    line_break = made.convert_tokens_to_ids("Ċ")  # every prompt ends with it
    follows |= {line_break: first, first + len(pieces) - 1: made.eos_token_id}
    _bigram_model(len(made), follows).save_pretrained(folder)
    return folder


def _bigram_model(size: int, follows: dict[int, int]) -> LlamaForCausalLM:
    width = -(-size // 4) * 4
    model = tiny_model(vocabulary=size, hidden_size=width, num_attention_heads=2, num_hidden_layers=1)
    with torch.no_grad():
        model.model.embed_tokens.weight.copy_(torch.eye(size, width))
        layer = model.model.layers[0]
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        for token, next_token in follows.items():
            model.lm_head.weight[next_token, token] = 1
    return model
