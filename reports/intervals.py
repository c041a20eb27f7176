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


Ends = tuple[pl.Expr, pl.Expr]
"""Lower and upper end of an interval."""


def difference(
    one: pl.Expr,
    other: pl.Expr,
    ends: tuple[Ends, Ends],
    correlation: pl.Expr | float = 0.0,
) -> Ends:
    """Return the 95 % interval of ``one`` - ``other``, recovered from the interval of each.

    With d = one - other, (l1, u1) and (l2, u2) their intervals and r their correlation::

        low  = d - sqrt((one - l1)^2 + (u2 - other)^2 - 2 r (one - l1) (u2 - other))
        high = d + sqrt((u1 - one)^2 + (other - l2)^2 - 2 r (u1 - one) (other - l2))

    With Wilson's intervals of two independent proportions it is Newcombe's hybrid score interval
    (method 10). Sources: Newcombe (1998), "Interval estimation for the difference between
    independent proportions", Statistics in Medicine 17; with a correlation, Zou and Donner
    (2008), "Construction of confidence limits about effect measures", Statistics in Medicine 27.
    """
    (low1, high1), (low2, high2) = ends
    below = _spread(one - low1, high2 - other, correlation)
    above = _spread(high1 - one, other - low2, correlation)
    return one - other - below, one - other + above


def _spread(of_one: pl.Expr, of_other: pl.Expr, correlation: pl.Expr | float) -> pl.Expr:
    square = of_one**2 + of_other**2 - 2 * correlation * of_one * of_other
    return square.clip(lower_bound=0.0).sqrt()


def newcombe(
    successes: pl.Expr, trials: pl.Expr, other_successes: pl.Expr, other_trials: pl.Expr
) -> Ends:
    """Return Newcombe's 95 % interval of one proportion minus another, independent one.

    Null where either had no trial; see :func:`difference`.
    """
    one, other = (
        s / pl.when(n > 0).then(n)
        for s, n in ((successes, trials), (other_successes, other_trials))
    )
    ends = (wilson(successes, trials), wilson(other_successes, other_trials))
    return difference(one, other, ends)


def arrivals(total: pl.Expr, squares: pl.Expr) -> Ends:
    """Return the 95 % interval of the expected sum of what visitors bring, who come by chance.

    Each visitor who comes brings an amount (conversions, or their value); visitors arrive as
    Poisson has it. With T the sum of amounts and S that of their squares, k = S / T, T counts as
    T / k independent arrivals of k each; theirs is the score interval of a Poisson mean::

        k (n + z^2 / 2 -+ z sqrt(n + z^2 / 4)), n = T / k

    Of no arrival the lower end is 0 and the upper that of arrivals of 1 each, z^2. Null where
    either is. Sources: Rao and Scott (1999), "A simple method for analysing overdispersion in
    clustered Poisson data", Statistics in Medicine 18 (the effective count); Barker (2002), "A
    comparison of nine confidence intervals for a Poisson parameter when the expected number of
    events is <= 5", The American Statistician 56 (the score interval).
    """
    some = (total > 0) & (squares > 0)
    size = pl.when(some).then(squares / total).when(total == 0).then(1.0)
    n = pl.when(some).then(total**2 / squares).when(total == 0).then(0.0)
    spread = Z95 * (n + Z95**2 / 4).sqrt()
    middle = n + Z95**2 / 2
    low = pl.when(total == 0).then(0.0).otherwise(size * (middle - spread))
    return low, size * (middle + spread)


def student_quantile(freedom: pl.Expr) -> pl.Expr:
    """Return Student's 97.5 % quantile, to 0.002 from 6 degrees of freedom on.

    Source: Abramowitz and Stegun (1964), "Handbook of mathematical functions", 26.7.5.
    """
    z = Z95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    more = pl.lit(z)
    for power, term in enumerate(terms, 1):
        more = more + term / freedom**power
    return more
