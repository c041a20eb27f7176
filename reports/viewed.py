"""Page views broken down by what was viewed: a row per page, category or product.

Functions of the frames of :mod:`reports.load`; no disk, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from reports.ask import SMALL
from reports.breakdown import OTHER
from reports.measures import columns_of, interval, quotient, relative_change
from reports.query import check_limit
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

    Raises:
        QueryError: ``limit`` is less than 1.
    """
    check_limit(limit)
    counted = _ranked(current, previous, by)
    kept = counted.head(limit) if limit else counted
    rows = _with_other(current, kept, by)
    if previous is None:
        rows = rows.with_columns(pl.lit(None, pl.Int64()).alias("previous_page_views"))
    else:
        rows = _with_previous(rows, kept, by, previous.height)
    return (
        rows.with_columns(
            quotient("converted", "sessions").alias("conversion_rate"),
            *interval("converted", "sessions"),
            (pl.col("page_views") / (current.height or None)).alias("share"),
            relative_change("page_views", "previous_page_views").alias("change"),
            (pl.col("sessions") < SMALL).alias("small"),
        )
        .sort(
            ["is_other", "page_views", "previous_page_views", by],
            descending=[False, True, True, False],
            nulls_last=True,
        )
        .select(by, *(column.name for column in VIEWED))
    )


def _ranked(current: pl.DataFrame, previous: pl.DataFrame | None, by: str) -> pl.DataFrame:
    """Return page views now (n) and before (p) by value, most first; p is 0 without a before."""
    now = current.group_by(by).agg(pl.len().cast(pl.Int64).alias("n"))
    before = (current.clear() if previous is None else previous).group_by(by)
    gone = before.agg(pl.len().cast(pl.Int64).alias("p"))
    both = now.join(gone, on=by, how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(pl.col("n", "p").fill_null(0)).sort(
        ["n", "p", pl.col(by).cast(pl.String)], descending=[True, True, False], nulls_last=True
    )


def _with_other(views: pl.DataFrame, kept: pl.DataFrame, by: str) -> pl.DataFrame:
    """Count what is ``kept`` value by value, and the other page views together."""
    inside = pl.col(by).is_in(kept[by].implode(), nulls_equal=True)
    rest = views.filter(~inside) if kept["n"].sum() < views.height else views.clear()
    shown = views.filter(inside) if rest.height else views
    rows = _counted(shown.with_columns(pl.lit(value=False).alias("is_other")), by)
    if rest.is_empty():
        return rows
    unnamed = rest.with_columns(
        pl.lit(None, rest.schema[by]).alias(by), pl.lit(value=True).alias("is_other")
    )
    return pl.concat([rows, _counted(unnamed, by)])


def _with_previous(rows: pl.DataFrame, kept: pl.DataFrame, by: str, whole: int) -> pl.DataFrame:
    """Add the page views before, and rows for what nobody views any more."""
    before = kept.select(
        pl.col(by).cast(pl.String),
        pl.lit(value=False).alias("is_other"),
        pl.col("p").alias("previous_page_views"),
    )
    rest = whole - int(kept["p"].sum())
    if rest:
        other = {by: [None], "is_other": [True], "previous_page_views": [rest]}
        before = pl.concat([before, pl.DataFrame(other, schema=before.schema)])
    joined = rows.join(before, on=[by, "is_other"], how="full", coalesce=True, nulls_equal=True)
    return joined.with_columns(pl.col(pl.Int64).fill_null(0), pl.col("value").fill_null(0.0))


def counted(views: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Count page views by ``by``: columns of :data:`VIEWED` that sum up sessions and visitors.

    Args:
        views: columns ``session``, ``visitor``, ``dwell_s``, and ``conversions`` and ``value``
            of the whole session.
        by: columns of ``views``.
    """
    keys = list(by)
    rows = views.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("page_views"),
        pl.col("session").n_unique().cast(pl.Int64).alias("sessions"),
        pl.col("visitor").n_unique().cast(pl.Int64).alias("visitors"),
        pl.col("dwell_s").median(),
    )
    # Few sessions reach a goal: only their page views need telling apart by session.
    reached = (
        views.filter(pl.col("conversions") > 0)
        .unique([*keys, "session"])
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("converted"),
            pl.col("conversions").sum(),
            pl.col("value").sum(),
        )
    )
    return rows.join(reached, on=keys, how="left", nulls_equal=True).with_columns(
        pl.col("converted", "conversions").fill_null(0),
        pl.col("value").fill_null(0.0),
    )


def _counted(views: pl.DataFrame, by: str) -> pl.DataFrame:
    rows = counted(views.lazy(), [by, "is_other"]).collect()
    return rows.with_columns(pl.col(by).cast(pl.String))
