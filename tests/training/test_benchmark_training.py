"""The benchmark's ways do the same work: equal losses in float32, and each what it says of itself."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_models import VOCABULARY, small_model

from eval.support.flops import training_flops
from eval.support.shapes import read_shape
from workflowllm.prompts.chat import Example

SCRIPT = Path(__file__).parents[2] / "eval" / "benchmark_training.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("benchmark_training", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPT.parent)  # for `support`, as when it runs as a script
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    small_model("tied").save_pretrained(folder)
    return folder


def flags(script, model):
    return script.Flags(
        model=model, data=Path("unread"), ways=[], records=5, max_length=40, row_tokens=None, chunk_tokens=7,
        dtype="float32", gradient_checkpointing=True, device="cpu", threads=1, seed=0, shape=None, layers=None,
        peak_tflops=None, output=None,
    )  # fmt: skip


def examples():
    rng = np.random.default_rng(0)
    lengths = [(20, 5), (9, 9), (3, 30), (12, 2), (30, 10)]
    return [Example(*(rng.integers(1, VOCABULARY, size) for size in pair)) for pair in lengths]


def test_every_way_has_the_same_loss(script, model):
    results = {way: script.measure(way, examples(), flags(script, model)) for way in script.WAYS}
    expected = results["published"]["loss"]
    losses = {way: one["loss"] for way, one in results.items()}
    assert losses == pytest.approx(dict.fromkeys(results, expected), abs=2e-5)
    assert {one["answer_tokens"] for one in results.values()} == {56}
    computed = {way: one["tokens_computed"] for way, one in results.items()}
    # 130 tokens; padded to 40 five times; by length 40, 33, 25, and then 18 and 14 together.
    expected = {"ours": 130, "block_mask": 130, "unpadded": 130, "published": 200, "sorted_padding": 40 + 33 + 25 + 36}
    assert computed == expected


def test_the_table_has_ratios_to_the_published_way(script):
    results = [
        {"way": "ours", "seconds": 2, "cpu_seconds": 4, "peak_gb": 1.5, "answer_tokens_per_second": 28.0, "loss": 1.0,
         "tokens_computed": 130, "tflops": 0.5},
        {"way": "published", "seconds": 8, "cpu_seconds": 20, "peak_gb": 6.0, "answer_tokens_per_second": 7.0,
         "loss": 1.0, "tokens_computed": 200, "tflops": 0.125},
    ]  # fmt: skip
    first, second = (line.split() for line in list(script.report(results, 1.0))[1:])
    assert first == [
        "ours",
        "28.00",
        "4.00",
        "x",
        "5.00",
        "x",
        "1.50",
        "0.25",
        "1.0000",
        "130",
        "0.5",
        "(50.0%",
        "of",
        "the",
        "peak)",
    ]
    assert second == [
        "published",
        "7.00",
        "1.00",
        "x",
        "1.00",
        "x",
        "6.00",
        "1.00",
        "1.0000",
        "200",
        "0.125",
        "(12.5%",
        "of",
        "the",
        "peak)",
    ]


def test_a_shape_with_some_of_its_layers_says_what_all_would_do(script, model, tmp_path):
    """The rate of all layers is what was measured, times the FLOPs of some over those of all."""
    config = json.loads((model / "config.json").read_text()) | {"num_hidden_layers": 6}
    (tmp_path / "shape.json").write_text(json.dumps(config))
    shape = tmp_path / "shape.json"
    one = script.measure("ours", examples(), replace(flags(script, Path("no folder")), shape=shape, layers=2))
    some, all_layers = (read_shape(shape, layers) for layers in (2, None))
    assert (some.num_hidden_layers, all_layers.num_hidden_layers) == (2, 6)
    lengths = [script.length(example) for example in examples()]
    share = training_flops(some, lengths, 56) / training_flops(all_layers, lengths, 56)
    assert 1 / 3 < share < 1  # the head is there once
    seconds = 56 / one["answer_tokens_per_second"]
    assert one["tokens_per_second_of_all_layers"] == pytest.approx(130 / seconds * share, rel=0.01)
