"""How long until it happens, of those to whom it has not happened yet, too."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.intervals import Z95

QUARTERS: Final = (0.25, 0.5, 0.75)


def kaplan_meier(durations: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return the share to whom it has happened by each day, with its 95 % interval.

    Args:
        durations: ``by``, ``days`` and ``is_bought``, a row per person: until it happened, or how
            long one has watched in vain.
        by: column of groups.

    Returns:
        ``by``, ``day`` (0 where nothing had happened before the first, and each on which something
        ended), ``at_risk``, ``bought``, ``censored``, ``share`` (1 - survival), ``low`` and
        ``high``. Source: Kaplan and Meier (1958), JASA 53, with Greenwood's variance on the
        complementary log-log scale (Kalbfleisch and Prentice 1980), which stays within 0 and 1;
        null where nothing has happened yet.
    """
    ended = durations.group_by(by, pl.col("days").alias("day")).agg(
        pl.col("is_bought").sum().cast(pl.Int64).alias("bought"),
        (~pl.col("is_bought")).sum().cast(pl.Int64).alias("censored"),
    )
    d, n = pl.col("bought"), pl.col("at_risk")
    ends = (d + pl.col("censored")).cum_sum(reverse=True).over(by)
    survival = (1 - d / n).cum_prod().over(by)
    greenwood = (d / (n * (n - d).clip(1e-9))).cum_sum().over(by)
    s = pl.col("survival")
    inside = (s > 0) & (s < 1)
    spread = pl.when(inside).then(Z95 * pl.col("greenwood").sqrt() / s.log().abs())
    return (
        ended.sort(by, "day")
        .with_columns(ends.alias("at_risk"))
        .with_columns(survival.alias("survival"), greenwood.alias("greenwood"))
        .with_columns(spread.alias("spread"))
        .select(
            by,
            "day",
            "at_risk",
            "bought",
            "censored",
            (1 - s).alias("share"),
            (1 - s.pow((-pl.col("spread")).exp())).alias("low"),
            (1 - s.pow(pl.col("spread").exp())).alias("high"),
        )
    )


def quartile_days(curve: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return ``by`` and ``q25``, ``q50``, ``q75``: the first day by which that share had bought.

    Null where so many have not bought by the last day watched.
    """
    days = (
        pl.col("day").filter(pl.col("share") >= share - 1e-12).min().alias(f"q{share * 100:.0f}")
        for share in QUARTERS
    )
    return curve.group_by(by, maintain_order=True).agg(*days)
