"""Which records are trained on: splits, shares by chance, shared keys, what is left out and counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from helpers_train import config_of, facts, records_file, run, small_data, train

from eval.support.stand_in import small_records
from workflowllm.runs.command import CommandError
from workflowllm.training.data import Examples, choose_records, counts_sentence


def folder_of(path: Path, seed: list[Any], synthesized: list[Any], **splits: dict[str, list[str]]) -> Path:
    path.mkdir()
    (path / "seed_data.json").write_text(json.dumps(seed), "utf-8")
    (path / "synthesized_data.json").write_text(json.dumps(synthesized), "utf-8")
    for name, split in splits.items():
        (path / f"dataset_split_keys{name.removeprefix('id')}.json").write_text(json.dumps(split), "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """8 seed records and 4 synthesized ones with the released shared keys."""
    records = small_records(12)
    made = [record | {"key": "synthesized_training_data"} for record in records[8:11]]
    made.append(records[11] | {"key": "synthesized_ood_test_data"})
    keys = [record["key"] for record in records]
    return folder_of(
        tmp_path / "data",
        records[:8],
        made,
        id={"train": [*keys[:6], "synthesized_training_data", "gone"], "dev": [keys[6]]},
        _ood={"train": keys[:3], "dev": [keys[3], "synthesized_ood_test_data"], "test": [keys[4]]},
    )


def chosen(tmp_path: Path, data: Path, *flags: str) -> Any:
    return choose_records(config_of(tmp_path / "out", *flags, data=data))


def keys(records: list[Any]) -> list[str]:
    return [record["key"] for record in records]


def test_the_folder_s_split(folder: Path, tmp_path: Path) -> None:
    found = chosen(tmp_path, folder)
    assert keys(found.train)[:6] == [f"sample-{number}" for number in range(6)]
    assert len(found.train) == 9 and keys(found.dev) == ["sample-6"]
    assert found.counts["split_keys_without_record"] == 1 and found.counts["in_neither_part"] == 2


def test_rows_under_a_shared_key_are_told_apart_by_their_place(folder: Path, tmp_path: Path) -> None:
    assert keys(chosen(tmp_path, folder).train)[6:] == [
        f"synthesized_training_data (synthesized_data.json record {number})" for number in (1, 2, 3)
    ]


def test_the_folder_s_other_split(folder: Path, tmp_path: Path) -> None:
    found = chosen(tmp_path, folder, "--OOD")
    assert keys(found.train) == ["sample-0", "sample-1", "sample-2"] and len(found.dev) == 2


def test_a_key_in_both_parts_is_held_out(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"train": ["sample-5", "sample-2"], "dev": ["sample-5"]}), "utf-8")
    found = chosen(tmp_path, folder, "--split_keys", str(own))
    assert keys(found.train) == ["sample-2"] and keys(found.dev) == ["sample-5"]
    assert found.counts["split_keys_in_both"] == 1


def test_no_synthetic_leaves_collected_records(folder: Path, tmp_path: Path) -> None:
    found = chosen(tmp_path, folder, "--no_synthetic")
    assert len(found.train) == 6 and found.counts["synthetic_left_out"] == 3
    flat = records_file(tmp_path, [*small_records(4), small_records(5)[4] | {"key": "synthesized_training_data"}])
    assert len(chosen(tmp_path, flat, "--no_synthetic", "--dev_share", "0").train) == 4


def test_a_share_is_held_out_by_seed_not_by_order(tmp_path: Path) -> None:
    records = small_records(40)
    there = chosen(tmp_path, records_file(tmp_path, records), "--dev_share", "0.1")
    back = chosen(tmp_path, records_file(tmp_path, records[::-1]), "--dev_share", "0.1")
    other = chosen(tmp_path, records_file(tmp_path, records), "--dev_share", "0.1", "--seed", "1")
    assert len(there.dev) == 4 and len(there.train) == 36
    assert sorted(keys(there.dev)) == sorted(keys(back.dev)) != sorted(keys(other.dev))


def test_at_least_one_record_is_held_out_and_one_trained_on(tmp_path: Path) -> None:
    found = chosen(tmp_path, records_file(tmp_path, small_records(2)), "--dev_share", "0.01")
    assert (len(found.train), len(found.dev)) == (1, 1)
    alone = chosen(tmp_path, records_file(tmp_path, small_records(1)), "--dev_share", "0.5")
    assert (len(alone.train), len(alone.dev)) == (1, 0)


def test_max_records_are_drawn_by_seed(tmp_path: Path) -> None:
    data = records_file(tmp_path, small_records(30))
    first, again = (chosen(tmp_path, data, "--max_records", "5") for _ in range(2))
    assert keys(first.train) == keys(again.train) and len(first.train) == 5
    assert keys(first.train) != keys(chosen(tmp_path, data, "--max_records", "5", "--seed", "1").train)


def test_ood_needs_its_split(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"--OOD needs dataset_split_keys_ood\.json"):
        chosen(tmp_path, small_data(), "--OOD")


def test_a_split_that_no_record_is_in(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"train": ["a", "b"], "dev": []}), "utf-8")
    with pytest.raises(CommandError, match="none of the 2 keys under train"):
        chosen(tmp_path, folder, "--split_keys", str(own))


@pytest.mark.parametrize("content", ["", "\n\n", "not json\n", "[1, 2]\n"])
def test_data_without_records(content: str, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text(content, "utf-8")
    with pytest.raises(CommandError, match="has no records"):
        chosen(tmp_path, tmp_path / "empty.jsonl")


def test_tasks_of_the_test_part_are_refused(tmp_path: Path) -> None:
    good = small_records(4)
    tasks = [good[0] | {"key": "bmi"}, good[1] | {"query": "Set an alarm 45 minutes before my first event tomorrow"}]
    records = chosen(tmp_path, records_file(tmp_path, [*good, *tasks]))
    assert records.counts["test_tasks"] == 2 and records.counts["records"] == 4
    assert [failure["key"] for failure in records.unreadable] == ["bmi", good[1]["key"]]
    assert all("test part" in failure["error"] for failure in records.unreadable)


def test_records_that_cannot_be_trained_on_are_counted_and_named(tmp_path: Path) -> None:
    good = small_records(6)
    bad = [
        {"key": "no answer", "query": "Q?", "apis": [], "task_plan": "1. Do."},
        {"key": "no query", "apis": [], "task_plan": "1. Do.", "workflow_code": "x = 1"},
        good[0] | {"key": "too long", "workflow_code": "x = 1\n" * 9000},
    ]
    train(tmp_path / "out", "--dev_share", "0", "--max_steps", "1", data=records_file(tmp_path, [*bad, *good, "no"]))
    counts = facts(tmp_path / "out")["records"]
    assert counts["train"]["kept"] == 6 and counts["train"]["skipped"] == 3 and counts["chosen"]["unreadable"] == 1
    lines = [json.loads(line) for line in (tmp_path / "out" / "data.errors.jsonl").read_text("utf-8").splitlines()]
    assert {line["key"] for line in lines} == {"no answer", "no query", "too long", "some.jsonl record 10"}
    said = counts_sentence(counts)
    assert "1 unreadable. Training: 6 kept with" in said
    assert "1 without answer" in said and "1 without query" in said and "1 too long" in said


def test_a_share_of_long_records_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = small_records(20)
    for count, warns in ((1, False), (2, True)):
        long = [record | {"workflow_code": "x = 1\n" * 9000} for record in records[:count]]
        data = records_file(tmp_path, [*long, *records[count:]])
        run(config_of(tmp_path / str(count), "--dev_share", "0", "--prepare", data=data))
        assert ("warning: 2 of the training records (10%) are skipped" in capsys.readouterr().err) == warns


def test_records_in_t_evals_form_are_trained_on(tmp_path: Path) -> None:
    """What convert_t_eval.py writes: query, apis and messages, and no workflow_code."""
    rows = [
        {"key": f"k{number}", "query": f"Plan {number}", "apis": ["is.workflow.actions.ask"], "messages": [
            {"role": "user", "content": f"Plan {number}"},
            {"role": "assistant", "content": '[{"id": 0, "name": "FinishAction", "args": "{}"}]'},
        ]}
        for number in range(6)
    ]  # fmt: skip
    data = records_file(tmp_path, [*rows, rows[0] | {"key": "bad", "messages": []}])
    lines = train(tmp_path / "out", "--dev_share", "0.2", "--max_steps", "2", data=data)
    counts = facts(tmp_path / "out")["records"]
    assert len(lines) == 2 and all(line["loss"] > 0 for line in lines)
    assert counts["train"]["kept"] + counts["dev"]["kept"] == 6 and counts["chosen"]["dev"] == 1
    assert '"bad"' in (tmp_path / "out" / "data.errors.jsonl").read_text("utf-8")


def test_no_record_with_an_answer(tmp_path: Path) -> None:
    data = records_file(tmp_path, [{"key": f"{n}", "query": "Q?", "apis": [], "code": "x = 1"} for n in range(3)])
    with pytest.raises(CommandError, match="none of the 2 training records can be trained on"):
        train(tmp_path / "out", data=data)


def test_keys_of_the_split_that_the_data_lack_are_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(config_of(tmp_path / "out", "--prepare", data=folder))
    assert "1 keys of the split are not in the data" in capsys.readouterr().err


def test_prepare_encodes_and_training_finds_it(tmp_path: Path) -> None:
    assert run(config_of(tmp_path, "--prepare")) == 0
    ids = next((tmp_path / "encoded").iterdir()) / "train" / "ids.npy"
    before = ids.stat().st_mtime_ns
    assert not (tmp_path / "metrics.jsonl").exists()
    train(tmp_path, "--max_steps", "1")
    assert ids.stat().st_mtime_ns == before and len(Examples.open(ids.parent)) == 13


def test_other_data_are_encoded_anew(tmp_path: Path) -> None:
    data = records_file(tmp_path, small_records(6))
    run(config_of(tmp_path / "out", "--prepare", data=data))
    records_file(tmp_path, small_records(9))
    run(config_of(tmp_path / "out", "--prepare", data=data))
    (folder,) = (tmp_path / "out" / "encoded").iterdir()
    assert len(Examples.open(folder / "train")) == 8
