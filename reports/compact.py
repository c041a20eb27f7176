"""Large tables in little memory: numbers in the place of texts, and nothing held twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from reports.query import Span

CHUNK: Final = 1_000_000
"""Sessions that are read at once, and their page views: memory follows this, not the period."""


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


def portions(rows: Mapping[date, int], span: Span | None) -> list[Span]:
    """Return first and last day of runs of days with up to :data:`CHUNK` sessions, or of one day.

    Args:
        rows: how many sessions each day has.
        span: first and last day; None: no portion.
    """
    found: list[Span] = []
    held = 0
    for day in sorted(day for day in rows if span and span[0] <= day <= span[1]):
        held += rows[day]
        if found and held <= CHUNK:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
            held = rows[day]
    return found


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
    codes = values.to_physical()
    null = max(int(part.max() or 0) for part in (codes, shown.to_physical())) + 1  # type: ignore[arg-type]
    return places_by_code(shown, null, len(shown)).gather(codes.fill_null(null))


def places_by_code(shown: pl.Series, null: int, other: int) -> pl.Series:
    """Return by code, up to that of ``null``, where in ``shown`` its value stands (u32).

    Args:
        shown: categorical, each value once.
        null: the code that stands for none, above all others.
        other: what stands for values that ``shown`` has not.
    """
    places = pl.repeat(other, null + 1, dtype=pl.UInt32, eager=True)
    own = shown.to_physical().fill_null(null)
    return places.scatter(own, pl.int_range(len(shown), dtype=pl.UInt32, eager=True))


def in_any(numbers: pl.Series, others: pl.Series) -> pl.Series:
    """Return for each of ``numbers`` whether it is among ``others``; both are row numbers (u32)."""
    last = max(int(part.max() or 0) for part in (numbers, others))  # type: ignore[arg-type]
    return pl.repeat(False, last + 1, eager=True).scatter(others, True).gather(numbers)
