"""Messages to token ids with the tokenizer's own chat template: one function for training and for inference.

The prompt's ids never depend on the answer: the two texts are tokenised apart and joined, so the prompt that a model
was trained on is, id for id, the prompt that it gets later. The template writes the beginning of text; nothing adds a
second one.
"""

from typing import Any, NamedTuple

from workflowllm.jobs import CommandError
from workflowllm.llm.prompt_files import Message

_PROBE = "An answer."  # shows what the template writes after an answer


class Example(NamedTuple):
    """A prompt and its answer as token ids; the answer ends with the end of turn."""

    prompt: list[int]
    answer: list[int]


def prompt_text(tokenizer: Any, messages: list[Message]) -> str:
    """The conversation up to where the assistant's answer begins."""
    if not tokenizer.chat_template:
        raise CommandError(f"the tokenizer of {tokenizer.name_or_path} has no chat template; give one that has.")
    return tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)


def prompt_ids(tokenizer: Any, messages: list[Message]) -> list[int]:
    """Token ids of the prompt, with the one beginning of text that the template writes, if it writes one."""
    return prompts_ids(tokenizer, [messages])[0]


def prompts_ids(tokenizer: Any, conversations: list[list[Message]]) -> list[list[int]]:
    """`prompt_ids` of each conversation, tokenised together."""
    return _tokenised(tokenizer, [prompt_text(tokenizer, messages) for messages in conversations])


def _tokenised(tokenizer: Any, texts: list[str], **settings: bool) -> list[list[int]]:
    return tokenizer(texts, add_special_tokens=False, **settings)["input_ids"] if texts else []


def end_of_turn(tokenizer: Any) -> str:
    """What the template writes after an answer, up to its last special token (ChatML adds a line break to it)."""
    messages = [{"role": "user", "content": "A question."}]
    begun = prompt_text(tokenizer, messages)
    whole = tokenizer.apply_chat_template([*messages, {"role": "assistant", "content": _PROBE}], tokenize=False)
    if not whole.startswith(begun + _PROBE):
        raise CommandError(
            f"the chat template of {tokenizer.name_or_path} writes an answer otherwise than it asks for one; "
            "give the tokenizer a template whose generation prompt begins the assistant's message."
        )
    ending = whole[len(begun) + len(_PROBE) :].rstrip()
    if not ending:
        raise CommandError(f"the chat template of {tokenizer.name_or_path} does not mark the end of an answer.")
    return ending


def answer_ids(tokenizer: Any, answer: str) -> list[int]:
    """Token ids of an answer with its end of turn. Special tokens spelt out inside the answer are plain text."""
    return answers_ids(tokenizer, [answer])[0]


def answers_ids(tokenizer: Any, answers: list[str]) -> list[list[int]]:
    """`answer_ids` of each answer, tokenised together."""
    ending = _tokenised(tokenizer, [end_of_turn(tokenizer)])[0]
    plain = _tokenised(tokenizer, [answer.strip() for answer in answers], split_special_tokens=True)
    return [ids + ending for ids in plain]


def encode(tokenizer: Any, messages: list[Message], answer: str) -> Example:
    """A training example. The loss counts the answer's ids alone, by their place."""
    return Example(prompt_ids(tokenizer, messages), answer_ids(tokenizer, answer))
