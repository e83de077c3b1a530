"""scripts/train.sh in plain sh: its arguments, processes and machines, log and exit status."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
# Stands for Python: tells how many GPUs torch sees, and writes down every other call.
STUB = """#!/bin/sh
[ "$1" = -c ] && { echo "${GPUS:-0}"; exit; }
echo "world=${WORLD_SIZE:-} local=${LOCAL_WORLD_SIZE:-} threads=$OMP_NUM_THREADS: $*" >> "$CALLS"
echo "a line of output"
case "$*" in *--prepare*) exit "${PREPARED:-0}" ;; esac
echo "a line of errors" >&2
exit "${TRAINED:-0}"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    for name in ("train.sh", "train_OOD.sh"):
        shutil.copy(SCRIPTS / name, tmp_path / "scripts" / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text(STUB)
    (tmp_path / "bin" / "python").chmod(0o755)
    return tmp_path


def call(root: Path, *words: str, script: str = "train.sh", **environment: str) -> tuple[int, list[str], str]:
    """Exit status, Python's calls, standard error."""
    path = f"{root / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(root / "scripts" / script), *words],
        env={"PATH": path, "CALLS": str(root / "calls")} | environment,
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip
    calls = (root / "calls").read_text().splitlines() if (root / "calls").exists() else []
    return done.returncode, calls, done.stderr


def test_base_model_and_data_are_enough(root: Path) -> None:
    status, (prepared, trained), said = call(root, "base", "data")
    assert status == 0 and "a line of errors" in said
    zero = f"--deepspeed {root}/configs/ds_config.json"
    places = f"--base_model base --data_path data --output_dir output/workflowllama {zero} --progress auto"
    threads = os.cpu_count()
    assert prepared == f"world=1 local=1 threads={threads}: {root}/train.py {places} --prepare"
    launch = "-m workflowllm.runs.launch --standalone --nproc_per_node 1"
    assert trained == f"world= local= threads={threads}: {launch} {root}/train.py {places}"
    log = (root / "output/workflowllama/train.log").read_text()
    assert log == "a line of output\na line of output\na line of errors\n"


def test_output_and_flags_with_spaces(root: Path) -> None:
    _, calls, _ = call(root, "my base", "data", "my out", "--epochs", "1", "--prompt", "a b")
    assert "--base_model my base --data_path data --output_dir my out --deepspeed" in calls[1]
    assert calls[1].endswith("--progress auto --epochs 1 --prompt a b")
    assert (root / "my out" / "train.log").is_file()
    _, calls, _ = call(root, "base", "data", "--epochs", "1")
    assert "--output_dir output/workflowllama --deepspeed" in calls[3] and calls[3].endswith("auto --epochs 1")


def test_ood(root: Path) -> None:
    _, calls, _ = call(root, "base", "data", script="train_OOD.sh")
    assert "--output_dir output/workflowllama_ood " in calls[1] and calls[1].endswith("--progress auto --OOD")
    _, calls, _ = call(root, "base", "data", "out", "--epochs", "1", script="train_OOD.sh")
    assert "--output_dir out " in calls[3] and calls[3].endswith("--progress auto --epochs 1 --OOD")


def test_a_process_for_each_gpu_or_as_told(root: Path) -> None:
    _, calls, _ = call(root, "base", "data", GPUS="8")
    assert "--nproc_per_node 8" in calls[1] and calls[0].startswith("world=8 local=8")
    _, calls, _ = call(root, "base", "data", GPUS="8", NPROC="1000", OMP_NUM_THREADS="3")
    assert "--nproc_per_node 1000" in calls[3] and "threads=3" in calls[3]
    _, calls, _ = call(root, "base", "data", NPROC="1000")
    assert "threads=1:" in calls[5]


def test_several_machines(root: Path) -> None:
    machines = {"NNODES": "2", "NPROC": "8", "MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "1234"}
    _, calls, _ = call(root, "base", "data", NODE_RANK="0", **machines)
    assert calls[0].startswith("world=16 local=8") and calls[0].endswith("--prepare")
    there = "--nnodes 2 --node_rank {} --master_addr 10.0.0.1 --master_port 1234 --nproc_per_node 8"
    assert there.format(0) in calls[1]
    _, calls, _ = call(root, "base", "data", NODE_RANK="1", **machines)
    assert len(calls) == 3 and there.format(1) in calls[2]  # one machine encodes, the others wait for it
    status, calls, said = call(root, "base", "data", NNODES="2", NODE_RANK="1")
    assert status != 0 and "MASTER_ADDR" in said and len(calls) == 3


def test_the_status_is_python_s(root: Path) -> None:
    status, calls, _ = call(root, "base", "data", PREPARED="2")
    assert status == 2 and len(calls) == 1  # nothing is launched
    assert call(root, "base", "data", TRAINED="3")[0] == 3


@pytest.mark.parametrize("words", [(), ("base",)])
def test_too_few_words(root: Path, words: tuple[str, ...]) -> None:
    status, calls, said = call(root, *words)
    assert status == 2 and said.startswith("usage: sh ./scripts/train.sh") and not calls
