"""Going on after an interruption: the same losses, never from a checkpoint that is not whole, never another run's."""

import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers_train import config_of, facts, losses, metrics, records_file, run, train

from eval.support.stand_in import small_records
from workflowllm.runs.command import CommandError
from workflowllm.training.checkpoints import checkpoints, is_whole, only_run
from workflowllm.training.train_run import check_same_run

FLAGS = ("--dev_share", "0.15", "--save_steps", "2", "--checkpoint_limit", "9", "--neftune", "5")  # noise: RNG states


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("undisturbed") / "run"
    train(output, *FLAGS)
    return output


@pytest.fixture
def interrupted(undisturbed: Path, tmp_path: Path) -> Path:
    """The folder as a kill leaves it that came after step 5, with the line of step 5 and half of another."""
    output = tmp_path / "run"
    shutil.copytree(undisturbed, output)
    shutil.rmtree(output / "checkpoint-6")
    (output / "model.safetensors").unlink()
    lines = (output / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    (output / "metrics.jsonl").write_bytes(b"".join(lines[:5]) + lines[5][:20])
    content = facts(output) | {"finished": False}
    (output / "train_run.json").write_text(json.dumps(content), "utf-8")
    return output


def resumed_from(output: Path) -> str | None:
    return facts(output)["starts"][-1]["from"]


def test_it_goes_on_with_the_same_losses(interrupted: Path, undisturbed: Path) -> None:
    train(interrupted, *FLAGS)
    assert resumed_from(interrupted) == "checkpoint-4"
    assert losses(interrupted) == losses(undisturbed)
    assert [line.get("dev_loss") for line in metrics(interrupted)] == [
        line.get("dev_loss") for line in metrics(undisturbed)
    ]
    weights = [(output / "model.safetensors").read_bytes() for output in (interrupted, undisturbed)]
    assert weights[0] == weights[1]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: truncate(folder / "optimizer.pt"),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "manifest.json").write_text('{"files": {'),
        lambda folder: (folder / "manifest.json").write_text("[]"),
    ],
    ids=["no manifest", "a short file", "a missing file", "half a manifest", "another manifest"],
)
def test_a_checkpoint_cut_short_is_passed_over(
    interrupted: Path, undisturbed: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    damage(interrupted / "checkpoint-4")
    train(interrupted, *FLAGS)
    assert "checkpoint-4 was not written whole" in capsys.readouterr().err
    assert resumed_from(interrupted) == "checkpoint-2"
    assert losses(interrupted) == losses(undisturbed)
    assert all(map(is_whole, checkpoints(interrupted)))


def test_without_a_whole_checkpoint_it_starts_again(interrupted: Path, undisturbed: Path) -> None:
    for folder in checkpoints(interrupted):
        (folder / "manifest.json").unlink()
    train(interrupted, *FLAGS)
    assert resumed_from(interrupted) is None and losses(interrupted) == losses(undisturbed)


def test_a_kill_between_training_and_the_final_model(undisturbed: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    shutil.copytree(undisturbed, output)
    (output / "model.safetensors").unlink()
    (output / "train_run.json").write_text(json.dumps(facts(output) | {"finished": False}), "utf-8")
    train(output, *FLAGS)
    assert (output / "model.safetensors").read_bytes() == (undisturbed / "model.safetensors").read_bytes()
    assert losses(output) == losses(undisturbed) and facts(output)["finished"]


def test_an_end_in_the_middle_of_an_epoch_is_an_end(tmp_path: Path) -> None:
    train(tmp_path, "--max_steps", "2", "--dev_share", "0")
    (tmp_path / "train_run.json").write_text(json.dumps(facts(tmp_path) | {"finished": False}), "utf-8")
    assert len(train(tmp_path, "--max_steps", "2", "--dev_share", "0")) == 2


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--learning_rate", "5e-4"), "--learning_rate 0.001 instead of 0.0005"),
        (("--epochs", "3"), "--epochs 2 instead of 3"),
        (("--seed", "7"), "--seed 0 instead of 7"),
        (("--no_plan",), "--no_plan False instead of True"),
    ],
)
def test_other_flags_are_another_run(interrupted: Path, flags: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match="--overwrite") as refused:
        train(interrupted, *FLAGS, *flags)
    assert said in str(refused.value)
    assert resumed_from(interrupted) is None  # untouched


def test_other_data_are_another_run(interrupted: Path, tmp_path: Path) -> None:
    data = records_file(tmp_path, small_records(13))
    with pytest.raises(CommandError, match="other data"):
        train(interrupted, *FLAGS, data=data)


def test_a_refusal_leaves_the_encoded_data_of_the_run(interrupted: Path) -> None:
    before = sorted((interrupted / "encoded").rglob("*"))
    with pytest.raises(CommandError):
        run(config_of(interrupted, *FLAGS, "--no_comments", "--prepare"))
    assert sorted((interrupted / "encoded").rglob("*")) == before


def test_checkpoints_of_somebody_else_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-7").mkdir()
    (tmp_path / "checkpoint-7" / "model.safetensors").write_text("precious")
    with pytest.raises(CommandError, match="has checkpoints but no train_run"):
        run(config_of(tmp_path))
    assert (tmp_path / "checkpoint-7" / "model.safetensors").read_text() == "precious"


def test_other_processes_are_refused(interrupted: Path) -> None:
    wanted = facts(interrupted)["identity"] | {"world_size": 4}
    with pytest.raises(CommandError, match=r"of 1 processes and this run has 4.*--overwrite"):
        check_same_run(interrupted, wanted)


def test_overwrite_starts_afresh(interrupted: Path) -> None:
    (interrupted / "checkpoint-5").mkdir()
    train(interrupted, *FLAGS, "--overwrite", "--seed", "7")
    assert [start["from"] for start in facts(interrupted)["starts"]] == [None]
    assert [line["step"] for line in metrics(interrupted)] == [1, 2, 3, 4, 5, 6]
    assert not (interrupted / "checkpoint-5").exists()


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with only_run(tmp_path), pytest.raises(CommandError, match="another run is writing"):
        run(config_of(tmp_path))


def test_a_full_disk_is_one_sentence_and_leaves_the_checkpoint_before(interrupted: Path, undisturbed: Path) -> None:
    """Files may have 300 kB: metrics do, weights do not."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        with pytest.raises(CommandError, match=r"cannot save .*checkpoint-6 with .* free \(.*from .*checkpoint-4"):
            train(interrupted, *FLAGS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not (interrupted / "checkpoint-6").exists() and is_whole(interrupted / "checkpoint-4")
    train(interrupted, *FLAGS)
    assert losses(interrupted) == losses(undisturbed)
