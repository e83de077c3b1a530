"""Prompts are the training ones; examples are never kin of the record; records get keys of their own."""

import json
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tiny_checkpoints import byte_tokenizer

from workflowllm.inference.attempts import errors_of
from workflowllm.inference.inputs import input_records, training_records
from workflowllm.inference.prompting import DoesNotFit, Examples, Prompter, are_kin, estimated_tokens
from workflowllm.prompts.chat import prompt_ids
from workflowllm.prompts.examples import fitted_prompt
from workflowllm.prompts.form import PromptForm
from workflowllm.runs.command import CommandError

SHOW, LIGHT = "is.workflow.actions.showresult", "is.workflow.actions.flashlight"
WORDS = ["alarm", "battery", "calendar", "dictionary", "email", "file", "gallery", "health", "image", "journal"]


def workflow(index: int, **fields: Any) -> dict[str, Any]:
    word = WORDS[index % len(WORDS)]
    code = "\n".join(f'{word}_{line} = is_workflow_actions_{word}(WF{word}="{line * index}")' for line in range(6))
    return {"key": f"k{index}", "title": f"About {word} {index}", "query": f"Do {index} things with {word}, {word}!",
            "apis": [SHOW], "task_plan": f"1. {word}", "workflow_code": f"# {word}\n{code}"} | fields  # fmt: skip


def test_without_examples_the_prompt_is_the_training_one() -> None:
    tokenizer = byte_tokenizer()
    form = PromptForm.of(max_length=8192)
    for apis in ([SHOW], [SHOW, LIGHT] * 3, []):
        record = workflow(1, apis=apis)
        asked = Prompter(form, 8000, tokenizer).prompt(record)
        assert (asked.ids, asked.level) == fitted_prompt(tokenizer, record, form.max_prompt_tokens, form.prompt)
        assert asked.ids == prompt_ids(tokenizer, asked.messages)


def test_documents_are_shortened_until_they_fit() -> None:
    tokenizer, record = byte_tokenizer(), workflow(1, apis=[SHOW, LIGHT, "is.workflow.actions.downloadurl"])
    whole = len(Prompter(PromptForm.of(max_prompt_tokens=8000, max_length=16_000), 8000, tokenizer).prompt(record).ids)
    levels = []
    for room in range(whole, 0, -whole // 12 or -1):
        prompter = Prompter(PromptForm.of(max_prompt_tokens=room, max_length=16_000), 8000, tokenizer)
        try:
            asked = prompter.prompt(record)
        except DoesNotFit:
            break
        assert len(asked.ids) <= room
        levels.append(asked.level)
    assert levels == sorted(levels) and levels[0] == 0 and levels[-1] > 0
    with pytest.raises(DoesNotFit, match="longer than 10 tokens"):
        Prompter(PromptForm.of(), 10, tokenizer).prompt(record)


def test_without_a_tokenizer_tokens_are_estimated() -> None:
    record = workflow(1, apis=[SHOW, LIGHT])
    asked = Prompter(PromptForm.of(), 4096).prompt(record)
    assert asked.ids == [] and asked.level == 0
    with pytest.raises(DoesNotFit):
        Prompter(PromptForm.of(), 4096).prompt(workflow(1, query="x" * 20_000))


def test_examples_stand_before_the_request_as_turns() -> None:
    examples = [workflow(2), workflow(3)]
    asked = Prompter(PromptForm.of(), 8000, byte_tokenizer(), None, 2, lambda record: examples).prompt(workflow(1))
    roles = [message["role"] for message in asked.messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert asked.messages[2]["content"].endswith("```") and "1. calendar" in asked.messages[2]["content"]
    assert workflow(1)["query"] in asked.messages[-1]["content"] and asked.examples == ["k2", "k3"]
    bare = PromptForm.of(plan=False, comments=False)
    answer = Prompter(bare, 8000, None, None, 2, lambda record: examples).prompt(workflow(1)).messages[2]["content"]
    assert answer.startswith("Code:") and "#" not in answer


def test_a_chat_of_its_own_is_asked_as_it_stands() -> None:
    chat = [{"role": "user", "content": "Plan it."}, {"role": "assistant", "content": "[]"}]
    record = {"key": "a", "messages": chat}
    for tokenizer in (byte_tokenizer(), None):
        for examples in (0, 1):
            asked = Prompter(PromptForm.of(), 8000, tokenizer, None, examples, lambda _: [workflow(3)]).prompt(record)
            assert asked.messages == chat[:1] and asked.level == 0 and asked.examples == []
            assert asked.ids == (prompt_ids(tokenizer, chat[:1]) if tokenizer else [])
        with pytest.raises(DoesNotFit):
            Prompter(PromptForm.of(), 1, tokenizer).prompt(record)


def test_an_example_that_is_too_long_gives_way_to_the_next() -> None:
    long = workflow(2, workflow_code="x = is_workflow_actions_exit()\n" * 2000)
    for tokenizer in (byte_tokenizer(), None):
        prompter = Prompter(PromptForm.of(), 8000, tokenizer, None, 1, lambda record: [long, workflow(3)])
        assert prompter.prompt(workflow(1)).examples == ["k3"]


def test_examples_are_drawn_by_seed_and_key() -> None:
    records = [workflow(index) for index in range(10)]
    tests = [workflow(index) | {"key": f"t{index}", "title": f"T{index}", "query": f"Other {'words ' * index}?",
                                "workflow_code": ""} for index in range(40)]  # fmt: skip

    def draw(seed: int) -> list[list[str]]:
        examples = Examples(records, 2, seed)
        return [[one["key"] for one in islice(examples.for_record(test), 2)] for test in tests]

    drawn = draw(0)
    assert drawn == draw(0) != draw(1)
    assert all(len(set(keys)) == 2 for keys in drawn)
    assert len(Counter(key for keys in drawn for key in keys)) == 10, "each may come"


def test_kin() -> None:
    one = workflow(1)
    renamed = one["workflow_code"].replace('"1"', '"2"')
    same = [{"key": "k1"}, {"title": one["title"]}, {"query": one["query"]}, {"workflow_code": renamed},
            {"query": "do 1 things with battery, battery"}]  # fmt: skip
    for other in (one, *(workflow(2, **fields) for fields in same)):
        assert are_kin(one, other), other
    assert not are_kin(one, workflow(2))
    assert not are_kin({"key": "a"}, {"key": "b"})
    only_kin = [workflow(1, key=f"x{index}") for index in range(5)]
    assert list(Examples(only_kin, 1, seed=0).for_record(one)) == []


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(CommandError, match="fewer than --icl 3"):
        Examples([workflow(1)], 3, seed=0)


def data_set(folder: Path, split: dict[str, list[str]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "seed_data.json").write_text(json.dumps([workflow(index) for index in range(6)]), "utf-8")
    (folder / "dataset_split_keys.json").write_text(json.dumps(split), "utf-8")
    return folder


def test_a_folder_gives_its_test_records_and_its_training_records(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "data", {"train": ["k0", "k1"], "dev": ["k2"], "test": ["k4", "k3"]})
    assert [key for key, _ in input_records(folder, out_of_distribution=False)] == ["k3", "k4"]
    assert [key for key, _ in input_records(folder, out_of_distribution=False, limit=1)] == ["k3"]
    assert [one["key"] for one in training_records(folder, out_of_distribution=False)] == ["k0", "k1"]
    data_set(folder, {"train": ["k0"], "dev": ["k2"]})
    assert [key for key, _ in input_records(folder, out_of_distribution=False)] == ["k2"], "released: no test"


def test_folders_without_test_records_are_refused(tmp_path: Path) -> None:
    empty, gone = {"train": ["k0"]}, {"train": [], "dev": ["gone"]}
    for split, words in ((empty, "lists no test records"), (gone, "none of the ID")):
        with pytest.raises(CommandError, match=words):
            input_records(data_set(tmp_path / "data", split), out_of_distribution=False)
    empty_file = tmp_path / "empty.jsonl"
    empty_file.write_bytes(b"")
    with pytest.raises(CommandError, match="holds no records"):
        input_records(empty_file, out_of_distribution=False)
    with pytest.raises(CommandError, match="dataset_split_keys_ood"):
        input_records(tmp_path / "data", out_of_distribution=True)


@pytest.mark.parametrize("code", ["", "\n", "# Ask the user", "  # Ask\n\n# and tell"])
def test_an_answer_of_comments_is_asked_for_again(code: str) -> None:
    """It compiles, to a shortcut that does nothing."""
    assert errors_of(code, []) == ["there is no code"]


def test_apis_that_are_offered_briefly_go_first() -> None:
    record = workflow(1, apis=[SHOW, LIGHT], briefly=[LIGHT])
    shown = Prompter(PromptForm.of(max_length=16_000), 8000).prompt(record)
    assert "def is_workflow_actions_flashlight(" in shown.messages[-1]["content"]
    assert shown.messages[-1]["content"].count('"""') == 2, "one document is whole, the other a signature"
    tight = estimated_tokens(shown.messages) - 1
    less = Prompter(PromptForm.of(max_prompt_tokens=tight), 8000).prompt(record)
    assert less.level == 0 and less.record["apis"] == [SHOW] and "flashlight" not in less.messages[-1]["content"]
