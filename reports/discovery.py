"""What of many comparisons is beyond chance: p values, and false discoveries kept few."""

from __future__ import annotations

from math import sqrt
from typing import Final

import polars as pl

FALSE_DISCOVERIES: Final = 0.05
"""So large a part of what is called beyond chance may be chance, on average."""

_ERFC: Final = (
    *(-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806),
    *(0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277),
)
"""Chebyshev's fit of log(erfc(x) / t) + x^2 in t = 1 / (1 + x / 2)."""


def two_sided(z: pl.Expr) -> pl.Expr:
    """Return the two-sided p value of a standard normal deviate; null where it is null.

    p = erfc(abs(z) / sqrt(2)), with a relative error below 1.2e-7 everywhere, far tails
    included. Source: Press et al. (1992), "Numerical Recipes in C", 2nd edition, section 6.2.
    """
    x = z.abs() / sqrt(2)
    t = 1 / (1 + x / 2)
    power = pl.lit(0.0)
    for coefficient in reversed(_ERFC):
        power = power * t + coefficient
    return (t * (power - x**2).exp()).clip(0.0, 1.0)


def beyond_chance(p: pl.Expr, rate: float = FALSE_DISCOVERIES) -> pl.Expr:
    """Say which of a column of p values are discoveries; null where there is no p.

    Benjamini's and Hochberg's step-up procedure: with m p values in order, all up to the last
    whose k-th is at most k / m x ``rate``. At most that part of the discoveries is false on
    average, if the tests are independent or positively dependent. Source: Benjamini and
    Hochberg (1995), "Controlling the false discovery rate", JRSS B 57.
    """
    known = pl.when(p.is_not_null() & p.is_not_nan()).then(p)
    k = known.rank("max")
    passed = known.filter(known <= k / known.count() * rate).max()
    return (known <= passed.fill_null(-1.0)).alias("beyond_chance")


def normal_deviate(t: pl.Expr, freedom: pl.Expr) -> pl.Expr:
    """Return the normal deviate about as far out as Student's t.

    Source: Abramowitz and Stegun (1964), "Handbook of mathematical functions", 26.7.8.
    """
    return t * (1 - 1 / (4 * freedom)) / (1 + t**2 / (2 * freedom)).sqrt()
