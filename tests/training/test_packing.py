"""Packing: rows that fit, the same samples in a step for any number of devices, and no sample that feels another."""

from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import CONFIGS, VOCABULARY, small_model
from transformers import AutoModelForCausalLM

from workflowllm.prompts.chat import Example
from workflowllm.training.loss import IGNORED, use_answer_loss
from workflowllm.training.models import PACKED_SDPA, packed_attention
from workflowllm.training.packing import StepRows, first_fit, row_collator, spread

CLOSE = {"rtol": 0, "atol": 1e-5}
LENGTHS = st.lists(st.integers(1, 50), max_size=40)


def example(length, answer, seed):
    ids = np.random.default_rng(seed).integers(1, VOCABULARY, length).astype(np.int32)
    return Example(ids[: length - answer], ids[length - answer :])


EXAMPLES = [example(12, 4, 1), example(7, 6, 2), example(19, 3, 3), example(2, 1, 4)]


def attention_of(name):
    return packed_attention("cpu", CONFIGS[name]())


def loss_of(model, examples, num_items=None):
    return model(**row_collator(examples), num_items_in_batch=num_items).loss


# Rows


@given(LENGTHS, st.integers(50, 200))
def test_first_fit_places_each_sample_once_and_overfills_no_row(lengths, row_tokens):
    rows = first_fit(lengths, row_tokens)
    assert sorted(index for row in rows for index in row) == list(range(len(lengths)))
    assert all(sum(lengths[index] for index in row) <= row_tokens for row in rows)
    # No two rows could be one, so at most one is half empty.
    assert sum(2 * sum(lengths[index] for index in row) <= row_tokens for row in rows) <= 1


def test_first_fit_decreasing_by_hand():
    # Longest first: 6 | 5 | 4 beside 6 | 3 beside 5 | 2 beside 5 and 3. In the order given it would take a third row.
    assert first_fit([2, 3, 5, 4, 6], 10) == [[4, 3], [2, 1, 0]]


def test_a_sample_longer_than_a_row_has_a_row_of_its_own():
    assert first_fit([3, 30, 4], 10) == [[1], [2, 0]]


@given(LENGTHS, st.integers(50, 200), st.integers(0, 6))
def test_spread_gives_as_many_rows_as_asked_and_overfills_none(lengths, row_tokens, more):
    count = max(len(first_fit(lengths, row_tokens)), 1) + more
    rows = spread(lengths, row_tokens, count)
    assert len(rows) == count
    assert sorted(index for row in rows for index in row) == list(range(len(lengths)))
    assert all(sum(lengths[index] for index in row) <= row_tokens for row in rows)
    assert sum(not row for row in rows) == max(count - len(lengths), 0)


def test_spread_is_even():
    assert spread([8, 7, 6, 5], 100, 2) == [[0, 3], [1, 2]]


def test_spread_falls_back_where_even_rows_overflow():
    # Evenly: 5+4+3 and 5+4; with room for 10 or 11, 5+5 and 4+4+3.
    assert sorted(map(sorted, spread([5, 5, 4, 4, 3], 11, 2))) == [[0, 1], [2, 3, 4]]


# Steps


@settings(deadline=None, max_examples=40)
@given(LENGTHS.filter(len), st.integers(1, 9), st.integers(1, 4), st.integers(0, 3))
def test_a_step_has_the_same_samples_for_any_number_of_devices(lengths, batch_size, world_size, seed):
    alone = StepRows(lengths, batch_size, 60, 1, seed, epochs=2)
    many = StepRows(lengths, batch_size, 60, world_size, seed, epochs=2)
    for epoch in range(2):
        samples = [
            [sorted(index for row in rows for index in row) for rows in in_steps(one, epoch)] for one in (alone, many)
        ]
        assert samples[0] == samples[1]
        assert sorted(chain.from_iterable(samples[0])) == list(range(len(lengths)))
        assert all(sum(lengths[index] for index in row) <= 60 for row in many.epoch(epoch))


def in_steps(rows, epoch):
    every, size = rows.epoch(epoch), rows.rows_per_rank * rows.world_size
    assert len(every) == rows.steps_per_epoch * size == len(rows)
    return [every[start : start + size] for start in range(0, len(every), size)]


def test_epochs_and_seeds_differ_and_repeat():
    lengths = list(range(1, 41))
    first, again, other = StepRows(lengths, 8), StepRows(lengths, 8), StepRows(lengths, 8, seed=1)
    assert first.epoch(0) == again.epoch(0)
    assert first.epoch(0) != first.epoch(1)
    assert first.epoch(0) != other.epoch(0)
    first.set_epoch(1)
    assert list(first) == again.epoch(1)


def test_no_examples_are_no_steps():
    rows = StepRows([], 8)
    assert (rows.steps_per_epoch, len(rows), rows.epoch(0)) == (0, 0, [])


# The row as tensors


def test_a_row_by_hand():
    row = row_collator([Example([1, 2], [3, 4]), Example([5], [6])])
    assert row["input_ids"].tolist() == [[1, 2, 3, 4, 5, 6]]
    assert row["labels"].tolist() == [[IGNORED, IGNORED, 3, 4, IGNORED, 6]]
    assert row["position_ids"].tolist() == [[0, 1, 2, 3, 0, 1]]
    assert row["cu_seq_lens_q"].tolist() == row["cu_seq_lens_k"].tolist() == [0, 4, 6]
    assert row["max_length_q"] == row["max_length_k"] == 4
    assert "attention_mask" not in row


def test_labels_go_by_place_not_by_token():
    """Padding, end of turn and the answer's own tokens in a prompt have no label; in an answer they have one."""
    row = row_collator([Example([0, 7, 3, 0], [7, 0, 3])], pad_id=0)
    assert row["labels"].tolist() == [[IGNORED] * 4 + [7, 0, 3]]


def test_an_empty_row_is_one_token_without_a_label():
    row = row_collator([], pad_id=9)
    assert (row["input_ids"].tolist(), row["labels"].tolist()) == ([[9]], [[IGNORED]])
    assert use_answer_loss(small_model("llama", PACKED_SDPA))(**row, num_items_in_batch=5).loss.item() == 0


# No leak


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("checkpointing", [False, True])
def test_the_loss_and_gradients_of_a_row_are_those_of_its_samples_alone(name, checkpointing):
    packed, alone = (use_answer_loss(small_model(name, attention_of(name)), 4).train() for _ in range(2))
    plain = small_model(name)  # transformers' own attention, one sample at a time
    if checkpointing:
        packed.activation_checkpointing_enable()
    items = sum(len(one.answer) for one in EXAMPLES)
    together = loss_of(packed, EXAMPLES, items)
    together.backward()
    separately = 0.0
    for one in EXAMPLES:
        loss = loss_of(alone, [one], items)
        loss.backward()
        separately += loss.item()
        row = {field: row_collator([one])[field] for field in ("input_ids", "labels")}
        plain(**row, num_items_in_batch=items).loss.backward()
    assert together.item() == pytest.approx(separately, abs=1e-5)
    for parameters in zip(packed.named_parameters(), alone.parameters(), plain.parameters(), strict=True):
        (parameter, one), *others = parameters
        for other in others:
            torch.testing.assert_close(one.grad, other.grad, **CLOSE, msg=lambda text, at=parameter: f"{at}: {text}")


@pytest.mark.parametrize("name", CONFIGS)
def test_a_poisoned_neighbour_changes_nothing(name):
    """Other tokens before and after, with embeddings a thousand times as large: not a bit of the logits moves."""
    model = small_model(name, attention_of(name)).eval()
    mine = Example(np.arange(1, 9), np.arange(9, 12))
    before, after = Example([20, 21, 22], [23]), Example([30, 31], [32, 33, 34])
    clean = row_collator([before, mine, after])
    poisoned = row_collator([Example([90, 91, 92], [93]), mine, Example([94, 95], [96, 90, 91])])
    first = model(**without_labels(clean)).logits[0, 4:15]
    with torch.no_grad():
        model.get_input_embeddings().weight[90:] *= 1000
        second = model(**without_labels(poisoned)).logits[0, 4:15]
    # A tied head has these weights too, so only the logits of the other ids count.
    torch.testing.assert_close(second[:, :90], first[:, :90], rtol=0, atol=0)


def without_labels(row):
    return {field: value for field, value in row.items() if field != "labels"} | {"use_cache": False}


def test_the_poison_is_felt_where_attention_is_not_told():
    """The test above can fail: without the bounds, the neighbour before is seen."""
    model = small_model("llama", PACKED_SDPA).eval()
    mine = Example(np.arange(1, 9), np.arange(9, 12))
    ids = [row_collator([other, mine])["input_ids"] for other in (Example([20], [23]), Example([90], [93]))]
    first, second = (model(input_ids=one).logits[0, 2:] for one in ids)
    assert (first - second).abs().max() > 1e-3


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("name", ["llama", "qwen2", "sliding"])
def test_transformers_makes_the_block_mask_itself_from_positions(name, attention):
    """What `packed_attention` falls back on where PyTorch's attention cannot serve."""
    packed, alone = (use_answer_loss(small_model(name, attention)) for _ in range(2))
    separately = sum(loss_of(alone, [one], 14).item() for one in EXAMPLES)
    assert loss_of(packed, EXAMPLES, 14).item() == pytest.approx(separately, abs=1e-5)


def test_the_loss_does_not_depend_on_what_shares_a_row_or_in_which_order():
    model = use_answer_loss(small_model("llama", PACKED_SDPA))
    expected = loss_of(model, EXAMPLES, 14).item()
    assert loss_of(model, EXAMPLES[::-1], 14).item() == pytest.approx(expected, abs=1e-5)
    halves = loss_of(model, EXAMPLES[:2], 14) + loss_of(model, EXAMPLES[2:], 14)
    assert halves.item() == pytest.approx(expected, abs=1e-5)


# The attention otherwise


@pytest.mark.parametrize("name", ["llama", "sliding"])
def test_generation_with_padding_is_that_of_plain_attention(name):
    plain, ours = small_model(name, "sdpa").eval(), small_model(name, PACKED_SDPA).eval()
    ids = torch.tensor([[0, 0, 0, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 6, 7, 8]])
    mask = (ids != 0).long()
    given = {"attention_mask": mask, "max_new_tokens": 8, "do_sample": False, "pad_token_id": 0}
    assert ours.generate(ids, **given).tolist() == plain.generate(ids, **given).tolist()


def test_a_saved_model_does_not_ask_for_our_attention(tmp_path):
    small_model("llama", PACKED_SDPA).save_pretrained(tmp_path)
    assert PACKED_SDPA not in (tmp_path / "config.json").read_text("utf-8")
    assert AutoModelForCausalLM.from_pretrained(tmp_path).config._attn_implementation == "sdpa"
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path, attn_implementation=PACKED_SDPA)
    assert loaded.config._attn_implementation == PACKED_SDPA


def test_without_a_gpu_there_is_no_flash_attention():
    assert packed_attention("cpu") == PACKED_SDPA
    assert packed_attention("cpu", CONFIGS["capped"]()) == "eager"
