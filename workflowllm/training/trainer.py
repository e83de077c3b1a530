"""transformers' Trainer on rows of packed samples: exact losses, whole checkpoints, and a stop at NaN."""

import math
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch.utils.data import DataLoader, Dataset
from transformers import PrinterCallback, Trainer, TrainingArguments

from workflowllm.prompts.chat import Example
from workflowllm.prompts.examples import Examples
from workflowllm.prompts.form import PromptForm
from workflowllm.runs.command import CommandError
from workflowllm.runs.ranks import current_ranks
from workflowllm.runs.reasons import first_line
from workflowllm.training.checkpoints import checkpoint_path, last_whole, prune, seal
from workflowllm.training.config import TrainingConfig
from workflowllm.training.loss import IGNORED
from workflowllm.training.memory import readable
from workflowllm.training.packing import StepRows, row_collator
from workflowllm.training.step_metrics import peak_memory

_INDICES = "indices"  # of a row's samples in the data set; the trainer takes them out before the model sees the row


class IndexedExamples(Dataset):
    """Samples with their index, so that a row knows which samples it has."""

    def __init__(self, examples: Examples):
        self.examples = examples

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> tuple[int, Example]:
        return index, self.examples[index]


class IndexedRows:
    """Collates samples into a row that carries their indices."""

    def __init__(self, pad_id: int):
        self.pad_id = pad_id

    def __call__(self, samples: Sequence[tuple[int, Example]]) -> dict[str, Any]:
        row = row_collator([example for _, example in samples], self.pad_id)
        return row | {_INDICES: torch.tensor([index for index, _ in samples], dtype=torch.long)}


class DeviceRows:
    """One device's rows, as a batch sampler. accelerate's own sharding expects batches of one size."""

    def __init__(self, rows: StepRows, rank: int):
        self.batch_sampler, self.rank = rows, rank  # the trainer looks for set_epoch here or one level below

    def set_epoch(self, epoch: int) -> None:
        self.batch_sampler.set_epoch(epoch)

    def __iter__(self) -> Iterator[list[int]]:
        return islice(iter(self.batch_sampler), self.rank, None, self.batch_sampler.world_size)

    def __len__(self) -> int:
        return len(self.batch_sampler) // self.batch_sampler.world_size


class AnswerTrainer(Trainer):
    """Trains on the rows of `StepRows`. A step's loss is the mean over the answer tokens of all its samples.

    Every optimizer step takes `rows.rows_per_rank` rows on each device, one at a time. The loss of a row is its sum
    over answer tokens divided by the number of answer tokens in the whole step, over all rows and devices, so it does
    not matter which sample stands where.
    """

    def __init__(
        self, rows: StepRows, dev_rows: StepRows | None, form: PromptForm, checkpoint_limit: int, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.remove_callback(PrinterCallback)  # StepMetrics prints shorter lines
        self.rows, self.dev_rows, self.form, self.checkpoint_limit = rows, dev_rows, form, checkpoint_limit
        self.model_accepts_loss_kwargs = True  # the loss takes num_items_in_batch
        self.engine: dict[str, Any] = {}
        self.when_ready: Callable[[], None] = lambda: None  # called once, when the engine is set up
        self._reset_figures()

    def _prepare_for_training(self, *arguments: Any) -> Any:
        """Check that the engine is the one that was configured. A launcher that sets up another one does not say so."""
        prepared = super()._prepare_for_training(*arguments)
        self.engine = engine_facts(self)
        self.when_ready()
        return prepared

    def get_train_dataloader(self) -> DataLoader:
        sampler = DeviceRows(self.rows, self.args.process_index)
        return DataLoader(self.train_dataset, batch_sampler=sampler, collate_fn=self.data_collator)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The row's part of the step's loss. Raises CommandError where it is not finite, before any weight changes."""
        indices = inputs.pop(_INDICES).tolist()
        result = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        loss = result[0] if return_outputs else result
        if not torch.isfinite(loss.detach()).item():
            self._stop(f"the loss is {loss.item()}", indices)
        self._step_indices += indices
        labels = int((inputs["labels"] != IGNORED).sum())
        self._figures += torch.tensor([inputs["input_ids"].numel(), labels, 0 if indices else 1])
        return result

    def _stop(self, symptom: str, indices: Sequence[int]) -> None:
        keys = ", ".join(self.train_dataset.examples.keys[index] for index in indices)
        last = last_whole(Path(self.args.output_dir)) or "none"
        raise CommandError(
            f"{symptom} in step {self.state.global_step + 1}, records: {keys}; look at these records or lower "
            f"--learning_rate (the last checkpoint: {last})."
        )

    def _reset_figures(self) -> None:
        self._figures = torch.zeros(3, dtype=torch.long)  # tokens, answer tokens, padding tokens
        self._step_indices: list[int] = []
        self._began = time.perf_counter()

    def get_batch_samples(self, epoch_iterator: Any, num_batches: int, device: torch.device) -> Any:
        self._reset_figures()
        return super().get_batch_samples(epoch_iterator, num_batches, device)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Add throughput and memory to a step's loss. Tokens are summed over all devices."""
        if "loss" in logs:
            if not math.isfinite(logs.get("grad_norm", 0.0)):
                self._stop(f"the gradient's norm is {logs['grad_norm']}", self._step_indices)
            seconds = time.perf_counter() - self._began
            tokens, answer_tokens, padding = self._summed(self._figures)
            logs |= {
                "tokens": tokens,
                "answer_tokens": answer_tokens,
                "tokens_per_second": tokens / seconds,
                "answer_tokens_per_second": answer_tokens / seconds,
                "padding_share": padding / tokens,
                "seconds": seconds,
                "peak_memory_bytes": peak_memory(self.args.device),
            }
        super().log(logs, start_time)

    def _summed(self, figures: torch.Tensor) -> list[Any]:
        return self.accelerator.reduce(figures.to(self.args.device), reduction="sum").tolist()

    def evaluate(self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval") -> Any:
        """The mean loss over all answer tokens of the held-out samples."""
        self.model.eval()
        total = torch.zeros(2, dtype=torch.float64)
        with torch.no_grad():
            for indices in self.dev_rows.epoch(0)[self.args.process_index :: self.args.world_size]:
                row = row_collator([self.eval_dataset.examples[index] for index in indices], self.data_collator.pad_id)
                count = int((row["labels"] != IGNORED).sum())
                total += torch.tensor([float(self.model(**self._prepare_inputs(row)).loss) * count, count])
        loss, count = self._summed(total)
        metrics = {f"{metric_key_prefix}_loss": loss / count}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Save, seal, and only then delete older ones. Raises CommandError where it cannot be written."""
        output_dir = Path(self.args.output_dir)
        folder = checkpoint_path(output_dir, self.state.global_step)
        try:
            super()._save_checkpoint(model, trial)
            self.accelerator.wait_for_everyone()
            if self.is_world_process_zero():
                self.form.save(folder)  # a checkpoint serves inference too
                seal(folder)
                prune(output_dir, self.checkpoint_limit, self.state.best_global_step)
        except (OSError, RuntimeError, SafetensorError) as error:
            free = readable(shutil.disk_usage(output_dir).free)
            if self.is_world_process_zero():
                shutil.rmtree(folder, ignore_errors=True)  # it takes up room and cannot be used
            raise CommandError(
                f"cannot save {folder} with {free} free ({first_line(error)}); make room and run the same command "
                f"again: it resumes from {last_whole(output_dir) or 'the start, since there is no checkpoint yet'}."
            ) from None
        self.accelerator.wait_for_everyone()


def engine_facts(trainer: Trainer) -> dict[str, Any]:
    """What trains. Raises CommandError where it is not ZeRO-2 over all the processes that were launched."""
    engine, launched = trainer.model_wrapped, current_ranks().world_size
    facts = {
        "engine": type(engine).__name__,
        "world_size": trainer.accelerator.num_processes,
        "zero_stage": engine.zero_optimization_stage() if hasattr(engine, "zero_optimization_stage") else None,
        "optimizer": type(getattr(engine, "optimizer", None) or trainer.optimizer).__name__,
        "device": str(trainer.args.device),
        "rows_per_device_and_step": trainer.args.gradient_accumulation_steps,
    }
    wants_zero = trainer.args.deepspeed is not None
    if facts["world_size"] != launched or wants_zero != (facts["zero_stage"] == 2):
        raise CommandError(f"{launched} processes were launched for ZeRO-2, but the engine is {facts}; use train.sh.")
    return facts


def total_steps(config: TrainingConfig, samples: int) -> int:
    """The optimizer steps of a run on so many samples."""
    all_steps = config.epochs * -(-samples // config.batch_size)
    return min(config.max_steps or all_steps, all_steps)


def trainer_settings(config: TrainingConfig, rows: StepRows, has_dev: bool) -> TrainingArguments:
    """Our configuration as transformers' own."""
    total = total_steps(config, len(rows.lengths))
    every = config.save_steps or math.ceil(total / 10)
    return TrainingArguments(
        output_dir=str(config.output_dir),
        num_train_epochs=config.epochs,
        max_steps=total,
        per_device_train_batch_size=1,  # one row
        gradient_accumulation_steps=rows.rows_per_rank,
        learning_rate=config.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=math.ceil(config.warmup * total),
        optim="adamw_torch",
        weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm,
        neftune_noise_alpha=config.neftune,
        bf16=config.precision == "bf16",
        activation_checkpointing=not config.no_gradient_checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False},
        use_liger_kernel=config.liger,
        liger_kernel_config={"fused_linear_cross_entropy": False, "cross_entropy": False} if config.liger else None,
        use_cpu=not torch.cuda.is_available(),
        deepspeed=str(config.deepspeed) if config.deepspeed else None,
        average_tokens_across_devices=True,
        seed=config.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,
        eval_strategy="steps" if has_dev else "no",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        metric_for_best_model="eval_loss" if has_dev else None,
        greater_is_better=False if has_dev else None,
        report_to=["tensorboard"],
        disable_tqdm=True,
        remove_unused_columns=False,
        use_cache=True,  # for the saved model; the loss passes use_cache=False itself
    )
