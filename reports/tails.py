"""Tails and quantiles of the distributions intervals and tests are made of, on columns.

Closed forms good to the digits a report shows, so that no further package is needed; the tests
compare them with exact values or with draws.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.intervals import Z95

_STIRLING_FROM: Final = 7
"""From here on three terms of Stirling's series are right to 1e-9."""


def gamma_quantile(mean: pl.Expr, variance: pl.Expr, z: float) -> pl.Expr:
    """Return the quantile of a gamma distribution at the normal quantile ``z``.

    The distribution is given by mean and variance; variance 0 gives the mean. Source: Wilson and
    Hilferty (1931), "The distribution of chi-square", PNAS 17; below 0 it is cut to 0.
    """
    ninth = variance / mean**2 / 9  # 1 / (9 * shape)
    root = (1 - ninth + z * ninth.sqrt()).clip(0.0)
    return pl.when(mean > 0).then(mean * root**3).otherwise(0.0)


def beta_quantiles(a: pl.Expr, b: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the 2.5 % and the 97.5 % quantile of a beta distribution.

    X = a F / (a F + b) for F with 2a and 2b degrees of freedom, whose quantiles are Paulson's
    (1942, "An approximate normalization of the analysis of variance distribution", Annals of
    Mathematical Statistics 13): the difference of two cube roots of chi-squares over its standard
    deviation is nearly normal. Ends beyond 0 or 1 are cut.
    """
    ends = []
    p, q = 1 / (9 * a), 1 / (9 * b)
    top = (1 - p) * (1 - q)
    for z in (-Z95, Z95):
        # (1 - q) root - (1 - p) = z sqrt(q root^2 + p), solved for the root of F's cube.
        square = (1 - q) ** 2 - z**2 * q
        inner = (top**2 - square * ((1 - p) ** 2 - z**2 * p)).clip(0.0)
        root = (top + (1 if z > 0 else -1) * inner.sqrt()) / square
        ratio = root.clip(0.0) ** 3 * a / b
        inside = ratio / (1 + ratio)
        ends.append(inside if z < 0 else pl.when(square > 0).then(inside).otherwise(1.0))
    low, high = ends
    return low.clip(0.0, 1.0), high.clip(0.0, 1.0)


def log_gamma(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ln of the gamma function of positive numbers: Stirling's series, shifted up."""
    shift = np.zeros_like(x)
    for step in range(_STIRLING_FROM):
        shift += np.log(x + step)
    y = x + _STIRLING_FROM
    series = 1 / (12 * y) - 1 / (360 * y**3) + 1 / (1260 * y**5)
    whole: NDArray[np.float64] = (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + series
    return whole - shift
