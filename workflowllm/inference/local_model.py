"""A checkpoint on this machine: loading it, and answering many prompts with it."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch

from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import row_seed
from workflowllm.inference.engine import ROWS_SDPA, Engine, Job
from workflowllm.prompts.answers import is_over
from workflowllm.prompts.chat import end_of_turn
from workflowllm.runs.command import CommandError

_MARK = re.compile(r"(?:```|~~~)[^\n]*\n")
_TAIL = 12  # tokens that are looked at after each one: a closing mark and its line break are at most so many


class LocalModel:
    """Weights, tokenizer and the ways in which its answers end."""

    def __init__(self, folder: Path, device: str, dtype: str):
        self.folder = folder
        self.tokenizer = load_tokenizer(folder)
        self.model = _load_weights(folder, device, dtype)
        if len(self.tokenizer) > self.model.get_input_embeddings().num_embeddings:
            raise CommandError(f"the tokenizer of {folder} has more tokens than its model; they are not of one kind.")
        self.context = getattr(self.model.config.get_text_config(), "max_position_embeddings", None) or 8192
        self.ends = _ends(self.model, self.tokenizer)

    def engine(self, batch_tokens: int, max_rows: int, early_stop: bool) -> Engine:
        is_done = self.is_over if early_stop else lambda written: False
        return Engine(self.model, self.ends, is_done, batch_tokens, max_rows)

    def is_over(self, written: list[int]) -> bool:
        """Whether the answer's fence has closed. The whole text is read only where its end looks like it."""
        tail = self.tokenizer.decode(written[-_TAIL:], skip_special_tokens=True)
        return bool(_MARK.search(tail)) and is_over(self.tokenizer.decode(written, skip_special_tokens=True))

    def answer(self, attempts: Iterable[Attempts], engine: Engine) -> Iterator[tuple[Attempts, str]]:
        """(attempts, error) of each record as it is done; further attempts join the batch."""
        open_attempts = {one.key: one for one in attempts}
        for one in open_attempts.values():
            engine.add(self.job(one))
        for job in engine.run():
            one = open_attempts[job.key]
            if job.error:
                yield one, job.error
                continue
            ended = len(job.written) < job.decoding.max_tokens or job.written[-1] in self.ends
            one.add(self.tokenizer.decode(job.written, skip_special_tokens=True), "stop" if ended else "length")
            if one.wants_more:
                engine.add(self.job(one))
            else:
                yield open_attempts.pop(job.key), ""

    def job(self, one: Attempts) -> Job:
        seed = row_seed(one.decoding.seed, one.key, len(one.tried))
        return Job(one.key, one.asked.ids, one.next_decoding(), seed)


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a checkpoint. Raises CommandError where there is none."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"cannot load a tokenizer from {folder}: {_first_line(error)}") from None


def _load_weights(folder: Path, device: str, dtype: str) -> Any:
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    kind = _dtype(device, dtype)
    place = {"device_map": "auto"} if device == "auto" else {}
    attention = ROWS_SDPA if device == "cpu" else "sdpa"
    try:
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=kind, attn_implementation=attention, **place)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"cannot load a model from {folder}: {_first_line(error)}") from None
    config = model.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    if kinds != {"full_attention"}:
        raise CommandError(
            f"{folder} has layers of {', '.join(sorted(kinds))}, and this back end reads full attention only; "
            "serve it (scripts/serve_vllm.sh) and use --base_url."
        )
    return (model if place else model.to(device)).eval()


def default_device() -> str:
    """The device of this process: one GPU for each rank of a launcher, else the first, else the CPU."""
    if torch.cuda.is_available():
        return f"cuda:{int(os.environ.get('LOCAL_RANK', 0)) % torch.cuda.device_count()}"
    return "cpu"


def _dtype(device: str, dtype: str) -> torch.dtype:
    if dtype != "auto":
        return getattr(torch, dtype)
    on_gpu = device != "cpu" and torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return torch.bfloat16 if on_gpu else torch.float32


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """Every token that ends an answer: what the model's own settings say, and the chat template's end of turn."""
    stored = model.generation_config.eos_token_id
    ends = set(stored if isinstance(stored, list) else [stored]) | {tokenizer.eos_token_id}
    turn = tokenizer(end_of_turn(tokenizer), add_special_tokens=False)["input_ids"]
    return {end for end in ends | ({turn[0]} if len(turn) == 1 else set()) if end is not None}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
