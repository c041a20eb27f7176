"""Large tables in little memory: numbers in the place of texts, and nothing held twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

CHUNK: Final = 2_000_000
"""Sessions whose page views are numbered at once: their hash table stays small."""


def tells_apart(hashes: pl.Series, rows: pl.LazyFrame, name: str) -> bool:
    """Say whether hashes of column ``name`` of ``rows`` are as many as its values.

    The texts are looked at only if two hashes are the same: those of ten million sessions would
    take half a gigabyte.
    """
    distinct = hashes.n_unique()
    if distinct == hashes.len():
        return True
    values = rows.select(pl.col(name).n_unique()).collect(engine="streaming")
    return distinct == int(values.item())


def portions(days: pl.Series) -> list[tuple[date, date]]:
    """Return first and last day of runs of days with :data:`CHUNK` sessions, about.

    Args:
        days: the day of each session.
    """
    by_day = days.to_frame("date").group_by("date").len().sort("date")
    part = (pl.col("len").cum_sum() - 1) // CHUNK
    return (
        by_day.group_by(part.alias("part"))
        .agg(pl.col("date").min().alias("first"), pl.col("date").max().alias("last"))
        .sort("part")
        .select("first", "last")
        .rows()
    )


def with_sessions(
    views: pl.DataFrame, sessions: pl.DataFrame, columns: Sequence[str]
) -> pl.DataFrame:
    """Add columns of the session to each page view; ``session`` is the row it stands in."""
    return views.with_columns(sessions[name].gather(views["session"]) for name in columns)


def distinct(values: pl.Series) -> pl.Series:
    """Return each of ``values`` (categorical) once, without null, in no order that tells anything.

    A third of the time of :meth:`polars.Series.unique`.
    """
    codes = values.drop_nulls().to_physical()
    if codes.is_empty():
        return values.clear()
    last = int(codes.max())  # type: ignore[arg-type]
    found = pl.repeat(False, last + 1, eager=True).scatter(codes, True).arg_true()
    return found.cast(pl.UInt32).cat.to(values.dtype).alias(values.name)


def places_in(shown: pl.Series, values: pl.Series) -> pl.Series:
    """Return where in ``shown`` each of ``values`` stands (u32); its height where it does not.

    Args:
        shown: categorical, each value once.
        values: categorical.
    """
    codes, own = values.to_physical(), shown.to_physical()
    none = max(int(part.max() or 0) for part in (codes, own)) + 1  # type: ignore[arg-type]
    places = pl.repeat(len(shown), none + 1, dtype=pl.UInt32, eager=True).scatter(
        own.fill_null(none), pl.int_range(len(shown), dtype=pl.UInt32, eager=True)
    )
    return places.gather(codes.fill_null(none))


def in_any(numbers: pl.Series, others: pl.Series) -> pl.Series:
    """Return for each of ``numbers`` whether it is among ``others``; both are row numbers (u32)."""
    last = max(int(part.max() or 0) for part in (numbers, others))  # type: ignore[arg-type]
    return pl.repeat(False, last + 1, eager=True).scatter(others, True).gather(numbers)
