"""The real small model, where it has been fetched: a stand-in for a large one, whose words are not judged here."""

from pathlib import Path
from typing import Any

import pytest
import torch
from real_server import MODEL

from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import Decoding
from workflowllm.inference.local_model import LocalModel
from workflowllm.inference.prompting import PromptedRecord
from workflowllm.inference.run_options import LocalOptions


@pytest.fixture(scope="module")
def local() -> LocalModel:
    if not (MODEL / "config.json").is_file():
        pytest.skip("NOT TESTED: no small model; fetch it with `python scripts/fetch_small_model.py`")
    return LocalModel(Path(MODEL), "cpu", "auto")


def asked(local: LocalModel, text: str) -> PromptedRecord:
    messages = [{"role": "user", "content": text}]
    ids = local.tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
    return PromptedRecord({"key": text, "query": text, "apis": []}, messages, ids, 0)


def generated(local: LocalModel, ids: list[int], tokens: int) -> list[int]:
    prompt = torch.tensor([ids])
    with torch.inference_mode():
        mask = torch.ones_like(prompt)
        found = local.model.generate(prompt, attention_mask=mask, max_new_tokens=tokens, do_sample=False)
    return found[0, len(ids) :].tolist()


def test_its_greedy_answers_are_those_of_generate(local: LocalModel) -> None:
    questions = ["What is 2 plus 2?", "Name the capital of France, and nothing else, in one word.",
                 "Print the word hello in Python. Answer with one fenced block of code."]  # fmt: skip
    attempts = [Attempts(asked(local, text), Decoding(max_tokens=24)) for text in questions]
    engine = local.engine(LocalOptions(batch_tokens=4096, max_rows=2, early_stop=False))
    found: dict[str, Any] = {one.key: one.answers[0]["raw_output"] for one, _ in local.answer(attempts, engine)}
    for one in attempts:
        expected = local.tokenizer.decode(generated(local, one.prompted.ids, 24), skip_special_tokens=True)
        assert found[one.key] == expected
    assert len(set(found.values())) == 3


def test_its_end_of_turn_ends_an_answer(local: LocalModel) -> None:
    assert local.tokenizer.convert_tokens_to_ids("<|im_end|>") in local.end_tokens
    assert local.model.dtype == torch.float32
    assert local.context == 8192
