"""T-Eval's plan score."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from workflowllm.metrics.plan_score import (
    Call,
    EmbeddingSimilarity,
    matched,
    plan_score,
    read_plan,
    read_plan_tolerantly,
    word_similarity,
)
from workflowllm.runs.command import CommandError

ROOT = Path(__file__).parents[2]


def plan(*names: str) -> list[Call]:
    return [Call(name, "{}") for name in names]


def score(predicted: list[Call], expected: list[Call]) -> tuple[float, float, float]:
    found = plan_score(predicted, expected, word_similarity)
    return found.precision, found.recall, pytest.approx(found.f1)


def test_a_plan_against_itself_and_against_nothing() -> None:
    assert score(plan("a", "b", "c"), plan("a", "b", "c")) == (1.0, 1.0, 1.0)
    assert score([], plan("a")) == score(plan("a"), []) == (0.0, 0.0, 0.0)
    assert not plan_score([], plan("a"), word_similarity).is_read


def test_nothing_alike_is_nothing_found() -> None:
    """T-Eval's own code would count one call."""
    assert score(plan("search"), plan("delete", "open")) == (0.0, 0.0, 0.0)


def test_order_counts() -> None:
    assert score(plan("c", "a", "b"), plan("a", "b", "c")) == (2 / 3, 2 / 3, 2 / 3)
    assert score(plan("c", "b", "a"), plan("a", "b", "c")) == (1 / 3, 1 / 3, 1 / 3)


def test_a_call_matches_one_call_only() -> None:
    assert score(plan("a", "a", "a", "a"), plan("a", "b")) == (1 / 4, 1 / 2, 1 / 3)


def test_arguments_alone_do_not_match_and_wrong_ones_may_unmatch() -> None:
    assert score([Call("a", "{'x': 1}")], [Call("b", "{'x': 1}")])[2] == 0.0
    assert score([Call("a", "{'x': 'one'}")], [Call("a", "{'y': 'two'}")])[2] == 0.0  # 0.75 is not above 0.8


def test_the_matching_with_the_largest_sum_is_taken() -> None:
    alike = np.array([[0.9, 0.95], [0.0, 0.9]])
    assert matched(alike, 0.8) == [0, 1]  # 0.9 + 0.9, though 0.95 is the largest
    assert matched(alike, 0.92) == [1]


CALL = {"id": 0, "name": "a", "args": "{'x': 'y'}"}
WRITTEN = json.dumps([CALL])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (WRITTEN, ["a"]),
        (f"Here it is:\n```json\n{WRITTEN}\n```\nGood luck", ["a"]),
        ("[{'id': 0, 'name': 'a', 'args': {}},]", ["a"]),
        ('[{"id": 0, "name": "a", "args": {}}, {"id": 1, "name": "b", "args": {"x": ', ["a", "b"]),
        (json.dumps([CALL | {"id": 2}, CALL | {"id": 1, "name": "b"}]), ["b", "a"]),
        (json.dumps([CALL, CALL | {"id": 1, "name": "FinishAction"}]), ["a"]),
        ("no plan", []),
        ("[1, 2]", []),
        ('[{"name": "a"}]', []),
        ('[{"id": "x", "name": "a", "args": {}}]', []),
        ("[" * 5000, []),
        (None, []),
    ],
)
def test_plans_as_models_write_them(text: str | None, names: list[str]) -> None:
    assert [call.name for call in read_plan(text)] == names


def test_arguments_compare_alike_however_they_are_written() -> None:
    as_text, as_data = read_plan([CALL]), read_plan([CALL | {"args": {"x": "y"}}])
    assert as_text == as_data == [Call("a", '{"x": "y"}')]


def test_the_script_reads_t_evals_own_file(tmp_path: Path) -> None:
    content = {"q1": {"ground_truth": [CALL], "prediction": WRITTEN}, "q2": {"ground_truth": "?", "prediction": ""},
               "q3": {"ground_truth": WRITTEN, "prediction": "I cannot."}}  # fmt: skip
    (tmp_path / "plan.json").write_text(json.dumps(content))
    command = [sys.executable, ROOT / "eval" / "t_eval_plan.py", "--predictions", tmp_path / "plan.json"]
    done = subprocess.run([*command, "--output", tmp_path / "out.jsonl"], capture_output=True, text=True)
    assert done.returncode == 1 and "2 plans, similarity by words (stand-in)" in done.stdout
    assert "f1 0.500, is_read 0.500" in done.stdout
    scored = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["plan_score"]["f1"] for line in scored] == [1.0, 0.0]


def test_embeddings_that_are_no_model_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"\Acannot read --embeddings [^\n]*\Z"):
        EmbeddingSimilarity(str(tmp_path))


CALLS = [{"id": 0, "name": "open", "args": {"url": "[x]"}}, {"id": 1, "name": "save", "args": {}}]
PLAN = json.dumps(CALLS)


@pytest.mark.parametrize(
    "text",
    [
        PLAN,
        f"<think>Maybe [1] or [{{'id': 0}}]?</think>\n{PLAN}",
        f"I use the tools [open, save] as in [1]:\n```json\n{PLAN}\n```\nThat is all [done].",
        f'{json.dumps([{"id": 0, "name": "draft", "args": {}}])}\nBetter:\n{PLAN}',
        PLAN[:-1] + ', {"id": 2, "name": "send", "ar',
        PLAN[:-1],
        PLAN[:-1] + ",]",
    ],
)
def test_plans_as_models_write_them_are_read_tolerantly(text: str) -> None:
    assert [call.name for call in read_plan_tolerantly(text)] == ["open", "save"]


NO_PLANS = ["", "no plan", "[]", "[1, 2]", "[{}]", '[{"id": 0}', "[" * 99_999, "[{" * 50_000, None, 3]


@pytest.mark.parametrize("text", NO_PLANS)
def test_what_is_no_plan_is_none_read_tolerantly_either(text: object) -> None:
    assert read_plan_tolerantly(text) == []


def test_the_script_reads_tolerantly_by_an_option_alone(tmp_path: Path) -> None:
    record = {"ground_truth": CALLS, "prediction": f"As in [1]: {PLAN} [end]"}
    (tmp_path / "p.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    command = [sys.executable, ROOT / "eval" / "t_eval_plan.py", "--predictions", tmp_path / "p.jsonl", "--output"]
    said = [
        subprocess.run([*command, tmp_path / f"o{rank}.jsonl", *flags], capture_output=True, text=True).stdout
        for rank, flags in enumerate(([], ["--tolerant"]))
    ]
    assert "is_read 0.000" in said[0] and "f1 1.000, is_read 1.000" in said[1]
