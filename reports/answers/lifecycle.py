"""How people come nearer, month by month: stages of the relationship, and moves between them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.answers.cohorts import observed, whole_period
from reports.ask import SMALL
from reports.breakdown import text
from reports.cache import CACHE
from reports.customer_numbers import customers_key, numbered_register
from reports.intervals import wilson
from reports.known_customers import customer_days, known_since, register_visits
from reports.measures import quotient
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.stages import (
    LADDER,
    NEW,
    RECOGNISED,
    STAGES,
    customer_flows,
    customer_stages,
    handed_over,
    visitor_flows,
)
from reports.visitor_days import visitors_seen
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.store import Snapshot, Store

DORMANT: Final = 365
"""Days without a visit after which a customer is dormant, as in the default segments."""

COLUMNS = (
    text("part", "'stage': how many people a stage has; 'flow': how many moved on, or stayed"),
    ColumnSpec("month", pl.Date(), "day", "First day of the month, or of the period in its first"),
    ColumnSpec("is_complete", pl.Boolean(), "", "The period covers the month whole"),
    text("stage", f"The stage; of a flow, where people come from, {NEW!r} if from nowhere"),
    text("stage_to", f"Of a flow, the stage at the month's end; {RECOGNISED!r} if counted already"),
    ColumnSpec("people", pl.Int64(), "count", "People in the stage at the month's end; who moved"),
    ColumnSpec("from_people", pl.Int64(), "count", "People in the stage at the month's start"),
    ColumnSpec("came", pl.Int64(), "count", "Of a stage: who came into it, from others or new"),
    ColumnSpec("went", pl.Int64(), "count", "Of a stage: who left it; people = from + came - went"),
    ColumnSpec("is_step", pl.Boolean(), "", "Of a flow: a step up from one stage to a nearer one"),
    ColumnSpec("rate", pl.Float64(), "rate", "Of a flow: people / from_people"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the rate's interval"),
    ColumnSpec("small", pl.Boolean(), "", f"Of a flow: from fewer than {SMALL}, no conclusion"),
)  # fmt: skip


def lifecycle(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, dormant_after: int = DORMANT
) -> Report:
    """Count people by stage of the relationship and month, and their moves between stages.

    People, not sessions: a browser is a person until a customer logs in on it, from then on the
    customer is. "first-time anonymous" came once so far, "anonymous" again; "member" is known
    and bought nothing, "customer" bought once, "repeat customer" more than once, "churned"
    bought and has nothing in force; "dormant" is a customer without a visit for
    ``dormant_after`` days, "reactivated" one whose first visit after that lies in this month.
    The later names come first where several fit: reactivated, dormant, churned. Browsers never
    become dormant: a log cannot tell those who stay away from those whose cookie is gone.

    Where a browser becomes known, its person goes on as the customer, if the customer was not
    known before the month: that is the step from anonymous to member or customer. If the
    customer was known, or has become known on another browser the same month, the person was
    counted twice until then, and leaves to "(recognised)". Who comes and becomes known within
    one month comes from "(new)". So nobody is counted twice from then on, and each stage has at
    the end of a month what it had at its start, and who came, less who went.

    A month ends with its last day: purchases and visits of that day count. Without a first day
    the period is all the data. Of the filters only the period applies. Columns, units and
    meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves; ``dormant_after`` is less than 1.
        StoreError: the store cannot be read.
    """
    if dormant_after < 1:
        raise QueryError(f"dormant_after is {dormant_after}: expected days, at least 1")
    asked = whole_period(source, filters)
    snapshot, span = asked.snapshot, observed(asked)
    warnings = list(asked.query.warnings)
    if filters.chosen:
        warnings.append(ReportWarning("people_counted_whole"))
    if span is None:
        frame = no_rows(COLUMNS)
    else:
        key = (*customers_key(snapshot), "lifecycle", span, dormant_after)
        moves = CACHE.get(key, lambda: _moves(snapshot, span, dormant_after))
        frame = told(moves, edges_of(span))
        if known_since(snapshot).is_empty():
            warnings.append(ReportWarning("nobody_known"))
    small = int(frame["small"].sum())
    if small:
        cells = frame.filter(part="flow").height
        warnings.append(ReportWarning("small_flows", {"small": small, "cells": cells}))
    return Report("lifecycle", frame, asked.query, snapshot.key, tuple(warnings))


def edges_of(span: Span) -> list[date]:
    """Return the days at whose start people are looked at: the first, months', after the last."""
    start, end = span
    months = pl.date_range(start.replace(day=1), end, "1mo", eager=True).to_list()
    return [start, *(day for day in months if day > start), end + timedelta(days=1)]


def _moves(snapshot: Snapshot, span: Span, dormant_after: int) -> pl.DataFrame:
    edges = edges_of(span)
    visitors = visitors_seen(snapshot, span[1])
    visits = pl.concat(
        [customer_days(snapshot).select(customer="person", day="day"), register_visits(snapshot)]
    )
    purchases = numbered_register(snapshot).purchases.select("customer_id", "purchased", "ended")
    stages = customer_stages(
        known_since(snapshot),
        visits,
        purchases.rename({"customer_id": "customer"}),
        edges,
        dormant_after,
    )
    return pl.concat(
        [
            visitor_flows(visitors, edges),
            customer_flows(stages, handed_over(visitors, edges)).select(
                "bucket", "stage", "stage_to", "people"
            ),
        ]
    )


def told(moves: pl.DataFrame, edges: list[date]) -> pl.DataFrame:
    """Return the report's rows: stages and flows of each month, in the order of the stages.

    Args:
        moves: ``bucket``, ``stage``, ``stage_to``, ``people``.
        edges: the days between which the buckets lie.
    """
    place = {name: number for number, name in enumerate((NEW, *STAGES, RECOGNISED))}
    flows = moves.group_by("bucket", "stage", "stage_to").agg(pl.col("people").sum())
    months = pl.DataFrame({"bucket": range(len(edges) - 1), "month": edges[:-1], "next": edges[1:]})
    starts = flows.filter(pl.col("stage") != NEW).group_by("bucket", "stage").agg(
        pl.col("people").sum().alias("from_people")
    )  # fmt: skip
    is_stay = pl.col("stage") == pl.col("stage_to")
    sides = {"stage": "went", "stage_to": "came"}
    stages = months.select("bucket").join(pl.DataFrame({"stage": STAGES}), how="cross")
    stages = stages.join(starts, on=["bucket", "stage"], how="left")
    for side, name in sides.items():
        sums = flows.filter(~is_stay).group_by("bucket", side).agg(
            pl.col("people").sum().alias(name)
        )  # fmt: skip
        stages = stages.join(sums.rename({side: "stage"}), on=["bucket", "stage"], how="left")
    stages = stages.with_columns(pl.col("from_people", "came", "went").fill_null(0)).with_columns(
        people=pl.col("from_people") + pl.col("came") - pl.col("went"), part=pl.lit("stage")
    )
    low, high = wilson(pl.col("people"), pl.col("from_people"))
    up = {name: number for number, name in enumerate(LADDER)}
    rank = [pl.col(name).replace_strict(up, default=None, return_dtype=pl.Int64) for name in _SIDES]
    rated = flows.join(starts, on=["bucket", "stage"], how="left").with_columns(
        part=pl.lit("flow"),
        is_step=(rank[1] > rank[0]).fill_null(value=False),
        rate=quotient("people", "from_people"),
        low=low,
        high=high,
        small=pl.col("from_people").is_between(1, SMALL - 1).fill_null(value=False),
    )
    first = pl.col("month").dt.month_start() == pl.col("month")
    last = pl.col("next").dt.month_start() == pl.col("next")
    rows = pl.concat([stages, rated], how="diagonal").join(months, on="bucket")
    return (
        rows.with_columns((first & last).alias("is_complete"))
        .sort(
            pl.col("part") == "flow",
            "bucket",
            *(pl.col(name).replace_strict(place, default=-1) for name in _SIDES),
        )
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


_SIDES: Final = ("stage", "stage_to")
