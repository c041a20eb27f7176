"""How long it takes from the first look to the purchase."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from reports.answers.interest_to_purchase import nothing, trials_of
from reports.ask import SMALL, ask
from reports.breakdown import text
from reports.interest import durations
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.survival import kaplan_meier, quartile_days
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Int64(), "count", meaning)


def _rate(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "rate", meaning)


def _days(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "", meaning)


COLUMNS = (
    text("part", "summary: a row per product; curve: one per product and day something ended"),
    text("product", "Which product"),
    _count("viewers", "Customers who viewed it and did not have it"),
    _count("viewers_bought", "Of them, those who bought it, whenever"),
    _days("days_q1", "A quarter of those who bought had done so after so many days"),
    _days("days_median", "Half of those who bought had; shorter than in truth: late ones are out"),
    _days("days_q3", "Three quarters of those who bought had"),
    _days("q25", "A quarter of all viewers will have bought by then; null: not so many have"),
    _days("q50", "Half of all viewers"),
    _days("q75", "Three quarters of all viewers"),
    _count("day", "Days since the first view; 0 is that day"),
    _count("at_risk", "Viewers who had neither bought before that day nor left the view of data"),
    _count("bought", "Of them, those who bought that day"),
    _count("censored", "Of them, those whose data end that day, nothing bought"),
    _rate("share", "Share of viewers who have bought by that day, censoring allowed for"),
    _rate("low", "Lower end of that share's 95 % interval"),
    _rate("high", "Upper end of that share's interval"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} viewers (still at risk): few"),
)


def time_to_purchase(source: Store | Snapshot, filters: Filters = EVERYTHING) -> Report:
    """Tell how many days pass from the first view of a product to its purchase.

    Known customers who viewed a product in the period and had not bought it before, from the day
    of that first view; a summary row per product, the most viewers first, then its curve: the
    share that has bought by each day (Kaplan and Meier 1958, with Greenwood's variance on the
    complementary log-log scale). Who has not bought by the data's last day is censored there, not
    counted as never buying; purchases after that day are not known. Quartiles are given among
    those who bought (too short: the late ones are missing) and of all viewers by the curve (null
    where so many have not bought). Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(
        source,
        replace(filters, compare="none"),
        ("session", "row", "date", "segment", "key"),
        ("session", "product"),
    )
    schema = {column.name: column.dtype for column in COLUMNS}
    last = asked.query.data_last_day
    tried = trials_of(asked)
    known = tried.clear() if last is None else tried
    watched = None if last is None or known.is_empty() else durations(known, last)
    if watched is None or watched.is_empty():
        return asked.answer("time_to_purchase", pl.DataFrame(schema=schema), *nothing(asked))
    curve = kaplan_meier(watched, "product")
    bought = pl.col("days").filter("is_bought")
    summary = (
        watched.group_by("product")
        .agg(
            pl.len().cast(pl.Int64).alias("viewers"),
            pl.col("is_bought").sum().cast(pl.Int64).alias("viewers_bought"),
            *(
                bought.quantile(share, "linear").alias(name)
                for name, share in (("days_q1", 0.25), ("days_median", 0.5), ("days_q3", 0.75))
            ),
        )
        .join(quartile_days(curve, "product"), on="product")
        .with_columns(pl.lit("summary").alias("part"), (pl.col("viewers") < SMALL).alias("small"))
        .sort(["viewers", "product"], descending=[True, False])
    )
    steps = curve.join(summary.select("product", "viewers"), on="product").with_columns(
        pl.lit("curve").alias("part"), (pl.col("at_risk") < SMALL).alias("small")
    )
    steps = steps.sort(["viewers", "product", "day"], descending=[True, False, False])
    frame = pl.concat([summary, steps.drop("viewers")], how="diagonal_relaxed").select(
        pl.col(column.name).cast(column.dtype) for column in COLUMNS
    )
    few = int(summary["small"].sum())
    warnings = [ReportWarning("association_only")]
    if few:
        warnings.append(ReportWarning("small_groups", {"small": few, "cells": summary.height}))
    return asked.answer("time_to_purchase", frame, *warnings)
