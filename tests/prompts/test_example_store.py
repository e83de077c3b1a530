"""Examples on disk: they come back as they were, and what was cut short is noticed."""

import numpy as np
import pytest
from helpers_examples import RECORD, encoded

from workflowllm.prompts.chat import Example
from workflowllm.prompts.example_store import Examples, ExamplesWriter
from workflowllm.runs.command import CommandError


def test_saved_examples_come_back_memory_mapped(tmp_path):
    made = encoded(RECORD, RECORD | {"key": "bad", "query": ""}, RECORD | {"key": "zwei ü", "query": "Again?"})
    made.save(tmp_path / "deep" / "er")
    back = Examples.open(tmp_path / "deep" / "er")
    assert len(back) == 2
    assert (back.keys, back.counts, back.skipped) == (made.keys, made.counts, made.skipped)
    for one, other in zip(back, made):
        assert one.prompt.tolist() == other.prompt.tolist()
        assert one.answer.tolist() == other.answer.tolist()
    assert isinstance(back[0].prompt.base, np.memmap) or isinstance(back[0].prompt, np.memmap)
    assert back.lengths.tolist() == [len(one.prompt) + len(one.answer) for one in made]


def test_no_examples_can_be_stored(tmp_path):
    ExamplesWriter().finished().save(tmp_path)
    assert len(Examples.open(tmp_path)) == 0


def test_examples_have_bounds():
    writer = ExamplesWriter()
    writer.keep("a", Example([1, 2], [3]), 0)
    examples = writer.finished()
    assert [list(map(list, one)) for one in examples] == [[[1, 2], [3]]]
    for index in (1, -1):
        with pytest.raises(IndexError):
            examples[index]


def test_examples_cut_short_are_noticed(tmp_path):
    made = encoded(RECORD)
    made.save(tmp_path)
    whole = (tmp_path / "ids.npy").read_bytes()
    (tmp_path / "ids.npy").write_bytes(whole[:-40])
    with pytest.raises(CommandError, match="cannot read the examples"):
        Examples.open(tmp_path)
    np.save(tmp_path / "ids.npy", made[0].prompt)
    with pytest.raises(CommandError, match="do not belong together"):
        Examples.open(tmp_path)
    (tmp_path / "examples.json").unlink()  # a kill in the middle of saving leaves this file out
    (tmp_path / "ids.npy").write_bytes(whole)
    with pytest.raises(CommandError, match="cannot read the examples"):
        Examples.open(tmp_path)
