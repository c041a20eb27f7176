"""Who comes back: retention by cohort."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from reports import load
from reports.ask import SMALL, Asked, ask
from reports.choose import check_choice
from reports.known_customers import customer_days, first_purchases, joined, purchase_days
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.retention import EACH, WINDOWS, retention
from reports.spec import ColumnSpec, no_rows
from reports.visitor_days import first_and_later
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

BY: Final = ("first_visit", "joined", "first_purchase")
"""What makes a cohort: people who came first, joined, or bought first in the same period."""

COLUMNS = (
    ColumnSpec("cohort", pl.Date(), "day", "First day of the month (or week) they began in; null "
               "for all cohorts together"),
    ColumnSpec("age", pl.Int64(), "count", "Months (or weeks) since then: 0 is the same one"),
    ColumnSpec("size", pl.Int64(), "count", "People of the cohort: visitors, or customers"),
    ColumnSpec("observed", pl.Int64(), "count", "Of them, those whose whole period of this age "
               "lies within the data"),
    ColumnSpec("is_complete", pl.Boolean(), "", "They are all: the period is over for everybody"),
    ColumnSpec("active", pl.Int64(), "count", "Of those observed, who came back in that period; "
               "null where nobody is"),
    ColumnSpec("rate", pl.Float64(), "rate", "active / observed"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the rate's interval"),
    ColumnSpec("bought_observed", pl.Int64(), "count", "Those whose purchases of the whole period "
               "are known; null for visitors, of whom no purchase is known"),
    ColumnSpec("bought", pl.Int64(), "count", "Of them, who bought (again) in that period"),
    ColumnSpec("bought_rate", pl.Float64(), "rate", "bought / bought_observed"),
    ColumnSpec("bought_low", pl.Float64(), "rate", "Lower end of that rate's 95 % interval"),
    ColumnSpec("bought_high", pl.Float64(), "rate", "Upper end of that rate's interval"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} people observed: no conclusion"),
)  # fmt: skip


def cohorts(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str = "first_visit",
    each: str = "month",
    window: str = "calendar",
) -> Report:
    """Show who comes back: people by the month they began in, and how many months ago that was.

    ``by`` says what they began with: "first_visit" are visitors by their first visit ever,
    "joined" customers by the day they joined, "first_purchase" by their first purchase.
    ``each`` is "month" or "week" (from Monday). In ``window`` "calendar" ages are calendar
    months in the site's time zone: whoever came first on 31 January is a month old on 1
    February. In "rolling" each person has months of 30 days (weeks of 7) of their own, counted
    from their first day.

    Who came back has a session other than the first; of customers, a session on a later day
    than the one they joined or bought on, since the register knows days, not hours. In a
    cohort by first purchase who ``bought`` bought again on a later day; in one by joining, on
    that day or later. Only periods that lie within the data whole are counted: what is not
    over, or lies before the logs begin, is null and never 0. In "rolling" those people of a
    cohort count whose own period is over.

    Without a first day the period is all the data up to its end. It says who is in a cohort,
    and how far is looked; who began before is in none. Other filters choose visitors by their
    first visit: retention of those who came by an advertisement, whatever brought them back.
    Customers are counted whole. The first row of each age sums up all cohorts that were
    observed. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no such ``by``, ``each`` or ``window``.
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    check_choice("cohort", by, BY)
    check_choice("period of cohorts", each, EACH)
    check_choice("window", window, WINDOWS)
    asked = whole_period(source, filters)
    span = observed(asked)
    data = load.data_days(asked.snapshot)
    if span is None or data is None:
        return asked.answer("cohorts", no_rows(COLUMNS))
    cells = partial(retention, each=each, window=window, seen=span)

    def counted() -> pl.DataFrame:
        if by == "first_visit":
            return cells(*_visitors(asked, span), None)
        return cells(*_customers(asked.snapshot, span, by), since=data[0])

    tables = ("sessions", "page_views", "customers", "purchases")
    key = tuple(part for name in tables for part in load.key_of(asked.snapshot, name))
    chosen = tuple(sorted(filters.chosen.items()))
    frame = load.CACHE.get((*key, "cohorts", span, by, each, window, chosen), counted)
    warnings = _warnings(asked, span, data, by, frame)
    return asked.answer("cohorts", frame, *warnings)


_LOOKED_AT: Final = ("visitor", "date", "is_new")


def whole_period(source: Store | Snapshot, filters: Filters) -> Asked:
    """Resolve filters that show all the data where they name no first day; nothing to compare."""
    snapshot = source.snapshot() if isinstance(source, Store) else source
    data = load.data_days(snapshot)
    start = filters.start
    if start is None and data is not None:
        start = data[0] if filters.end is None else min(data[0], filters.end)
    return ask(snapshot, replace(filters, start=start, compare="none"), _LOOKED_AT)


def observed(asked: Asked) -> Span | None:
    """Return the period as far as the data reach: what is to come is not known. None for none."""
    span, data = asked.query.current, load.data_days(asked.snapshot)
    if span is None or data is None or span[0] > data[1]:
        return None
    return span[0], min(span[1], data[1])


def _visitors(asked: Asked, span: Span) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return when visitors came first, as the filters choose them, and the days they came back."""
    own = load.sessions(asked.snapshot, span, asked.query.filters, ("session", "is_new"))
    everyone = load.sessions(asked.snapshot, span, EVERYTHING, _LOOKED_AT)
    return first_and_later(everyone.to_dict(), own["session"].filter(own["is_new"]))


def _customers(
    snapshot: Snapshot, span: Span, by: str
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return when customers began, and the days on which they came back and bought."""
    firsts = joined(snapshot) if by == "joined" else first_purchases(snapshot)
    inside = firsts.filter(pl.col("first").is_between(*span))
    bought = purchase_days(snapshot).filter(pl.col("day") <= span[1])
    later = pl.col("day") > pl.col("first")
    visits = customer_days(snapshot).filter(pl.col("day") <= span[1])
    if by == "first_purchase":
        bought = bought.join(inside, on="person").filter(later).select("person", "day")
    visits = visits.join(inside, on="person").filter(later).select("person", "day")
    return inside, visits, bought


def _warnings(
    asked: Asked, span: Span, data: Span, by: str, frame: pl.DataFrame
) -> list[ReportWarning]:
    found = []
    snapshot = asked.snapshot
    if by == "first_visit":
        if span[0] <= data[0]:
            found.append(ReportWarning("cohorts_begin_with_data", {"first": data[0]}))
    else:
        if asked.query.filters.chosen:
            found.append(ReportWarning("customers_counted_whole"))
        firsts = joined(snapshot) if by == "joined" else first_purchases(snapshot)
        before = int((firsts["first"] < span[0]).sum())
        if firsts.is_empty():
            found.append(ReportWarning("no_joining" if by == "joined" else "no_purchases"))
        elif before:
            found.append(ReportWarning("cohorts_before", {"people": before, "start": span[0]}))
    small = int(frame["small"].sum())
    if small:
        found.append(ReportWarning("small_cells_people", {"small": small, "cells": frame.height}))
    return found
