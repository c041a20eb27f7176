"""Any two dimensions crossed: where sessions are more, or fewer, than chance would have it."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL, Asked, ask
from reports.breakdown import text
from reports.crossed import crossed
from reports.dimensions import DIMENSIONS, OVERLAPPING, REGISTERED, dimension, known
from reports.discovery import beyond_chance
from reports.load import SESSION_TEXTS
from reports.measures import columns_of, interval, quotient, quotients
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.store import Snapshot, Store

LEAST: Final = 5.0
"""Cells in which fewer independent sessions are expected are not concluded from (Cochran)."""

_LISTED: Final = ", ".join(DIMENSIONS)

COLUMNS = (
    text("by", f"Dimension of the rows: {_LISTED}"),
    text("across", "Dimension of the columns, one of the same"),
    text("row_value", "Value of the row; null: none, or all others"),
    text("column_value", "Value of the column, likewise"),
    ColumnSpec("row_is_other", pl.Boolean(), "", "The row of all values beyond the limit"),
    ColumnSpec("column_is_other", pl.Boolean(), "", "The column of all values beyond the limit"),
    *columns_of("sessions", "visitors"),
    ColumnSpec("row_sessions", pl.Int64(), "count", "Sessions of the row"),
    ColumnSpec("column_sessions", pl.Int64(), "count", "Sessions of the column"),
    ColumnSpec("row_share", pl.Float64(), "rate", "Sessions divided by those of the row"),
    *columns_of("engaged", "engagement_rate", "converted", "conversion_rate"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the conversion rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the conversion rate's interval"),
    ColumnSpec("expected", pl.Float64(), "count", "Sessions if row and column were independent"),
    ColumnSpec("ratio", pl.Float64(), "ratio", "sessions / expected"),
    ColumnSpec("z", pl.Float64(), "z", "Adjusted standardized residual of sessions"),
    ColumnSpec("p", pl.Float64(), "ratio", "Chance of such a residual, or larger, if independent"),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        "Whether the cell is larger or smaller beyond chance; null: too few are expected",
    ),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: rates say nothing"),
)


def cross(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str = "segment",
    across: str = "channel",
    limit: int | None = 8,
) -> Report:
    """Cross any two dimensions: sessions, engagement and conversion of every cell.

    ``by`` and ``across`` are of the session (segment, channel, device, source, campaign,
    entry_page ...), of what it viewed (category, product, page) or what the register knew of its
    customer that day (age_band, sex, occupation, children, product_held). Each has its ``limit``
    commonest values (None: all), then all others, then none; age bands and numbers of children
    stand in their order. All cells are there, empty ones too. Sessions of which the register does
    not tell what is crossed are left out, so that ages are compared with ages and not with those
    who did not log in; a warning says how many.

    ``z`` is the adjusted standardized residual, divided by the root of the design effect since
    sessions of one visitor resemble each other (formula and sources: :mod:`reports.crossed`).
    ``beyond_chance`` is Benjamini's and Hochberg's choice over all cells in which at least 5
    independent sessions are expected: of the cells it marks 5 % are chance, on average. Some
    dimensions cannot be independent: a source is of one channel.

    A session that viewed several products counts in each, and a customer can hold several: then
    cells do not sum to the sessions, and a warning says so. Columns, units and meanings:
    ``COLUMNS``.

    Raises:
        UnknownNameError: there is no such dimension.
        QueryError: both are the same, ``limit`` is less than 1, or the filters contradict
            themselves.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    if by == across:
        raise QueryError(f"by and across are both {by!r}: name two dimensions of {_LISTED}")
    own = [name for name in (by, across) if name in SESSION_TEXTS]
    asked = ask(
        source, filters, ("session", "visitor", "is_engaged", "conversions", "key", *own), ()
    )
    sessions = known(asked, known(asked, asked.sessions, by), across)
    rows, columns = (dimension(asked, sessions, name, limit) for name in (by, across))
    cells = crossed(sessions, rows, columns)
    frame = finished(cells).with_columns(pl.lit(by).alias("by"), pl.lit(across).alias("across"))
    frame = frame.select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    return asked.answer("cross", frame, *_warnings(asked, sessions, frame, (by, across)))


def finished(cells: pl.DataFrame) -> pl.DataFrame:
    """Add rates, and what is beyond chance, to cells as :func:`reports.crossed.crossed` gives."""
    enough = pl.col("expected") / pl.col("effect") >= LEAST
    return cells.with_columns(
        *quotients("sessions", "engaged", "converted", "engagement_rate", "conversion_rate"),
        *interval("converted", "sessions"),
        quotient("sessions", "row_sessions").alias("row_share"),
        quotient("sessions", "expected").alias("ratio"),
        beyond_chance(pl.when(enough).then("p")),
        (pl.col("sessions") < SMALL).alias("small"),
    )


def _warnings(
    asked: Asked, sessions: pl.DataFrame, frame: pl.DataFrame, crossed_by: tuple[str, str]
) -> list[ReportWarning]:
    if asked.sessions.is_empty():
        return []
    warnings = []
    registered = ", ".join(name for name in crossed_by if name in REGISTERED)
    gone = asked.sessions.height - sessions.height
    if sessions.is_empty():
        warnings.append(ReportWarning("attribute_unknown", {"attribute": registered}))
    elif gone:
        warnings.append(
            ReportWarning("unknown_left_out", {"sessions": gone, "attribute": registered})
        )
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    overlapping = ", ".join(name for name in crossed_by if name in OVERLAPPING)
    if overlapping:
        warnings.append(ReportWarning("dimensions_overlap", {"dimensions": overlapping}))
    return warnings
