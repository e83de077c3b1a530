"""How the next token is chosen. Settings are stored with each prediction; randomness depends on nothing but the seed,
the record's key and the number of the attempt."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

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


def attempt_seed(seed: int, key: str, attempt: int) -> int:
    """The seed of one attempt at a record: the same wherever, and in whatever batch, the record is answered."""
    digest = hashlib.sha256(f"{seed}\0{attempt}\0{key}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7], "big")


def next_token(
    logits: "torch.Tensor", seen: Sequence[int], decoding: Decoding, generator: "torch.Generator | None"
) -> int:
    """One row's next token from its logits [vocabulary], float32; `seen` are the tokens of prompt and answer so far.

    Not called for rows that are plainly greedy: those are one argmax for the whole batch.
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
