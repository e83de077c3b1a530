"""Check the trainer: equal losses under ZeRO-2 on one and two ranks, and after kill -9 in the middle of training.

    python eval/check_training.py equality
    python eval/check_training.py equality --base_model output/models/smollm2-135m-instruct --data_path RECORDS \\
        --flags "--max_records 12 --batch_size 4 --epochs 1 --max_length 1024"
    python eval/check_training.py kills --rounds 10 --ranks 2

`equality` trains the same batches in one plain process, under ZeRO-2 on one rank, on two ranks, and on two ranks
without packing; every step's loss must agree with the plain one's to 1e-4. `kills` trains once undisturbed. Each round
then kills a run with all its processes and starts it again: by turns after a random step, while a checkpoint is being
written, and at a random file operation, such as a rename. The losses and the final weights must be the undisturbed
run's to the last bit, and the checkpoint that the run resumed from must have been whole. Without --base_model a random
model of two layers stands in, and without --data_path the first lines of the bundled samples. Figures also go to
OUTPUT_DIR/equality.jsonl and kills.jsonl. Exit status 1: something did not hold.
"""

import argparse
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support.stand_in import write_small_model, write_small_records

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths
from workflowllm.training.checkpoints import checkpoints, is_whole, last_whole
from workflowllm.training.train_run import stored_facts

ROOT = Path(__file__).parents[1]
SMALL_FLAGS = "--batch_size 8 --epochs 2 --learning_rate 1e-3 --max_length 2048 --dev_share 0.1 --save_steps 2"
TOLERANCE = 1e-4
KINDS = ("operation", "step", "saving")  # of kills


@dataclass(frozen=True)
class Settings:
    """What a command line asks for."""

    part: str
    base_model: Path | None
    data_path: Path | None
    flags: str  # of train.py
    output_dir: Path
    rounds: int
    ranks: int
    seed: int


def parse_settings() -> Settings:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("equality", "kills"))
    parser.add_argument("--base_model", type=Path, help="default: a random model of two layers")
    parser.add_argument("--data_path", type=Path, help="default: 60 records from the bundled samples")
    parser.add_argument("--flags", default=SMALL_FLAGS, help="further flags of train.py (default: %(default)s)")
    parser.add_argument("--output_dir", type=Path, default=Path("output/check_training"), help="default: %(default)s")
    parser.add_argument(
        "--rounds", type=positive_int, default=10, help="how often a run is killed (default: %(default)s)"
    )
    parser.add_argument(
        "--ranks", type=positive_int, default=2, help="processes of the killed runs (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments of killing (default: %(default)s)")
    return Settings(**vars(parser.parse_args()))


def environment() -> dict[str, str]:
    """One thread a rank, and a folder of our own for what DeepSpeed compiles."""
    compiled = str((ROOT / "output" / "torch_extensions").resolve())
    return {"OMP_NUM_THREADS": "1", "TORCH_EXTENSIONS_DIR": compiled} | os.environ


def command(settings: Settings, output: Path, ranks: int, extra: str = "", kill_at: int | None = None) -> list[str]:
    """A training run: by torchrun, or a plain process where `ranks` is 0. `kill_at` counts its file operations."""
    launcher = ["-m", "workflowllm.runs.launch", "--standalone", "--nproc_per_node", str(ranks)] if ranks else []
    paths = ["--base_model", str(settings.base_model), "--data_path", str(settings.data_path)]
    flags = [*paths, "--output_dir", str(output), "--precision", "fp32", *shlex.split(settings.flags + " " + extra)]
    killer = [str(ROOT / "eval" / "support" / "kill_at.py"), str(kill_at)] if kill_at is not None else []
    return [sys.executable, *launcher, *killer, str(ROOT / "train.py"), *flags]


def trained(
    settings: Settings, output: Path, ranks: int, extra: str = "", counts: Path | None = None
) -> list[dict[str, Any]]:
    """Train to the end; the lines of metrics.jsonl. Raises CommandError where it fails. `counts` gets the number of
    file operations."""
    words = command(settings, output, ranks, extra, kill_at=0 if counts else None)
    variables = environment() | ({"KILL_AT_COUNTS": str(counts)} if counts else {})
    done = subprocess.run(words, capture_output=True, text=True, env=variables, cwd=ROOT)
    if done.returncode:
        raise CommandError(f"training into {output} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return metrics(output)


def metrics(output: Path) -> list[dict[str, Any]]:
    path = output / "metrics.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def difference(lines: list[dict[str, Any]], wanted: list[dict[str, Any]], name: str = "loss") -> float:
    """The greatest difference of a figure over all steps; infinite where the steps are not the same."""
    if [line["step"] for line in lines] != [line["step"] for line in wanted]:
        return float("inf")
    return max(abs(line[name] - other[name]) for line, other in zip(lines, wanted))


def check_equality(settings: Settings) -> list[dict[str, Any]]:
    """Train four ways; a row for each that is not the plain one."""
    folder = settings.output_dir / "equality"
    shutil.rmtree(folder, ignore_errors=True)
    plain = trained(settings, folder / "plain", ranks=0)
    rows = []
    for name, ranks, extra in (("one rank", 1, ""), ("two ranks", 2, ""), ("two ranks, unpacked", 2, "--no_packing")):
        output = folder / name.replace(" ", "_").replace(",", "")
        lines = trained(settings, output, ranks, extra)
        engine = json.loads((output / "train_run.json").read_text("utf-8"))["engine"]
        is_zero2 = (engine["engine"], engine["zero_stage"], engine["world_size"]) == ("DeepSpeedEngine", 2, ranks)
        apart = difference(lines, plain)
        rows.append({"run": name, "steps": len(lines), "loss_difference": apart,
                     "gradient_norm_difference": difference(lines, plain, "grad_norm"),
                     "first_loss": lines[0]["loss"], "last_loss": lines[-1]["loss"], "engine": engine,
                     "holds": is_zero2 and apart <= TOLERANCE})  # fmt: skip
        print(f"{name:22} {engine['engine']} stage {engine['zero_stage']}, world size {engine['world_size']}, "
              f"{engine['rows_per_device_and_step']} rows a device and step: greatest difference of {len(lines)} "
              f"losses {apart:.1e}, of gradient norms {rows[-1]['gradient_norm_difference']:.1e}")  # fmt: skip
    return rows


def check_kills(settings: Settings) -> list[dict[str, Any]]:
    """Kill and go on, so many times; a row for each."""
    folder = settings.output_dir / "kills"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = trained(settings, folder / "undisturbed", settings.ranks, counts=folder / "operations")
    rng = random.Random(settings.seed)
    rows = []
    for number in range(1, settings.rounds + 1):
        row = killed_once(settings, folder / f"round{number}", rng, wanted, KINDS[number % len(KINDS)])
        rows.append(row)
        print(f"round {number}: killed {row['moment']}, {row['steps_done']} steps done, not whole: "
              f"{row['broken'] or 'none'}; resumed from {row['from']}; last loss {row['last_loss']:.6f}, greatest "
              f"difference {row['loss_difference']:.1e}: {'holds' if row['holds'] else 'DOES NOT HOLD'}")  # fmt: skip
        shutil.rmtree(folder / f"round{number}")
    return rows


def killed_once(
    settings: Settings, output: Path, rng: random.Random, wanted: list[dict[str, Any]], kind: str
) -> dict[str, Any]:
    """One run, killed and started again."""
    step, delay = rng.randrange(1, len(wanted)), rng.random()
    if kind == "operation":
        number = rng.randint(1, int((output.parent / "operations").read_text("ascii")))
        moment = f"at file operation {number}"
        words = command(settings, output, settings.ranks, kill_at=number)
        kill_when(words, lambda: False, 0.0)
    elif kind == "saving":
        moment = f"while writing a checkpoint after step {step}"
        words = command(settings, output, settings.ranks)
        kill_when(words, lambda: len(metrics_bytes(output)) >= step and half_written(output), 0.0)
    else:
        moment = f"{delay:.2f} s after step {step}"
        words = command(settings, output, settings.ranks)
        kill_when(words, lambda: len(metrics_bytes(output)) >= step, delay)
    steps_done = len(metrics_bytes(output))
    broken = [path.name for path in checkpoints(output) if not is_whole(path)]
    whole = last_whole(output)
    was_finished = stored_facts(output).get("finished", False)
    lines = trained(settings, output, settings.ranks)
    start = json.loads((output / "train_run.json").read_text("utf-8"))["starts"][-1]["from"]
    apart = difference(lines, wanted)
    weights = [(folder / "model.safetensors").read_bytes() for folder in (output, output.parent / "undisturbed")]
    resumed_rightly = was_finished or (start == (whole.name if whole else None) and start not in broken)
    return {"moment": moment, "steps_done": steps_done, "broken": broken, "from": start, "loss_difference": apart,
            "last_loss": lines[-1]["loss"], "wanted_loss": wanted[-1]["loss"],
            "holds": apart == 0 and weights[0] == weights[1] and resumed_rightly}  # fmt: skip


def metrics_bytes(output: Path) -> list[bytes]:
    path = output / "metrics.jsonl"
    return path.read_bytes().splitlines() if path.is_file() else []


def half_written(output: Path) -> bool:
    return any(not is_whole(path) for path in checkpoints(output))


def kill_when(words: list[str], is_time: Callable[[], bool], delay: float) -> None:
    """Start training and kill its processes once it is time; a run that ends before is left as it is."""
    process = subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        cwd=ROOT,
        start_new_session=True,
    )
    while process.poll() is None and not is_time():
        time.sleep(0.001)
    time.sleep(delay)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)  # the launcher's group; its ranks die with it
    process.wait()
    time.sleep(1)  # the ranks are not our children: the kernel ends them now


def main() -> int:
    settings = parse_settings()
    check_paths([settings.data_path], [settings.output_dir / f"{settings.part}.jsonl"])
    settings.output_dir.mkdir(parents=True, exist_ok=True)
    if not settings.base_model:
        write_small_model(small_model := settings.output_dir / "small_model")
        settings = replace(settings, base_model=small_model)
        print("a random model of two layers stands in for a real one")
    if not settings.data_path:
        write_small_records(small_records := settings.output_dir / "small_records.jsonl", 60)
        settings = replace(settings, data_path=small_records)
    check = check_equality if settings.part == "equality" else check_kills
    rows = check(settings)
    write_bytes(settings.output_dir / f"{settings.part}.jsonl", b"".join(map(json_line, rows)))
    held = sum(row["holds"] for row in rows)
    print(f"{held} of {len(rows)} hold")
    return ALL_DONE if held == len(rows) else SOME_FAILED


if __name__ == "__main__":
    run_command(main)
