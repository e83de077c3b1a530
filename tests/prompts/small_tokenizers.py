"""Small byte-level tokenizers with the special tokens and chat templates of the families that are fine-tuned.

Each adds a beginning of text by itself where its family does, so that a second one would show.
"""

from functools import lru_cache

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from workflowllm.prompts.chat import chat_template

TEXT = ["Write a workflow:", 'Thought:\n1. plan\n\nCode:\n```python\ntext = f"{name}"\n```', "def a(*, b: str)"]
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# As Qwen2.5's: a system message of its own where the conversation has none.
QWEN = (
    "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    + CHATML
)
# As Qwen3's: the last answer has an empty thought that the generation prompt does not begin.
THINKING = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['role'] == 'assistant' %}<think>\n\n</think>\n\n{% endif %}{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA3_SPECIALS = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
CHATML_SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
# name: template, special tokens, beginning of text, end of turn, padding
FAMILIES = {
    "llama3": (chat_template("llama3"), LLAMA3_SPECIALS, "<|begin_of_text|>", "<|eot_id|>", "<|eot_id|>"),
    "qwen2": (QWEN, CHATML_SPECIALS, None, "<|im_end|>", "<|endoftext|>"),
    "chatml": (CHATML, CHATML_SPECIALS, "<|im_start|>", "<|im_end|>", "<|im_end|>"),
    "thinking": (THINKING, CHATML_SPECIALS, None, "<|im_end|>", "<|endoftext|>"),
}


@lru_cache
def small_tokenizer(family: str) -> PreTrainedTokenizerFast:
    """A tokenizer of a family with some 300 ids."""
    template, specials, bos, eos, pad = FAMILIES[family]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet))
    tokenizer.add_special_tokens(specials)
    if family == "llama3":
        ids = [(bos, tokenizer.token_to_id(bos))]
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{bos} $A", special_tokens=ids)
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos, eos_token=eos, pad_token=pad)
    made.chat_template = template
    return made
