"""`train_run.json`: what a run was made with and what it did, and whether a later command is the same run."""

import argparse
import json
import platform
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import write_bytes
from workflowllm.training.arguments import FREE_ON_RESUME
from workflowllm.training.memory import Needs

FILE = "train_run.json"
_SIZES = ("model_type", "hidden_size", "num_hidden_layers", "vocab_size")
_PACKAGES = ("torch", "transformers", "accelerate", "deepspeed", "peft")


def identity(arguments: argparse.Namespace, data: str, config: Any, world_size: int) -> dict[str, Any]:
    """Everything that decides what is learnt: a run that goes on must have it unchanged."""
    flags = {name: value for name, value in vars(arguments).items() if name not in FREE_ON_RESUME}
    flags = {name: str(value) if isinstance(value, Path) else value for name, value in flags.items()}
    sizes = {name: getattr(config, name, None) for name in _SIZES}
    return {"flags": flags, "data_sha256": data, "base": sizes, "world_size": world_size,
            "deepspeed": arguments.deepspeed != "none"}  # fmt: skip


def stored(output_dir: Path) -> dict[str, Any]:
    """The facts of the run in a folder; empty where there are none."""
    try:
        content = json.loads((output_dir / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def is_finished(arguments: argparse.Namespace, wanted: dict[str, Any]) -> bool:
    """Whether this very run is done and its model in place."""
    found = stored(arguments.output_dir)
    return not arguments.overwrite and bool(found.get("finished")) and found.get("identity") == wanted


def check_same(arguments: argparse.Namespace, wanted: dict[str, Any]) -> None:
    """Raises CommandError where the checkpoints in the output folder are of another run than `wanted`."""
    found = stored(arguments.output_dir).get("identity")
    if found == wanted:
        return
    output_dir = arguments.output_dir
    if not isinstance(found, dict):
        raise CommandError(f"{output_dir} has checkpoints but no {FILE}; --overwrite starts afresh.")
    if found.get("world_size") != wanted["world_size"]:
        raise CommandError(
            f"the checkpoints in {output_dir} are of {found.get('world_size')} processes and this run has "
            f"{wanted['world_size']}; ZeRO's parts do not fit another number. Use the same (NPROC, NNODES), or start "
            "afresh with --overwrite."
        )
    raise CommandError(
        f"the checkpoints in {output_dir} were made with {_difference(found, wanted)}; use the same, or start afresh "
        "with --overwrite."
    )


def _difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    before, now = found.get("flags", {}), wanted["flags"]
    changed = [name for name in now if before.get(name) != now[name]]
    if changed:
        return ", ".join(f"--{name} {before.get(name)} instead of {now[name]}" for name in changed)
    if found.get("base") != wanted["base"]:
        return "another base model"
    if found.get("deepspeed") != wanted["deepspeed"]:
        return "DeepSpeed" if found.get("deepspeed") else "a process without DeepSpeed"
    return "other data, another tokenizer or another prompt"


class Facts:
    """The facts of one run, written when training begins and when it ends."""

    def __init__(self, arguments: argparse.Namespace, wanted: dict[str, Any], counts: dict[str, Any], needs: Needs):
        self.path = arguments.output_dir / FILE
        before = {} if arguments.overwrite else stored(arguments.output_dir)
        self.content: dict[str, Any] = {
            "finished": False,
            "identity": wanted,
            "base_model": arguments.base_model,
            "data_path": str(arguments.data_path),
            "records": counts,
            "estimate_bytes": needs._asdict(),
            "versions": {name: _version(name) for name in _PACKAGES} | {"python": platform.python_version()},
            "engine": before.get("engine"),
            "starts": before.get("starts", []),
        }

    def begin(self, engine: dict[str, Any], resumed: Path | None) -> None:
        """Training begins: what runs it, and from where."""
        self.content["engine"] = engine
        self.content["starts"].append({"time": _now(), "from": resumed.name if resumed else None})
        self._write()

    def finish(self, best_step: int, dev_loss: float | None) -> None:
        """The model is in place."""
        self.content |= {"finished": True, "model_of_step": best_step, "dev_loss": dev_loss, "ended": _now()}
        self._write()

    def _write(self) -> None:
        write_bytes(self.path, json.dumps(self.content, ensure_ascii=False, indent=1).encode("utf-8") + b"\n")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except ImportError:
        return None


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
