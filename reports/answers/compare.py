"""Two segments, or two periods, next to each other: what differs beyond chance."""

from __future__ import annotations

import polars as pl

from reports import contents
from reports.ask import SMALL, Asked, ask
from reports.breakdown import text
from reports.choices import choices
from reports.query import EVERYTHING, Filters, Span, check_limit
from reports.result import Report
from reports.sides import LOOKED_AT, Side, compared
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Snapshot, Store

OTHERS = "all others"
"""What the other side is called where one segment is compared with everybody else."""

COLUMNS = (
    text("left_name", "The one side: a segment, or current"),
    text("right_name", f"The other: a segment, {OTHERS!r}, or previous"),
    text("part", "measure, category (content viewed) or product (viewed)"),
    text("name", "Which measure, category or product"),
    text("unit", "Unit of left, right and their difference: count, rate, ratio or money"),
    ColumnSpec("left", pl.Float64(), "", "The one side's value"),
    ColumnSpec("right", pl.Float64(), "", "The other's"),
    ColumnSpec("left_numerator", pl.Float64(), "", "What the one side counts or sums"),
    ColumnSpec("left_denominator", pl.Int64(), "count", "Divided by; null for a total"),
    ColumnSpec("right_numerator", pl.Float64(), "", "What the other side counts or sums"),
    ColumnSpec("right_denominator", pl.Int64(), "count", "Divided by; null for a total"),
    ColumnSpec("difference", pl.Float64(), "", "left - right"),
    ColumnSpec("low", pl.Float64(), "", "Lower end of the difference's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "", "Upper end of it"),
    ColumnSpec("z", pl.Float64(), "z", "Difference in standard errors, if there were none"),
    ColumnSpec("p", pl.Float64(), "ratio", "Chance of such a difference, or larger, if none is"),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        "Whether it is beyond chance, 5 % of such rows being false; null: no conclusion",
    ),
    ColumnSpec(
        "small", pl.Boolean(), "", f"A side has fewer than {SMALL} visitors or cases: no conclusion"
    ),
)


def compare(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    left: str | None = None,
    right: str | None = None,
    limit: int | None = 10,
) -> Report:
    """Compare two segments, or two periods, measure by measure, with what each looks at.

    With ``left`` and ``right`` two segments in the same period; with ``left`` alone that
    segment and all other sessions; with neither the period and the one compared with. A row per
    measure, then the first ``limit`` content categories and products by sessions on both sides
    (None: all), their value being the share of sessions that viewed it.

    Sessions of one visitor are not independent, and a visitor can be on both sides: every
    error is cluster-robust, of sums per visitor, with their covariance. The interval of a
    rate's difference is Newcombe's hybrid score interval, of Wilson's at the number of
    independent sessions that would tell as much; its z takes both for one rate. That of a
    ratio or mean per session is normal: with one session per visitor it is Welch's. Not
    bootstrap: the same input gives the same interval, in no time, and covers as well.
    Totals of two periods vary as Poisson arrivals of visitors; those of two segments are shown
    without an interval, since segments differ in size by definition. Sources:
    :mod:`reports.clusters` and :mod:`reports.intervals`; a simulation in the tests shows that
    intervals cover.

    ``beyond_chance`` is Benjamini's and Hochberg's choice over all rows with a p and enough
    cases (:func:`reports.discovery.beyond_chance`): of the rows it marks 5 % are chance, on
    average, however many were compared. An association: who is in a segment was not drawn by
    lot. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no session of the data is in such a segment.
        QueryError: the filters contradict themselves, ``right`` has no ``left`` or is the same,
            or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    asked = ask(source, filters, ("session", "visitor", "segment", *LOOKED_AT), ())
    _check_sides(asked.snapshot, left, right)
    if left is None:
        names = ("current", "previous")
        sides = _periods(asked)
    else:
        names = (left, right or OTHERS)
        sides = _segments(asked, left, right)
    if sides is None:
        empty = no_rows(COLUMNS)
        return asked.answer("compare", empty, ReportWarning("no_comparison"))
    rows = compared(*sides, totals=left is None, limit=limit)
    frame = rows.with_columns(
        pl.lit(name, pl.String).alias(column)
        for column, name in zip(("left_name", "right_name"), names, strict=True)
    ).select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    return asked.answer("compare", frame, *_warnings(frame))


def _check_sides(snapshot: Snapshot, left: str | None, right: str | None) -> None:
    if right is not None and left is None:
        raise QueryError(f"right is {right!r}, but left is missing: name both segments, or left")
    if left is not None and left == right:
        raise QueryError(f"both sides are {left!r}: name two segments")
    known = choices(snapshot, "segments")
    for name in (left, right):
        if name is not None and known and name not in known:
            raise UnknownNameError("segment of the data", name, known)


def _viewed(asked: Asked, span: Span | None) -> dict[str, pl.DataFrame]:
    return {
        by: contents.viewed(asked.snapshot, span, asked.query.filters, by)
        for by in ("category", "product")
    }


def _periods(asked: Asked) -> tuple[Side, Side] | None:
    before = asked.previous_sessions
    if before is None:
        return None
    query = asked.query
    return (
        Side(asked.sessions, _viewed(asked, query.current)),
        Side(before, _viewed(asked, query.previous)),
    )


def _segments(asked: Asked, left: str, right: str | None) -> tuple[Side, Side]:
    segment = pl.col("segment")
    is_left = segment == left
    # A session in no segment is one of all others.
    is_right = segment == right if right else is_left.fill_null(value=False).not_()
    one, other = (asked.sessions.filter(side) for side in (is_left, is_right))
    viewed = _viewed(asked, asked.query.current)
    return Side(one, viewed), Side(other, viewed)


def _warnings(frame: pl.DataFrame) -> list[ReportWarning]:
    if frame.is_empty():
        return []
    warnings = []
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    looked_at = frame.height - frame["beyond_chance"].null_count()
    if not frame["beyond_chance"].any():
        warnings.append(ReportWarning("nothing_beyond_chance", {"rows": looked_at}))
    return warnings
