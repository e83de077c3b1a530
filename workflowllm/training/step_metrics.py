"""A line for each optimizer step, in `metrics.jsonl` and on standard error."""

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm
from transformers import TrainerCallback

from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import write_bytes

METRICS = "metrics.jsonl"


def cut_back(path: Path, last_step: int) -> int:
    """Cut `metrics.jsonl` back to the steps that the checkpoint knows; return how many lines stay.

    Later steps are trained again. A line that a kill cut short is removed too.
    """
    lines = []
    for line in path.read_bytes().splitlines(keepends=True) if path.is_file() else ():
        try:
            if json.loads(line)["step"] <= last_step and line.endswith(b"\n"):
                lines.append(line)
        except (ValueError, KeyError, TypeError):
            continue
    write_bytes(path, b"".join(lines))
    return len(lines)


def peak_memory(device: torch.device) -> int:
    """The peak memory of this process in bytes: allocated on the GPU, or resident where there is no GPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    with contextlib.suppress(OSError):  # Linux; rusage there also counts what the parent held before exec
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class StepMetrics(TrainerCallback):
    """Writes a step's line before its checkpoint is made, so that a checkpoint's steps all have theirs."""

    def __init__(self, path: Path, has_bar: bool):
        self.path, self.has_bar = path, has_bar
        self.line: dict[str, Any] | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.bar = tqdm(total=state.max_steps, initial=state.global_step, unit="step", disable=not self.has_bar)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        if logs and "loss" in logs:
            self.line = {"step": state.global_step} | logs
            if not control.should_evaluate:
                self._write()

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        if self.line:
            self.line["dev_loss"] = (metrics or {})["eval_loss"]
            self._write()

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.bar.close()

    def _write(self) -> None:
        line, self.line = self.line or {}, None
        with self.path.open("ab") as handle:
            handle.write(json_line(line))
        self.bar.update(line["step"] - self.bar.n)
        dev = f", dev loss {line['dev_loss']:.4f}" if "dev_loss" in line else ""
        self.bar.write(
            f"step {line['step']}/{self.bar.total}: loss {line['loss']:.4f}{dev}, learning rate "
            f"{line['learning_rate']:.2e}, {line['answer_tokens_per_second']:.0f} answer tokens/s",
            file=sys.stderr,
        )
