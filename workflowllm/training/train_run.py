"""`train_run.json`: what a run was configured with and what it did, and whether a later command is the same run."""

import json
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

from workflowllm.runs.command import CommandError
from workflowllm.runs.facts import versions
from workflowllm.runs.output_files import write_bytes
from workflowllm.training.config import TrainingConfig
from workflowllm.training.memory import Needs

FILE = "train_run.json"
_SIZES = ("model_type", "hidden_size", "num_hidden_layers", "vocab_size")
_PACKAGES = ("torch", "transformers", "accelerate", "deepspeed", "peft")
Identity = dict[str, Any]


def run_identity(config: TrainingConfig, data_sha256: str, model_config: Any, world_size: int) -> Identity:
    """Everything that decides what is learnt. A resumed run must have the same."""
    return {
        "flags": config.identity(),
        "data_sha256": data_sha256,
        "base": {name: getattr(model_config, name, None) for name in _SIZES},
        "world_size": world_size,
        "deepspeed": config.deepspeed is not None,
    }


def stored_facts(output_dir: Path) -> dict[str, Any]:
    """The facts of the run in a folder; empty where there are none."""
    try:
        content = json.loads((output_dir / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def is_finished(output_dir: Path, identity: Identity) -> bool:
    """Whether the folder holds the final model of this very run."""
    facts = stored_facts(output_dir)
    return bool(facts.get("finished")) and facts.get("identity") == identity


def check_same_run(output_dir: Path, identity: Identity) -> None:
    """Raises CommandError where the checkpoints in the output folder are of a run with another identity."""
    earlier = stored_facts(output_dir).get("identity")
    if earlier == identity:
        return
    if not isinstance(earlier, dict):
        raise CommandError(f"{output_dir} has checkpoints but no {FILE}; --overwrite starts afresh.")
    if earlier.get("world_size") != identity["world_size"]:
        raise CommandError(
            f"the checkpoints in {output_dir} are of {earlier.get('world_size')} processes and this run has "
            f"{identity['world_size']}; ZeRO's partitions fit no other number. Use the same (NPROC, NNODES), or start "
            "afresh with --overwrite."
        )
    raise CommandError(
        f"the checkpoints in {output_dir} were made with {_difference(earlier, identity)}; use the same, or start "
        "afresh with --overwrite."
    )


def _difference(earlier: Identity, identity: Identity) -> str:
    before, now = earlier.get("flags", {}), identity["flags"]
    changed = [name for name in now if before.get(name) != now[name]]
    if changed:
        return ", ".join(f"--{name} {before.get(name)} instead of {now[name]}" for name in changed)
    if earlier.get("base") != identity["base"]:
        return "another base model"
    if earlier.get("deepspeed") != identity["deepspeed"]:
        return "DeepSpeed" if earlier.get("deepspeed") else "a process without DeepSpeed"
    return "other data, another tokenizer or another prompt"


class RunFile:
    """The facts of one run, written when training begins and when it ends."""

    def __init__(self, config: TrainingConfig, identity: Identity, counts: dict[str, Any], needs: Needs):
        self.path = config.output_dir / FILE
        earlier = {} if config.overwrite else stored_facts(config.output_dir)
        self.content: dict[str, Any] = {
            "finished": False,
            "identity": identity,
            "base_model": config.base_model,
            "data_path": str(config.data_path),
            "records": counts,
            "estimate_bytes": needs._asdict(),
            "versions": _versions(),
            "engine": earlier.get("engine"),
            "starts": earlier.get("starts", []),
        }

    def begin(self, engine: dict[str, Any], resumed_from: Path | None) -> None:
        """Training begins, on this engine, from this checkpoint or from the start."""
        self.content["engine"] = engine
        self.content["starts"].append({"time": _now(), "from": resumed_from.name if resumed_from else None})
        self._write()

    def finish(self, best_step: int, dev_loss: float | None) -> None:
        """The final model is in the output folder."""
        self.content |= {"finished": True, "model_of_step": best_step, "dev_loss": dev_loss, "ended": _now()}
        self._write()

    def _write(self) -> None:
        write_bytes(self.path, json.dumps(self.content, ensure_ascii=False, indent=1).encode("utf-8") + b"\n")


def _versions() -> dict[str, str | None]:
    """Python's and the packages' versions; None for a package that is not installed, as an extra may be."""
    installed: dict[str, str | None] = {}
    for package in _PACKAGES:
        try:
            installed |= versions([package])
        except PackageNotFoundError:
            installed[package] = None
    return installed


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
