"""Checkpoints that are whole or are not used.

A checkpoint's last file is its manifest, which lists the sizes of the others and is written when they are all on the
disk. A checkpoint that a kill cut short has no manifest, or files of other sizes, and is never loaded. The previous
checkpoint stays until a newer one is whole.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.locks import OutputLock
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_output_name
from workflowllm.runs.reasons import cannot_write

MANIFEST = "manifest.json"
_NAME = re.compile(r"checkpoint-(\d+)")
# The state of training; every other file directly in a checkpoint is part of the model, as it can be loaded.
_STATE = re.compile(
    r"optimizer\.pt|scheduler\.pt|rng_state.*\.pth|trainer_state\.json|training_args\.bin|latest|zero_to_\w+\.py|"
    rf"README\.md|{re.escape(MANIFEST)}"
)


def checkpoint_path(output_dir: Path, step: int) -> Path:
    """The folder of the checkpoint of a step."""
    return output_dir / f"checkpoint-{step}"


def step_of(checkpoint: Path) -> int:
    """The step after which a checkpoint was made."""
    return int(checkpoint.name.rpartition("-")[2])


def seal(checkpoint: Path) -> None:
    """Declare a checkpoint whole: make sure that every file is on the disk, then write the manifest."""
    sizes = {}
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
            sizes[str(path.relative_to(checkpoint))] = path.stat().st_size
    write_bytes(checkpoint / MANIFEST, json_line({"files": sizes}))


def is_whole(checkpoint: Path) -> bool:
    """Whether the manifest is there and every file that it names has its size."""
    try:
        sizes = json.loads((checkpoint / MANIFEST).read_text("utf-8"))["files"]
        return bool(sizes) and all((checkpoint / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def checkpoints(output_dir: Path) -> list[Path]:
    """Every checkpoint folder, whole or not, oldest step first."""
    folders = [path for path in output_dir.glob("checkpoint-*") if path.is_dir() and _NAME.fullmatch(path.name)]
    return sorted(folders, key=step_of)


def last_whole(output_dir: Path) -> Path | None:
    """The newest checkpoint that can be trusted."""
    return next(filter(is_whole, reversed(checkpoints(output_dir))), None)


def drop_broken(output_dir: Path) -> list[str]:
    """Delete checkpoints that are not whole; return their names."""
    broken = [path for path in checkpoints(output_dir) if not is_whole(path)]
    for path in broken:
        shutil.rmtree(path)
    return [path.name for path in broken]


def prune(output_dir: Path, limit: int, best_step: int | None) -> None:
    """Keep the newest `limit` checkpoints and the best one.

    The manifest is deleted first, so that a half-deleted checkpoint never looks whole.
    """
    for path in checkpoints(output_dir)[:-limit]:
        if step_of(path) != best_step:
            (path / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(path)


def best_or_last(output_dir: Path) -> tuple[Path, float | None]:
    """The checkpoint with the lowest dev loss, and that loss; the last one where no dev loss was measured."""
    last = last_whole(output_dir)
    if last is None:
        raise CommandError(f"{output_dir} has no whole checkpoint to take the model from; train again.")
    state = json.loads((last / "trainer_state.json").read_text("utf-8"))
    best = checkpoint_path(output_dir, state.get("best_global_step") or step_of(last))
    return (best, state.get("best_metric")) if is_whole(best) else (last, None)


def copy_model(checkpoint: Path, output_dir: Path) -> None:
    """Put a checkpoint's model, tokenizer and configuration into the output folder, each file whole or not at all."""
    for path in sorted(checkpoint.iterdir()):
        if path.is_file() and not _STATE.fullmatch(path.name):
            unfinished = output_dir / f".{path.name}.part"
            try:
                shutil.copyfile(path, unfinished)
            except OSError as error:
                unfinished.unlink(missing_ok=True)
                raise CommandError(
                    f"cannot write the final model to {output_dir}: {error.strerror}; {checkpoint} holds it whole; "
                    "make room and run the same command again."
                ) from None
            os.replace(unfinished, output_dir / path.name)


def clear_run(output_dir: Path) -> None:
    """Remove what an earlier run left: checkpoints, metrics, facts, model files. Encoded data stay."""
    for path in output_dir.iterdir() if output_dir.is_dir() else ():
        if path.is_dir() and (_NAME.fullmatch(path.name) or path.name == "runs"):
            shutil.rmtree(path)
        elif path.name in ("metrics.jsonl", "train_run.json") or path.suffix == ".safetensors":
            path.unlink()


@contextmanager
def only_run(output_dir: Path) -> Iterator[None]:
    """Hold the output folder alone. Raises CommandError where another run trains into it."""
    check_output_name(output_dir)
    try:
        output_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(output_dir, error) from None
    with OutputLock(output_dir):
        yield
