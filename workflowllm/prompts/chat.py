"""Messages to token ids with the tokenizer's own chat template: one function for training and for inference.

The prompt's ids never depend on the answer: the two texts are tokenised apart and joined, so the prompt that a model
was trained on is, id for id, the prompt that it gets later. The template writes the BOS token; nothing adds a second.
"""

from typing import Any, NamedTuple

from jinja2 import TemplateError

from workflowllm.prompts.prompt_files import Message
from workflowllm.runs.command import CommandError
from workflowllm.runs.shipped import shipped

_PROBE = "An answer."  # shows what the template writes after an answer


def chat_template(name: str) -> str:
    """The text of a chat template of `configs/chat_templates`: `llama3` or `chatml`."""
    return shipped(f"configs/chat_templates/{name}.jinja").read_text("utf-8").removesuffix("\n")


class Example(NamedTuple):
    """A prompt and its answer as token ids; the answer ends with the end of turn."""

    prompt: list[int]
    answer: list[int]


def prompt_text(tokenizer: Any, messages: list[Message]) -> str:
    """The conversation up to where the assistant's answer begins."""
    return _rendered(tokenizer, messages, add_generation_prompt=True)


def _rendered(tokenizer: Any, messages: list[Message], add_generation_prompt: bool) -> str:
    if not tokenizer.chat_template:
        raise CommandError(f"the tokenizer of {tokenizer.name_or_path} has no chat template; give one that has.")
    settings = {"add_generation_prompt": add_generation_prompt, "tokenize": False}
    try:
        return tokenizer.apply_chat_template(with_accepted_roles(tokenizer, messages), **settings)
    except TemplateError as error:
        raise CommandError(f"the chat template of {tokenizer.name_or_path} fails: {error}") from None


def with_accepted_roles(tokenizer: Any, messages: list[Message]) -> list[Message]:
    """The messages, with the system text in front of the first user turn where the template has no system role.

    Such a template (Gemma's, Mistral's) raises an error, or leaves the system text out.
    """
    if len(messages) < 2 or messages[0]["role"] != "system":
        return messages
    system, user, *others = messages
    try:
        if system["content"].strip() in tokenizer.apply_chat_template([system, user], tokenize=False):
            return messages
    except TemplateError:
        pass
    return [user | {"content": f"{system['content']}\n\n{user['content']}"}, *others]


def prompt_ids(tokenizer: Any, messages: list[Message]) -> list[int]:
    """Token ids of the prompt, with exactly the BOS token that the template writes, if it writes one."""
    return prompts_ids(tokenizer, [messages])[0]


def prompts_ids(tokenizer: Any, conversations: list[list[Message]]) -> list[list[int]]:
    """`prompt_ids` of each conversation, tokenised together. Special tokens spelt out in messages are plain text."""
    ids = _tokenised(tokenizer, [prompt_text(tokenizer, messages) for messages in conversations])
    for index, messages in enumerate(conversations):
        if any(token in message["content"] for message in messages for token in tokenizer.added_tokens_encoder):
            settings = {"add_generation_prompt": True, "sanitize_control_tokens": True, "return_dict": False}
            ids[index] = tokenizer.apply_chat_template(with_accepted_roles(tokenizer, messages), **settings)
    return ids


def _tokenised(tokenizer: Any, texts: list[str], **settings: bool) -> list[list[int]]:
    """Ids of each text, without added special tokens. `verbose` would warn of every text beyond the model's context."""
    return tokenizer(texts, add_special_tokens=False, verbose=False, **settings)["input_ids"] if texts else []


def end_of_turn(tokenizer: Any) -> str:
    """What the template writes after an answer, up to its last special token (ChatML adds a line break to it)."""
    messages = [{"role": "user", "content": "A question."}, {"role": "assistant", "content": _PROBE}]
    whole = _rendered(tokenizer, messages, add_generation_prompt=False)
    ending = whole.rpartition(_PROBE)[2].rstrip()
    if _PROBE not in whole or not ending:
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
    """A training example. The loss counts the answer's ids alone, by their position."""
    return Example(prompt_ids(tokenizer, messages), answer_ids(tokenizer, answer))
