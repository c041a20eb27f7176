"""The ratio of two independent proportions, with its score interval."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.intervals import Z95

Floats = NDArray[np.float64]

_WIDEST: Final = 30.0
"""Ratios are looked for between exp(-30) and exp(30)."""
_HALVINGS: Final = 70


def koopman(counts: pl.DataFrame, one: tuple[str, str], other: tuple[str, str]) -> pl.DataFrame:
    """Return the 95 % score interval of the ratio of two proportions.

    The ratios that the score test does not refuse at 5 %: 1 lies outside just where the test of
    equal proportions with pooled variance has p < 0.05. For a ratio R, with the proportions'
    maximum likelihood estimates p and q under p = R q::

        (a/n - R b/m)^2 / (p (1 - p) / n + R^2 q (1 - q) / m) <= z(0.975)^2

    Source: Koopman (1984), "Confidence intervals for the ratio of two binomial proportions",
    Biometrics 40; the estimates in closed form from Miettinen and Nurminen (1985), "Comparative
    analysis of two rates", Statistics in Medicine 4, whose interval differs by N / (N - 1).

    Args:
        counts: a row per ratio.
        one: columns of successes and trials of the numerator.
        other: the same of the denominator.

    Returns:
        ``low`` and ``high`` (f64), a row per row: low 0 where the numerator has no success, high
        null (without end) where the denominator has none; both null where neither has one, or
        one has no trial.
    """
    a, n, b, m = (counts[name].cast(pl.Float64).to_numpy() for name in (*one, *other))
    known = (n > 0) & (m > 0) & (a + b > 0)
    some = tuple(np.where(known, each, filled) for each, filled in ((a, 1), (n, 2), (b, 1), (m, 2)))
    zeros = np.zeros_like(a)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(some[0] / some[1]) - np.log(some[2] / some[3])
    middle = np.clip(ratio, -_WIDEST, _WIDEST)
    low = np.exp(_edge(some, middle, zeros - _WIDEST))
    high = np.exp(_edge(some, middle, zeros + _WIDEST))
    return pl.DataFrame(
        {
            "low": pl.Series(np.where(a == 0, 0.0, low)),
            "high": pl.Series(high).set(pl.Series(b == 0), None),
        }
    ).select(pl.when(pl.Series(known)).then(pl.col("low", "high")))


def _edge(counts: tuple[Floats, ...], inside: Floats, outside: Floats) -> Floats:
    """Return the logarithm of the last ratio not refused, between two that are in and out."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        is_in = _score(counts, np.exp(middle)) <= Z95**2
        inside, outside = np.where(is_in, middle, inside), np.where(is_in, outside, middle)
    return inside


def _score(counts: tuple[Floats, ...], ratio: Floats) -> Floats:
    a, n, b, m = counts
    square = (n + m) * ratio
    linear = ratio * (b + n) + a + m
    root = np.sqrt(np.maximum(linear**2 - 4 * square * (a + b), 0.0))
    q = 2 * (a + b) / (linear + root)  # the smaller root, without cancellation
    p = np.minimum(ratio * q, 1.0)
    variance = p * (1 - p) / n + ratio**2 * q * (1 - q) / m
    distance = (a / n - ratio * b / m) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        score = distance / np.maximum(variance, 1e-300)
    return np.asarray(score)
