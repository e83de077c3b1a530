"""A checkpoint on this machine: loading it, and answering many prompts with it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch

from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import attempt_seed
from workflowllm.inference.engine import ROWS_SDPA, Engine, Job
from workflowllm.inference.run_options import LocalOptions
from workflowllm.prompts.answers import is_over
from workflowllm.prompts.chat import end_of_turn, prompt_ids
from workflowllm.runs.command import CommandError
from workflowllm.runs.ranks import current_ranks
from workflowllm.runs.reasons import first_line

_TAIL = 12  # tokens that are looked at after each new one: a closing fence and its line break are at most so many


class LocalModel:
    """Weights, tokenizer, and the tokens and texts that end an answer."""

    def __init__(self, folder: Path, device: str, dtype: str):
        self.folder = folder
        self.tokenizer = load_tokenizer(folder)
        self.model = _load_weights(folder, device, dtype)
        if len(self.tokenizer) > self.model.get_input_embeddings().num_embeddings:
            raise CommandError(f"the tokenizer of {folder} has more tokens than its model; they do not match.")
        self.context = getattr(self.model.config.get_text_config(), "max_position_embeddings", None) or 8192
        self.end_tokens = _end_tokens(self.model, self.tokenizer)

    @classmethod
    def load(cls, folder: Path, options: LocalOptions) -> "LocalModel":
        return cls(folder, options.device or default_device(), options.dtype)

    def engine(self, options: LocalOptions) -> Engine:
        is_over = self.is_over if options.early_stop else lambda written: False
        return Engine(self.model, self.end_tokens, is_over, options.batch_tokens, options.max_rows)

    def is_over(self, written: list[int]) -> bool:
        """Whether the answer's fence has closed. The whole text is decoded only where its tail looks like it."""
        tail = self.tokenizer.decode(written[-_TAIL:], skip_special_tokens=True)
        has_fence = any("```" in line or "~~~" in line for line in tail.split("\n")[:-1])
        return has_fence and is_over(self.tokenizer.decode(written, skip_special_tokens=True))

    def answer(self, attempts: Iterable[Attempts], engine: Engine) -> Iterator[tuple[Attempts, str]]:
        """(attempts, error) of each record as it is done; further attempts join the batch."""
        by_key = {record.key: record for record in attempts}
        for record in by_key.values():
            engine.add(self.job(record))
        for job in engine.run():
            record = by_key[job.key]
            error = job.error or self._add_answer(record, job)
            self._give_up_repairs_without_room(record)
            if not error and record.wants_more:
                engine.add(self.job(record))
            else:
                yield by_key.pop(job.key), error

    def _add_answer(self, attempts: Attempts, job: Job) -> str:
        """Add a job's answer to its record's; return why it cannot be judged, if so."""
        has_ended = len(job.written) < job.decoding.max_tokens or job.written[-1] in self.end_tokens
        text = self.tokenizer.decode(job.written, skip_special_tokens=True)
        try:
            attempts.add(text, "stop" if has_ended else "length")
        except Exception as error:  # one bad answer never stops the others
            return f"{type(error).__name__}: {first_line(error)}"
        return ""

    def _give_up_repairs_without_room(self, attempts: Attempts) -> None:
        """An answer that makes the conversation too long for the context is not repaired."""
        if attempts.repair and len(self._ids(attempts)) + attempts.decoding.max_tokens > self.context:
            attempts.repairs = 0

    def _ids(self, attempts: Attempts) -> list[int]:
        return prompt_ids(self.tokenizer, attempts.next_messages()) if attempts.repair else attempts.prompted.ids

    def job(self, attempts: Attempts) -> Job:
        """The next attempt as a job for the engine."""
        seed = attempt_seed(attempts.decoding.seed, attempts.key, len(attempts.answers))
        return Job(attempts.key, self._ids(attempts), attempts.next_decoding(), seed)


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a checkpoint. Raises CommandError where there is none."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"cannot load a tokenizer from {folder}: {first_line(error)}") from None


def _load_weights(folder: Path, device: str, dtype: str) -> Any:
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    settings = {"dtype": _torch_dtype(device, dtype), "attn_implementation": ROWS_SDPA if device == "cpu" else "sdpa"}
    if device == "auto":
        settings["device_map"] = "auto"
    try:
        model = AutoModelForCausalLM.from_pretrained(folder, **settings)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"cannot load a model from {folder}: {first_line(error)}") from None
    layer_types = set(getattr(model.config.get_text_config(), "layer_types", None) or ["full_attention"])
    if layer_types != {"full_attention"}:
        raise CommandError(
            f"{folder} has layers of {', '.join(sorted(layer_types))}, and this back end supports full attention only; "
            "serve it (scripts/serve_vllm.sh) and use --base_url."
        )
    return (model if device == "auto" else model.to(device)).eval()


def default_device() -> str:
    """The device of this process: one GPU for each rank of a launcher, else the first, else the CPU."""
    if torch.cuda.is_available():
        return f"cuda:{current_ranks().local_rank % torch.cuda.device_count()}"
    return "cpu"


def _torch_dtype(device: str, dtype: str) -> torch.dtype:
    if dtype != "auto":
        return getattr(torch, dtype)
    on_gpu = device != "cpu" and torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return torch.bfloat16 if on_gpu else torch.float32


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    """Every token that ends an answer: those of the model's own settings, and the chat template's end of turn."""
    stored = model.generation_config.eos_token_id
    tokens = set(stored if isinstance(stored, list) else [stored]) | {tokenizer.eos_token_id}
    turn = tokenizer(end_of_turn(tokenizer), add_special_tokens=False)["input_ids"]
    return {token for token in tokens | ({turn[0]} if len(turn) == 1 else set()) if token is not None}
