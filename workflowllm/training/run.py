"""One training run from flags to model: checks, data, model, trainer, final model."""

import argparse
import logging
import os
import socket
import sys
import threading
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM
from transformers.utils import logging as transformers_logging

from workflowllm.prompts.chat import end_of_turn
from workflowllm.runs.command import ALL_DONE, CommandError
from workflowllm.runs.launch import die_with_launcher
from workflowllm.training import facts as run_facts
from workflowllm.training import preflight
from workflowllm.training.attention import packed_attention
from workflowllm.training.checkpoints import (
    best_or_last,
    checkpoints,
    clear_run,
    copy_model,
    drop_broken,
    last_whole,
    only_run,
    step_of,
)
from workflowllm.training.data import Encoded, counts_sentence, data_hash, encoded_data, prompt_form
from workflowllm.training.lora import keep_adapters, merged_model, with_adapters
from workflowllm.training.loss import use_answer_loss
from workflowllm.training.memory import described
from workflowllm.training.packing import StepRows
from workflowllm.training.step_metrics import METRICS, StepMetrics, kept_lines
from workflowllm.training.trainer import AnswerTrainer, Placed, PlacedRows, training_arguments


def run(arguments: argparse.Namespace) -> int:
    """Train, or go on with training, or say that it is done. Raises CommandError for whatever the user must change."""
    die_with_launcher()
    place = preflight.world()
    set_environment(arguments)
    preflight.check_flags(arguments, place.size)
    config = preflight.model_config(arguments.base_model)
    preflight.check_length(arguments, config)
    tokenizer = preflight.ready_tokenizer(arguments, config)
    with only_run(arguments.output_dir) if place.rank == 0 else nullcontext():
        hashed = data_hash(arguments, tokenizer)
        identity = run_facts.identity(arguments, hashed, config, place.size)
        if run_facts.is_finished(arguments, identity):
            tell(place, f"{arguments.output_dir} holds the finished model already; --overwrite trains it anew")
            return ALL_DONE
        needs = preflight.memory_needs(arguments, config, place)
        tell(place, f"estimate: {described(needs)}")
        if place.rank == 0:
            check_folder(arguments, identity)
            preflight.check_room(arguments, needs, place)
        data = encoded_data(arguments, tokenizer, hashed, encodes=place.rank == 0)
        tell(place, counts_sentence(data.counts))
        if arguments.prepare:
            return ALL_DONE
        resumed = starting_point(arguments, place)
        facts = run_facts.Facts(arguments, identity, data.counts, needs)
        train(arguments, tokenizer, data, place, resumed, facts)
        if place.rank == 0:
            put_model(arguments, tokenizer, facts)
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
    return ALL_DONE


def set_environment(arguments: argparse.Namespace) -> None:
    """What DeepSpeed's compiler and a single process without a launcher need in the environment."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # ninja
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    if arguments.deepspeed != "none" and "RANK" not in os.environ and not arguments.prepare:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        os.environ.update(RANK="0", LOCAL_RANK="0", WORLD_SIZE="1", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))


def tell(place: preflight.World, line: str) -> None:
    """A line on standard error, from the first process alone."""
    if place.rank == 0:
        print(line, file=sys.stderr, flush=True)


def check_folder(arguments: argparse.Namespace, identity: dict[str, Any]) -> None:
    """Make sure that what the output folder holds is this run's, and clear away what is of no use to it."""
    output_dir = arguments.output_dir
    if arguments.overwrite:
        if not arguments.prepare:
            clear_run(output_dir)
    elif checkpoints(output_dir):
        run_facts.check_same(arguments, identity)
        for name in drop_broken(output_dir):
            print(f"{name} was not written whole; it is deleted", file=sys.stderr)


def starting_point(arguments: argparse.Namespace, place: preflight.World) -> Path | None:
    """The checkpoint to go on from; metrics of later steps are taken back."""
    checkpoint = None if arguments.overwrite else last_whole(arguments.output_dir)
    if place.rank == 0:
        steps = kept_lines(arguments.output_dir / METRICS, step_of(checkpoint) if checkpoint else 0)
        if checkpoint:
            tell(place, f"going on from {checkpoint} ({steps} steps done)")
    return checkpoint


def quiet_libraries(place: preflight.World) -> None:
    """Keep the lines of a run to those that say something about it."""
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"torch\.distributed|transformers")
    logging.getLogger("accelerate").setLevel(logging.ERROR)  # that accumulation is DeepSpeed's is what we want
    threading.excepthook = _one_line  # TensorBoard writes in a thread; what it meets, the next line of metrics meets
    transformers_logging.disable_progress_bar()  # of files read and written
    if place.rank:
        transformers_logging.set_verbosity_error()


def _one_line(failure: threading.ExceptHookArgs) -> None:
    print(f"a thread ended: {failure.exc_value}", file=sys.stderr)


def load_model(arguments: argparse.Namespace, tokenizer: Any) -> Any:
    """The base model with our attention and loss. Weights are float32 where nobody else keeps a float32 copy."""
    halves = arguments.precision == "bf16" and arguments.deepspeed != "none"
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            arguments.base_model,
            dtype=torch.bfloat16 if halves else torch.float32,
            attn_implementation=packed_attention(device, preflight.model_config(arguments.base_model)),
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CommandError(f"the weights of --base_model {arguments.base_model} cannot be read: {reason}.") from None
    if report["missing_keys"]:
        missing = sorted(report["missing_keys"])
        raise CommandError(f"--base_model {arguments.base_model} lacks {len(missing)} weights, such as {missing[0]}.")
    stop_at_end_of_turn(model, tokenizer)
    use_answer_loss(model)
    if arguments.lora_rank:
        model = with_adapters(model, arguments.lora_rank, arguments.lora_alpha)
    return model


def stop_at_end_of_turn(model: Any, tokenizer: Any) -> None:
    """Let generation stop where an answer was trained to end, which a base model's own end of text is not."""
    ending = tokenizer.convert_tokens_to_ids(end_of_turn(tokenizer))
    known = model.generation_config.eos_token_id
    known = [] if known is None else known if isinstance(known, list) else [known]
    model.generation_config.eos_token_id = list(dict.fromkeys([ending, *known]))
    model.generation_config._from_model_config = False  # it says more now, and must not be made anew from the model's
    model.generation_config.pad_token_id = model.config.pad_token_id = tokenizer.pad_token_id


def train(
    arguments: argparse.Namespace,
    tokenizer: Any,
    data: Encoded,
    place: preflight.World,
    resumed: Path | None,
    facts: run_facts.Facts,
) -> None:
    """Train to the end, from a checkpoint or from the start; nothing where the checkpoint is the end."""
    rows = step_rows(arguments, data.train, place.size, arguments.epochs)
    dev_rows = step_rows(arguments, data.dev, place.size, 1) if len(data.dev) else None
    settings = training_arguments(arguments, rows, has_dev=dev_rows is not None)
    if resumed and step_of(resumed) == settings.max_steps:
        return
    has_bar = arguments.progress == "on" or (arguments.progress == "auto" and sys.stderr.isatty())
    quiet_libraries(place)
    trainer = AnswerTrainer(
        rows,
        dev_rows,
        prompt_form(arguments),
        arguments.checkpoint_limit,
        model=load_model(arguments, tokenizer),
        args=settings,
        data_collator=PlacedRows(tokenizer.pad_token_id),
        train_dataset=Placed(data.train),
        eval_dataset=Placed(data.dev),
        processing_class=tokenizer,
        callbacks=[StepMetrics(arguments.output_dir / METRICS, has_bar)] if place.rank == 0 else [],
    )
    trainer.ready = lambda: facts.begin(trainer.engine, resumed) if place.rank == 0 else None
    try:
        trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    except OSError as error:  # metrics, TensorBoard's log: the disk is full
        raise CommandError(
            f"cannot write to {arguments.output_dir}: {error.strerror or error}; make room and run the same command "
            f"again: it goes on from {last_whole(arguments.output_dir) or 'the start'}."
        ) from None


def put_model(arguments: argparse.Namespace, tokenizer: Any, facts: run_facts.Facts) -> None:
    """Put the best checkpoint's model into the output folder."""
    checkpoint, dev_loss = best_or_last(arguments.output_dir)
    if arguments.lora_rank:
        model = merged_model(checkpoint)
        stop_at_end_of_turn(model, tokenizer)
        model.save_pretrained(arguments.output_dir)
        tokenizer.save_pretrained(arguments.output_dir)
        keep_adapters(checkpoint, arguments.output_dir)
    else:
        copy_model(checkpoint, arguments.output_dir)
    prompt_form(arguments).save(arguments.output_dir)
    facts.finish(step_of(checkpoint), dev_loss)
    print(f"done: the model of step {step_of(checkpoint)} is in {arguments.output_dir}", file=sys.stderr)


def step_rows(arguments: argparse.Namespace, examples: Any, world_size: int, epochs: int) -> StepRows:
    """How samples go into rows."""
    # A row of one token holds no second sample, and a longer sample has a row of its own.
    row_tokens = 1 if arguments.no_packing else arguments.row_tokens or arguments.max_length
    return StepRows(
        examples.lengths,
        batch_size=arguments.batch_size,
        row_tokens=row_tokens,
        world_size=world_size,
        seed=arguments.seed,
        epochs=epochs,
    )
