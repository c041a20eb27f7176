"""From filters to a query: days filled in from the data, and what to know about the answer."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt
from typing import Final

import polars as pl

from reports.choices import not_known
from reports.coarse import admitted, check_filters
from reports.load import data_days, days_ahead, days_with_sessions
from reports.query import DEFAULT_DAYS, EVERYTHING, YEAR, Compare, Filters, Query, Span
from reports.warning import ReportWarning
from weblog.store import Snapshot

SURE: Final = 3.0
"""So many standard deviations more empty days than chance explains are said: 1 in 740."""


def resolve(snapshot: Snapshot, filters: Filters = EVERYTHING) -> Query:
    """Fill in the days from the data, and say what the data do not cover or know.

    A value the data do not know goes on filtering: it lets nothing through.

    Returns:
        The query, its warnings being those of :data:`reports.warning.TEXTS`: no_data,
        starts_before_data, ends_after_data, period_without_data, days_ahead,
        days_missing, no_previous_data, previous_incomplete, unknown_value; of a coarse
        snapshot also days_withheld and previous_withheld.

    Raises:
        WithheldError: who asks may see groups only, and the answer would tell of few people.
    """
    check_filters(snapshot, filters)
    data = data_days(snapshot)
    if data is None:
        end = filters.end or filters.start
        start = filters.start or end
        warnings = (ReportWarning("no_data"),)
        return Query(start, end, None, None, filters, None, None, warnings)
    current = _period(filters, data)
    previous, about_previous = _compared(filters.compare, current, data)
    previous_start, previous_end = previous or (None, None)
    query = Query(
        start=current[0],
        end=current[1],
        previous_start=previous_start,
        previous_end=previous_end,
        filters=filters,
        data_first_day=data[0],
        data_last_day=data[1],
        warnings=(
            *_about_period(snapshot, filters, current, data),
            *_about_clocks(snapshot),
            *_about_gaps(snapshot, current, data),
            *about_previous,
            *_about_values(snapshot, filters),
        ),
    )
    return admitted(snapshot, query)


def _period(filters: Filters, data: Span) -> Span:
    first, last = data
    end = filters.end or max(last, filters.start or last)
    if filters.start:
        return (filters.start, end)
    start = date.fromordinal(max(end.toordinal() - DEFAULT_DAYS + 1, 1))
    return (max(start, first) if end >= first else start, end)


def _about_period(
    snapshot: Snapshot, filters: Filters, current: Span, data: Span
) -> list[ReportWarning]:
    (start, end), (first, _) = current, data
    shown = days_with_sessions(snapshot).filter(pl.col("day") <= end)["day"]
    last = max([data[1], *shown.tail(1)])  # days ahead of their time, where they are asked for
    if end < first or start > last:
        facts = {"start": start, "end": end, "first": first, "last": last}
        return [ReportWarning("period_without_data", facts)]
    warnings = []
    if filters.start and start < first:
        warnings.append(ReportWarning("starts_before_data", {"start": start, "first": first}))
    if end > last:
        warnings.append(ReportWarning("ends_after_data", {"end": end, "last": last}))
    return warnings


def _about_clocks(snapshot: Snapshot) -> list[ReportWarning]:
    ahead = days_ahead(snapshot)
    if ahead.is_empty():
        return []
    facts = {"sessions": int(ahead["sessions"].sum()), "first": ahead["day"][0]}
    return [ReportWarning("days_ahead", facts)]


def _about_gaps(snapshot: Snapshot, current: Span, data: Span) -> list[ReportWarning]:
    """Warn of days without a session if they are more than chance explains.

    Were the sessions spread over the days at random, a day would be empty with p = exp(-sessions
    per day) (Poisson), and the number of empty days binomial.
    """
    start, end = max(current[0], data[0]), min(current[1], data[1])
    rows = days_with_sessions(snapshot).filter(pl.col("day").is_between(start, end))
    days = (end - start).days + 1
    missing = days - rows.height
    if missing <= 0 or rows.is_empty():
        return []
    empty = exp(-int(rows["sessions"].sum()) / days)
    if missing <= days * empty + SURE * sqrt(days * empty * (1 - empty)):
        return []
    return [ReportWarning("days_missing", {"missing": missing, "days": days})]


def _compared(
    compare: Compare, current: Span, data: Span
) -> tuple[Span | None, list[ReportWarning]]:
    if compare == "none":
        return None, []
    start, end = current
    back = YEAR if compare == "year" else end - start + timedelta(days=1)
    try:
        previous = (start - back, end - back)
    except OverflowError:  # before the year 1
        return None, []
    first, last = data
    facts = {"start": previous[0], "end": previous[1], "first": first, "last": last}
    if previous[1] < first or previous[0] > last:
        return None, [ReportWarning("no_previous_data", facts)]
    if previous[0] < first or previous[1] > last:
        return previous, [ReportWarning("previous_incomplete", facts)]
    return previous, []


def _about_values(snapshot: Snapshot, filters: Filters) -> list[ReportWarning]:
    warnings = []
    for name, asked in filters.chosen.items():
        for value, near in not_known(snapshot, name, asked).items():
            facts = {"filter": name, "value": value, "near": near or ""}
            warnings.append(ReportWarning("unknown_value", facts))
    return warnings
