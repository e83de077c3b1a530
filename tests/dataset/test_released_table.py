"""The table of a folder in the published layout: shared keys, APIs from the pickle, code that is no Python."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from workflowllm.dataset.released import describe, describe_all, is_python, table_columns

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "preprocess" / "build_dataset.py"
URL = 'link = is_workflow_actions_url(WFURLActionURL="https://example.com")\n'
DAMAGED = '# Asks\nInput = f\'{input("Value")}\'\nif Input == 1 2:\n    is_workflow_actions_alert( Text="x")\n'


def row(key: str, code: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "query": "q", "task_plan": "p", "workflow_code": code} | more


def release(folder: Path) -> Path:
    """Two seed rows and three synthetic ones, as they are published."""
    shared = {"apis": ["is_workflow_actions_alert", "com_openai_chat_AskIntent"], "category": "Music"}
    content = {
        "seed_data.json": [row("a", URL), row("b", DAMAGED)],
        "synthesized_data.json": [row("synthesized_training_data", URL, **shared)] * 2
        + [row("synthesized_ood_test_data", "x = (", **shared)],
        "dataset_split_keys.json": {"train": ["a", "synthesized_training_data"], "dev": ["b"]},
        "dataset_split_keys_ood.json": {"train": ["a"], "dev": ["synthesized_ood_test_data"]},
    }
    for name, value in content.items():
        (folder / name).write_text(json.dumps(value))
    called = {"a": "is.workflow.actions.url", "b": "is.workflow.actions.ask"}
    statistics = {key: {"action_names": [api]} for key, api in called.items()}
    (folder / "statistics.pkl").write_bytes(pickle.dumps(statistics))
    return folder


def test_columns_by_hand(tmp_path: Path) -> None:
    found = table_columns(release(tmp_path), describe_all(tmp_path, 1))
    assert {name: column["instances"] for name, column in found.items()} == {"Seed": 2, "Train": 3, "Test": 2}
    assert found["Seed"]["apis"] == 2 and found["Seed"]["ifs"] == 0.5
    assert found["Train"]["apis"] == 1  # code that compiles says itself what it calls
    assert found["Test"]["apis"] == 3 and found["Test"]["applications"] == 2  # the others' lists are believed


def test_the_script_prints_the_table_and_how_much_is_python(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--released", release(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Seed", "paper", "Train", "paper", "Test", "paper"]
    assert lines[1].split() == ["Instances", "2", "14,771", "3", "105,573", "2", "1,190"]
    assert "codes that Python parses           3 of 5 (60.0 %)" in lines
    assert "codes that compile to a shortcut   3 of 5 (60.0 %)" in lines


def test_samples_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "data_samples.json"
    sample = {"query": "q", "apis": [], "task_plan": "p", "annotated_code": URL}
    path.write_text(json.dumps([sample, {"query": "q"}, 3]))
    done = subprocess.run([sys.executable, SCRIPT, "--released", path], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.splitlines()[-1] == "done 1, skipped 0, failed 2"
    assert done.stdout.splitlines()[0].split() == ["All", "paper"]


def test_a_hostile_pickle_is_not_run(tmp_path: Path) -> None:
    release(tmp_path)
    witness = tmp_path / "ran"
    (tmp_path / "statistics.pkl").write_bytes(b"cos\nsystem\n(S'touch %s'\ntR." % str(witness).encode())
    done = subprocess.run([sys.executable, SCRIPT, "--released", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2 and "refused" in done.stderr and not witness.exists()


def test_whatever_a_row_holds() -> None:
    for record in (ValueError("broken"), 3, {}, {"workflow_code": 3}, {"workflow_code": " "}):
        assert describe(("a file record 1", record)).error.startswith("a file record 1: ")
    assert not describe(("a file record 1", {"workflow_code": "x", "apis": [3], "key": 5})).error
    assert not is_python("\0") and not is_python("(" * 10_000) and is_python("'\\d'")
