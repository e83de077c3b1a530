"""Checkpoints: whole or not there, the newest that is whole, deletion in the right order."""

import json
from pathlib import Path

import pytest

from workflowllm.runs.command import CommandError
from workflowllm.training.checkpoints import (
    best_or_last,
    checkpoints,
    copy_model,
    drop_broken,
    is_whole,
    last_whole,
    prune,
    seal,
)
from workflowllm.training.step_metrics import cut_back


def made(output: Path, step: int, best_step: int | None = None, whole: bool = True) -> Path:
    folder = output / f"checkpoint-{step}"
    (folder / f"global_step{step}").mkdir(parents=True)
    (folder / f"global_step{step}" / "states.pt").write_bytes(b"s" * 100)
    (folder / "model.safetensors").write_bytes(b"w" * step)
    (folder / "trainer_state.json").write_text(json.dumps({"best_global_step": best_step, "best_metric": 1.5}))
    if whole:
        seal(folder)
    return folder


def names(output: Path) -> list[str]:
    return [path.name for path in checkpoints(output)]


def test_sealed_is_whole_and_every_lost_byte_shows(tmp_path: Path) -> None:
    folder = made(tmp_path, 3, whole=False)
    assert not is_whole(folder)
    seal(folder)
    assert is_whole(folder)
    (folder / "global_step3" / "states.pt").write_bytes(b"s" * 99)
    assert not is_whole(folder)


def test_an_empty_folder_and_an_empty_manifest_are_not_whole(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint-1"
    folder.mkdir()
    assert not is_whole(folder)
    (folder / "manifest.json").write_text('{"files": {}}')
    assert not is_whole(folder)


def test_steps_are_numbers_and_other_names_are_left_alone(tmp_path: Path) -> None:
    for step in (10, 9, 2):
        made(tmp_path, step)
    (tmp_path / "checkpoint-best").mkdir()
    (tmp_path / "checkpoint-3").write_text("a file")
    assert names(tmp_path) == ["checkpoint-2", "checkpoint-9", "checkpoint-10"]
    assert last_whole(tmp_path) == tmp_path / "checkpoint-10"
    prune(tmp_path, 1, None)
    assert (tmp_path / "checkpoint-best").is_dir() and names(tmp_path) == ["checkpoint-10"]


def test_the_newest_whole_one_counts_and_broken_ones_go(tmp_path: Path) -> None:
    made(tmp_path, 2)
    made(tmp_path, 4)
    made(tmp_path, 6, whole=False)
    assert last_whole(tmp_path) == tmp_path / "checkpoint-4"
    assert drop_broken(tmp_path) == ["checkpoint-6"] and names(tmp_path) == ["checkpoint-2", "checkpoint-4"]


def test_prune_keeps_the_best(tmp_path: Path) -> None:
    for step in (2, 4, 6, 8):
        made(tmp_path, step)
    prune(tmp_path, 2, best_step=2)
    assert names(tmp_path) == ["checkpoint-2", "checkpoint-6", "checkpoint-8"]
    prune(tmp_path, 5, best_step=None)
    assert len(names(tmp_path)) == 3


def test_best_or_last(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no whole checkpoint"):
        best_or_last(tmp_path)
    made(tmp_path, 2)
    made(tmp_path, 4, best_step=2)
    assert best_or_last(tmp_path) == (tmp_path / "checkpoint-2", 1.5)
    (tmp_path / "checkpoint-2" / "model.safetensors").unlink()
    assert best_or_last(tmp_path) == (tmp_path / "checkpoint-4", None)


def test_the_model_is_copied_without_the_state_of_training(tmp_path: Path) -> None:
    folder = made(tmp_path, 4)
    for name in ("optimizer.pt", "scheduler.pt", "rng_state_1.pth", "training_args.bin", "latest", "zero_to_fp32.py"):
        (folder / name).write_text("state")
    for name in ("config.json", "tokenizer.json", "model-00001-of-00002.safetensors"):
        (folder / name).write_text("model")
    copy_model(folder, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "config.json", "model-00001-of-00002.safetensors", "model.safetensors", "tokenizer.json"
    ]  # fmt: skip


def test_metrics_are_cut_back_to_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    lines = [f'{{"step": {step}, "loss": 1.0}}\n' for step in range(1, 6)]
    path.write_text("".join(lines) + '{"step": 3, "lo', "utf-8")
    assert cut_back(path, 3) == 3 and path.read_text("utf-8") == "".join(lines[:3])
    path.write_text("no json\n[]\n" + lines[0] + '{"step": 2, "loss": 1.0}', "utf-8")
    assert cut_back(path, 3) == 1 and path.read_text("utf-8") == lines[0]
    assert cut_back(tmp_path / "none.jsonl", 3) == 0
