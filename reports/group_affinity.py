"""How much more each group looks at each thing than everybody does: cells with their variance.

Functions of frames; no disk, no clock. What is viewed is called *name* (a category or product).
"""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.discovery import beyond_chance, two_sided
from reports.shrinkage import shrunk
from reports.tastes import Tastes

LEAST_VISITORS: Final = 30
"""Visitors of a group below which nothing is concluded about it."""

LEAST_EXPECTED: Final = 5.0
"""Independent views expected in a cell below which nothing is concluded (Cochran's rule)."""

_BORROWED: Final = 20
"""A cell's own variance counts like this many viewers' of the model that pools all groups."""

_STUDENT: Final = 5
"""So many visitors' worth of knowledge a variance that is itself estimated costs."""

_KEY: Final = ["group", "name"]


def group_affinity(seen: Tastes) -> pl.DataFrame:
    """Return a row per group and name, also where the group did not view it.

    Returns:
        ``group``, ``name``; ``page_views``, ``weighted_views``, ``visitors``, ``sessions``;
        ``group_views``, ``group_visitors``; ``share``, ``everyone_share``; ``observed_index``,
        ``index``, ``low``, ``high``, ``weight``, ``variance`` (of the index, shrunk); ``z``,
        ``p``, ``small``, ``beyond_chance``.
    """
    if seen.groups.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    cells = _crossed(seen.groups, seen.everyone).sort(_KEY)
    measured = _ratios(_variances(cells))
    exposure = measured["held_ratio"] / measured["ratio_variance"]
    post = shrunk(measured["ratio"], exposure, measured["reach"], measured["block"])
    return _judged(pl.concat([measured, post.rename({"variance": "spread"})], how="horizontal"))


_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "name": pl.String(),
        **dict.fromkeys(("page_views", "visitors", "sessions"), pl.Int64()),
        "weighted_views": pl.Float64(),
        **dict.fromkeys(("group_views", "group_visitors"), pl.Int64()),
        **dict.fromkeys(
            ("share", "everyone_share", "observed_index", "index", "low", "high", "weight",
             "variance", "z", "p"), pl.Float64()
        ),
        **dict.fromkeys(("small", "beyond_chance"), pl.Boolean()),
    }
)  # fmt: skip


def _crossed(cells: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
    """Return every group with every name, beside what everybody viewed."""
    of_group = ("group_visitors", "group_weight", "whole", "group_views", "group_square")
    groups = cells.select("group", *of_group).unique("group")
    whole = everyone.select(
        "name",
        pl.col("weighted_views").alias("n_all"),
        pl.col("group_weight").alias("of_all"),
        *(pl.col(name).alias(f"{name}_all") for name in ("own", "cross", "whole")),
    )
    counted = ("page_views", "visitors", "sessions", "weighted_views", "own", "cross")
    return (
        groups.join(whole, how="cross")
        .join(cells.select(*_KEY, *counted), on=_KEY, how="left")
        .with_columns(pl.col(counted).fill_null(0))
    )


def _variances(cells: pl.DataFrame) -> pl.DataFrame:
    """Add shares and ``unit``, the variance of a group's views of a name per share.

    The clustered variance (the sum over visitors of squared deviations) is right with many
    visitors and noise with few. It is averaged with that of a beta-binomial model, p (1 - p) [n +
    rho (sum of squares over visitors - n)], whose correlation rho between two views of one
    visitor is pooled over all groups (moments; Ridout et al. 1999, "Estimating intraclass
    correlation for binary data", Biometrics 55). As of a count, the variance grows with the
    share: the first is taken per share observed, drawn toward everybody's by one view, the second
    per share of everybody, or what is seen little by chance would look certain.
    """
    p, q, n = pl.col("share"), pl.col("everyone_share"), pl.col("group_weight")
    # Visitors who view much weigh like few: Kish's effective number, and Student's fatter tails.
    clusters = n**2 / pl.col("whole")
    few = clusters / (clusters - _STUDENT).clip(1.0)
    robust = _deviations("", p) * few
    single = pl.col("group_square")
    pairs = (pl.col("whole") - single).clip(0.0)
    rho = (robust - p * (1 - p) * single).sum() / (p * (1 - p) * pairs).sum().clip(1e-12)
    model = few * (1 - q) * (single + rho.clip(0.0, 1.0).over("name") * pairs)
    m = pl.col("visitors")
    return (
        cells.with_columns(
            (pl.col("weighted_views") / n).alias("share"),
            (pl.col("n_all") / pl.col("of_all")).alias("everyone_share"),
        )
        .with_columns(((pl.col("weighted_views") + q) / (n + 1)).alias("held"))
        .with_columns(
            ((m * robust / pl.col("held") + _BORROWED * model) / (m + _BORROWED)).alias("unit"),
            _deviations("_all", q).alias("all_variance"),
        )
    )


def _deviations(suffix: str, share: pl.Expr) -> pl.Expr:
    """Return the sum over visitors of (views here - share x all their views)^2."""
    own, cross, whole = (pl.col(f"{name}{suffix}") for name in ("own", "cross", "whole"))
    return (own - 2 * share * cross + share**2 * whole).clip(0.0)


def _ratios(cells: pl.DataFrame) -> pl.DataFrame:
    """Add the ratio of shares and its variance, the group itself being part of everybody.

    With f the group's part of everybody's views, r = p / q and o the others' share, the delta
    method gives var r = [(1 - f r)^2 var p + r^2 (1 - f)^2 var o] / q^2.
    """
    n, whole = pl.col("group_weight"), pl.col("of_all")
    f, q, held = (n / whole).clip(0.0, 1.0), pl.col("everyone_share"), pl.col("held")
    views = pl.col("unit") * held
    others = (pl.col("all_variance") - views).clip(0.0) / (whole - n).clip(1e-9) ** 2
    r = held / q
    alone = f > 1 - 1e-9
    variance = ((1 - f * r).clip(0.0) ** 2 * views / n**2 + r**2 * (1 - f) ** 2 * others) / q**2
    null = (1 - f) ** 2 * (pl.col("unit") * q / n**2 + others) / q**2
    return cells.with_columns(
        (pl.col("share") / q).alias("ratio"),
        r.alias("held_ratio"),
        (1 - f).alias("reach"),
        pl.when(alone).then(0.0).otherwise(variance).alias("ratio_variance"),
        pl.when(alone).then(None).otherwise(null).alias("null_variance"),
        (pl.col("name").rank("dense") - 1).cast(pl.Int64).alias("block"),
    )


def _judged(cells: pl.DataFrame) -> pl.DataFrame:
    independent = 1 / pl.col("null_variance")
    small = (pl.col("group_visitors") < LEAST_VISITORS) | (independent < LEAST_EXPECTED)
    z = (pl.col("ratio") - 1) / pl.col("null_variance").sqrt()
    judged = cells.with_columns(z.alias("z"), small.fill_null(value=False).alias("small"))
    judged = judged.with_columns(
        two_sided(pl.col("z")).alias("p"),
        (pl.col("ratio") * 100).alias("observed_index"),
        (pl.col("mean") * 100).alias("index"),
        pl.col("low") * 100,
        pl.col("high") * 100,
        (pl.col("spread") * 10_000).alias("variance"),
    )
    tested = pl.when(~pl.col("small")).then("p")
    found = beyond_chance(tested)
    outside = (pl.col("low") > 100) | (pl.col("high") < 100)
    return judged.with_columns(
        (found.fill_null(value=False) & outside).alias("beyond_chance")
    ).select(_SCHEMA.names())
