"""The chat format: one prompt for training and inference, exactly one BOS token, answers that stay answers."""

import copy
from functools import lru_cache
from pathlib import Path

import pytest
from small_tokenizers import FAMILIES, small_tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from workflowllm.prompts.chat import answer_ids, answers_ids, encode, end_of_turn, prompt_ids, prompt_text, prompts_ids
from workflowllm.runs.command import CommandError

LLAMA3 = Path(__file__).parents[2] / "output" / "models" / "llama3-tokenizer"
SMOLLM2 = Path(__file__).parents[2] / "output" / "models" / "smollm2-135m-instruct"
MESSAGES = [{"role": "system", "content": "You write code."}, {"role": "user", "content": "Say hello 👋"}]
ANSWER = 'Thought:\n1. Say it.\n\nCode:\n```python\nis_workflow_actions_showresult(Text="Hello")\n```'


load = lru_cache(AutoTokenizer.from_pretrained)


@pytest.fixture(params=[*FAMILIES, "real llama3", "real smollm2"])
def tokenizer(request):
    folder = {"real llama3": LLAMA3, "real smollm2": SMOLLM2}.get(request.param)
    if folder is None:
        return small_tokenizer(request.param)
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not there; python scripts/fetch_small_model.py fetches it")
    return load(folder)


def turn(tokenizer):
    return "<|eot_id|>" if "<|eot_id|>" in tokenizer.get_vocab() else "<|im_end|>"


def test_the_prompt_is_what_the_tokenizer_itself_makes_of_the_conversation(tokenizer):
    own = tokenizer.apply_chat_template(MESSAGES, add_generation_prompt=True, return_dict=False)
    assert prompt_ids(tokenizer, MESSAGES) == own


@pytest.mark.parametrize("answer", ["x", "", ANSWER, "a" * 5000, "<|im_end|><|eot_id|>", "\n\n  x\n", "\ud7ff\0👋"])
def test_a_prompt_in_training_is_the_prompt_in_inference_whatever_the_answer(tokenizer, answer):
    assert list(encode(tokenizer, MESSAGES, answer).prompt) == prompt_ids(tokenizer, MESSAGES)


def test_together_or_alone_the_ids_are_the_same(tokenizer):
    others = [MESSAGES, [{"role": "user", "content": "<|im_end|><|eot_id|>"}], MESSAGES[1:]]
    assert prompts_ids(tokenizer, others) == [prompt_ids(tokenizer, messages) for messages in others]
    answers = [ANSWER, "x", ""]
    assert answers_ids(tokenizer, answers) == [answer_ids(tokenizer, answer) for answer in answers]
    assert prompts_ids(tokenizer, []) == answers_ids(tokenizer, []) == []


def test_one_beginning_of_text_where_the_template_writes_one():
    tokenizer = small_tokenizer("llama3")
    assert tokenizer("x")["input_ids"][0] == tokenizer.bos_token_id, "the tokenizer would add one of its own"
    example = encode(tokenizer, MESSAGES, ANSWER)
    assert example.prompt[0] == tokenizer.bos_token_id
    assert [*example.prompt, *example.answer].count(tokenizer.bos_token_id) == 1


def test_no_beginning_of_text_where_the_template_writes_none():
    tokenizer = small_tokenizer("qwen2")
    assert tokenizer.convert_ids_to_tokens(prompt_ids(tokenizer, MESSAGES))[0] == "<|im_start|>"


def test_special_tokens_spelt_out_in_a_request_are_text(tokenizer):
    ending = tokenizer.convert_tokens_to_ids(turn(tokenizer))
    plain = [{"role": "user", "content": "Say it"}]
    spelt = [{"role": "user", "content": f"Say {turn(tokenizer)} and {tokenizer.bos_token or ''} twice"}]
    assert prompt_ids(tokenizer, spelt).count(ending) == prompt_ids(tokenizer, plain).count(ending)
    if tokenizer.bos_token:
        bos = tokenizer.bos_token_id
        assert prompt_ids(tokenizer, spelt).count(bos) == prompt_ids(tokenizer, plain).count(bos)
    assert tokenizer.decode(prompt_ids(tokenizer, spelt)) == prompt_text(tokenizer, spelt)


def test_an_answer_ends_with_its_one_end_of_turn_and_reads_back(tokenizer):
    ids = answer_ids(tokenizer, ANSWER)
    ending = tokenizer.convert_tokens_to_ids(turn(tokenizer))
    assert ids[-1] == ending
    assert ids.count(ending) == 1
    assert tokenizer.decode(ids[:-1]) == ANSWER


@pytest.mark.parametrize("marks", ["<|im_end|>", "<|im_start|>assistant\n", "<|eot_id|>", "<|begin_of_text|>",
                                   "<|start_header_id|>user<|end_header_id|>\n\n", "<|endoftext|>"])  # fmt: skip
def test_an_answer_may_hold_the_templates_own_marks(tokenizer, marks):
    answer = f'Code:\n```python\ntext = "{marks}"\n```'
    ids = answer_ids(tokenizer, answer)
    special = set(tokenizer.all_special_ids) | {tokenizer.convert_tokens_to_ids(turn(tokenizer))}
    assert not special & set(ids[:-1])
    assert tokenizer.decode(ids[:-1]) == answer
    # and a prompt tokenised right after has its special tokens again
    assert tokenizer.convert_tokens_to_ids(turn(tokenizer)) in prompt_ids(tokenizer, MESSAGES)


def test_the_end_of_turn_is_not_taken_from_a_thought_that_the_template_adds():
    assert end_of_turn(small_tokenizer("thinking")) == "<|im_end|>"


def test_a_tokenizer_without_a_template_is_told_so():
    bare = PreTrainedTokenizerFast(tokenizer_object=small_tokenizer("qwen2").backend_tokenizer)
    for use in (lambda: prompt_ids(bare, MESSAGES), lambda: end_of_turn(bare)):
        with pytest.raises(CommandError, match="no chat template"):
            use()


@pytest.mark.parametrize(("template", "words"), [
    ("{{ messages[0]['content'] }}", "does not mark the end"),
    ("{% for message in messages %}{{ message['content'] }}{% endfor %}", "does not mark the end"),
    ("{{ raise_exception('System role not supported') }}", "System role not supported"),
])  # fmt: skip
def test_a_template_that_cannot_serve_is_told_so(template, words):
    odd = PreTrainedTokenizerFast(tokenizer_object=small_tokenizer("qwen2").backend_tokenizer)
    odd.chat_template = template
    with pytest.raises(CommandError, match=words):
        end_of_turn(odd)


# As Gemma 2's and as a template that knows two roles only.
REFUSING = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
IGNORING = "{% for message in messages if message['role'] != 'system' %}"


@pytest.mark.parametrize("kind", ["refusing", "ignoring"])
def test_without_a_system_role_its_text_begins_the_first_user_turn(kind: str) -> None:
    words = copy.deepcopy(small_tokenizer("chatml"))
    every = "{% for message in messages %}"
    words.chat_template = (
        REFUSING + words.chat_template if kind == "refusing" else words.chat_template.replace(every, IGNORING)
    )
    system, user = {"role": "system", "content": "Be <|im_end|> brief."}, {"role": "user", "content": "Hello"}
    merged = [{"role": "user", "content": "Be <|im_end|> brief.\n\nHello"}]
    assert prompt_text(words, [system, user]) == prompt_text(words, merged)
    assert prompt_ids(words, [system, user]) == prompt_ids(words, merged)
    assert end_of_turn(words) == "<|im_end|>"
    plain = small_tokenizer("chatml")
    assert "system" in prompt_text(plain, [system, user])  # a template that has the role keeps it
