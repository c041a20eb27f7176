"""The days of a store, and rows of them."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from reports.load import data_days, days_with_sessions
from reports.query import Span
from weblog.store import Snapshot, layout


def days_of(snapshot: Snapshot) -> list[date]:
    """Return every day the data speak of, ascending.

    From the first to the last one with sessions, those without any among them; and, with
    sessions that some server's wrong clock put ahead of their time, that day alone.
    """
    believable = data_days(snapshot)
    if believable is None:
        return []
    first, last = believable
    between = {first + timedelta(days=back) for back in range((last - first).days + 1)}
    return sorted(between | set(days_with_sessions(snapshot)["day"]))


def profile_day(snapshot: Snapshot, span: Span | None) -> date | None:
    """Return the day at whose start profiles are taken: the one after the last; None without."""
    last = (span or data_days(snapshot) or (None, None))[1]
    return None if last is None else min(last, date.max - timedelta(days=1)) + timedelta(days=1)


def of_days(rows: pl.LazyFrame, span: Span | None, column: str = "date") -> pl.LazyFrame:
    """Return the rows of the days of ``span``, both included; of all days for None."""
    return rows if span is None else rows.filter(pl.col(column).is_between(*span))


def local(instant: str, snapshot: Snapshot) -> pl.Expr:
    """Return a column of instants as times in the site's time zone."""
    zone = layout.time_zone(snapshot.folder) or "UTC"
    return pl.col(instant).dt.convert_time_zone(zone)


def most(rows: pl.LazyFrame, by: list[str], column: str, name: str) -> pl.LazyFrame:
    """Return for each of ``by`` the value of ``column`` most rows have; of equals the first.

    Args:
        rows: the rows; null values of ``column`` do not count.
        by: columns.
        column: of text.
        name: of the column with the value.
    """
    counts = rows.filter(pl.col(column).is_not_null()).group_by(*by, column).agg(n=pl.len())
    is_most = pl.col("n") == pl.col("n").max()
    return counts.group_by(by).agg(pl.col(column).filter(is_most).min().alias(name))
