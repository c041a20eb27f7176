"""What each session looked at: its page views by content category or product, and their age.

Between the frames of :mod:`reports.load` and the measures of preference.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from reports import load
from reports.compact import distinct, in_any
from reports.customer_sessions import among_sessions
from reports.query import EVERYTHING, Span
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Snapshot

KINDS: Final = ("category", "product")
"""What a preference can be for."""


def check_kind(kind: str) -> None:
    """Refuse what no preference is for.

    Raises:
        UnknownNameError: ``kind`` is none of :data:`KINDS`.
    """
    if kind not in KINDS:
        raise UnknownNameError("kind of preference", kind, list(KINDS))


def check_half_life(half_life: float | None) -> None:
    """Refuse a half-life in which nothing ages forward.

    Raises:
        QueryError: ``half_life`` is not above 0.
    """
    if half_life is not None and not half_life > 0:
        raise QueryError(f"half_life is {half_life}: expected days above 0, or None for no ageing")


def age_weights(sessions: pl.DataFrame, end: date | None, half_life: float | None) -> pl.DataFrame:
    """Return ``session``, ``visitor`` and ``aged``: 0.5 ^ (days before ``end`` / half_life).

    1 for all without a half-life.
    """
    return sessions.select("session", "visitor", age_weight(end, half_life).alias("aged"))


def age_weight(end: date | None, half_life: float | None) -> pl.Expr:
    """Return the weight of what is of ``date``, as :func:`age_weights` has it."""
    if half_life is None or end is None:
        return pl.lit(1.0)
    days = (pl.lit(end) - pl.col("date")).dt.total_days()
    return 0.5 ** (days / half_life)


def looked_at(views: pl.DataFrame, kind: str, aged: pl.DataFrame) -> pl.DataFrame:
    """Return a row per session and thing viewed, as :func:`reports.group_affinity` takes them.

    Args:
        views: page views, as :func:`reports.load.page_views` returns them.
        kind: one of :data:`KINDS`; views of none are left out.
        aged: as :func:`age_weights`, of some of these sessions: others' views are left out.
    """
    # Customers' are few of all: theirs alone are grouped.
    views = views.select("session", kind).filter(in_any(views["session"], aged["session"]))
    names = distinct(views[kind]).cast(pl.String).sort()
    places = pl.DataFrame({kind: names}).with_row_index("place")
    places = places.with_columns(pl.col(kind).cast(views.schema[kind]))
    width = max(len(names), 1)
    # One number for session and name: grouping by it is several times as fast as by both.
    key = pl.col("session").cast(pl.UInt64) * width + pl.col("place")
    return (
        views.lazy()
        .select("session", kind)
        .drop_nulls(kind)
        .join(places.lazy(), on=kind)
        .select(key.alias("key"))
        .group_by("key")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .with_columns(
            (pl.col("key") // width).cast(pl.UInt32).alias("session"),
            (pl.col("key") % width).cast(pl.UInt32).alias("place"),
        )
        .join(places.lazy().rename({kind: "name"}), on="place")
        .join(aged.lazy(), on="session")
        .select(
            "session",
            "visitor",
            "name",
            "n",
            "aged",
            (pl.col("n") * pl.col("aged")).alias("weight"),
            (pl.col("n") * pl.col("aged") ** 2).alias("square"),
        )
        .collect()
    )


def customers_of(sessions: pl.DataFrame, snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``session`` and ``customer_id`` of the sessions whose customer is known.

    Args:
        sessions: of ``span``, as :func:`reports.load.sessions` returns them.
        snapshot: of the store.
        span: first and last day.
    """
    if sessions.is_empty() or span is None:
        return pl.DataFrame(schema={"session": pl.UInt32(), "customer_id": pl.String()})
    everyone = load.sessions(snapshot, span, EVERYTHING, ["session"])
    found = among_sessions(snapshot, span).select("session", "customer_id")
    if sessions.height == everyone.height:
        return found
    return found.filter(in_any(found["session"], sessions["session"]))
