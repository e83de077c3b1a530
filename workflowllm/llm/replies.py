"""What an endpoint gives back, what it cost, and how it fails."""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class EndpointError(Exception):
    """This request cannot be answered: one sentence. Other requests may well be."""


class NoUsableAnswer(EndpointError):
    """The model did answer, with nothing that can be used: unreadable twice over, a refusal, a filter.

    `reply` holds what it said and what that cost; its `data` is None.
    """

    def __init__(self, sentence: str, reply: "Reply"):
        super().__init__(sentence)
        self.reply = reply


class EndpointUnusable(Exception):
    """No request can be answered (a wrong key, an unknown model, no server): one sentence, and the run stops."""


class CostReached(Exception):
    """The next call could cost more than `--max_cost` leaves; the run stops and can go on later."""


@dataclass(frozen=True)
class Reply:
    """An answer. `prompt_tokens` and `completion_tokens` are of all its calls; `attempts` are requests sent for it."""

    text: str
    data: Any  # the validated model where a schema was given, else None
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    cached: bool
    attempts: int


class Estimate(NamedTuple):
    """The size of one call, in tokens."""

    prompt_tokens: int
    completion_tokens: int


@dataclass
class Usage:
    """Counts of a run. `dollars` is None where the model's price is unknown."""

    calls: int = 0  # answered by the endpoint
    cached: int = 0  # answered from the cache
    retries: int = 0  # requests sent again after a fault
    prompt_tokens: int = 0
    completion_tokens: int = 0
    dollars: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def cost(self) -> str:
        return "price unknown" if self.dollars is None else f"${self.dollars:,.4f}"

    def __str__(self) -> str:
        return (
            f"calls {self.calls:,} ({self.retries:,} retries), from the cache {self.cached:,}, "
            f"tokens {self.prompt_tokens:,} in and {self.completion_tokens:,} out, {self.cost}"
        )
