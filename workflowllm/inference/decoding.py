"""How the next token is chosen: every setting a flag, stored with each prediction, and chance that depends on nothing
but the seed, the record and the attempt."""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from workflowllm.runs.command import CommandError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Decoding:
    """Settings of one answer. Temperature 0 is greedy; top_k 0 and top_p 1 leave the distribution whole."""

    max_tokens: int = 2048
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def sampled(self, temperature: float) -> "Decoding":
        """The settings of a further attempt: greedy ones would give the same answer again."""
        return self if self.temperature else replace(self, temperature=temperature)


def add_decoding_arguments(parser: argparse.ArgumentParser) -> None:
    """The settings that endpoints have no common name for; the others are flags of the endpoint client."""
    group = parser.add_argument_group("decoding of a local model, beside --temperature, --top_p, --max_tokens, --seed")
    group.add_argument("--top_k", type=int, default=0, help="draw from so many tokens, 0: all (default: %(default)s)")
    group.add_argument(
        "--repetition_penalty", type=float, default=1.0, help="above 1 discourages repeats (default: %(default)s)"
    )


def decoding_of(arguments: argparse.Namespace) -> Decoding:
    """The settings that the flags give. Raises CommandError where they cannot be right."""
    if arguments.top_k < 0 or not arguments.repetition_penalty > 0:
        raise CommandError("--top_k must be 0 or more, --repetition_penalty above 0.")
    if arguments.top_p is not None and not 0 < arguments.top_p <= 1:
        raise CommandError("--top_p must be above 0 and at most 1.")
    return Decoding(
        max_tokens=arguments.max_tokens,
        temperature=arguments.temperature,
        top_p=1.0 if arguments.top_p is None else arguments.top_p,
        top_k=arguments.top_k,
        repetition_penalty=arguments.repetition_penalty,
        seed=arguments.seed,
    )


def row_seed(seed: int, key: str, attempt: int) -> int:
    """A seed that is the same wherever, and beside whatever, the record is answered."""
    digest = hashlib.sha256(f"{seed}\0{attempt}\0{key}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7], "big")


def next_token(
    logits: "torch.Tensor", seen: Sequence[int], decoding: Decoding, generator: "torch.Generator | None"
) -> int:
    """One row's next token from its logits [vocabulary], float32; `seen` are prompt and answer so far.

    Only rows that are not plainly greedy come here: those are one argmax for the whole batch.
    """
    import torch
    from transformers import (
        RepetitionPenaltyLogitsProcessor,
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
    )

    scores, ids = logits[None], torch.tensor([list(seen)], device=logits.device)
    if decoding.repetition_penalty != 1:
        scores = RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty)(ids, scores)
    if not decoding.temperature:
        return int(scores.argmax())
    scores = TemperatureLogitsWarper(decoding.temperature)(ids, scores)
    if decoding.top_k:
        scores = TopKLogitsWarper(decoding.top_k)(ids, scores)
    if decoding.top_p < 1:
        scores = TopPLogitsWarper(decoding.top_p)(ids, scores)
    # On the CPU, so that equal seeds draw alike on every device.
    return int(torch.multinomial(scores.softmax(-1).cpu(), 1, generator=generator))
