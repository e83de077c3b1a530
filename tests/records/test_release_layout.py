"""Folders laid out like the release, and records under other names."""

import json
import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workflowllm.records.forms import normalised, record_file_rows
from workflowllm.records.release import data_rows, held_out_keys, read_split, read_stubs
from workflowllm.runs.command import CommandError

SEED = {"key": "a", "query": "q", "task_plan": "p", "workflow_code": "x = 1"}


def release(folder: Path) -> Path:
    """A seed row without APIs, two synthetic rows of one key, and statistics that hold the APIs."""
    (folder / "seed_data.json").write_text(json.dumps([SEED, "no record"]))
    synthetic = SEED | {"key": "synthesized_training_data", "apis": ["b_c"]}
    (folder / "synthesized_data.json").write_text(json.dumps([synthetic, synthetic]))
    (folder / "statistics.pkl").write_bytes(pickle.dumps({"a": {"action_names": ["is.workflow.actions.url"]}}))
    return folder


def test_rows_of_a_folder(tmp_path: Path) -> None:
    rows = list(data_rows(release(tmp_path)))
    assert rows[0][1]["apis"] == ["is.workflow.actions.url"] and rows[0][1]["is_synthetic"] is False
    assert isinstance(rows[1][1], ValueError) and rows[1][0] == "seed_data.json record 2"
    assert [row["is_synthetic"] for _, row in rows[2:]] == [True, True] and rows[3][1]["apis"] == ["b_c"]


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"seed_data\.json"):
        list(data_rows(tmp_path))


def test_a_hostile_pickle_is_refused(tmp_path: Path) -> None:
    release(tmp_path)
    (tmp_path / "identifier2python.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(CommandError, match="refused"):
        read_stubs(tmp_path)


def test_released_names_become_ours() -> None:
    found = normalised({"annotated_code": "x", "action_names": ["u"], "thought": "t", "workflow_code": ""})
    assert (found["workflow_code"], found["apis"], found["task_plan"]) == ("x", ["u"], "t")
    assert "apis" not in normalised({"query": "q"})


def test_parquet_rows_read_like_json_lines(tmp_path: Path) -> None:
    record = SEED | {"source": json.dumps({"path": "p"}), "apis": ["u"]}
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "rows.parquet")
    assert list(record_file_rows(tmp_path / "rows.parquet")) == [(1, record | {"source": {"path": "p"}})]
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(CommandError, match=r"bad\.parquet"):
        list(record_file_rows(tmp_path / "bad.parquet"))


@pytest.mark.parametrize("text", ["[]", "{", '{"dev": []}', '{"train": [1]}'])
def test_a_split_file_that_cannot_serve_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "split.json").write_text(text)
    with pytest.raises(CommandError, match=r"split\.json"):
        read_split(tmp_path / "split.json")


def test_the_release_tests_on_dev() -> None:
    assert held_out_keys({"train": ["a"], "dev": ["b"]}) == ["b"]
    assert held_out_keys({"train": ["a"], "dev": ["b"], "test": ["c"]}) == ["c"]
