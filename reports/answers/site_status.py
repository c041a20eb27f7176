"""How the site is doing, day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import polars as pl

from reports.ask import Asked, ask
from reports.attributes import register_key
from reports.cache import CACHE, visits_key
from reports.measures import MEASURES, columns_of, counts, looked_at, quotients
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.runs import counts as counts_of
from reports.spec import ColumnSpec
from weblog.store import Snapshot, Store

COLUMNS = (
    ColumnSpec("period", pl.String(), "", "'current', or 'previous': the period compared with"),
    ColumnSpec(
        "day_index", pl.Int64(), "count", "Day of its period, from 0: lines up the two periods"
    ),
    ColumnSpec("date", pl.Date(), "day", "Day in the site's time zone"),
    *columns_of(),
)


def site_status(source: Store | Snapshot, filters: Filters = EVERYTHING) -> Report:
    """Count page views, sessions, visitors, logins, bounces and conversions day by day.

    A row per day and period, all days of both; a day without traffic has zeros, and null
    rates. Visitors are distinct within a day: their sum over days counts a returning visitor
    again (:func:`reports.summary` does not). Formulas:
    :data:`reports.measures.MEASURES`. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, (*looked_at(), "date"))
    frames = [current_by_day(asked)]
    earlier, span = asked.previous_sessions, asked.query.previous
    if earlier is not None:
        frames.append(_kept(asked, span, "previous", lambda: by_day(earlier, span, "previous")))
    return asked.answer("site_status", pl.concat(frames))


def current_by_day(asked: Asked) -> pl.DataFrame:
    """Return :func:`by_day` of the period asked about, whose sessions have what it looks at."""
    span = asked.query.current
    return _kept(asked, span, "current", lambda: by_day(asked.sessions, span, "current"))


def _kept(
    asked: Asked, span: Span | None, period: str, counted: Callable[[], pl.DataFrame]
) -> pl.DataFrame:
    """Return days that two reports of a page tell."""
    snapshot, chosen = asked.snapshot, tuple(sorted(asked.query.filters.chosen.items()))
    key = (*visits_key(snapshot, span), *register_key(snapshot), chosen, "by day", period)
    return CACHE.get(key, counted)


def by_day(sessions: pl.DataFrame, span: Span | None, period: str) -> pl.DataFrame:
    """Return a row per day of ``span`` with every measure of that day's sessions."""
    start, end = span or (date(1, 1, 2), date(1, 1, 1))
    days = pl.select(pl.date_range(start, end, "1d").alias("date")) if span else _no_day()
    others = [name for name in MEASURES if name not in _DISTINCT]
    counted = sessions.group_by("date").agg(*counts(*others))
    visitors = _visitors(sessions, days["date"])
    return (
        days.hstack(visitors)
        .join(counted, on="date", how="left")
        .with_columns(pl.col(pl.Int64, pl.Float64).fill_null(0))
        .with_columns(*quotients(), pl.lit(period).alias("period"))
        .sort("date")
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("day_index"))
        .select(column.name for column in COLUMNS)
    )


_DISTINCT: Final = ("visitors", "visitors_logged_in")


def _visitors(sessions: pl.DataFrame, days: pl.Series) -> list[pl.Series]:
    """Return :data:`_DISTINCT` of each day: a visitor's sessions stand together."""
    visitor, end = sessions["visitor"], len(days)
    day = sessions["date"].to_physical()
    place = (day - (int(days.to_physical()[0]) if end else 0)).cast(pl.UInt32)
    is_logged_in = sessions["logins"] > 0
    return [
        counts_of(visitor, place, end).alias("visitors"),
        counts_of(visitor.filter(is_logged_in), place.filter(is_logged_in), end).alias(
            "visitors_logged_in"
        ),
    ]


def _no_day() -> pl.DataFrame:
    return pl.DataFrame(schema={"date": pl.Date})
