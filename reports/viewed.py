"""Page views broken down by what was viewed: a row per page, category or product.

Functions of the frames of :mod:`reports.load`; no disk, no clock.
"""

from __future__ import annotations

import polars as pl

from reports.ask import SMALL
from reports.breakdown import OTHER
from reports.measures import columns_of, interval, quotient, relative_change
from reports.query import check_limit
from reports.runs import LEFT_OUT
from reports.spec import ColumnSpec
from reports.view_counts import Coded, counted

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
    current: pl.DataFrame,
    previous: pl.DataFrame | None,
    sessions: pl.DataFrame,
    by: str,
    limit: int | None = None,
    *,
    nulls: bool = True,
) -> pl.DataFrame:
    """Return a row per value of ``by`` ("path", "category", "product"), most page views first.

    ``page_views`` and ``previous_page_views`` sum to those of the whole periods: with a
    ``limit``, what lies beyond it is one row ``is_other``. ``sessions`` and ``visitors`` do
    not sum up, since one session views several pages. A null value of ``by`` means none.

    Args:
        current: page views: ``session``, ``visitor``, ``by`` and ``dwell_s``.
        previous: those of the period compared with: ``by``.
        sessions: those of ``current``: ``session``, ``conversions`` and ``value``.
        by: what to tell them apart by.
        limit: rows before the one of all others; None for all.
        nulls: count page views without a value, too.

    Raises:
        QueryError: ``limit`` is less than 1.
    """
    check_limit(limit)
    now = Coded.of(current[by], *([] if previous is None else [previous[by]]))
    ranked = _ranked(now, None if previous is None else Coded.of(previous[by]))
    if not nulls:
        ranked = ranked.filter(pl.col(by).is_not_null())
    shown = ranked.head(limit) if limit else ranked
    rest = ranked.slice(shown.height).select(pl.lit(None, pl.String).alias(by), pl.col("n", "p"))
    rows = pl.concat([shown.with_columns(pl.col(by).cast(pl.String)), rest.sum()])
    rows = rows.with_columns((pl.int_range(pl.len()) == shown.height).alias("is_other"))
    places = now.places(shown[by], other=shown.height)
    if not nulls:
        places[now.null] = LEFT_OUT
    rows = rows.hstack(counted(current, now.codes, places, rows.height, sessions))
    views = int(ranked["n"].sum())
    return (
        rows.head(shown.height + bool(rest.height))
        .rename({"n": "page_views"})
        .with_columns(
            (pl.lit(None, pl.Int64) if previous is None else pl.col("p")).alias(
                "previous_page_views"
            ),
        )
        .with_columns(
            quotient("converted", "sessions").alias("conversion_rate"),
            *interval("converted", "sessions"),
            (pl.col("page_views") / (views or None)).alias("share"),
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


def _ranked(now: Coded, before: Coded | None) -> pl.DataFrame:
    """Return page views now (n) and before (p) by value, most first; p is 0 without a before."""
    by, rows = now.like.name, now.tallied()
    if before is None:
        rows = rows.with_columns(pl.lit(0, pl.Int64).alias("p"))
    else:
        gone = before.tallied().rename({"n": "p"})
        rows = rows.join(gone, on=by, how="full", coalesce=True, nulls_equal=True)
    return rows.with_columns(pl.col("n", "p").fill_null(0)).sort(
        ["n", "p", pl.col(by).cast(pl.String)], descending=[True, True, False], nulls_last=True
    )
