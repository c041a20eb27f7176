"""Comparing two sides whose sessions come from the same visitors: cluster-robust differences.

A visitor's sessions resemble each other, and one visitor can be on both sides. Taking sessions
for independent would call chance a difference. So everything is summed per visitor first, and
what varies is visitors. With n and d a visitor's part of numerator and denominator, N and D
their sums, R = N / D, G visitors on a side and e = n - R d::

    var(R) = (S + 2 T / D - S sum d^2 / D^2 - S / G) G / (G - 1) / D^2
    S = sum of e^2, T = sum of e^2 d

S / D^2 is the ratio's linearized variance; the other terms undo what it is too small by because R
itself was fitted to these visitors, the more the more some visitors weigh. With one session each
it is the usual variance of a mean. The covariance of the two sides, of visitors on both, is sum
of e1 e2 / (D1 D2). A total N is that of arrivals that are Poisson by visitor: var(N) = sum n^2.

Sources: Cochran (1977), "Sampling techniques", 3rd edition, sections 6.3 (ratios) and 9A.2
(clusters); the terms that undo the bias are the expectation of S to first order, as in Bell and
McCaffrey (2002), "Bias reduction in standard errors for linear regression with multi-stage
samples", Survey Methodology 28; proportions of clusters: Rao and Scott (1992), "A simple method
for the analysis of clustered binary data", Biometrics 48.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.discovery import normal_deviate, two_sided
from reports.intervals import Ends, difference, student_quantile, wilson

SIDES: Final = ("1", "2")
"""Ends of the names of columns: of the one side and of the other."""

OWN: Final = ("n", "d", "nn", "nd", "dd", "nnd", "ndd", "ddd")
"""Sums of one side: of n, d, and their products with themselves and each other."""

BOTH: Final = ("n1n2", "n1d2", "d1n2", "d1d2")
"""Sums over the visitors on both sides."""


def own_sums(n: str, d: str | None) -> list[pl.Expr]:
    """Return :data:`OWN` of one side, over a frame of a row per visitor.

    Args:
        n: column of numerators.
        d: column of denominators; None for a total, which has none.
    """
    over = pl.col(n).cast(pl.Float64)
    under = pl.lit(0.0) if d is None else pl.col(d).cast(pl.Float64)
    square = over**2, over * under, under**2
    products = (over, under, *square, *(product * under for product in square))
    return [product.sum().alias(name) for name, product in zip(OWN, products, strict=True)]


def both_sums(n: str, d: str | None, end: str) -> list[pl.Expr]:
    """Return :data:`BOTH`, over a frame of a row per visitor on both sides.

    Args:
        n: column of numerators; that of the other side has the same name and ``end``.
        d: column of denominators, likewise; None for a total.
        end: what the names of the other side's columns end with.
    """
    n1, n2 = (pl.col(name).cast(pl.Float64) for name in (n, n + end))
    d1 = d2 = pl.lit(0.0)
    if d is not None:
        d1, d2 = (pl.col(name).cast(pl.Float64) for name in (d, d + end))
    products = (n1 * n2, n1 * d2, d1 * n2, d1 * d2)
    return [product.sum().alias(name) for name, product in zip(BOTH, products, strict=True)]


def differences(sums: pl.DataFrame) -> pl.DataFrame:
    """Add values, difference, interval, z and p to rows of sums.

    Args:
        sums: a row per comparison: ``kind``; :data:`OWN` of either side, as ``n1`` ... ``dd2``;
            ``visitors1`` and ``visitors2``; :data:`BOTH`. Kind "rate" is a share of 0 to 1,
            "ratio" any other quotient, and "total" a sum without a denominator.

    Returns:
        The same rows with ``left`` and ``right``, ``difference`` (left - right), ``low`` and
        ``high`` (its 95 % interval), ``z`` and ``p``. A rate's interval is Newcombe's, of
        Wilson's intervals at the number of independent sessions that would vary as much, and its
        z takes both sides for one population, as the hypothesis of no difference says. Others'
        are Student's with Satterthwaite's degrees of freedom, of visitors: with one session each,
        Welch's; their z is the normal deviate with the same p. Null where a side has nothing, or
        nothing varies.
    """
    is_total = pl.col("kind") == "total"
    values = [
        pl.when(is_total)
        .then(f"n{s}")
        .otherwise(pl.col(f"n{s}") / _positive(f"d{s}"))
        .alias(f"r{s}")
        for s in SIDES
    ]
    frame = sums.with_columns(values)
    frame = frame.with_columns(
        *(_variance(s).alias(f"var{s}") for s in SIDES), _covariance().alias("cov")
    )
    is_rate = pl.col("kind") == "rate"
    d = pl.col("r1") - pl.col("r2")
    error = (pl.col("var1") + pl.col("var2") - 2 * pl.col("cov")).clip(lower_bound=0.0).sqrt()
    low, high = _rate_ends()
    freedom = _freedom()
    student = student_quantile(freedom) * error
    deviation = (
        pl.when(is_rate)
        .then(d / _nonzero(_null_error(error)))
        .otherwise(normal_deviate(d / _nonzero(error), freedom))
    )
    return frame.with_columns(
        pl.col("r1").alias("left"),
        pl.col("r2").alias("right"),
        d.alias("difference"),
        pl.when(is_rate).then(low).when(error > 0).then(d - student).alias("low"),
        pl.when(is_rate).then(high).when(error > 0).then(d + student).alias("high"),
        deviation.alias("z"),
        two_sided(deviation).alias("p"),
    )


def _positive(name: str) -> pl.Expr:
    return pl.when(pl.col(name) > 0).then(pl.col(name))


def _nonzero(value: pl.Expr) -> pl.Expr:
    return pl.when(value > 0).then(value)


def _variance(s: str) -> pl.Expr:
    g, nn, nd, dd, r = (pl.col(f"{name}{s}") for name in ("visitors", "nn", "nd", "dd", "r"))
    nnd, ndd, ddd, whole = (
        pl.col(f"nnd{s}"),
        pl.col(f"ndd{s}"),
        pl.col(f"ddd{s}"),
        _positive(f"d{s}"),
    )
    squares = (nn - 2 * r * nd + r**2 * dd).clip(lower_bound=0.0)
    weighed = (nnd - 2 * r * ndd + r**2 * ddd).clip(lower_bound=0.0)
    undone = squares + 2 * weighed / whole - squares * dd / whole**2 - squares / g
    spread = undone * g / _nonzero(g - 1) / whole**2
    return pl.when(pl.col("kind") == "total").then(nn).otherwise(spread)


def _freedom() -> pl.Expr:
    """Return Satterthwaite's degrees of freedom of the difference; a total loses none to a mean."""
    lost = pl.when(pl.col("kind") == "total").then(0).otherwise(1)
    parts = [
        (pl.col(f"var{s}") ** 2 / _nonzero(pl.col(f"visitors{s}") - lost)).fill_null(0.0)
        for s in SIDES
    ]
    return (pl.col("var1") + pl.col("var2")) ** 2 / _nonzero(parts[0] + parts[1])


def _covariance() -> pl.Expr:
    r1, r2, n1n2, n1d2, d1n2, d1d2 = (pl.col(name) for name in ("r1", "r2", *BOTH))
    of_ratios = (n1n2 - r2 * n1d2 - r1 * d1n2 + r1 * r2 * d1d2) / (pl.col("d1") * pl.col("d2"))
    return pl.when(pl.col("kind") == "total").then(n1n2).otherwise(of_ratios)


def _effective(s: str) -> pl.Expr:
    """Return how many independent sessions would tell as much.

    p (1 - p) / var(p), but for var's G / (G - 1): with one session per visitor, all of them.
    Never more than there are sessions; where nothing varies, as few as if each visitor's were
    all alike: d^2 / sum d^2.
    """
    p, var, d, g = (pl.col(f"{name}{s}") for name in ("r", "var", "d", "visitors"))
    fewest = d**2 / _positive(f"dd{s}")
    like = p * (1 - p) / var * g / (g - 1)
    return pl.when(var > 0).then(pl.min_horizontal(like, d)).otherwise(fewest)


def _rate_ends() -> Ends:
    one, other = (wilson(pl.col(f"r{s}") * _effective(s), _effective(s)) for s in SIDES)
    product = (pl.col("var1") * pl.col("var2")).sqrt()
    correlation = (pl.col("cov") / _nonzero(product)).clip(-1.0, 1.0).fill_null(0.0)
    return difference(pl.col("r1"), pl.col("r2"), (one, other), correlation)


def _null_error(error: pl.Expr) -> pl.Expr:
    """Return the standard error of a difference of rates if there is none: p the same on both."""
    p = (pl.col("n1") + pl.col("n2")) / (pl.col("d1") + pl.col("d2"))
    spread = p * (1 - p) * (1 / _effective("1") + 1 / _effective("2"))
    alone = (pl.col("var1") + pl.col("var2")).sqrt()
    # What visitors on both sides share makes it smaller or larger as it does the error.
    shared = pl.when(alone > 0).then(error / alone).otherwise(1.0)
    return spread.sqrt() * shared
