"""Where visits end."""

from __future__ import annotations

import polars as pl

from reports.ask import ask
from reports.breakdown import breakdown, columns, looked_at, text
from reports.intervals import wilson
from reports.measures import quotient
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from weblog.store import Snapshot, Store

COLUMNS = (
    *columns(text("exit_page", "Path of the session's last page view")),
    ColumnSpec("views", pl.Int64(), "count", "Views of the page, in whatever session"),
    ColumnSpec("exit_rate", pl.Float64(), "rate", "sessions / views: how often it was the last"),
    ColumnSpec("exit_low", pl.Float64(), "rate", "Lower end of its 95 % interval (Wilson)"),
    ColumnSpec("exit_high", pl.Float64(), "rate", "Upper end of it"),
)


def exit_pages(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Count sessions, bounces and conversions by the page they end on, with the exit rate.

    The first ``limit`` pages by sessions, then one row that sums up the others, so that
    sessions sum to the site's; None for all. A null page is a session of events alone.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, looked_at("exit_page"), ("path",))
    frame = breakdown(asked.sessions, asked.previous_sessions, ["exit_page"], limit=limit)
    return asked.answer("exit_pages", with_exit_rate(frame, asked.page_views))


def with_exit_rate(rows: pl.DataFrame, views: pl.DataFrame) -> pl.DataFrame:
    """Add to rows per exit page how often the page was viewed, and the part that were exits."""
    viewed = views.group_by("path").agg(pl.len().cast(pl.Int64).alias("views"))
    counted = viewed.with_columns(pl.col("path").cast(pl.String)).drop_nulls("path")
    joined = rows.join(
        counted, left_on="exit_page", right_on="path", how="left", maintain_order="left"
    )
    named = int(joined["views"].sum())
    whole = int(counted["views"].sum())
    rest = pl.when("is_other").then(whole - named).otherwise(pl.col("views").fill_null(0))
    low, high = wilson(pl.col("sessions"), pl.col("views"))
    # All others may have sessions of events alone: more of them than views.
    rate = pl.when(pl.col("sessions") <= pl.col("views"))
    return joined.with_columns(rest.cast(pl.Int64).alias("views")).with_columns(
        rate.then(quotient("sessions", "views")).alias("exit_rate"),
        rate.then(low).alias("exit_low"),
        rate.then(high).alias("exit_high"),
    )
