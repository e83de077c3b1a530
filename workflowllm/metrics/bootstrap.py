"""Means with 95 % intervals by the percentile bootstrap (Efron 1979): samples are drawn again with replacement."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

import numpy as np

RESAMPLES = 1_000
TAILS = (0.025, 0.975)
MOST_DRAWS = 4_000_000  # draws in memory at a time: 32 MB


class Figure(TypedDict):
    """A mean and its interval; None where there is no interval, as in printed figures."""

    mean: float
    low: float | None
    high: float | None


def figures(rows: Sequence[Sequence[float]], seed: int, resamples: int = RESAMPLES) -> list[Figure]:
    """The figure of each column. `rows` has one row for each sample; all columns are drawn together."""
    values = np.asarray(rows, dtype=np.float64)
    drawn = np.concatenate([counts @ values for counts in _counts(len(values), seed, resamples)]) / len(values)
    low, high = np.quantile(drawn, TAILS, axis=0)
    means = values.mean(axis=0)
    # Rounded, since the last digits depend on how a machine sums.
    return [Figure(mean=_short(m), low=_short(a), high=_short(b)) for m, a, b in zip(means, low, high)]


def _short(value: np.float64) -> float:
    return round(float(value), 9)


def _counts(samples: int, seed: int, resamples: int) -> Iterator[np.ndarray]:
    """How often each sample is drawn in each resample, (some resamples, samples) at a time."""
    rng = np.random.default_rng(seed)
    batch = max(1, MOST_DRAWS // samples)
    for first in range(0, resamples, batch):
        rows = min(batch, resamples - first)
        draws = rng.integers(samples, size=(rows, samples)) + samples * np.arange(rows)[:, None]
        yield np.bincount(draws.ravel(), minlength=rows * samples).reshape(rows, samples).astype(np.float64)
