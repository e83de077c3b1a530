"""What models cost: `configs/prices.yaml`, in dollars per million tokens."""

import re
from pathlib import Path
from typing import NamedTuple

import yaml

from workflowllm.runs.command import CommandError
from workflowllm.runs.shipped import shipped

PRICES = shipped("configs/prices.yaml")
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
        table = yaml.safe_load(path.read_text("utf-8")) or {}
        row = table.get(model) or table.get(_DATE.sub("", model))
        return Price(float(row["input"]), float(row["output"])) if row else None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read the prices {path}: {getattr(error, 'strerror', None) or error}.") from None
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        raise CommandError(
            f"the prices {path} must have lines such as `gpt-4o-mini: {{input: 0.15, output: 0.60}}`."
        ) from None
