"""Page views broken down by what was viewed: a row per page, category or product.

Functions of the frames of :mod:`reports.load`; no disk, no clock.
"""

from __future__ import annotations

import polars as pl

from reports.ask import SMALL
from reports.breakdown import OTHER
from reports.measures import columns_of, interval, quotient, relative_change
from reports.spec import ColumnSpec

VIEWED: tuple[ColumnSpec, ...] = (
    OTHER,
    *columns_of("page_views"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of all page views of the period"),
    ColumnSpec("sessions", pl.Int64(), "count", "Sessions that viewed it"),
    ColumnSpec("visitors", pl.Int64(), "count", "Distinct visitors who viewed it"),
    ColumnSpec(
        "dwell_s",
        pl.Float64(),
        "seconds",
        "Median time to the session's next page view or event; unknown for its last page",
    ),
    ColumnSpec("converted", pl.Int64(), "count", "Sessions that viewed it and reached a goal"),
    ColumnSpec("conversions", pl.Int64(), "count", "Goals reached by sessions that viewed it"),
    ColumnSpec(
        "conversion_rate",
        pl.Float64(),
        "rate",
        "Converted sessions divided by sessions that viewed it: an association, not an effect",
    ),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the conversion rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the conversion rate's interval"),
    ColumnSpec("value", pl.Float64(), "money", "Value of the goals of sessions that viewed it"),
    ColumnSpec(
        "previous_page_views", pl.Int64(), "count", "Page views in the period compared with"
    ),
    ColumnSpec("change", pl.Float64(), "rate", "Relative change of page views"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions viewed it"),
)
"""Columns of :func:`viewed` after the one that names what was viewed."""


def viewed(
    current: pl.DataFrame, previous: pl.DataFrame | None, by: str, limit: int | None = None
) -> pl.DataFrame:
    """Return a row per value of ``by`` ("path", "category", "product"), most page views first.

    ``page_views`` and ``previous_page_views`` sum to those of the whole periods: with a
    ``limit``, what lies beyond it is one row ``is_other``. ``sessions`` and ``visitors`` do
    not sum up, since one session views several pages. A null value of ``by`` means none.
    """
    now, before = _named(current, by), None if previous is None else _named(previous, by)
    if limit:
        kept = _ranked(now, before).head(limit)
        now = _folded(now, kept)
        before = None if before is None else _folded(before, kept)
    rows = _counted(now)
    if before is None:
        rows = rows.with_columns(pl.lit(None, pl.Int64()).alias("previous_page_views"))
    else:
        gone = before.group_by("what", "is_other").agg(
            pl.len().cast(pl.Int64).alias("previous_page_views")
        )
        rows = rows.join(
            gone, on=["what", "is_other"], how="full", coalesce=True, nulls_equal=True
        ).with_columns(pl.col(pl.Int64).fill_null(0), pl.col("value").fill_null(0.0))
    return (
        rows.with_columns(
            pl.col("what").cast(pl.String).alias(by),
            quotient("converted", "sessions").alias("conversion_rate"),
            *interval("converted", "sessions"),
            (pl.col("page_views") / pl.when(pl.col("page_views").sum() > 0).then(current.height))
            .alias("share"),
            relative_change("page_views", "previous_page_views").alias("change"),
            (pl.col("sessions") < SMALL).alias("small"),
        )
        .sort(
            "is_other", "page_views", "previous_page_views", by,
            descending=[False, True, True, False], nulls_last=True,
        )
        .select(by, *(column.name for column in VIEWED))
    )  # fmt: skip


def _named(views: pl.DataFrame, by: str) -> pl.DataFrame:
    return views.select(
        pl.col(by).alias("what"),
        "session", "visitor", "dwell_s", "conversions", "value",
        pl.lit(value=False).alias("is_other"),
    )  # fmt: skip


def _ranked(now: pl.DataFrame, before: pl.DataFrame | None) -> pl.Series:
    counted = now.group_by("what").agg(pl.len().alias("n"))
    if before is not None:
        gone = before.group_by("what").agg(pl.len().alias("p"))
        counted = counted.join(gone, on="what", how="full", coalesce=True, nulls_equal=True)
        counted = counted.with_columns(pl.col("n", "p").fill_null(0))
    else:
        counted = counted.with_columns(pl.lit(0).alias("p"))
    text = pl.col("what").cast(pl.String)
    ranked = counted.sort("n", "p", text, descending=[True, True, False], nulls_last=True)
    return ranked["what"]


def _folded(views: pl.DataFrame, kept: pl.Series) -> pl.DataFrame:
    inside = pl.col("what").is_in(kept.implode(), nulls_equal=True)
    return views.with_columns(
        pl.when(inside).then(pl.col("what")).alias("what"), (~inside).alias("is_other")
    )


def _counted(views: pl.DataFrame) -> pl.DataFrame:
    by = ["what", "is_other"]
    rows = views.group_by(by).agg(
        pl.len().cast(pl.Int64).alias("page_views"),
        pl.col("session").n_unique().cast(pl.Int64).alias("sessions"),
        pl.col("visitor").n_unique().cast(pl.Int64).alias("visitors"),
        pl.col("dwell_s").median(),
    )
    # Few sessions reach a goal: only their page views need telling apart by session.
    reached = (
        views.filter(pl.col("conversions") > 0)
        .unique([*by, "session"])
        .group_by(by)
        .agg(
            pl.len().cast(pl.Int64).alias("converted"),
            pl.col("conversions").sum(),
            pl.col("value").sum(),
        )
    )
    return rows.join(reached, on=by, how="left", nulls_equal=True).with_columns(
        pl.col("converted", "conversions").fill_null(0), pl.col("value").fill_null(0.0)
    )
