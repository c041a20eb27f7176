"""How often, and how lately, customers come and log in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.answers.cohorts import observed, whole_period
from reports.as_of import numbers_on
from reports.ask import SMALL
from reports.breakdown import text
from reports.cache import CACHE
from reports.customer_numbers import customers_key, numbered_register
from reports.known_customers import customer_days, known_since, register_visits
from reports.query import EVERYTHING, Filters, Span
from reports.recency import as_of, frequencies, frequency_bands, rated, recency_bands
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

PARTS: Final = ("active", "recency", "going_dormant", "frequency")
QUIET: Final = 90
"""Days without a visit after which a customer with a purchase in force is told."""

COLUMNS = (
    text("part", "'active': visited lately; 'recency': how lately; 'going_dormant': a purchase in "
         "force and no visit for long; 'frequency': logins in a month"),
    ColumnSpec("month", pl.Date(), "day", "Of frequency: first day of the month; else null"),
    ColumnSpec("is_complete", pl.Boolean(), "", "Of frequency: the data cover the month whole"),
    text("segment", "Of the customers at the end of the period's last day; null: no rule holds, "
         "or all"),
    ColumnSpec("is_all", pl.Boolean(), "", "All customers, whatever their segment"),
    text("band", "Days back; days since the last visit, 1 for the last day; logins in the month"),
    ColumnSpec("customers", pl.Int64(), "count", "Customers in the band"),
    ColumnSpec("of_customers", pl.Int64(), "count", "All customers of the segment known by then; "
               "of going_dormant, those with a purchase in force"),
    ColumnSpec("share", pl.Float64(), "rate", "customers / of_customers"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the share's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the share's interval"),
    ColumnSpec("logins", pl.Int64(), "count", "Of frequency: logins of these customers"),
    ColumnSpec("logins_per_customer", pl.Float64(), "ratio", "logins / customers"),
    ColumnSpec("small", pl.Boolean(), "", f"Of fewer than {SMALL} customers: no conclusion"),
)  # fmt: skip


def activity(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    quiet_after: int = QUIET,
    site: Site | None = None,
) -> Report:
    """Tell how often customers log in, how lately they came, and who is about to stay away.

    Customers are all whom the register or the logs know on the period's last day, whether they
    ever came or not, in the segments they are in at its end by the rules of ``site`` (None: the
    default ones); a visit is a session on any browser, or the register's last visit. "active" is
    who visited within 7, 30 or 90 days, the last one included; "recency" puts each customer in
    one band of days since the last visit; "going_dormant" counts, of those with a purchase in
    force, who did not visit for ``quiet_after`` days or was never seen: whom to write to before
    they are gone. "frequency" counts, for each month, customers by their logins in it.

    What lies before the data is known of visits only where the register tells it: while the data
    are younger than 90 days, who is active within 90 is a lower bound, and the report says so.
    Without a first day the period is all the data. Of the filters only the period applies.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves; ``quiet_after`` is less than 1.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    if quiet_after < 1:
        raise QueryError(f"quiet_after is {quiet_after}: expected days, at least 1")
    asked = whole_period(source, filters)
    snapshot, span = asked.snapshot, observed(asked)
    warnings = list(asked.query.warnings)
    if filters.chosen:
        warnings.append(ReportWarning("customers_counted_whole"))
    frame = no_rows(COLUMNS)
    if span is not None:
        rules = site or Site()
        customers = _customers(snapshot, span, rules)
        months = pl.date_range(span[0].replace(day=1), span[1], "1mo", eager=True).to_list()
        if customers.is_empty():
            warnings.append(ReportWarning("nobody_known"))
        else:
            cells = [
                as_of(customers, quiet_after),
                frequencies(customers, customer_days(snapshot), span, months),
            ]
            frame = _ordered(rated(pl.concat(cells)), rules)
        first = asked.query.data_first_day
        if first is not None and (span[1] - first).days < max(QUIET, quiet_after):
            warnings.append(ReportWarning("visits_before_data", {"first": first}))
    small = int(frame["small"].sum())
    if small:
        facts = {"small": small, "cells": frame.height}
        warnings.append(ReportWarning("small_cells_people", facts))
    return Report("activity", frame, asked.query, snapshot.key, tuple(warnings))


def _customers(snapshot: Snapshot, span: Span, site: Site) -> pl.DataFrame:
    """Return ``person``, ``segment``, ``since``, ``away`` and ``in_force`` of who is known."""
    rules = tuple((rule.segment, rule.when) for rule in site.segments)
    key = (*customers_key(snapshot), "activity", span[1], rules)
    return CACHE.get(key, lambda: _read(snapshot, span[1], site))


def _read(snapshot: Snapshot, last: date, site: Site) -> pl.DataFrame:
    day = last + timedelta(days=1)
    came = pl.concat(
        [customer_days(snapshot).select(customer="person", day="day"), register_visits(snapshot)]
    ).filter(pl.col("day") <= last)
    visits = came.group_by("customer").agg(pl.col("day").max().alias("last"))
    ended = pl.col("ended")
    holding = (
        numbered_register(snapshot)
        .purchases.filter(pl.col("purchased") <= last, ended.is_null() | (ended > day))
        .select(customer="customer_id", in_force=pl.lit(value=True))
        .unique()
    )
    segments = numbers_on(snapshot, day, site).rename({"customer_id": "customer"})
    return (
        known_since(snapshot)
        .filter(pl.col("since") <= last)
        .join(segments, on="customer", how="left")
        .join(visits, on="customer", how="left")
        .join(holding, on="customer", how="left")
        .select(
            "segment",
            "since",
            person="customer",
            away=(pl.lit(day) - pl.col("last")).dt.total_days(),
            in_force=pl.col("in_force").fill_null(value=False),
        )
    )


def _ordered(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Return the rows part by part, all customers first, then segments in the rules' order."""
    rules = {rule.segment: number for number, rule in enumerate(site.segments)}
    bands = [*recency_bands(), *frequency_bands()]
    place = {band: number for number, band in enumerate(dict.fromkeys(bands))}
    return frame.sort(
        pl.col("part").replace_strict({part: n for n, part in enumerate(PARTS)}),
        "month",
        ~pl.col("is_all"),
        pl.col("segment").replace_strict(rules, default=len(rules), return_dtype=pl.Int64),
        pl.col("band").replace_strict(place, default=None, return_dtype=pl.Int64),
        pl.col("band").cast(pl.Int64, strict=False),
    ).select(column.name for column in COLUMNS)
