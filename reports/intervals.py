"""Intervals around what was counted."""

from __future__ import annotations

from typing import Final

import polars as pl

Z95: Final = 1.959963984540054
"""The normal quantile that leaves 2.5 % on either side."""


def wilson(successes: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return lower and upper end of Wilson's 95 % score interval for a proportion.

    Null where there was no trial. Source: Wilson (1927), "Probable inference, the law of
    succession, and statistical inference", JASA 22; without continuity correction.
    """
    n = pl.when(trials > 0).then(trials)
    p = successes / n
    spread = Z95 * (p * (1 - p) / n + Z95**2 / (4 * n**2)).sqrt()
    middle = p + Z95**2 / (2 * n)
    scale = 1 + Z95**2 / n
    low, high = (middle - spread) / scale, (middle + spread) / scale
    # Exactly 0 and 1 at the ends, where rounding would leave 1e-17.
    none, every = successes == 0, successes == trials
    return (
        pl.when(none & (trials > 0)).then(0.0).otherwise(low),
        pl.when(every & (trials > 0)).then(1.0).otherwise(high),
    )


def newcombe(
    successes: pl.Expr, trials: pl.Expr, other_successes: pl.Expr, other_trials: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    """Return lower and upper end of a 95 % interval for one proportion minus another.

    The two must be independent; null where either had no trial. Source: Newcombe (1998),
    "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17, method 10: Wilson's intervals of both, squared and added.
    """
    low, high = wilson(successes, trials)
    other_low, other_high = wilson(other_successes, other_trials)
    p = successes / pl.when(trials > 0).then(trials)
    q = other_successes / pl.when(other_trials > 0).then(other_trials)
    return (
        p - q - ((p - low) ** 2 + (other_high - q) ** 2).sqrt(),
        p - q + ((high - p) ** 2 + (q - other_low) ** 2).sqrt(),
    )
