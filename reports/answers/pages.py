"""What people looked at."""

from __future__ import annotations

import polars as pl

from reports.ask import ask
from reports.breakdown import text
from reports.measures import quotient
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.view_counts import Coded
from reports.viewed import VIEWED, viewed
from weblog.store import Snapshot, Store

_ENDS = (
    ColumnSpec("entries", pl.Int64(), "count", "Sessions that began on it"),
    ColumnSpec("exits", pl.Int64(), "count", "Sessions that ended on it"),
    ColumnSpec("bounces", pl.Int64(), "count", "Sessions that began on it and bounced"),
    ColumnSpec("bounce_rate", pl.Float64(), "rate", "Bounces divided by entries"),
)

COLUMNS = (text("path", "Path of the page, percent-decoded, without the query"), *VIEWED, *_ENDS)


def pages(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Count page views, visitors, entries, exits and conversions by page.

    The first ``limit`` pages by page views, then one row that sums up the others, so that
    page views, entries and exits sum to the site's; None for all. A log cannot time a
    session's last page: dwell time leaves it out. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(
        source,
        filters,
        ("session", "conversions", "value", "entry_page", "exit_page", "is_bounce"),
        ("session", "visitor", "path", "dwell_s"),
    )
    rows = viewed(asked.page_views, asked.previous_page_views, asked.sessions, "path", limit)
    return asked.answer("pages", with_ends(rows, asked.sessions))


def with_ends(rows: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Add to rows per path how many sessions began and ended there, and bounced."""
    shown = rows.filter(~pl.col("is_other"))["path"]
    began = _ends(sessions, "entry_page", shown).rename({"n": "entries"})
    ended = _ends(sessions, "exit_page", shown).select(
        "path", "is_other", pl.col("n").alias("exits")
    )
    on = ["path", "is_other"]
    return (
        rows.join(began, on=on, how="left", nulls_equal=True, maintain_order="left")
        .join(ended, on=on, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("entries", "exits", "bounces").fill_null(0))
        .with_columns(quotient("bounces", "entries").alias("bounce_rate"))
        .select(column.name for column in COLUMNS)
    )


def _ends(sessions: pl.DataFrame, column: str, shown: pl.Series) -> pl.DataFrame:
    """Count sessions (n) and bounces by the page in ``column``; pages not shown together."""
    inside = pl.col("path").is_in(shown.implode())
    ends = Coded.of(sessions[column].alias("path"))
    bounced = ends.tallied(sessions["is_bounce"]).rename({"n": "bounces"})
    by_page = (
        ends.tallied()
        .drop_nulls("path")
        .join(bounced, on="path", how="left")
        .with_columns(pl.col("path").cast(pl.String))
    )
    return by_page.group_by(
        pl.when(inside).then(pl.col("path")).alias("path"), (~inside).alias("is_other")
    ).agg(pl.col("n", "bounces").sum().cast(pl.Int64))
