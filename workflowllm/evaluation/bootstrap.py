"""Means with 95 % intervals by the percentile bootstrap (Efron 1979): samples are drawn again with replacement."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypedDict

import numpy as np

RESAMPLES = 1_000
TAILS = (0.025, 0.975)


class Figure(TypedDict):
    """A mean and its interval; None where there is no interval, as in printed figures."""

    mean: float
    low: float | None
    high: float | None


def figures(rows: Sequence[Sequence[float]], seed: int, resamples: int = RESAMPLES) -> list[Figure]:
    """The figure of each column. `rows` has one row for each sample; all columns are drawn together."""
    values = np.asarray(rows, dtype=np.float64)
    drawn = _drawn(len(values), seed, resamples) @ values / len(values)
    low, high = np.quantile(drawn, TAILS, axis=0)
    means = values.mean(axis=0)
    # Rounded, since the last digits depend on how a machine sums.
    return [Figure(mean=_short(m), low=_short(a), high=_short(b)) for m, a, b in zip(means, low, high)]


def _short(value: np.float64) -> float:
    return round(float(value), 9)


@lru_cache(maxsize=4)
def _drawn(count: int, seed: int, resamples: int) -> np.ndarray:
    """How often each sample is drawn in each resample: (resamples, count)."""
    places = np.random.default_rng(seed).integers(count, size=(resamples, count))
    drawn = np.zeros((resamples, count))
    np.add.at(drawn, (np.arange(resamples)[:, None], places), 1)
    return drawn
