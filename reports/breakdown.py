"""Sessions broken down by what they have in common: a row per value, with the change.

Functions of the sessions frames of :mod:`reports.load`; no disk, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import polars as pl

from reports import measures
from reports.ask import SMALL
from reports.measures import columns_of, counts, interval, quotients, relative_change
from reports.placed import ranked
from reports.query import check_limit
from reports.spec import ColumnSpec

SHOWN = (
    "page_views", "visitors", "new_visitors", "bounces", "bounce_rate",
    "converted", "conversions", "conversion_rate",
)  # fmt: skip
"""Measures of a breakdown, between the share of sessions and the interval."""


def looked_at(*by: str, shown: Sequence[str] = SHOWN) -> tuple[str, ...]:
    """Return the columns of the sessions frame that a :func:`breakdown` by ``by`` looks at."""
    return (*measures.looked_at("sessions", *shown, "value"), *by)


OTHER = ColumnSpec("is_other", pl.Boolean(), "", "The row that sums up everything beyond the limit")


def columns(*texts: ColumnSpec, shown: Sequence[str] = SHOWN) -> tuple[ColumnSpec, ...]:
    """Return the columns :func:`breakdown` gives for these text columns."""
    return (
        *texts,
        OTHER,
        *columns_of("sessions"),
        ColumnSpec("share", pl.Float64(), "rate", "Part of all sessions of the period"),
        *columns_of(*shown),
        ColumnSpec("low", pl.Float64(), "rate", "Lower end of the conversion rate's 95 % interval"),
        ColumnSpec("high", pl.Float64(), "rate", "Upper end of the conversion rate's interval"),
        *columns_of("value"),
        ColumnSpec(
            "previous_sessions", pl.Int64(), "count", "Sessions in the period compared with"
        ),
        ColumnSpec("change", pl.Float64(), "rate", "Relative change of sessions"),
        ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: no conclusion"),
    )


def text(name: str, meaning: str) -> ColumnSpec:
    """Return a text column's declaration."""
    return ColumnSpec(name, pl.String(), "", meaning)


def breakdown(
    current: pl.DataFrame,
    previous: pl.DataFrame | None,
    by: Sequence[str],
    *,
    shown: Sequence[str] = SHOWN,
    limit: int | None = None,
) -> pl.DataFrame:
    """Return a row per combination of ``by`` in either period, most sessions first.

    Columns as :func:`columns` declares them. ``sessions`` and ``previous_sessions`` sum to
    those of the whole periods: with a ``limit``, what lies beyond it is one row ``is_other``.
    A null in a text column means unknown.

    Raises:
        QueryError: ``limit`` is less than 1.
    """
    check_limit(limit)
    rows = ranked(current, previous, by, ("sessions", *shown, "value"), limit)
    if rows is None:
        rows = _joined(current, previous, by, shown, limit)
    order = ["is_other", "sessions", "previous_sessions", *by]
    descending = [False, True, True, *(False for _ in by)]
    declared = columns(*(text(name, "") for name in by), shown=shown)
    return (
        rows.with_columns(
            *quotients(*shown),
            *interval("converted", "sessions"),
            (pl.col("sessions") / (current.height or None)).alias("share"),
            relative_change("sessions", "previous_sessions").alias("change"),
            (pl.col("sessions") < SMALL).alias("small"),
        )
        .sort(order, descending=descending, nulls_last=True)
        .select(column.name for column in declared)
    )


def _joined(
    current: pl.DataFrame,
    previous: pl.DataFrame | None,
    by: Sequence[str],
    shown: Sequence[str],
    limit: int | None,
) -> pl.DataFrame:
    """Return what :func:`reports.placed.ranked` does, by joining."""
    kept = _ranked(current, previous, by).head(limit) if limit else None
    now = _counted(current, by, kept, counts("sessions", *shown, "value"))
    if previous is None:
        return now.with_columns(pl.lit(None, pl.Int64()).alias("previous_sessions"))
    sessions = pl.len().cast(pl.Int64).alias("previous_sessions")
    return _beside(now, _counted(previous, by, kept, [sessions]), [*by, "is_other"])


def _ranked(
    current: pl.DataFrame, previous: pl.DataFrame | None, by: Sequence[str]
) -> pl.DataFrame:
    """Return the combinations of ``by``, those with most sessions first."""
    now = current.group_by(by).agg(pl.len().alias("n"))
    if previous is not None:
        gone = previous.group_by(by).agg(pl.len().alias("p"))
        now = _beside(now, gone, by)
    else:
        now = now.with_columns(pl.lit(0).alias("p"))
    texts = [pl.col(name).cast(pl.String) for name in by]
    ranked = now.sort(
        "n", "p", *texts, descending=[True, True, *(False for _ in by)], nulls_last=True
    )
    return ranked.select(by)


def _beside(now: pl.DataFrame, before: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Join the rows of two periods; a count missing on one side is 0."""
    joined = now.join(before, on=list(by), how="full", coalesce=True, nulls_equal=True)
    return joined.with_columns(pl.col(pl.Int64, pl.UInt32, pl.Float64).fill_null(0))


def _counted(
    frame: pl.DataFrame, by: Sequence[str], kept: pl.DataFrame | None, measures: list[pl.Expr]
) -> pl.DataFrame:
    """Aggregate by ``by``; combinations that are not ``kept`` together, as ``is_other``."""
    texts = pl.col(by).cast(pl.String)
    inside = pl.lit(value=False).alias("is_other")
    if kept is None:
        return grouped(frame, by, measures).with_columns(texts, inside)
    shown = frame.join(kept, on=list(by), how="semi", nulls_equal=True)
    rest = frame.join(kept, on=list(by), how="anti", nulls_equal=True)
    rows = grouped(shown, by, measures).with_columns(texts, inside)
    if rest.is_empty():
        return rows
    other = rest.select(measures).with_columns(pl.lit(value=True).alias("is_other"))
    return pl.concat([rows, other], how="diagonal")


def grouped(frame: pl.DataFrame, by: Sequence[str], measures: list[pl.Expr]) -> pl.DataFrame:
    """Aggregate by several texts, or days, as by one number made of their codes: half the work.

    The number is unique as long as the product of the codes fits into 63 bits; where it does
    not, the texts are grouped by as they are.
    """
    if len(by) == 1 or frame.is_empty():
        return frame.group_by(by).agg(measures)
    # Null is 0, so that every code is at least that.
    codes = [_code(frame, name).cast(pl.UInt64).add(1).fill_null(0) for name in by]
    highest = frame.select(code.max().alias(name) for code, name in zip(codes, by, strict=True))
    sizes = [int(size) + 1 for size in highest.row(0)]
    if prod(sizes) >= 1 << 63:
        return frame.group_by(by).agg(measures)
    number = codes[0]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        number = number * size + code
    return frame.group_by(number.alias(_NUMBER)).agg(pl.col(by).first(), *measures).drop(_NUMBER)


def _code(frame: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    dtype = frame.schema[name]
    if dtype in (pl.Date, pl.Categorical):
        return column.to_physical()
    return column.cast(pl.String).cast(pl.Categorical).to_physical()


_NUMBER = ":number"
"""No report has a column of this name."""
