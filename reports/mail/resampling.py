"""How sure a difference of means is, where most values are 0 and a few are large: by resampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES: Final = 1000
LEAST: Final = 5

BINS: Final = 500
"""More different values than this are put together with their neighbours before resampling."""
_CELLS: Final = 2_000_000
"""Counts drawn at once: 16 MB."""


@dataclass(frozen=True, slots=True)
class Values:
    """How many customers had which value: ``counts`` of ``values``, zeros among them."""

    values: Floats
    counts: Floats

    @property
    def size(self) -> float:
        """How many customers."""
        return float(self.counts.sum())

    @property
    def mean(self) -> float:
        """Value per customer."""
        return float(self.values @ self.counts) / self.size

    @property
    def buyers(self) -> float:
        """How many customers had any value."""
        return float(self.counts[self.values != 0].sum())

    def binned(self) -> Values:
        """Return at most :data:`BINS` values: of neighbours their mean, 0 by itself."""
        if self.values.size <= BINS:
            return self
        order = np.argsort(self.values, kind="stable")
        values, counts = self.values[order], self.counts[order]
        place = np.ceil(np.cumsum(counts * (values != 0)) / (counts[values != 0].sum() / BINS))
        _, number = np.unique(np.where(values == 0, -1, place), return_inverse=True)
        size = np.bincount(number, counts).astype(np.float64)
        return Values(np.bincount(number, counts * values) / size, size)

    def resampled(self, rng: np.random.Generator, times: int) -> tuple[Floats, Floats]:
        """Return mean and squared standard error of ``times`` samples of as many, put back."""
        kept = self.binned()
        chances = kept.counts / kept.size
        step = max(1, _CELLS // kept.values.size)
        means, squares = [], []
        for first in range(0, times, step):
            drawn = rng.multinomial(int(kept.size), chances, min(step, times - first))
            means.append(drawn @ kept.values / kept.size)
            squares.append(drawn @ kept.values**2 / kept.size)
        mean = np.concatenate(means)
        return mean, np.maximum(np.concatenate(squares) - mean**2, 0.0) / kept.size

    def error(self) -> float:
        """Return the squared standard error of the mean."""
        square = float(self.values**2 @ self.counts) / self.size
        return max(square - self.mean**2, 0.0) / self.size


def difference_of_means(
    one: Values, other: Values, seed: int, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """Return the 95 % interval of ``one``'s mean minus ``other``'s.

    None where fewer than :data:`LEAST` customers of a group have a value: of what was hardly seen
    resampling tells nothing, least of all how large it might have been.

    Source: the bootstrap-t interval of Efron and Tibshirani (1993), "An introduction to the
    bootstrap", section 12.5: each resample's difference over its own standard error, the quantiles
    of that times the standard error of what was seen. Values skewed as revenue is, a plain
    percentile interval misses too often.
    """
    spread = one.error() + other.error()
    if min(one.buyers, other.buyers) < LEAST or spread <= 0:
        return None
    rng = np.random.default_rng(seed)
    seen = one.mean - other.mean
    (mean1, square1), (mean2, square2) = (side.resampled(rng, resamples) for side in (one, other))
    error = np.sqrt(square1 + square2)
    drawn = mean1 - mean2
    good = error > 0
    if not good.any():
        return None
    t = (drawn[good] - seen) / error[good]
    low, high = np.quantile(t, [0.025, 0.975])
    return seen - float(high) * spread**0.5, seen - float(low) * spread**0.5
