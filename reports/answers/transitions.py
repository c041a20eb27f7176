"""Who moved from which segment to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from reports.as_of import about_rules, numbers_on
from reports.ask import SMALL, ask
from reports.breakdown import text
from reports.measures import interval, quotient
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.site.rules import SegmentRule, Site
from weblog.store import Snapshot, Store

NOT_KNOWN: Final = "(not known yet)"
"""Where customers come from of whom, on the first day, neither register nor logs told."""

COLUMNS = (
    text("segment_from", f"At the start of the first day; {NOT_KNOWN!r} for who came since"),
    text("segment_to", "At the start of the last day"),
    ColumnSpec("customers", pl.Int64(), "count", "Customers who were in the one, and then other"),
    ColumnSpec("from_customers", pl.Int64(), "count", "All customers who were in the first"),
    ColumnSpec("share", pl.Float64(), "rate", "customers / from_customers"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the share's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the share's interval"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} were in the first: no conclusion"),
)


def transitions(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, site: Site | None = None
) -> Report:
    """Count the customers who moved from each segment to each other between two days.

    What a customer was at the start of the first day and at the start of the last, by the rules
    of ``site`` (None: the default ones), visits or not: no session is needed. Every customer
    known on the last day is in exactly one row, so ``customers`` sums to their number. A null
    segment is none: no rule holds. Of the filters only the period applies. Columns, units and
    meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    asked = ask(source, replace(filters, compare="none"), ("segment",))
    everyone = ask(
        asked.snapshot, Filters(filters.start, filters.end, compare="none"), ("segment",)
    )
    rules = site or Site()
    snapshot, span = asked.snapshot, asked.query.current
    warnings = list(asked.query.warnings)
    if filters.chosen:
        warnings.append(ReportWarning("customers_counted_whole"))
    if span is None:
        frame = no_rows(COLUMNS)
    else:
        before, after = (numbers_on(snapshot, day, rules) for day in span)
        frame = moves(before, after, rules.segments)
        warnings += about_rules(everyone.sessions, rules)
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_groups", {"small": small, "cells": frame.height}))
    return Report("transitions", frame, asked.query, snapshot.key, tuple(warnings))


def moves(before: pl.DataFrame, after: pl.DataFrame, rules: Sequence[SegmentRule]) -> pl.DataFrame:
    """Return a row per pair of segments that some customer moved between, in the rules' order.

    Args:
        before: ``customer_id`` and ``segment`` at first; who is there is in ``after`` as well.
        after: the same at last.
        rules: the site's.
    """
    order = {rule.segment: number for number, rule in enumerate(rules)}
    order[NOT_KNOWN] = len(rules) + 1
    was = pl.when("was_known").then("segment_from").otherwise(pl.lit(NOT_KNOWN))
    names = ["segment_from", "segment_to"]
    return (
        after.rename({"segment": "segment_to"})
        .join(
            before.rename({"segment": "segment_from"}).with_columns(was_known=True),
            on="customer_id",
            how="left",
        )
        .with_columns(was.alias("segment_from"))
        .group_by(names)
        .agg(pl.len().cast(pl.Int64).alias("customers"))
        .with_columns(pl.col("customers").sum().over("segment_from").alias("from_customers"))
        .with_columns(
            quotient("customers", "from_customers").alias("share"),
            *interval("customers", "from_customers"),
            (pl.col("from_customers") < SMALL).alias("small"),
        )
        .sort([pl.col(name).replace_strict(order, default=len(rules)) for name in names])
        .select(column.name for column in COLUMNS)
    )
