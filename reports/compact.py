"""Large tables in little memory: numbers in the place of texts, and nothing held twice."""

from __future__ import annotations

from collections.abc import Sequence
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


def numbered(views: pl.LazyFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Give page views the number of their session, some days at a time.

    Args:
        views: ``date`` of the session, ``key`` and more.
        sessions: ``date``, ``key`` and ``session``.

    Returns:
        ``session`` and the other columns of ``views``; page views of other sessions left out.
    """
    days = sessions.group_by("date").len().sort("date")
    part = (pl.col("len").cum_sum() - 1) // CHUNK
    spans = (
        days.group_by(part.alias("part"))
        .agg(pl.col("date").min().alias("first"), pl.col("date").max().alias("last"))
        .sort("part")
        .select("first", "last")
        .rows()
    )
    found = []
    for first, last in spans:
        inside = pl.col("date").is_between(first, last)
        own = sessions.lazy().filter(inside).select("key", "session")
        found.append(views.filter(inside).drop("date").join(own, on="key").drop("key").collect())
    nothing = views.drop("date", "key").head(0).with_columns(session=pl.lit(0, pl.UInt32)).collect()
    return pl.concat([part.select(nothing.columns) for part in found] or [nothing])


def with_sessions(
    views: pl.DataFrame, sessions: pl.DataFrame, columns: Sequence[str]
) -> pl.DataFrame:
    """Add columns of the session to each page view; ``session`` is the row it stands in."""
    return views.with_columns(sessions[name].gather(views["session"]) for name in columns)
