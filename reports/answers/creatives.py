"""Which creative of a campaign does better, beyond chance."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from reports.advertising import landed
from reports.advertising.reported import all_reported, reported
from reports.advertising.rivals import COMPARED, FEWEST_DAYS, rivals
from reports.answers.banners import about_reported
from reports.ask import SMALL, ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

_NUMBER = pl.Float64()

COLUMNS = (
    text("campaign", "The campaign both creatives are of"),
    text("measure", f"What is compared: {', '.join(measure.name for measure in COMPARED)}"),
    text("left_banner", "The one creative"),
    text("right_banner", "The other, later in the alphabet"),
    ColumnSpec("left", _NUMBER, "rate", "The one's value"),
    ColumnSpec("right", _NUMBER, "rate", "The other's"),
    ColumnSpec("left_numerator", _NUMBER, "count", "What the one counts: clicks, or sessions"),
    ColumnSpec("left_denominator", _NUMBER, "count", "Divided by: impressions, clicks or sessions"),
    ColumnSpec("right_numerator", _NUMBER, "count", "What the other counts"),
    ColumnSpec("right_denominator", _NUMBER, "count", "Divided by"),
    ColumnSpec("difference", _NUMBER, "points", "left - right"),
    ColumnSpec("low", _NUMBER, "points", "Lower end of the difference's 95 % interval"),
    ColumnSpec("high", _NUMBER, "points", "Upper end of it"),
    ColumnSpec("z", _NUMBER, "z", "Difference in standard errors, if there were none"),
    ColumnSpec("p", _NUMBER, "ratio", "Chance of such a difference, or larger, if there is none"),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        "Whether it is beyond chance, 5 % of such rows being false; null: no conclusion",
    ),
    ColumnSpec("same_place", pl.Boolean(), "", "Shown on the same portals and positions"),
    ColumnSpec(
        "small",
        pl.Boolean(),
        "",
        f"A side has fewer than {SMALL} cases or visitors, or {FEWEST_DAYS} days: no conclusion",
    ),
)


def creatives(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 10
) -> Report:
    """Compare the creatives of each campaign pair by pair: click, arrival and conversion rate.

    A row per measure and pair of creatives of one campaign, of the ``limit`` with most clicks
    (None: all). ``ctr`` is clicks of impressions, ``arrival_rate`` sessions of people per click
    reported, ``conversion_rate`` sessions that reached a goal of these sessions. Sessions of
    one visitor are not independent, and neither are clicks of one day: errors are
    cluster-robust, by visitor for conversions and by day for what the medium reports, with the
    covariance of visitors, or days, on both sides. Intervals, z and p are those of
    :mod:`reports.clusters`: Newcombe's at the effective number of sessions for conversions,
    Student's for what is known by day; simulations in the tests show that they cover.

    ``beyond_chance`` is Benjamini's and Hochberg's choice over all rows with enough cases
    (:mod:`reports.discovery`): of the rows it marks 5 % are chance, on average. Which creative
    was shown to whom was not drawn by lot: where two ran in different places, what differs is
    the creative and its place together, which ``same_place`` and a warning say.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    asked = ask(source, replace(filters, compare="none"), landed.LOOKED_AT, ())
    whole = all_reported(asked.snapshot)
    told = reported(whole, asked.query.current, filters)
    found = rivals(told, landed.sessions(asked, whole), limit)
    sides = (("left", "1"), ("right", "2"))
    frame = found.with_columns(
        *(pl.col(f"n{s}").alias(f"{side}_numerator") for side, s in sides),
        *(pl.col(f"d{s}").alias(f"{side}_denominator") for side, s in sides),
    ).select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    warnings = [*about_reported(asked, whole, told), *_warnings(frame)]
    if frame.is_empty() and asked.query.data_first_day is not None:
        warnings.append(ReportWarning("no_rivals"))
    return asked.answer("creatives", frame, *warnings)


def _warnings(frame: pl.DataFrame) -> list[ReportWarning]:
    if frame.is_empty():
        return []
    warnings = []
    small, apart = int(frame["small"].sum()), int((~frame["same_place"]).sum())
    if apart:
        warnings.append(ReportWarning("creatives_apart", {"pairs": apart, "cells": frame.height}))
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    if not frame["beyond_chance"].any():
        looked_at = frame.height - frame["beyond_chance"].null_count()
        warnings.append(ReportWarning("nothing_beyond_chance", {"rows": looked_at}))
    return warnings
