"""How evenly, and how fast, page views follow each other: people do neither like a clock."""

from __future__ import annotations

from typing import Final

import polars as pl

GAPS: Final = 10
PAUSE: Final = 3
BETWEEN_PAUSES: Final = 10
VARIATION: Final = 0.25
"""Gaps longer than :data:`PAUSE` medians are pauses: at most one in so many gaps may be. How many
others there must be, and up to which coefficient of variation these are constant."""

PER_MINUTE: Final = 60
"""Page views within one minute of the clock that no one person looks at."""


def variations(views: pl.DataFrame) -> pl.DataFrame:
    """Return how much the gaps between the page views of each ``key`` vary.

    Args:
        views: ``key``, ``ts`` and ``page_views``: how many the key has in all.

    Returns:
        ``key`` and ``variation``, the coefficient of variation (standard deviation / mean) of
        the gaps that are no pauses, to three digits; only keys with :data:`GAPS` of them and
        few pauses.
    """
    gap = (pl.col("ts") - pl.col("ts").shift(1)).dt.total_milliseconds()
    is_same = pl.col("key") == pl.col("key").shift(1)
    gaps = (
        views.filter(pl.col("page_views") > GAPS)
        .select("key", "ts")
        .sort("key", "ts")
        .select("key", pl.when(is_same).then(gap).alias("gap"))
        .drop_nulls("gap")
    )
    medians = gaps.group_by("key").agg(
        pl.col("gap").median().alias("median"), pl.len().alias("all_gaps")
    )
    is_pause = pl.col("gap") > PAUSE * pl.col("median")
    variation = pl.col("gap").std(ddof=0) / pl.col("gap").mean()
    return (
        gaps.join(medians, on="key", maintain_order="left")
        .filter(~is_pause)
        .group_by("key")
        .agg(
            pl.len().alias("gaps"),
            pl.first("all_gaps"),
            variation.round(3).alias("variation"),
        )
        .filter(
            pl.col("gaps") >= GAPS,
            pl.col("gaps") * BETWEEN_PAUSES >= pl.col("all_gaps") * (BETWEEN_PAUSES - 1),
            pl.col("variation").is_finite(),
        )
        .select("key", "variation")
    )


def rates(views: pl.DataFrame) -> pl.DataFrame:
    """Return the most page views within one minute of the clock.

    Args:
        views: as :func:`variations` takes them.

    Returns:
        ``key`` and ``per_minute``; only keys with :data:`PER_MINUTE` page views in all.
    """
    minute = pl.col("ts").dt.truncate("1m")
    return (
        views.filter(pl.col("page_views") >= PER_MINUTE)
        .group_by("key", minute)
        .agg(pl.len().cast(pl.Int64).alias("per_minute"))
        .group_by("key")
        .agg(pl.col("per_minute").max())
    )
