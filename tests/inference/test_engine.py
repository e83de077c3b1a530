"""Continuous batching gives what the library's own generate gives for each prompt alone, whatever happens around it."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from tiny_checkpoints import tiny_model

from workflowllm.inference.decoding import Decoding
from workflowllm.inference.engine import ROWS_SDPA, Engine, Job, rows_sdpa_forward

VOCABULARY, END = 90, 7


@pytest.fixture(scope="module", params=["llama", "qwen2", "tied", "llama, rows", "qwen2, rows"])
def model(request: pytest.FixtureRequest) -> Any:
    kind, _, attention = request.param.partition(", ")
    if kind == "tied":
        return tiny_model(vocabulary=VOCABULARY, tie_word_embeddings=True)
    made = tiny_model(kind, vocabulary=VOCABULARY)
    if attention:
        made.set_attn_implementation(ROWS_SDPA)
    return made


@pytest.fixture(scope="module")
def llama() -> Any:
    return tiny_model(vocabulary=VOCABULARY)


def prompts(count: int, longest: int = 60) -> list[list[int]]:
    rng = random.Random(1)
    return [[rng.randrange(8, VOCABULARY) for _ in range(rng.randrange(1, longest))] for _ in range(count)]


def never(written: list[int]) -> bool:
    return False


def answers(model: Any, given: list[list[int]], decoding: Decoding, **settings: Any) -> dict[str, list[int]]:
    engine = Engine(model, [END], settings.pop("is_over", never), **settings)
    for index, prompt in enumerate(given):
        engine.add(Job(str(index), prompt, decoding, seed=index))
    done = list(engine.run())
    assert sorted(job.key for job in done) == sorted(map(str, range(len(given))))
    return {job.key: job.written for job in done if not job.error}


def alone(model: Any, prompt: list[int], tokens: int) -> list[int]:
    with torch.inference_mode():
        ids = torch.tensor([prompt])
        found = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, do_sample=False, eos_token_id=END,
            pad_token_id=0,
        )  # fmt: skip
    return found[0, len(prompt) :].tolist()


def test_greedy_equals_generate(model: Any) -> None:
    given = prompts(9)
    expected = {str(index): alone(model, prompt, 24) for index, prompt in enumerate(given)}
    assert len({tuple(ids) for ids in expected.values()}) > 5, "a model that says one thing shows nothing"
    decoding = Decoding(max_tokens=24)
    for settings in ({"max_rows": 1}, {"max_rows": 3}, {"max_rows": 16}, {"max_rows": 8, "batch_tokens": 200}):
        assert answers(model, given, decoding, **settings) == expected


def test_an_end_token_frees_its_row(llama: Any) -> None:
    given = prompts(6)
    free = answers(llama, given, Decoding(max_tokens=30), max_rows=2)
    token = free["0"][4]  # made the end: some answers stop early, others run on
    engine = Engine(llama, [token], never, max_rows=2)
    for index, prompt in enumerate(given):
        engine.add(Job(str(index), prompt, Decoding(max_tokens=30)))
    for job in engine.run():
        whole = free[job.key]
        expected = whole[: whole.index(token) + 1] if token in whole else whole
        assert job.written == expected


def test_a_row_stops_when_its_text_is_over(llama: Any) -> None:
    given = prompts(5)
    free = answers(llama, given, Decoding(max_tokens=20))
    short = answers(llama, given, Decoding(max_tokens=20), is_over=lambda written: sum(written) > 300)
    for key, written in short.items():
        assert written == free[key][: len(written)]
        assert sum(written) > 300 or len(written) == 20
        assert sum(written[:-1]) <= 300
    assert any(len(written) < 20 for written in short.values())


class Counting:
    """The model, counting the tokens it reads, and failing where it is told to."""

    def __init__(self, model: Any, fails: Any = lambda ids: None):
        self.model, self.fails, self.read, self.calls = model, fails, 0, 0
        self.config = model.config

    def get_input_embeddings(self) -> Any:
        return self.model.get_input_embeddings()

    def __call__(self, **inputs: Any) -> Any:
        self.calls += 1
        self.fails(inputs["input_ids"])
        self.read += inputs["input_ids"].numel()
        return self.model(**inputs)


def test_a_common_beginning_is_read_once(llama: Any) -> None:
    common = prompts(1, 60)[0] * 3
    given = [common + tail for tail in prompts(6, 5)]
    counting = Counting(llama)
    found = answers(counting, given, Decoding(max_tokens=1), max_rows=2)
    assert found == {str(index): alone(llama, prompt, 1) for index, prompt in enumerate(given)}
    longest = max(map(len, given))
    assert counting.read <= longest + sum(len(prompt) - len(common) for prompt in given)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"),
                                   RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"),
                                   MemoryError()])  # fmt: skip
def test_lack_of_memory_halves_the_rows(llama: Any, error: Exception) -> None:
    def no_more_than_two(ids: torch.Tensor) -> None:
        if len(ids) > 2:
            raise error

    given = prompts(9)
    expected = answers(llama, given, Decoding(max_tokens=12))
    assert answers(Counting(llama, no_more_than_two), given, Decoding(max_tokens=12), max_rows=8) == expected


def failures(fails: Any, given: list[list[int]], model: Any) -> Iterator[Job]:
    engine = Engine(Counting(model, fails), [END], never, max_rows=4)
    for index, prompt in enumerate(given):
        engine.add(Job(str(index), prompt, Decoding(max_tokens=8)))
    yield from engine.run()


def test_a_prompt_that_fails_alone_is_tried_once_more_and_given_up(llama: Any) -> None:
    given = prompts(6)
    given[3] = [88] * 20
    tried: list[int] = []

    def poisoned(ids: torch.Tensor) -> None:
        if len(ids) == 1 and ids.shape[1] > 1 and set(ids[0].tolist()) == {88}:
            tried.append(1)
            raise RuntimeError("no such thing\nwith details")

    done = {job.key: job for job in failures(poisoned, given, llama)}
    assert [key for key, job in done.items() if job.error] == ["3"]
    assert done["3"].error == "the model failed on it twice, alone: no such thing"
    assert len(tried) <= 4  # with others, with fewer, and twice alone
    expected = answers(llama, given, Decoding(max_tokens=8))
    assert {key: job.written for key, job in done.items() if key != "3"} == {
        key: ids for key, ids in expected.items() if key != "3"
    }


def test_a_fault_that_passes_costs_no_answer(llama: Any) -> None:
    calls = iter(range(1000))

    def once(ids: torch.Tensor) -> None:
        if next(calls) == 7:
            raise RuntimeError("passing")

    given = prompts(1)
    [job] = failures(once, given, llama)
    assert not job.error and job.written == answers(llama, given, Decoding(max_tokens=8))["0"]


def test_chance_is_the_rows_own(llama: Any) -> None:
    """What a row draws depends on its seed alone, not on its neighbours."""
    given, decoding = prompts(6), Decoding(max_tokens=16, temperature=1.0, top_p=0.9, top_k=40)
    expected = answers(llama, given, decoding, max_rows=1)
    assert answers(llama, given, decoding, max_rows=5) == expected
    assert expected != answers(llama, given, Decoding(max_tokens=16))


def test_settings_of_decoding_count(llama: Any) -> None:
    given = prompts(4)
    greedy = answers(llama, given, Decoding(max_tokens=16))
    assert answers(llama, given, Decoding(max_tokens=16, temperature=3.0, top_k=1)) == greedy
    assert answers(llama, given, Decoding(max_tokens=16, temperature=3.0, top_p=1e-6)) == greedy
    penalised = answers(llama, given, Decoding(max_tokens=16, repetition_penalty=1e6))
    for key, written in penalised.items():  # nothing that was seen comes again
        assert len(set(written)) == len(written) and not set(written) & set(given[int(key)])


def test_draws_follow_the_distribution(llama: Any) -> None:
    prompt = prompts(1)[0]
    with torch.inference_mode():
        expected = (llama(torch.tensor([prompt])).logits[0, -1] / 2.0).softmax(-1)
    engine = Engine(llama, [END], never, max_rows=8)
    for index in range(400):
        engine.add(Job(str(index), prompt, Decoding(max_tokens=1, temperature=2.0), seed=index))
    drawn = torch.bincount(torch.tensor([job.written[0] for job in engine.run()]), minlength=VOCABULARY) / 400
    top = expected.topk(5).indices
    assert torch.allclose(drawn[top], expected[top], atol=0.08)  # three standard errors at most
    assert float((drawn - expected).abs().sum()) < 0.6


def test_jobs_may_be_added_while_it_runs(llama: Any) -> None:
    engine = Engine(llama, [END], never, max_rows=2)
    engine.add(Job("0", [9, 10], Decoding(max_tokens=3)))
    seen = []
    for job in engine.run():
        seen.append(job.key)
        if len(seen) < 4:
            engine.add(Job(str(len(seen)), [9] * 20 * len(seen), Decoding(max_tokens=3)))
    assert seen == ["0", "1", "2", "3"]


def test_a_row_sees_its_own_keys_and_no_other(llama: Any) -> None:
    """Against attention with a mask; what stands behind a row's end is poison."""
    torch.manual_seed(0)
    lengths = [1, 5, 7]
    query, key, value = torch.randn(3, 4, 1, 8), torch.randn(3, 2, 7, 8), torch.randn(3, 2, 7, 8)
    seen = torch.arange(7) < torch.tensor(lengths)[:, None]
    attention = llama.model.layers[0].self_attn
    expected, _ = rows_sdpa_forward(attention, query, key, value, seen[:, None, None], scaling=0.3)
    for row, length in enumerate(lengths):
        key[row, :, length:] = value[row, :, length:] = torch.nan
    found, _ = rows_sdpa_forward(attention, query, key, value, None, row_lengths=lengths, scaling=0.3)
    assert found.shape == (3, 1, 4, 8)
    torch.testing.assert_close(found, expected)


def test_many_alike_are_written_together(llama: Any) -> None:
    """Rows are fewer than allowed because the jobs are few: no second pool is kept for the short ones."""
    counting = Counting(llama)
    answers(counting, [[9] * 40, [10] * 4, [11] * 4], Decoding(max_tokens=6), max_rows=8)
    assert counting.calls == 3 + 5  # three prompts, and five steps of all rows after the first token
