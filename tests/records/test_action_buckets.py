"""The paper's buckets by number of actions: what is counted, and where each bucket begins."""

import json
from pathlib import Path

import pytest

from workflowllm.records.action_buckets import action_count, bucket_index, bucket_names, bucket_starts
from workflowllm.records.paper import categories, paper_results, paper_statistics
from workflowllm.shortcuts.files.containers import read_file

DATA = Path(__file__).parents[2] / "data"
SAMPLES = json.loads((DATA / "data_samples.json").read_text("utf-8"))
SPEAK = "is_workflow_actions_speaktext(WFText='hi')"


@pytest.mark.parametrize(
    ("code", "actions"),
    [
        (SPEAK, 1),
        (f"'''a comment'''\n{SPEAK}", 2),
        (f"text = 'a'\nif text:\n    {SPEAK}\nelse:\n    {SPEAK}", 6),  # text, if, speak, otherwise, speak, end if
        (f"for index in range(3):\n    {SPEAK}", 3),
        ("", 0),
    ],
)
def test_every_mark_of_a_block_and_every_comment_is_an_action(code: str, actions: int) -> None:
    assert action_count(code) == actions


def test_code_that_does_not_compile_has_no_count() -> None:
    assert action_count("import os") is None
    assert action_count("x = " + "(" * 5000) is None


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["key"])
def test_a_records_count_is_that_of_its_shortcut_file(sample: dict) -> None:
    original = read_file(DATA / "shortcuts" / sample["source"]["path"]).workflow
    assert action_count(sample["workflow_code"]) == len(original["WFWorkflowActions"])


def test_a_bucket_holds_its_lower_bound() -> None:
    counts = (0, 14, 15, 29, 30, 104, 105, 9_000)
    assert [bucket_names()[bucket_index(count)] for count in counts] == [
        "0-15", "0-15", "15-30", "15-30", "30-45", "90-105", "105+", "105+",
    ]  # fmt: skip


def test_the_papers_figures_agree_with_each_other() -> None:
    paper = paper_statistics()
    table = paper["table"]
    assert table["Train"]["instances"] + table["Test"]["instances"] == paper["total_instances"]
    assert table["Seed"]["instances"] + paper["synthesized_instances"] == paper["total_instances"]
    for origin in ("collected", "synthesized"):
        shares = paper["action_buckets"][origin]
        assert len(shares) == len(bucket_starts()) and abs(sum(shares) - 100) < 0.3
    assert len(set(categories())) == 28 and list(categories()) == sorted(categories())
    assert set(paper["categories"]["collected"]) <= set(categories())
    assert all({"model", "ID", "OOD"} <= row.keys() for row in paper_results())
