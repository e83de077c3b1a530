"""Money: what models cost, an estimate of calls before they are sent, and a limit that no run passes.

Prices stand in `configs/prices.yaml`, in dollars per million tokens.
"""

import math
import re
from asyncio import Condition
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from workflowllm.llm.replies import CostReached, Estimate, Usage
from workflowllm.llm.settings import PRICES, EndpointSettings
from workflowllm.prompts.prompt_files import Message
from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import reason_of
from workflowllm.runs.yaml_text import load_yaml

# Llama 3's tokenizer: 4.2 on generation prompts, 3.8 on the median converted workflow. Rather too many than too few.
BYTES_PER_TOKEN = 3.5
UNKNOWN_ANSWER = 500  # tokens, until answers have come


_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class Price(NamedTuple):
    """Dollars per million tokens."""

    input: float
    output: float

    def dollars(self, prompt_tokens: int, completion_tokens: int) -> float:
        return (prompt_tokens * self.input + completion_tokens * self.output) / 1e6


def price_of(model: str, path: Path = PRICES) -> Price | None:
    """A model's price, also under its dated name; None where the file does not list it."""
    try:
        table = load_yaml(path.read_text("utf-8")) or {}
        row = table.get(model) or table.get(_DATE.sub("", model))
        return Price(float(row["input"]), float(row["output"])) if row else None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read the prices {path}: {reason_of(error)}.") from None
    except (yaml.YAMLError, RecursionError, AttributeError, KeyError, TypeError, ValueError):
        raise CommandError(
            f"the prices {path} must have lines such as `gpt-4o-mini: {{input: 0.15, output: 0.60}}`."
        ) from None


def estimated(messages: Iterable[Message], completion_tokens: int = UNKNOWN_ANSWER) -> Estimate:
    """The size of a call, from the length of its text."""
    size = sum(len(message["content"].encode("utf-8", "replace")) for message in messages)
    return Estimate(math.ceil(size / BYTES_PER_TOKEN), completion_tokens)


class Budget:
    """Counts tokens and dollars, and lets a call begin only if `max_cost` covers it and all that are under way."""

    def __init__(self, settings: EndpointSettings, usage: Usage):
        self._price = price_of(settings.model, settings.prices)
        if settings.max_cost is not None and self._price is None:
            raise CommandError(f"--max_cost needs the price of {settings.model}; add it to {settings.prices}.")
        self._limit, self._usage, self._reserved = settings.max_cost, usage, 0.0
        self._settled = Condition()
        usage.dollars = 0.0 if self._price else None

    @asynccontextmanager
    async def reserved(self, request: dict[str, Any]) -> AsyncIterator[Callable[[int, int], None]]:
        """Hold the call's likely cost; the function it gives takes the real tokens. Raises CostReached."""
        price, cost = self._price, 0.0
        if price and self._limit is not None:
            cost = price.dollars(*estimated(request["messages"], self._likely_answer(request)))
            await self._wait_for(cost)
        try:
            yield self._pay
        finally:
            if cost:
                async with self._settled:
                    self._reserved -= cost
                    self._settled.notify_all()

    def _likely_answer(self, request: dict[str, Any]) -> int:
        if "max_tokens" in request:
            return request["max_tokens"]
        calls = self._usage.calls
        return math.ceil(self._usage.completion_tokens / calls) if calls else UNKNOWN_ANSWER

    async def _wait_for(self, cost: float) -> None:
        """Until the cost fits. Calls under way may turn out cheaper than what is held for them."""
        async with self._settled:
            while (self._usage.dollars or 0.0) + self._reserved + cost > self._limit:
                if self._reserved <= 1e-12:
                    raise CostReached(f"the next call may pass --max_cost {self._limit:g}")
                await self._settled.wait()
            self._reserved += cost

    def _pay(self, prompt_tokens: int, completion_tokens: int) -> None:
        self._usage.calls += 1
        self._usage.prompt_tokens += prompt_tokens
        self._usage.completion_tokens += completion_tokens
        if self._price:
            self._usage.dollars = (self._usage.dollars or 0.0) + self._price.dollars(prompt_tokens, completion_tokens)
