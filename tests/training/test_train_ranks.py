"""Two processes under ZeRO-2, by the launcher: it is what runs, and its losses are those of one plain process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers_train import facts, losses, small_data, small_model, train

from workflowllm.runs.command import CommandError
from workflowllm.training.checkpoints import is_whole
from workflowllm.training.train_run import check_same_run
from workflowllm.training.trainer import engine_facts

ROOT = Path(__file__).parents[2]
FLAGS = ("--dev_share", "0.15", "--save_steps", "3")


def launched(words: list[str], ranks: int = 2) -> subprocess.CompletedProcess[str]:
    """A script by our launcher. What DeepSpeed compiles, for a minute, is kept below output/."""
    launcher = [sys.executable, "-m", "workflowllm.runs.launch", "--standalone", "--nproc_per_node", str(ranks)]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "TORCH_EXTENSIONS_DIR": str(ROOT / "output" / "torch_extensions"),
    }
    command = [*launcher, *words]
    # The limit is for a lock that a killed compile has left, for which the next one waits for ever.
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=600)


def test_two_ranks_under_zero_2_give_the_losses_of_one_plain_process(tmp_path: Path) -> None:
    paths = ["--base_model", str(small_model()), "--data_path", str(small_data()), "--output_dir", str(tmp_path / "2")]
    recipe = ["--precision", "fp32", "--batch_size", "4", "--epochs", "2", "--learning_rate", "1e-3"]
    done = launched(["train.py", *paths, *recipe, "--max_length", "2048", *FLAGS])
    assert done.returncode == 0, done.stderr
    train(tmp_path / "1", *FLAGS)
    assert losses(tmp_path / "2") == pytest.approx(losses(tmp_path / "1"), abs=1e-4)
    engine = facts(tmp_path / "2")["engine"]
    assert (engine["engine"], engine["zero_stage"], engine["world_size"]) == ("DeepSpeedEngine", 2, 2)
    assert is_whole(tmp_path / "2" / "checkpoint-6")
    with pytest.raises(CommandError, match="of 2 processes and this run has 1"):
        check_same_run(tmp_path / "2", facts(tmp_path / "1")["identity"])


def test_one_line_where_a_process_refuses_or_dies(tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text("import sys; print('child: no.', file=sys.stderr); sys.exit(2)")
    done = launched([str(script)], ranks=1)
    assert (done.returncode, done.stderr) == (2, "child: no.\n")
    script.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    done = launched([str(script)], ranks=1)
    assert done.returncode == 1
    assert done.stderr == "launch: process 0 was ended by SIGKILL; the machine may have run out of memory.\n"


def test_a_launch_that_came_out_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a launcher that starts one process of two, or a configuration that nobody read."""

    class Made:
        """Stands for a Trainer whose engine is a plain model."""

        class accelerator:
            num_processes = 1

        class args:
            deepspeed = "ds_config.json"
            device = "cpu"
            gradient_accumulation_steps = 1

        model_wrapped = optimizer = object()

    with pytest.raises(CommandError, match="launched for ZeRO-2"):
        engine_facts(Made())
    Made.args.deepspeed = None
    assert engine_facts(Made())["world_size"] == 1
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(CommandError, match="2 processes were launched"):
        engine_facts(Made())
