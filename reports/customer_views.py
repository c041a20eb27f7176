"""What known customers viewed: theirs are few of all page views, found once and kept.

Beside the frames of :mod:`reports.load`, of which these are a part.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import polars as pl

from reports import load
from reports.cache import CACHE, visits_key
from reports.compact import distinct, in_any, places_in
from reports.contents import beside
from reports.looked_at import customers_of
from reports.query import EVERYTHING, Span
from weblog.store import Snapshot


def page_views(snapshot: Snapshot, span: Span | None, columns: Sequence[str]) -> pl.DataFrame:
    """Return ``columns`` of the page views of customers' sessions, as :mod:`reports.load` does."""
    rows = CACHE.get((*_key(snapshot, span), "customers' views"), lambda: _rows(snapshot, span))
    views = load.page_views(snapshot, span, EVERYTHING, columns)
    return views.select(pl.all().gather(rows["view"]))


def _rows(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    views = load.page_views(snapshot, span, EVERYTHING, ["session"])
    theirs = in_any(views["session"], _sessions(snapshot, span)["session"])
    return theirs.arg_true().to_frame("view")


def viewed(snapshot: Snapshot, span: Span | None, kind: str) -> pl.DataFrame:
    """Return a row per customer's session and thing viewed, ordered by customer, session, thing.

    Args:
        snapshot: of the store.
        span: first and last day; None: no row.
        kind: one of :data:`reports.looked_at.KINDS`; views of none are left out.

    Returns:
        ``customer`` and ``name`` (categorical, ordered by their texts), ``session``, ``n`` (page
        views) and ``date``.
    """
    key = (*_key(snapshot, span), "customers viewed", kind)
    return CACHE.get(key, lambda: _viewed(snapshot, span, kind))


def _viewed(snapshot: Snapshot, span: Span | None, kind: str) -> pl.DataFrame:
    views = page_views(snapshot, span, ["session", kind]).drop_nulls()
    names = distinct(views[kind])
    names = names.gather(names.cast(pl.String).arg_sort())
    width = max(len(names), 1)
    # One number for session and name: grouping by it is several times as fast as by both.
    number = views["session"].cast(pl.UInt64) * width + places_in(names, views[kind])
    counted = number.to_frame("number").group_by("number").agg(pl.len().alias("n"))
    place = (counted["number"] % width).cast(pl.UInt32)
    pairs = pl.DataFrame(
        [
            (counted["number"] // width).cast(pl.UInt32).alias("session"),
            names.gather(place).alias("name"),
            counted["n"],
            place.alias("place"),
        ]
    )
    days = load.sessions(snapshot, span, EVERYTHING, ["session", "date"])
    rows = beside(beside(pairs, days, "date"), _sessions(snapshot, span), "customer_id")
    rows = rows.sort("customer_id", "session", "place")
    return rows.select(pl.col("customer_id").cast(pl.Categorical).alias("customer"),
                       "name", "session", "n", "date")  # fmt: skip


def segments(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``customer`` and ``segment`` of each customer: that of the last session's start."""
    return CACHE.get((*_key(snapshot, span), "customers' last"), lambda: _last(snapshot, span))


def _last(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    columns = ["row", "date", "segment"]
    everyone = load.sessions(snapshot, span, EVERYTHING, ["session", *columns])
    theirs = beside(_sessions(snapshot, span), everyone, *columns)
    return (
        theirs.sort("date", "row")
        .group_by(pl.col("customer_id").alias("customer"))
        .agg(pl.col("segment").last().cast(pl.String))
        .sort("customer")
    )


def _sessions(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    everyone = load.sessions(snapshot, span, EVERYTHING, ["session"])
    return customers_of(everyone, snapshot, span)


def _key(snapshot: Snapshot, span: Span | None) -> tuple[Hashable, ...]:
    return visits_key(snapshot, span)
