"""Which goals sessions reached, and the keyword their link carried: read once, kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports.ask import Asked
from reports.cache import CACHE, key_of
from reports.ordered import seed
from reports.query import Span
from weblog.errors import UnknownNameError
from weblog.store import Snapshot

REACHED: Final = pl.Schema(
    {"key": pl.UInt64(), "goal": pl.String(), "reached": pl.Int64(), "value": pl.Float64()}
)


def goals_reached(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return how often sessions reached each goal: columns :data:`REACHED`.

    Args:
        snapshot: of the store.
        span: first and last day; None: no row.
    """
    if span is None:
        return pl.DataFrame(schema=REACHED)
    rows = (
        snapshot.scan("page_views")
        .filter(pl.col("date").is_between(*span), pl.col("goal").is_not_null())
        .group_by(pl.col("session_id").hash(seed(snapshot, span)).alias("key"), "goal")
        .agg(pl.len().cast(pl.Int64).alias("reached"), pl.col("value").sum())
        .select(REACHED.names())
    )
    return CACHE.get((*key_of(snapshot, "page_views", span), "reached"), rows.collect)


def known_goals(snapshot: Snapshot) -> list[str]:
    """Return the goals that any session ever reached, by name."""
    goals = snapshot.scan("page_views").select(pl.col("goal").drop_nulls().unique().sort())
    key = (*key_of(snapshot, "page_views"), "goals")
    return list(CACHE.get(key, goals.collect)["goal"])


def check_goal(snapshot: Snapshot, goal: str) -> None:
    """Refuse a goal that no session ever reached.

    Raises:
        UnknownNameError: it is none.
    """
    known = known_goals(snapshot)
    if goal not in known:
        raise UnknownNameError("goal", goal, known)


def with_goal(
    asked: Asked, span: Span | None, sessions: pl.DataFrame, goal: str | None
) -> pl.DataFrame:
    """Return the sessions with the conversions and the value of one goal; None: of all."""
    if goal is None or sessions.is_empty():
        return sessions
    reached = goals_reached(asked.snapshot, span).filter(pl.col("goal") == goal)
    # Few sessions convert: only those are joined, and put back in their places.
    rows = (
        sessions.select("key")
        .with_row_index("row")
        .filter(sessions["conversions"] > 0)
        .join(reached, on="key")
    )
    counts = pl.repeat(0, sessions.height, dtype=pl.Int64, eager=True)
    values = pl.repeat(0.0, sessions.height, dtype=pl.Float64, eager=True)
    return sessions.with_columns(
        counts.scatter(rows["row"], rows["reached"]).alias("conversions"),
        values.scatter(rows["row"], rows["value"].fill_null(0.0)).alias("value"),
    )


def with_signups(
    asked: Asked, span: Span | None, converting: pl.DataFrame, goals: Sequence[str]
) -> pl.DataFrame:
    """Add ``signups`` to sessions that reached a goal: how often one of these ``goals``."""
    reached = (
        goals_reached(asked.snapshot, span)
        .filter(pl.col("goal").is_in(list(goals)))
        .group_by("key")
        .agg(pl.col("reached").sum().alias("signups"))
    )
    joined = converting.join(reached, on="key", how="left", maintain_order="left")
    return joined.with_columns(pl.col("signups").fill_null(0))


def with_keyword(asked: Asked, span: Span | None, sessions: pl.DataFrame) -> pl.DataFrame:
    """Add ``keyword``, which the frames of :mod:`reports.load` leave out."""
    nothing = pl.lit(None, pl.Categorical).alias("keyword")
    if span is None or sessions.is_empty():
        return sessions.with_columns(nothing)
    snapshot = asked.snapshot
    words = (
        snapshot.scan("sessions")
        .filter(pl.col("date").is_between(*span), pl.col("term").is_not_null())
        .select(
            pl.col("session_id").hash(seed(snapshot, span)).alias("key"),
            pl.col("term").cast(pl.Categorical).alias("keyword"),
        )
    )
    read = CACHE.get((*key_of(snapshot, "sessions", span), "keywords"), words.collect)
    return sessions.join(read, on="key", how="left", maintain_order="left")
