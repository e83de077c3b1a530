"""Predictions in every form, what is none, floors, intervals, the paper's figures."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from workflowllm.evaluation.floors import (
    ANOTHER,
    BARE,
    CHAINED,
    CONSTANT,
    EMPTY,
    NEAREST,
    distinct_samples,
    floor_answers,
)
from workflowllm.evaluation.predictions import (
    NO_ANSWER,
    Prediction,
    ReadingOptions,
    Rejected,
    as_prediction,
    read_predictions,
    read_references,
    unanswered,
)
from workflowllm.evaluation.summary import paper_rows
from workflowllm.evaluation.verdicts import JudgeVerdict, read_verdicts, verdicts_on
from workflowllm.metrics import bootstrap
from workflowllm.metrics.bootstrap import figures
from workflowllm.runs.command import CommandError

OURS = {"key": "k", "query": "Q?", "workflow_code": "a_b_c()", "generated_code": "x_y_z()", "model": "m", "split": "ID"}


def made(row: object, split: str | None = None) -> Prediction:
    prediction = as_prediction(row, "f line 1", "f", ReadingOptions(split))
    assert isinstance(prediction, Prediction), prediction
    return prediction


@pytest.mark.parametrize(
    ("row", "reference", "candidate"),
    [
        (OURS, "a_b_c()", "x_y_z()"),
        ({"annotated_code": "r", "prediction": "c"}, "r", "c"),
        ({"code": "r", "output": "Thought:\np\n\nCode:\n```python\nc = 1\n```"}, "r", "c = 1"),
        ({"reference": "r", "raw_output": "Thought:\np\n\nCode:\n```python\nc = 1\n```\n"}, "r", "c = 1"),
        ({"reference": "r", "raw_output": "I cannot do that."}, "r", ""),
        ({"workflow_code": None, "code": "r", "generated_code": ""}, "r", ""),
        ({"workflow_code": "", "code": "r", "generated_code": ""}, "r", ""),
        ({"workflow_code": "", "generated_code": "", "raw_output": "```\nc\n```"}, "", ""),
        ({"code": "plain", "annotated_code": "commented", "generated_code": "c"}, "commented", "c"),
        ({"code": "r", "raw_output": "```python\nother\n```", "generated_code": "cleaned"}, "r", "cleaned"),
    ],
)
def test_names_in_use(row: dict, reference: str, candidate: str) -> None:
    prediction = made(row, "OOD")
    assert (prediction.reference, prediction.candidate) == (reference, candidate)


def test_a_row_s_own_names_go_before_those_given() -> None:
    own, given = made(OURS, "OOD"), made({"code": "r", "generated_code": "c"}, "OOD")
    assert (own.key, own.model, own.split, own.query) == ("k", "m", "ID", "Q?")
    assert (given.key, given.model, given.split, given.query, given.offered) == ("f line 1", "f", "OOD", "", None)
    assert made(OURS | {"split": "ood"}).split == "OOD"
    assert made(OURS | {"apis": ["a.b"]}).offered == ("a.b",)


def test_the_plan_comes_with_the_answer() -> None:
    assert made({"code": "r", "raw_output": "Thought:\nFirst.\n\nCode:\n```python\nc\n```"}, "ID").plan == "First."
    assert made(OURS | {"generated_plan": "As read."}).plan == "As read."


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([1], "f line 1: this is no JSON object."),
        (ValueError("this line is not JSON: x"), "f line 1: this line is not JSON: x."),
        ({"generated_code": "c", "split": "ID"}, "f line 1: it has no reference (workflow_code, code,"),
        ({"code": ["r"], "generated_code": "c", "split": "ID"}, "f line 1: its code is no text but list."),
        ({"code": "r", "generated_code": "c"}, "f line 1: it names no split; give one with --split."),
        (OURS | {"split": "dev"}, "f line 1: its split is 'dev', neither ID nor OOD; give one with --split."),
        (OURS | {"apis": "a.b"}, "f line 1: its apis are no list of names."),
    ],
)
def test_what_is_no_prediction_says_why(row: object, reason: str) -> None:
    rejected = as_prediction(row, "f line 1", "f")
    assert isinstance(rejected, Rejected) and rejected.reason.startswith(reason)


def test_files_are_read_in_order_and_several_answers_to_a_key_are_samples(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    shared = OURS | {"key": "synthesized_training_data"}
    rows = [OURS, OURS | {"split": "OOD"}, OURS | {"model": "n"}, shared, shared | {"query": "Another?"}]
    first.write_text("\n".join(map(json.dumps, rows)))
    second.write_bytes(gzip.compress(b"\n".join([json.dumps(OURS | {"generated_code": "z"}).encode(), b"{", b""])))
    found = list(read_predictions([first, second]))
    assert [isinstance(one, Prediction) for one in found] == [True] * 6 + [False]
    assert [one.number for one in found[:6]] == [0, 0, 0, 0, 1, 1]
    assert found[0].sample == found[5].sample != found[4].sample


@pytest.mark.parametrize("answer", [{}, {"generated_code": None}, {"generated_code": 5}, {"raw_output": None}])
def test_no_answer_counts_as_an_empty_one(answer: dict) -> None:
    prediction = made({"key": 7, "code": "r", "split": "ID"} | answer)
    assert prediction.candidate == "" and prediction.key == "7"
    assert prediction.note == ("its generated_code is no text but int" if answer.get("generated_code") else NO_ANSWER)


FENCED = "Sure:\n```python\nx_y_z()\n```"
SHAPES = {
    "vLLM": {"request_id": "k", "outputs": [{"text": FENCED}, {"text": "a_b()"}]},
    "OpenAI": {"id": "k", "choices": [{"message": {"content": FENCED}}, {"text": "a_b()"}]},
    "batch": {"custom_id": "k", "response": {"body": {"choices": [{"message": {"content": FENCED}}]}}},
    "failed batch": {"custom_id": "k", "response": None, "error": {"message": "rate limit"}},
    "messages": {"key": "k", "messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": FENCED}]},
    "predict": {"key": "k", "predict": FENCED, "label": "other"},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_as_inference_programs_write_them(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(json.dumps(SHAPES[shape]))
    references = {"k": {"key": "k", "workflow_code": "a_b_c()", "query": "Q?", "split": "ID"}}
    read = list(read_predictions([path], ReadingOptions(references=references)))
    assert [(one.key, one.reference, one.query, one.model) for one in read] == [("k", "a_b_c()", "Q?", "m")] * len(read)
    several = shape in ("vLLM", "OpenAI")
    assert [one.candidate for one in read] == ["" if shape == "failed batch" else "x_y_z()"] + ["a_b()"] * several


ROW = OURS | {"query": "Größe?"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps({"data": [ROW]}).encode()),
        ("a.json", json.dumps({"k": {name: value for name, value in ROW.items() if name != "key"}}).encode()),
        ("a.json", json.dumps([ROW], indent=1).encode()),
        ("a.jsonl", b"\xef\xbb\xbf" + json.dumps(ROW, ensure_ascii=False).encode()),
        ("a.jsonl", json.dumps(ROW, ensure_ascii=False).encode("utf-16")),
        ("a.jsonl", json.dumps(ROW, ensure_ascii=False).encode() + b"\r\n"),
    ],
)
def test_files_as_people_have_them(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (prediction,) = read_predictions([tmp_path / name])
    assert (prediction.key, prediction.query, prediction.candidate) == ("k", "Größe?", "x_y_z()")


def test_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n" + json.dumps(ROW, ensure_ascii=False).encode("windows-1252"))
    with pytest.raises(CommandError, match=r"line 2 is not UTF-8 \(byte 0xf6, perhaps Windows-1252\)"):
        list(read_predictions([tmp_path / "a.jsonl"]))


def test_references_fix_the_samples(tmp_path: Path) -> None:
    records = [{"key": n, "workflow_code": f"call_number_{n}()", "split": "ID"} for n in range(3)]
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, records)))
    options = ReadingOptions(references=read_references(tmp_path / "r.jsonl"))
    (tmp_path / "p.jsonl").write_text(
        '{"key": "1", "generated_code": "a_b()", "split": "ID"}\n{"key": 9, "output": "x"}'
    )
    answered, stranger = read_predictions([tmp_path / "p.jsonl"], options)
    assert isinstance(answered, Prediction) and answered.reference == "call_number_1()"
    assert isinstance(stranger, Rejected) and "no key '9'" in stranger.reason
    missing = list(unanswered([answered], options))
    assert [(one.key, one.model, one.candidate, one.note) for one in missing] == [
        ("0", "p", "", NO_ANSWER), ("2", "p", "", NO_ANSWER)
    ]  # fmt: skip


def test_a_field_of_one_s_own_holds_the_answer() -> None:
    row = {"key": "k", "code": "r", "split": "ID", "mine": FENCED, "generated_code": "other"}
    prediction = as_prediction(row, "f line 1", "f", ReadingOptions(answer_field="mine"))
    assert isinstance(prediction, Prediction) and prediction.candidate == "x_y_z()"


def samples(count: int) -> dict:
    rows = [OURS | {"key": str(n), "workflow_code": f"call_number_{n}()"} for n in range(count)]
    return distinct_samples([made(row) for row in rows] + [made(rows[0] | {"model": "other"})])


@pytest.mark.parametrize("count", [2, 3, 25, 60])
def test_no_floor_knows_its_own_reference(count: int) -> None:
    own = samples(count)
    assert len(own) == count
    answers = floor_answers(own, seed=1)
    assert answers == floor_answers(own, seed=1)
    assert set(answers[EMPTY].values()) == {""}
    assert answers[BARE] == {key: sample.reference + "\n" for key, sample in own.items()}
    assert next(iter(answers[CHAINED].values())) == "output_0 = call_number_0(WFInput=shortcut_input())\n"
    assert all(answers[NEAREST][key] != sample.reference for key, sample in own.items())
    for key, sample in own.items():
        assert sample.reference not in answers[CONSTANT][key].split("\n")
        assert answers[ANOTHER][key] != sample.reference
    assert sorted(answers[ANOTHER].values()) == sorted(sample.reference for sample in own.values())
    texts = set(answers[CONSTANT].values())
    assert len(texts) == 2 and {text.count("\n") for text in texts} == {min(20, count // 2)}


def test_one_sample_alone_has_the_empty_floor_only() -> None:
    answers = floor_answers(samples(1), seed=0)
    assert len(answers[EMPTY]) == 1 and not answers[ANOTHER] and not answers[CONSTANT]


def test_other_seeds_draw_other_floors() -> None:
    assert floor_answers(samples(60), seed=0) != floor_answers(samples(60), seed=1)


def test_intervals_are_as_wide_as_theory_says() -> None:
    halves, ones = figures([[place % 2, 1] for place in range(400)], seed=0)
    assert halves["mean"] == 0.5 and ones == {"mean": 1, "low": 1, "high": 1}
    assert halves["high"] - halves["low"] == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 400), rel=0.15)
    assert figures([[0.25]], seed=0) == [{"mean": 0.25, "low": 0.25, "high": 0.25}]
    assert figures([[0], [1], [1]], seed=0) == figures([[0], [1], [1]], seed=0)


def test_intervals_do_not_depend_on_how_many_draws_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[place % 7, place % 3] for place in range(50)]
    whole = figures(rows, seed=4, resamples=333)
    monkeypatch.setattr(bootstrap, "MOST_DRAWS", 50 * 10)
    assert figures(rows, seed=4, resamples=333) == whole


def test_the_paper_s_table_is_whole_and_only_three_totals_are_marked() -> None:
    rows = paper_rows()
    assert len(rows) == 22 and len({row["model"] for row in rows}) == 11
    weights = {"ngram_match_score": 0.1, "weighted_ngram_match_score": 0.1, "syntax_match_score": 0.4,
               "dataflow_match_score": 0.4}  # fmt: skip
    for row in rows:
        printed = {name: figure["mean"] for name, figure in row["modes"]["compat"].items()}
        total = sum(weight * printed[part] for part, weight in weights.items())
        assert (abs(total - printed["codebleu"]) > 0.001) == ("marked" in row)
        assert "marked" not in row or row["sum_of_parts"] == pytest.approx(total, abs=5e-5)
    marked = {(row["model"], row["split"]) for row in rows if "marked" in row}
    assert marked == {("GPT-4o w/ ICL", "OOD"), ("Llama-3.1-8B w/ ICL", "ID"), ("Llama-3.1-8B w/ ICL", "OOD")}
    # two columns of the printed table, added up
    overall = [row["modes"]["compat"]["codebleu"]["mean"] for row in rows if row["split"] == "ID"]
    passes = [row["pass_rate"]["judge"]["mean"] for row in rows if row["split"] == "OOD"]
    assert sum(overall) == pytest.approx(3.094) and sum(passes) == pytest.approx(4.906)


def test_verdicts_find_their_predictions(tmp_path: Path) -> None:
    path = tmp_path / "judged.jsonl"
    lines = [
        {"key": "k", "model": "m", "split": "ID", "verdict": True, "reason": "fine", "backend": "judge"},
        {"key": "j", "model": "", "split": "", "verdict": None, "reason": "unreadable"},
        {"key": "nobody", "model": "m", "split": "ID", "verdict": False},
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    bare = {"key": "j", "code": "r", "generated_code": "c"}
    found, unused = verdicts_on([made(OURS), made(bare, "ID"), made(OURS | {"key": "l"})], read_verdicts(path))
    assert found == [JudgeVerdict(True, "fine"), JudgeVerdict(None, "unreadable"), None]
    assert unused == [("nobody", "m", "ID", 0)]


def test_a_verdict_that_may_be_on_several_predictions_is_on_none() -> None:
    shared = OURS | {"key": "synthesized_training_data"}
    both = [made(shared), made(shared | {"query": "Another?"})]
    found, unused = verdicts_on(both, {("synthesized_training_data", "m", "ID", 0): JudgeVerdict(True, "")})
    assert found == [None, None] and len(unused) == 1


@pytest.mark.parametrize(
    ("line", "words"), [({"key": "k", "verdict": True, "backend": "static"}, "static"), ({"key": "k"}, "no verdict")]
)
def test_static_verdicts_are_never_taken_for_a_judge_s(tmp_path: Path, line: dict, words: str) -> None:
    path = tmp_path / "judged.jsonl"
    path.write_text(json.dumps(line))
    with pytest.raises(CommandError, match=words):
        read_verdicts(path)
