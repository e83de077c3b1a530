"""One training run from configuration to model: checks, data, model, trainer, final model."""

import logging
import os
import socket
import sys
import threading
import warnings
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers.utils import logging as transformers_logging

from workflowllm.runs.command import ALL_DONE, CommandError
from workflowllm.runs.launch import die_with_launcher
from workflowllm.runs.ranks import Ranks, current_ranks
from workflowllm.runs.reasons import reason_of
from workflowllm.training import preflight
from workflowllm.training.checkpoints import checkpoints, clear_run, drop_broken, last_whole, only_run, step_of
from workflowllm.training.config import TrainingConfig
from workflowllm.training.data import EncodedData, counts_sentence, data_hash, encoded_data, length_warning, prompt_form
from workflowllm.training.memory import needs_sentence
from workflowllm.training.models import load_model, put_final_model
from workflowllm.training.packing import StepRows, samples_leak
from workflowllm.training.step_metrics import METRICS, StepMetrics, cut_back
from workflowllm.training.train_run import Identity, RunFile, check_same_run, is_finished, run_identity
from workflowllm.training.trainer import AnswerTrainer, IndexedExamples, IndexedRows, total_steps, trainer_settings


def run(config: TrainingConfig) -> int:
    """Train, resume, or find that nothing is left to do. Raises CommandError for whatever the user must change."""
    die_with_launcher()
    ranks = current_ranks()
    set_environment(config)
    preflight.check_flags(config, ranks.world_size)
    model_config = preflight.model_config(config.base_model)
    preflight.check_length(config.max_length, model_config)
    tokenizer = preflight.ready_tokenizer(config, model_config.vocab_size)
    with only_run(config.output_dir) if ranks.is_first else nullcontext():
        hashed = data_hash(config, tokenizer)
        identity = run_identity(config, hashed, model_config, ranks.world_size)
        if not config.overwrite and is_finished(config.output_dir, identity):
            report(ranks, f"{config.output_dir} holds the finished model already; --overwrite trains it anew")
            return ALL_DONE
        needs = preflight.memory_needs(config, model_config, ranks)
        report(ranks, f"estimate: {needs_sentence(needs)}")
        if ranks.is_first:
            check_folder(config, identity)
            preflight.check_room(config, needs, ranks)
        data = encoded_data(config, tokenizer, hashed, encodes=ranks.is_first)
        report(ranks, counts_sentence(data.counts))
        if warning := length_warning(data.counts, config.max_length):
            report(ranks, warning)
        if config.prepare:
            return ALL_DONE
        resumed_from = starting_point(config, ranks)
        run_file = RunFile(config, identity, data.counts, needs)
        train(config, tokenizer, data, ranks, resumed_from, run_file)
        if ranks.is_first:
            step, dev_loss = put_final_model(config, tokenizer)
            prompt_form(config).save(config.output_dir)
            run_file.finish(step, dev_loss)
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
    return ALL_DONE


def set_environment(config: TrainingConfig) -> None:
    """Set what DeepSpeed's compiler and a single process without a launcher need in the environment."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # ninja
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    if config.deepspeed and "RANK" not in os.environ and not config.prepare:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        os.environ.update(RANK="0", LOCAL_RANK="0", WORLD_SIZE="1", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))


def report(ranks: Ranks, line: str) -> None:
    """Print a line on standard error, from the first process alone."""
    if ranks.is_first:
        print(line, file=sys.stderr, flush=True)


def check_folder(config: TrainingConfig, identity: Identity) -> None:
    """Make sure that the output folder's checkpoints are of this run, and remove those that are not whole."""
    if config.overwrite:
        if not config.prepare:
            clear_run(config.output_dir)
    elif checkpoints(config.output_dir):
        check_same_run(config.output_dir, identity)
        for name in drop_broken(config.output_dir):
            print(f"{name} was not written whole; it is deleted", file=sys.stderr)


def starting_point(config: TrainingConfig, ranks: Ranks) -> Path | None:
    """The checkpoint to resume from. The metrics of later steps are cut off."""
    checkpoint = None if config.overwrite else last_whole(config.output_dir)
    if ranks.is_first:
        steps = cut_back(config.output_dir / METRICS, step_of(checkpoint) if checkpoint else 0)
        if checkpoint:
            report(ranks, f"resuming from {checkpoint} ({steps} steps done)")
    return checkpoint


def train(
    config: TrainingConfig,
    tokenizer: Any,
    data: EncodedData,
    ranks: Ranks,
    resumed_from: Path | None,
    run_file: RunFile,
) -> None:
    """Train to the end, from a checkpoint or from the start. A checkpoint of the last step needs no training."""
    if resumed_from and step_of(resumed_from) == total_steps(config, len(data.train)):
        return
    model = load_model(config, tokenizer)
    if not config.no_packing and samples_leak(on_device(model, ranks)):
        report(ranks, f"samples in one row see each other in {type(model).__name__}; each gets a row of its own")
        config = replace(config, no_packing=True, row_tokens=None)
    rows = step_rows(config, data.train.lengths, ranks.world_size, config.epochs)
    dev_rows = step_rows(config, data.dev.lengths, ranks.world_size, epochs=1) if len(data.dev) else None
    has_bar = config.progress == "on" or (config.progress == "auto" and sys.stderr.isatty())
    quiet_libraries(ranks)
    trainer = AnswerTrainer(
        rows,
        dev_rows,
        prompt_form(config),
        config.checkpoint_limit,
        model=model,
        args=trainer_settings(config, rows, has_dev=dev_rows is not None),
        data_collator=IndexedRows(tokenizer.pad_token_id),
        train_dataset=IndexedExamples(data.train),
        eval_dataset=IndexedExamples(data.dev),
        processing_class=tokenizer,
        callbacks=[StepMetrics(config.output_dir / METRICS, has_bar)] if ranks.is_first else [],
    )
    trainer.when_ready = lambda: run_file.begin(trainer.engine, resumed_from) if ranks.is_first else None
    try:
        trainer.train(resume_from_checkpoint=str(resumed_from) if resumed_from else None)
    except OSError as error:  # metrics, TensorBoard's log: the disk is full
        raise CommandError(
            f"cannot write to {config.output_dir}: {reason_of(error)}; make room and run the same command "
            f"again: it resumes from {last_whole(config.output_dir) or 'the start'}."
        ) from None


def on_device(model: Any, ranks: Ranks) -> Any:
    """The model where the trainer will have it: FlashAttention runs on a GPU alone."""
    return model.to(torch.device("cuda", ranks.local_rank)) if torch.cuda.is_available() else model


def step_rows(config: TrainingConfig, lengths: Any, world_size: int, epochs: int) -> StepRows:
    """How samples of these lengths (N,) are packed into rows."""
    return StepRows(
        lengths,
        batch_size=config.batch_size,
        row_tokens=config.row_capacity,
        world_size=world_size,
        seed=config.seed,
        epochs=epochs,
    )


def quiet_libraries(ranks: Ranks) -> None:
    """Silence the libraries' lines that say nothing about this run."""
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"torch\.distributed|transformers")
    logging.getLogger("accelerate").setLevel(logging.ERROR)  # it warns that DeepSpeed accumulates
    threading.excepthook = _one_line  # TensorBoard writes in a thread; the next line of metrics meets the same error
    transformers_logging.disable_progress_bar()  # of files read and written
    if not ranks.is_first:
        transformers_logging.set_verbosity_error()


def _one_line(failure: threading.ExceptHookArgs) -> None:
    print(f"a thread ended: {failure.exc_value}", file=sys.stderr)
