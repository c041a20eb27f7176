"""How many sessions each day has of each value of a text."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports import load
from reports.attributes import register_key
from reports.cache import CACHE, visits_key
from reports.compact import distinct, places_in
from reports.query import Filters, Span
from reports.runs import MOST_CODES, tally
from reports.visitor_days import sessions_kept_whole
from weblog.store import Snapshot

MEASURES: Final = {
    "sessions": pl.lit(value=True),
    "new_visitors": pl.col("is_new"),
    "conversions": pl.col("conversions") > 0,
}
"""What can be followed day by day, to which sessions count; conversions are sessions that reached
one."""


def by_day(snapshot: Snapshot, span: Span, filters: Filters, by: str, measure: str) -> pl.DataFrame:
    """Return ``date``, ``by`` (null: unknown) and ``value`` (i64), where there is a session.

    Args:
        snapshot: of the store.
        span: first and last day.
        filters: the sessions' filters.
        by: a text of the sessions frame.
        measure: one of :data:`MEASURES`.
    """
    chosen = tuple(sorted(filters.chosen.items()))
    columns = ("date", by, *MEASURES[measure].meta.root_names())
    # All days of a store in memory are counted once, for any period: they need no gathering.
    everyone = None if chosen else sessions_kept_whole(snapshot, columns)

    def counted() -> pl.DataFrame:
        if everyone is not None:
            return _tallied(pl.DataFrame(everyone), by, measure)
        return _tallied(load.sessions(snapshot, span, filters, columns), by, measure)

    key = visits_key(snapshot, *(span if everyone is None else ()))
    key = (*key, *register_key(snapshot), chosen, "of each day", by, measure)
    return CACHE.get(key, counted).filter(pl.col("date").is_between(*span))


def _tallied(sessions: pl.DataFrame, by: str, measure: str) -> pl.DataFrame:
    counts = MEASURES[measure]
    if sessions.is_empty():
        return sessions.select("date", by, pl.lit(0, pl.Int64).alias("value"))
    values, day = distinct(sessions[by]), sessions["date"].to_physical()
    first, last, width = int(day.min()), int(day.max()), len(values) + 1  # type: ignore[arg-type]
    end = (last - first + 1) * width
    if end > MOST_CODES:
        value = pl.len() if measure == "sessions" else counts.sum()
        return sessions.group_by("date", by).agg(value.cast(pl.Int64).alias("value"))
    cell = (day - first).cast(pl.UInt32) * width + places_in(values, sessions[by])
    met = tally(cell, end)
    is_met = (met > 0).arg_true()
    if measure != "sessions":
        met = tally(cell.filter(sessions.select(counts).to_series()), end)
    none = pl.Series([None], dtype=values.dtype)
    return pl.DataFrame(
        [
            (is_met // width + first).cast(pl.Int32).cast(pl.Date).alias("date"),
            pl.concat([values, none]).gather(is_met % width).alias(by),
            met.gather(is_met).alias("value"),
        ]
    )
