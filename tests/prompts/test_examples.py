"""From records to examples: one prompt for training and inference, levels by the prompt alone, no record lost."""

import json
from functools import lru_cache
from pathlib import Path

import pytest
from helpers_examples import CODE, RECORD, ROOMY, STUBS, encoded, tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import FAMILIES, small_tokenizer
from transformers import AutoTokenizer

from workflowllm.prompts.answers import parse_answer
from workflowllm.prompts.chat import prompt_ids
from workflowllm.prompts.examples import answer_text, fitted_prompt, fitted_prompts
from workflowllm.prompts.form import PromptForm
from workflowllm.prompts.generation import LEVELS, generation_messages
from workflowllm.runs.command import CommandError

LLAMA3 = Path(__file__).parents[2] / "output" / "models" / "llama3-tokenizer"


def sizes(record=RECORD, of=None):
    """Tokens of the record's prompt at each level."""
    return [
        len(prompt_ids(of or tokenizer(), generation_messages(record["query"], record["apis"], level, stubs=STUBS)))
        for level in LEVELS
    ]


# One prompt


load = lru_cache(AutoTokenizer.from_pretrained)


@pytest.mark.parametrize("family", [*FAMILIES, "real llama3"])
@pytest.mark.parametrize("level", LEVELS)
def test_the_prompt_in_training_is_the_prompt_in_inference(family, level):
    if family == "real llama3" and not LLAMA3.is_dir():
        pytest.skip("the tokenizer of Llama 3 is not there; python scripts/fetch_small_model.py fetches it")
    words = load(LLAMA3) if family == "real llama3" else small_tokenizer(family)
    room = sizes(of=words)[level]
    (example,) = encoded(RECORD, room=room, of=words)
    request = {name: RECORD[name] for name in ("query", "apis")}  # all that inference has
    form = PromptForm.of(ROOMY, room)
    ids, found = fitted_prompt(words, request, form.max_prompt_tokens, form.prompt, STUBS)
    assert example.prompt.tolist() == ids
    assert found == level
    assert ids == prompt_ids(words, generation_messages(RECORD["query"], RECORD["apis"], level, stubs=STUBS))


def test_the_levels_of_the_record_above_all_differ():
    assert len(set(sizes())) == len(LEVELS)


@settings(deadline=None, max_examples=30)
@given(st.text(), st.text(alphabet=st.characters(codec="utf-8")), st.integers(0, 3))
def test_no_answer_changes_its_prompt(plan, code, level):
    """Not its text, not its length, not the parameters that it uses."""
    room = sizes()[level]
    (mine,) = encoded(RECORD, room=room)
    others = encoded(RECORD | {"task_plan": plan, "workflow_code": code}, room=room)
    assert all(other.prompt.tolist() == mine.prompt.tolist() for other in others)


def test_the_shortest_level_drops_optional_parameters_that_the_answer_needs():
    used = RECORD | {"workflow_code": 'is_workflow_actions_showresult(Text="x", Speed=2)'}
    (example,) = encoded(used, room=sizes()[3])
    shown = tokenizer().decode(example.prompt)
    assert "Speed" not in shown
    assert "Text: str" in shown


def test_prompts_together_are_prompts_alone():
    records = [RECORD, RECORD | {"query": "x" * 3000}, RECORD | {"apis": []}, RECORD | {"query": "<|im_end|>"}]
    room = sizes()[1]
    together = fitted_prompts(tokenizer(), records, room, stubs=STUBS)
    assert together == [fitted_prompt(tokenizer(), record, room, stubs=STUBS) for record in records]
    assert together[1] is None
    assert together[2] is not None


# What fits


def test_a_record_fits_to_the_token():
    prompt, answer = sizes()[0], len(encoded(RECORD)[0].answer)
    assert encoded(RECORD, max_length=prompt + answer, room=prompt).counts == {"kept": 1, "level_0": 1}
    over = encoded(RECORD, max_length=prompt + answer - 1, room=prompt)
    assert over.counts == {"skipped": 1, "skipped_too_long": 1}
    assert str(answer) in over.skipped[0]["error"]


def test_a_long_answer_does_not_shorten_its_prompt():
    """Shorter documents would make it fit; but then short documents would announce long answers."""
    long = RECORD | {"workflow_code": CODE * 50}
    answer = len(encoded(long)[0].answer)
    counts = encoded(long, max_length=sizes()[2] + answer, room=sizes()[0]).counts
    assert counts == {"skipped": 1, "skipped_too_long": 1}


def test_an_answer_is_never_cut():
    long = RECORD | {"workflow_code": "\n".join(f"text_{number} = 'x'" for number in range(500))}
    (example,) = encoded(long)
    assert parse_answer(tokenizer().decode(example.answer[:-1])).code == long["workflow_code"]


def test_a_prompt_too_long_at_every_level():
    counts = encoded(RECORD, room=sizes()[-1] - 1).counts
    assert counts == {"skipped": 1, "skipped_prompt_too_long": 1}


# Bad records


@pytest.mark.parametrize(("change", "reason"), [
    ({"query": ""}, "without_query"),
    ({"query": "  \n"}, "without_query"),
    ({"query": None}, "without_query"),
    ({"query": 7}, "malformed"),
    ({"query": "half \ud83d"}, "malformed"),
    ({"apis": None}, "without_apis"),
    ({"apis": "is.workflow.actions.ask"}, "without_apis"),
    ({"apis": ["a", 7]}, "without_apis"),
    ({"apis": ["\udfff"]}, "malformed"),
    ({"workflow_code": ""}, "without_answer"),
    ({"workflow_code": None}, "without_answer"),
    ({"workflow_code": ["x"]}, "malformed"),
    ({"workflow_code": "text = '\ud83d'"}, "malformed"),
    ({"task_plan": " "}, "without_plan"),
    ({"task_plan": {"a": 1}}, "malformed"),
])  # fmt: skip
def test_a_bad_record_stops_no_other(change, reason):
    found = encoded(RECORD, RECORD | {"key": "bad"} | change, RECORD | {"key": "three"})
    assert found.keys == ["one", "three"]
    assert found.counts == {"kept": 2, "level_0": 2, "skipped": 1, f"skipped_{reason}": 1}
    assert [line["key"] for line in found.skipped] == ["bad"]


CHAT = {"key": "chat", "messages": [
    {"role": "system", "content": "You can call: []"}, {"role": "user", "content": "Plan it <|im_end|> now."},
    {"role": "assistant", "content": '[{"id": 0, "name": "FinishAction", "args": "{}"}]'},
]}  # fmt: skip


def test_a_chat_of_its_own_is_trained_on_as_it_stands():
    words = tokenizer()
    found = encoded(RECORD, CHAT | {"apis": ["is.workflow.actions.ask"]}, plan=False, comments=False)
    assert found.keys == ["one", "chat"] and found.counts == {"kept": 2, "level_0": 2}
    assert found[1].prompt.tolist() == prompt_ids(words, CHAT["messages"][:-1])
    assert words.decode(found[1].answer) == CHAT["messages"][-1]["content"] + "<|im_end|>"
    asked = {"messages": CHAT["messages"][:-1]}  # without the answer, as at inference
    for request in (CHAT, asked):
        assert fitted_prompt(words, request, ROOMY) == (found[1].prompt.tolist(), 0)


def test_a_chat_is_kept_or_left_out_whole():
    size = len(prompt_ids(tokenizer(), CHAT["messages"][:-1]))
    assert encoded(CHAT, room=size).counts == {"kept": 1, "level_0": 1}
    assert encoded(CHAT, room=size - 1).counts == {"skipped": 1, "skipped_prompt_too_long": 1}
    assert encoded(CHAT, max_length=size + 2, room=size).counts == {"skipped": 1, "skipped_too_long": 1}


@pytest.mark.parametrize(("messages", "reason"), [
    ([], "malformed"),
    ("text", "malformed"),
    ({"role": "user"}, "malformed"),
    (["text"], "malformed"),
    (CHAT["messages"][:1], "malformed"),
    (CHAT["messages"][:1] * 2, "malformed"),
    (CHAT["messages"][2:], "malformed"),
    ([{"role": ["user"], "content": "x"}], "malformed"),
    ([{"role": "user", "content": "x"}, {"role": "assistant"}], "malformed"),
    ([{"role": "user", "content": "half \ud83d"}, CHAT["messages"][2]], "malformed"),
    (CHAT["messages"][:2], "without_answer"),
    ([*CHAT["messages"][:2], {"role": "assistant", "content": " \n"}], "without_answer"),
    ([*CHAT["messages"], CHAT["messages"][1]], "without_answer"),
])  # fmt: skip
def test_a_bad_chat_stops_no_other(messages, reason):
    found = encoded(CHAT, RECORD | {"key": "bad", "messages": messages}, RECORD)
    assert found.keys == ["chat", "one"]
    assert found.counts == {"kept": 2, "level_0": 2, "skipped": 1, f"skipped_{reason}": 1}


def test_records_without_any_field_and_no_records():
    assert encoded({}, {"key": 3}).counts == {"skipped": 2, "skipped_without_query": 2}
    nothing = encoded()
    assert (len(nothing), list(nothing), nothing.counts) == (0, [], {})


@settings(deadline=None, max_examples=30)
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_text_ends_as_an_example_or_a_reason(query, code):
    found = encoded(RECORD | {"query": query, "workflow_code": code})
    assert found.counts.get("kept", 0) + found.counts.get("skipped", 0) == 1


# Ablations


@pytest.mark.parametrize("plan", [True, False])
@pytest.mark.parametrize("comments", [True, False])
def test_prompt_and_answer_agree_on_plan_and_comments(plan, comments):
    (example,) = encoded(RECORD, plan=plan, comments=comments)
    asked, given_ = tokenizer().decode(example.prompt), tokenizer().decode(example.answer[:-1])
    assert ("Thought:" in asked) == ("Thought:" in given_) == plan
    assert ("a comment line before" in asked) == ("# Ask" in given_) == comments
    assert ("without comments" in asked) == (not comments)
    assert "[" not in asked.split("Greet me")[1].split("The interfaces")[0], "a mark of the prompt file is left"
    answer = parse_answer(given_)
    assert answer.plan == (RECORD["task_plan"] if plan else "")
    assert '"Name # of?"' in answer.code
    assert ("# now" in answer.code) == comments


def test_without_plans_records_need_none():
    assert encoded({**RECORD, "task_plan": None}, plan=False).counts == {"kept": 1, "level_0": 1}


def test_code_that_was_all_comments_is_no_answer_without_them():
    assert encoded(RECORD | {"workflow_code": "# nothing"}, comments=False).counts["skipped_without_answer"] == 1


def test_the_answer_form():
    assert answer_text(RECORD) == f"Thought:\n1. Ask.\n2. Show.\n\nCode:\n```python\n{CODE}\n```"


# The form that is stored with the model


def test_a_stored_form_comes_back(tmp_path):
    form = PromptForm.of(4096, 1000, plan=False)
    form.save(tmp_path)
    back = PromptForm.load(tmp_path)
    assert (back.max_prompt_tokens, back.plan, back.comments) == (1000, False, True)
    assert back.prompt.sha256 == form.prompt.sha256
    given_ = {"query": "a $ and {b}", "apis": "def f(): ..."}
    assert back.prompt.messages(**given_) == form.prompt.messages(**given_)
    assert PromptForm.load(tmp_path / "elsewhere") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"prompt": 3}', "\0", json.dumps({"prompt": {}, "plan": True})])
def test_a_broken_form_is_told(tmp_path, content):
    (tmp_path / "prompt_form.json").write_text(content, "utf-8")
    with pytest.raises(CommandError, match=r"prompt_form\.json"):
        PromptForm.load(tmp_path)


def test_a_prompt_may_not_take_all_the_room():
    assert PromptForm.of(8192).max_prompt_tokens == 3072
    with pytest.raises(CommandError, match="leave no room"):
        PromptForm.of(1024, 1024)
