"""The whole path on a few of the bundled shortcuts, every stage as it is run: from shortcuts to shortcuts.

The model has random weights and two layers, and trains two steps: what it writes is nonsense, and every stage must
take nonsense as it comes.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from eval.support.stand_in import write_small_model
from workflowllm.shortcuts.files.containers import read_file

ROOT = Path(__file__).parents[1]
SHORTCUTS = 12
QUICK = {"OMP_NUM_THREADS": "1", "PROCESSES": "1", "NPROC": "1", "HF_HUB_OFFLINE": "1"}


def run(command: list[Any], folder: Path, status: int = 0, **variables: str) -> str:
    """Run a command in a folder; what it said. It must end with this status and without a traceback."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    words = [*map(str, command)]
    done = subprocess.run(
        words, capture_output=True, text=True, cwd=folder, env=environment | QUICK | variables, timeout=300
    )
    said = done.stdout + done.stderr
    assert done.returncode == status and "Traceback" not in said, f"{words}\n{said}"
    return said


def python(script: str, folder: Path, *words: Any, status: int = 0) -> str:
    return run([sys.executable, ROOT / script, *words], folder, status)


def shell(script: str, folder: Path, *words: Any, **variables: str) -> str:
    return run(["sh", ROOT / "scripts" / script, *words], folder, **variables)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def keys_of(split: Path, part: str) -> list[str]:
    return sorted(json.loads(split.read_bytes())[part])


def make_data(here: Path) -> None:
    """Convert, document, annotate by rules, build: `annotated.jsonl` and the folder `data`."""
    (here / "shortcuts").mkdir()
    for path in sorted((ROOT / "data" / "shortcuts").glob("*.shortcut"))[:SHORTCUTS]:
        shutil.copy(path, here / "shortcuts")
    python("preprocess/Convert_ShortCut_to_Python.py", here, "--folder_path", "shortcuts", "--output", "plain.jsonl")
    python("preprocess/annotate_workflows.py", here, "--input", "plain.jsonl", "--output", "annotated.jsonl",
           "--backend", "offline", "--metadata", ROOT / "data" / "samples_metadata.json")  # fmt: skip
    assert len(rows(here / "annotated.jsonl")) == SHORTCUTS
    python("preprocess/build_dataset.py", here, "--seed_data", "annotated.jsonl", "--output", "data",
           "--test_share", "0.2", "--dev_share", "0.1")  # fmt: skip


def train_and_answer(here: Path) -> None:
    """Two steps of training, answers to both test sets, and their scores in one report."""
    write_small_model(here / "base")
    shell("train.sh", here, "base", "data", "model", "--deepspeed", "none", "--precision", "fp32", "--batch_size", 4,
          "--max_steps", 2, "--max_length", 4096)  # fmt: skip
    assert [line["step"] for line in rows(here / "model" / "metrics.jsonl")] == [1, 2]
    shell("infer.sh", here, "model", "data", "--max_tokens", 20, OUTPUT_DIR="id")
    python("infer.py", here, "--model", "model", "--input", "data", "--OOD", "--output", "ood.jsonl",
           "--max_tokens", 20)  # fmt: skip
    for name, split, output in (("", "ID", "id/predictions.jsonl"), ("_ood", "OOD", "ood.jsonl")):
        answered = rows(here / output)
        tested = keys_of(here / "data" / f"dataset_split_keys{name}.json", "test")
        assert sorted(row["key"] for row in answered) == tested and tested
        assert {row["split"] for row in answered} == {split}
    python("eval/evaluate.py", here, "--predictions", "id/predictions.jsonl", "ood.jsonl", "--output_dir", "scores")
    assert (here / "scores" / "report.html").stat().st_size > 10_000
    models = [row for row in json.loads((here / "scores" / "summary.json").read_bytes())["rows"]
              if row["kind"] == "model"]  # fmt: skip
    assert [(row["model"], row["split"]) for row in models] == [("model", "ID"), ("model", "OOD")]


def expand_and_confirm(here: Path) -> None:
    """New queries, the trained model's answers, and the rules: each query ends kept or dropped for a reason."""
    python("preprocess/expand_queries.py", here, "--input", "annotated.jsonl", "--output", "queries.jsonl",
           "--count", 3, "--backend", "offline")  # fmt: skip
    python("preprocess/generate_workflows.py", here, "--input", "queries.jsonl", "--output", "generated.jsonl",
           "--model", "model", "--max_tokens", 20)  # fmt: skip
    asked = sorted(row["key"] for row in rows(here / "queries.jsonl"))
    assert sorted(row["key"] for row in rows(here / "generated.jsonl")) == asked and len(asked) == 3
    python("preprocess/confirm_quality.py", here, "--input", "generated.jsonl", "--output", "confirmed.jsonl",
           "--backend", "none")  # fmt: skip
    ends = [*rows(here / "confirmed.jsonl"), *rows(here / "confirmed.jsonl.dropped.jsonl")]
    assert sorted(row["key"] for row in ends) == asked


def test_the_whole_path(tmp_path: Path) -> None:
    make_data(tmp_path)
    train_and_answer(tmp_path)
    expand_and_confirm(tmp_path)
    # The references of the answered records, compiled back, are the shortcuts that they came from.
    python("preprocess/Convert_Python_to_ShortCut.py", tmp_path, "--input", "id/predictions.jsonl", "--field",
           "code", "--output_dir", "compiled")  # fmt: skip
    compiled = sorted(path.name for path in (tmp_path / "compiled").iterdir())
    assert len(compiled) == len(rows(tmp_path / "id" / "predictions.jsonl"))
    (tmp_path / "originals").mkdir()
    for name in compiled:
        shutil.copy(tmp_path / "shortcuts" / name, tmp_path / "originals")
        assert read_file(tmp_path / "compiled" / name).workflow["WFWorkflowActions"]
    said = python("eval/compare_shortcuts.py", tmp_path, "originals", "compiled")
    assert said.startswith(f"{len(compiled)} equal")
