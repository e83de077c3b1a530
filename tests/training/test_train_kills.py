"""A run killed inside a rename, a checkpoint or a removal, and started again, ends with the undisturbed run's bytes."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from helpers_train import FLAGS, facts, losses, small_data, small_model

from workflowllm.training.checkpoints import checkpoints, is_whole

RUNS = ("-m", "tests.training.forked_runs")  # as a module, which finds train.py and eval/ in the folder it is run in
ROOT = Path(__file__).parents[2]
# Every second step has a checkpoint and a dev loss; the noise of NEFTune needs the state of the random numbers.
MORE = (
    "--dev_share",
    "0.15",
    "--save_steps",
    "2",
    "--checkpoint_limit",
    "1",
    "--neftune",
    "5",
    "--max_steps",
    "4",
    "--progress",
    "off",
)


def runs(output: Path, *numbers: int) -> list[str]:
    """The lines that runs into one folder print, each killed at a file operation of this number."""
    paths = ["--base_model", small_model(), "--data_path", small_data(), "--output_dir", output]
    words = [sys.executable, *RUNS, ",".join(map(str, numbers)), *paths, *FLAGS, *MORE]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, cwd=ROOT)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.splitlines()


def test_kills_at_file_operations_change_no_byte(tmp_path: Path) -> None:
    counted, ended = runs(tmp_path / "whole", 0)
    assert ended == "status 0"
    operations = int(counted.split()[1])
    assert operations > 60
    rng = random.Random(5)
    # While data are encoded; around the first checkpoint; in what the third run has left to do, up to the final model.
    numbers = [4, rng.randrange(20, 50), rng.randrange(operations // 2, operations - 40)]
    *killed, _, last = runs(tmp_path / "killed", *numbers, 0)
    assert killed == [f"status {-signal.SIGKILL}"] * len(numbers) and last == "status 0"
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    whole, again = (sorted(filter(Path.is_file, (tmp_path / name).iterdir())) for name in ("whole", "killed"))
    assert [path.name for path in whole] == [path.name for path in again]  # no file is left that does not belong there
    for first, second in zip(whole, again):
        if first.name not in ("metrics.jsonl", "train_run.json"):  # which hold times
            assert first.read_bytes() == second.read_bytes(), first.name
    assert facts(tmp_path / "killed")["finished"] and all(map(is_whole, checkpoints(tmp_path / "killed")))
    assert [path.name for path in checkpoints(tmp_path / "killed")] == [
        path.name for path in checkpoints(tmp_path / "whole")
    ]
