"""What banners cost and brought, by portal, position, creative, campaign and day."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from reports.advertising import landed
from reports.advertising.reported import BY, all_reported, columns_by, reported
from reports.advertising.totals import totals
from reports.ask import SMALL, Asked, ask
from reports.breakdown import OTHER, text
from reports.measures import columns_of
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec, Unit
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

BANNER_FILTERS: Final = {"campaigns", "sources"}
"""Filters that what the media report can pass, too; a source is a portal."""


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Int64(), "count", meaning)


def _number(name: str, unit: Unit, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), unit, meaning)


KEY_COLUMNS = (
    text("by", f"What rows are told apart by: some of {', '.join(BY)}"),
    text("campaign", "The campaign its links name; null where rows are not by it"),
    text("portal", "Where it was shown; the link's source where no medium reports it"),
    text("position", "Where on the portal; null where the medium or the link does not tell"),
    text("banner", "The creative: the content its links name"),
    ColumnSpec("date", pl.Date(), "day", "Day; null where rows are not by day"),
)

COLUMNS = (
    *KEY_COLUMNS,
    OTHER,
    _count("impressions", "Times shown, as the medium reports it; null: not reported"),
    _count("clicks", "Clicks the medium reports; null: not reported"),
    _number("cost", "money", "What it cost, as the medium reports it; null: not told"),
    _count("landings", "Requests with the banner's parameters: of people, robots and staff"),
    _count("robot_landings", "Of these, robots'"),
    *columns_of("sessions", "visitors", "new_visitors", "bounces"),
    _count("signups", "Customers who joined on the day of such a session, by the register"),
    *columns_of("converted", "conversions", "value"),
    _number("ctr", "rate", "Clicks divided by impressions"),
    _number("ctr_low", "rate", "Lower end of its 95 % interval (Wilson)"),
    _number("ctr_high", "rate", "Upper end of it"),
    _number("arrival_rate", "ratio", "Sessions of people divided by clicks reported"),
    *columns_of("bounce_rate"),
    _number("bounce_low", "rate", "Lower end of the bounce rate's 95 % interval (Wilson)"),
    _number("bounce_high", "rate", "Upper end of it"),
    *columns_of("conversion_rate"),
    _number("low", "rate", "Lower end of the conversion rate's 95 % interval (Wilson)"),
    _number("high", "rate", "Upper end of it"),
    _number("cpc", "money", "Cost divided by clicks"),
    _number("cost_per_session", "money", "Cost divided by sessions of people"),
    _number("cost_per_signup", "money", "Cost divided by sign-ups"),
    _number("cpa", "money", "Cost divided by conversions"),
    _number("roas", "ratio", "Value divided by cost; null where no conversion carries a value"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: no conclusion"),
)


def banners(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str = "campaign,banner",
    limit: int | None = 50,
) -> Report:
    """Show what banners cost and brought: reported by the media beside what arrived.

    A row per combination of ``by``, which names some of campaign, portal, position, banner and
    day, such as "portal,day"; most clicks first. The first ``limit`` rows, then one that sums
    up the others; None for all. Impressions, clicks and cost are table banners'; without it
    they are null, and what landed is shown nonetheless. A banner's sessions are those whose
    link names its campaign and content. Conversions and value are those of these very
    sessions: of what led to them later, ``attribution`` tells. CTR, CPC, CPA and ROAS by the
    usual quotients; intervals are Wilson's and take clicks and sessions for independent, which
    ``creatives`` does not. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: rows cannot be told apart by that.
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    columns = columns_by(by)
    asked = ask(source, replace(filters, compare="none"), landed.LOOKED_AT, ())
    whole = all_reported(asked.snapshot)
    told = reported(whole, asked.query.current, filters)
    came = landed.sessions(asked, whole)
    joined = landed.signed_up(asked)
    if joined is not None:
        came = came.join(joined, on="key", how="left", maintain_order="left")
    rows = totals(told, landed.landings(asked, whole), came, columns, limit)
    names = [name for name, column in BY.items() if column in columns]
    frame = rows.with_columns(by=pl.lit(",".join(names), pl.String)).select(
        pl.col(column.name).cast(column.dtype) for column in COLUMNS
    )
    warnings = [*about_reported(asked, whole, told), *_about_rows(frame, joined is None)]
    return asked.answer("banners", frame, *warnings)


def about_reported(asked: Asked, whole: pl.DataFrame, told: pl.DataFrame) -> list[ReportWarning]:
    """Say what the media's reports lack, and which filters they cannot pass."""
    query = asked.query
    if whole.is_empty():
        return [ReportWarning("no_banners")]
    warnings = []
    others = sorted(set(query.filters.chosen) - BANNER_FILTERS)
    if others:
        facts = {"filters": ", ".join(others)}
        warnings.append(ReportWarning("reported_counted_whole", facts))
    if told.is_empty():
        first, last = whole["date"].min(), whole["date"].max()
        facts = {"first": str(first), "last": str(last)}
        return [*warnings, ReportWarning("banners_not_reported", facts)]
    for name in ("impressions", "cost"):
        missing = told[name].null_count()
        if missing:
            facts = {"column": name, "missing": str(missing), "rows": str(told.height)}
            warnings.append(ReportWarning("banner_column_missing", facts))
    return warnings


def _about_rows(frame: pl.DataFrame, joining_unknown: bool) -> list[ReportWarning]:
    if frame.is_empty():
        return []
    warnings = [ReportWarning("no_joining")] if joining_unknown else []
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    return warnings
