"""data/data_samples.json: complete records of the project's own shortcuts."""

import json
from pathlib import Path
from typing import Any

import pytest

from workflowllm.annotation.rules.annotator import annotate_offline
from workflowllm.checking.checker import check_code
from workflowllm.records.paper import categories
from workflowllm.shortcuts.compare import differences, metadata_differences
from workflowllm.shortcuts.files.containers import read_file, read_shortcut
from workflowllm.shortcuts.files_from_records import compile_record
from workflowllm.shortcuts.records_from_files import list_files, passed_over
from workflowllm.shortcuts.training_form import training_form

DATA = Path(__file__).parents[2] / "data"
SAMPLES = json.loads((DATA / "data_samples.json").read_text("utf-8"))
ODD = {"git_journal.shortcut"}  # calls actions that nobody has, so that the converter meets them


def test_every_shortcut_of_ours_is_a_sample_once() -> None:
    keys = [sample["key"] for sample in SAMPLES]
    assert keys == [name for name in list_files(DATA / "shortcuts") if not passed_over(name)]
    assert len(keys) >= 15
    assert {row["key"] for row in json.loads((DATA / "samples_metadata.json").read_text("utf-8"))} == set(keys)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["key"])
def test_a_sample_is_complete_and_compiles_to_its_shortcut(sample: dict[str, Any]) -> None:
    for field in ("title", "description", "category", "query", "task_plan", "workflow_code", "code"):
        assert isinstance(sample[field], str) and sample[field].strip(), field
    original = read_file(DATA / "shortcuts" / sample["source"]["path"]).workflow
    again = read_shortcut(compile_record(sample, "code")).workflow
    assert list(differences(original, again)) == []
    assert metadata_differences(original, again) == []
    trained = read_shortcut(compile_record(sample, "workflow_code")).workflow["WFWorkflowActions"]
    assert len(trained) == len(original["WFWorkflowActions"])
    assert "python" not in sample["query"].lower()
    calls = {action["WFWorkflowActionIdentifier"] for action in original["WFWorkflowActions"]}
    assert calls == set(sample["apis"])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["key"])
def test_a_sample_is_what_the_annotator_writes_today(sample: dict[str, Any]) -> None:
    """Whoever changes the annotator's words makes the samples anew (data/README.md) and reads what changed."""
    written = ("query", "task_plan", "workflow_code", "annotation")
    bare = {name: value for name, value in sample.items() if name not in written}
    made = annotate_offline(bare)
    made["workflow_code"] = training_form(made["workflow_code"])
    assert {name: made[name] for name in written} == {name: sample[name] for name in written}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["key"])
def test_the_checker_finds_no_error(sample: dict[str, Any]) -> None:
    errors = {found.code for found in check_code(sample["workflow_code"]) if found.severity == "error"}
    assert errors == ({"unknown-api"} if sample["key"] in ODD else set())


def test_the_samples_are_told_apart_by_what_is_asked() -> None:
    assert len({sample["query"] for sample in SAMPLES}) == len(SAMPLES)
    assert {sample["category"] for sample in SAMPLES} <= set(categories())
