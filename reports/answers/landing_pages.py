"""Where visits of campaigns begin, and what becomes of them there."""

from __future__ import annotations

import polars as pl

from reports import load
from reports.ask import Asked, ask
from reports.breakdown import OTHER, breakdown, text
from reports.breakdown import columns as breakdown_columns
from reports.breakdown import looked_at as breakdown_looked_at
from reports.campaign.reached import check_goal, with_goal
from reports.intervals import wilson
from reports.ordered import TIMED
from reports.placed import places
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.runs import medians, tally
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

_BY = ("campaign", "entry_page")
_TEXTS = (
    text("campaign", "The campaign the visit's link named"),
    text("entry_page", "Path of the session's first page view"),
)
_MEASURES = tuple(
    column for column in breakdown_columns(*_TEXTS) if column.name not in {*_BY, "is_other"}
)

COLUMNS = (
    *_TEXTS,
    OTHER,
    *_MEASURES,
    ColumnSpec("bounce_low", pl.Float64(), "rate", "Lower end of the bounce rate's 95 % interval"),
    ColumnSpec("bounce_high", pl.Float64(), "rate", "Upper end of it (Wilson)"),
    ColumnSpec(
        "timed", pl.Int64(), "count", "Sessions of two page views or events or more: those timed"
    ),
    ColumnSpec(
        "duration_s",
        pl.Float64(),
        "seconds",
        "Median time from their first to their last; null where none is timed, and for all others",
    ),
)


def landing_pages(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    goal: str | None = None,
    limit: int | None = 20,
) -> Report:
    """Count sessions, bounces, conversions and time by campaign and the page they begin on.

    Sessions without a campaign are left out; shares are of those that have one. The first
    ``limit`` rows by sessions, then one for the others; None for all. ``goal`` counts the
    conversions of one goal. A log cannot time the last page of a session: sessions of one page
    view have no time, rather than 0. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no session ever reached ``goal``.
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    looked_at = (*breakdown_looked_at(*_BY), *(["key"] if goal is not None else []))
    asked = ask(source, filters, looked_at, ())
    if goal is not None:
        check_goal(asked.snapshot, goal)
    carries = pl.col("campaign").is_not_null()
    current = with_goal(asked, asked.query.current, asked.sessions.filter(carries), goal)
    previous = asked.previous_sessions
    before = None if previous is None else previous.filter(carries)
    rows = breakdown(current, before, _BY, limit=limit)
    low, high = wilson(pl.col("bounces"), pl.col("sessions"))
    frame = rows.with_columns(
        low.alias("bounce_low"), high.alias("bounce_high"), *_times(asked, rows)
    ).select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    none = current.is_empty() and not asked.sessions.is_empty()
    warnings = [ReportWarning("no_campaigns")] if none else []
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    return asked.answer("landing_pages", frame, *warnings)


def _times(asked: Asked, rows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Return how many sessions of each row are timed, and their median; null of all others."""
    query = asked.query
    carries = pl.col("campaign").is_not_null()
    sessions = load.sessions(asked.snapshot, query.current, query.filters, [*_BY, TIMED])
    timed = sessions.filter(carries, pl.col(TIMED).is_not_null())
    shown = rows.filter(~pl.col("is_other")).select(_BY)
    place = places(timed, shown)
    inside = place < shown.height
    place, ms = place.filter(inside), timed[TIMED].filter(inside)
    seconds = medians(ms, place, shown.height) / 1000
    number = tally(place, shown.height)
    number = number.set(number == 0, None)
    others = rows.height - shown.height  # the last row, if there is one
    return (
        number.extend_constant(None, others).alias("timed"),
        seconds.extend_constant(None, others).alias("duration_s"),
    )
