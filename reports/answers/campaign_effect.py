"""What differed while a campaign ran, from before: an observation, not an effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports import load
from reports.ask import SMALL, Asked, ask
from reports.breakdown import text
from reports.choices import choices
from reports.query import EVERYTHING, YEAR, Filters, Span
from reports.result import Report
from reports.sides import LOOKED_AT, periods_compared
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

DURING: Final = "during"
AFTER: Final = "after"
VISITS: Final = ("all", "without the campaign")
"""Which sessions a row is of: were those without the campaign's tags up as well, something else
was going on, or the campaign's links are not all tagged."""

WEEK: Final = 7

COLUMNS = (
    text("campaign", "The campaign"),
    text("when", "during: its days; after: as many days after it"),
    text("visits", f"Which sessions: {', '.join(VISITS)}"),
    text("name", "Which measure"),
    text("unit", "Unit of left, right and their difference: count, rate, ratio or money"),
    ColumnSpec("start", pl.Date(), "day", "First day of the campaign's days compared"),
    ColumnSpec("end", pl.Date(), "day", "Last day of them"),
    ColumnSpec("base_start", pl.Date(), "day", "First day compared with"),
    ColumnSpec("base_end", pl.Date(), "day", "Last day compared with"),
    ColumnSpec("left", pl.Float64(), "", "On the campaign's days, or after them"),
    ColumnSpec("right", pl.Float64(), "", "On the days compared with"),
    ColumnSpec("left_numerator", pl.Float64(), "", "What the one side counts or sums"),
    ColumnSpec("left_denominator", pl.Int64(), "count", "Divided by; null for a total"),
    ColumnSpec("right_numerator", pl.Float64(), "", "What the other side counts or sums"),
    ColumnSpec("right_denominator", pl.Int64(), "count", "Divided by; null for a total"),
    ColumnSpec("difference", pl.Float64(), "", "left - right"),
    ColumnSpec("low", pl.Float64(), "", "Lower end of the difference's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "", "Upper end of it"),
    ColumnSpec("change", pl.Float64(), "rate", "difference / right"),
    ColumnSpec("z", pl.Float64(), "z", "Difference in standard errors, if there were none"),
    ColumnSpec("p", pl.Float64(), "ratio", "Chance of such a difference, or larger, if none is"),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        "Whether it is beyond chance, 5 % of such rows being false; null: no conclusion",
    ),
    text("evidence", "observational: nobody was held out by lot"),
    ColumnSpec(
        "small", pl.Boolean(), "", f"A side has fewer than {SMALL} visitors or cases: no conclusion"
    ),
)


@dataclass(frozen=True, slots=True)
class _Days:
    """The days compared: of the campaign, after it (None: not known yet), compared with."""

    during: Span
    after: Span | None
    base: Span


_COLUMNS: Final = ("visitor", "campaign", *LOOKED_AT)
"""Columns of the sessions frame that are looked at."""


def campaign_effect(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, campaign: str | None = None
) -> Report:
    """Compare the days of a campaign, and those after it, with as many before: what differs.

    ``campaign`` None: the one with most sessions in the period asked about. Its days are those
    of the campaigns table, else those from its first to its last session. They are compared
    with as many days directly before, in whole weeks from seven days on; with ``compare="year"``
    with the same weekdays 364 days earlier. A row per measure, for all sessions and for those
    without the campaign's tags: were these up as well, something else was going on. The other
    filters say which sessions are looked at.

    *Observational*: season, prices and other campaigns are in the difference, too. Errors are
    cluster-robust by visitor: rates have Newcombe's interval, ratios Student's, totals that of
    Poisson arrivals of visitors (:func:`reports.compare`, :mod:`reports.clusters`).
    ``beyond_chance`` is Benjamini's and Hochberg's choice over all rows.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no session of the data carries such a campaign.
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    if campaign is None and len(filters.campaigns) == 1:
        campaign = filters.campaigns[0]
    asked = ask(source, replace(filters, campaigns=()), _COLUMNS, ())
    if campaign is not None:
        known = choices(asked.snapshot, "campaigns")
        if known and campaign not in known:
            raise UnknownNameError("campaign of the data", campaign, known)
    name = campaign or _largest(asked.sessions)
    nothing = no_rows(COLUMNS)
    if name is None:
        none = [] if asked.sessions.is_empty() else [ReportWarning("no_campaigns")]
        return asked.answer("campaign_effect", nothing, *none)
    if filters.compare == "none":
        return asked.answer("campaign_effect", nothing, ReportWarning("no_comparison"))
    ran, warnings = _ran(asked, name)
    days = _days(asked, ran, by_year=filters.compare == "year")
    if days is None:
        missing = ReportWarning("effect_incomparable", {"campaign": name})
        return asked.answer("campaign_effect", nothing, missing)
    covered, whole = ((span[1] - span[0]).days + 1 for span in (days.during, ran))
    if covered < whole:
        warnings.append(ReportWarning("effect_shortened", {"days": covered, "all": whole}))
    frame = _rows(asked, name, days)
    return asked.answer(
        "campaign_effect", frame, ReportWarning("observational"), *warnings, *_about(frame)
    )


def _largest(sessions: pl.DataFrame) -> str | None:
    """Return the campaign with most sessions, of equals the first by name."""
    ranked = (
        sessions.filter(pl.col("campaign").is_not_null())
        .group_by(pl.col("campaign").cast(pl.String))
        .len("n")
        .sort("n", "campaign", descending=[True, False])
    )
    return None if ranked.is_empty() else str(ranked["campaign"][0])


def _ran(asked: Asked, name: str) -> tuple[Span, list[ReportWarning]]:
    """Return the first and last day of a campaign, by the table or by its sessions."""
    told = (
        asked.snapshot.scan("campaigns")
        .filter(
            pl.col("campaign").str.to_lowercase() == name,
            pl.col("start") <= pl.col("end"),
        )
        .select("start", "end")
        .sort("start")
        .collect()
    )
    if told.height:
        return told.row(0), []
    seen = (
        asked.snapshot.scan("sessions")
        .filter(pl.col("campaign") == name)
        .select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last"))
        .collect()
    )
    return seen.row(0), [ReportWarning("campaign_days_unknown", {"campaign": name})]


def _days(asked: Asked, ran: Span, *, by_year: bool) -> _Days | None:
    """Return the days to compare; None if the data have none to compare with."""
    first, last = asked.query.data_first_day, asked.query.data_last_day
    if first is None or last is None:
        return None
    back = YEAR if by_year else None
    begins = max(ran[0], first + back) if back else max(ran[0], first)
    ends = min(ran[1], last)
    length = (ends - begins).days + 1
    if not by_year:
        length = min(length, (begins - first).days)
    if length >= WEEK:
        length -= length % WEEK
    if length < 1:
        return None
    during = _span(begins, length)
    base = _span(begins - (back or timedelta(days=length)), length)
    after = _span(ran[1] + timedelta(days=1), length)
    return _Days(during, after if after[1] <= last else None, base)


def _span(start: date, length: int) -> Span:
    return start, start + timedelta(days=length - 1)


def _rows(asked: Asked, name: str, days: _Days) -> pl.DataFrame:
    filters = asked.query.filters
    base = load.sessions(asked.snapshot, days.base, filters, _COLUMNS)
    others = pl.col("campaign").ne_missing(pl.lit(name))
    spans = {DURING: days.during} | ({AFTER: days.after} if days.after else {})
    pairs = {}
    for when, span in spans.items():
        sessions = load.sessions(asked.snapshot, span, filters, _COLUMNS)
        pairs[f"{when}|{VISITS[0]}"] = (sessions, base)
        pairs[f"{when}|{VISITS[1]}"] = (sessions.filter(others), base.filter(others))
    what = pl.col("pair").str.split("|")
    start, end = (
        what.list.first().replace_strict(
            {when: span[place] for when, span in spans.items()}, return_dtype=pl.Date
        )
        for place in (0, 1)
    )
    right = pl.col("right").abs()
    return (
        periods_compared(pairs)
        .with_columns(
            pl.lit(name).alias("campaign"),
            what.list.first().alias("when"),
            what.list.last().alias("visits"),
            start.alias("start"),
            end.alias("end"),
            pl.lit(days.base[0]).alias("base_start"),
            pl.lit(days.base[1]).alias("base_end"),
            (pl.col("difference") / pl.when(right > 0).then(right)).alias("change"),
            pl.lit("observational").alias("evidence"),
        )
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


def _about(frame: pl.DataFrame) -> list[ReportWarning]:
    warnings = []
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    if not frame["beyond_chance"].any():
        looked_at = frame.height - frame["beyond_chance"].null_count()
        warnings.append(ReportWarning("nothing_beyond_chance", {"rows": looked_at}))
    return warnings
