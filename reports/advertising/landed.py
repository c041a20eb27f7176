"""What arrived of banners: requests of their links by people and robots, and people's sessions."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.advertising.reported import passes, placed
from reports.ask import Asked
from reports.attributes import register_key
from reports.cache import CACHE, key_of, visits_key
from reports.ordered import seed
from reports.query import Span
from weblog.store import Snapshot

DISPLAY: Final = "Display"
"""The channel of banners."""

LINK: Final = ("campaign", "content", "source")
"""What the parameters of a link say."""

WHO: Final = ("person", "robot", "failed", "internal")
"""Whose request it is: failed is a person's that was answered with an error."""

_OF_SESSION: Final = (
    "visitor", "key", "page_views", "conversions", "value", "is_new", "is_bounce", "is_engaged",
)  # fmt: skip

LOOKED_AT: Final = ("date", "channel", *LINK, "entry_page", *_OF_SESSION)
"""Columns of the sessions frame that reports of banners look at."""


def sessions(asked: Asked, whole: pl.DataFrame) -> pl.DataFrame:
    """Return the sessions banners brought, people's only, as the filters let them through.

    Returns:
        ``date``, ``campaign``, ``portal``, ``position``, ``banner``, ``entry_page`` and what
        :mod:`reports.load` says of a session: those whose link is one the media report, or
        whose channel is Display and whose link names a content.
    """
    snapshot, query = asked.snapshot, asked.query
    key = visits_key(snapshot, query.current)
    chosen = tuple(sorted(query.filters.chosen.items()))
    key = (*key, *key_of(snapshot, "banners"), *register_key(snapshot), chosen, "of banners")
    return CACHE.get(key, lambda: _sessions(asked, whole))


def _sessions(asked: Asked, whole: pl.DataFrame) -> pl.DataFrame:
    names = whole["campaign"].drop_nulls().unique().to_list()
    maybe = (pl.col("channel") == DISPLAY) | pl.col("campaign").is_in(names)
    found = asked.sessions.filter(pl.col("content").is_not_null(), maybe.fill_null(value=False))
    links = found.select(*LINK, "channel").unique()
    known = placed(links.select(LINK).cast(pl.String), whole).select(
        "banner", "portal", "position", "is_reported"
    )
    links = pl.concat([links, known], how="horizontal").filter(
        pl.col("is_reported") | (pl.col("channel") == DISPLAY)
    )
    return found.join(
        links.drop("is_reported"), on=[*LINK, "channel"], nulls_equal=True, maintain_order="left"
    ).select(
        "date",
        pl.col("campaign").cast(pl.String),
        *("portal", "position", "banner"),
        pl.col("entry_page").cast(pl.String),
        *_OF_SESSION,
    )


def landings(asked: Asked, whole: pl.DataFrame) -> pl.DataFrame:
    """Return how often banners' links were asked for, by day and by whom.

    Of the filters only the period, campaigns and sources (portals) apply.

    Returns:
        ``date``, ``campaign``, ``portal``, ``position``, ``banner``, ``who`` (:data:`WHO`),
        ``host`` (of the referrer; null without one) and ``n``.
    """
    snapshot, span = asked.snapshot, asked.query.current
    key = (*key_of(snapshot, "hits", "landings", span), *key_of(snapshot, "robots"))
    requests = CACHE.get(key, lambda: _read(snapshot, span))
    return (
        placed(requests, whole)
        .filter(pl.col("is_reported") | (pl.col("channel") == DISPLAY), passes(asked.query.filters))
        .group_by("date", "campaign", "portal", "position", "banner", "who", "host")
        .agg(pl.col("n").sum())
    )


def _read(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Count the requests of a period whose parameters name a content.

    A redirect is left out: what it leads to carries the parameters again.
    """
    inside = pl.lit(value=False) if span is None else pl.col("date").is_between(*span)
    robots = snapshot.scan("robots").filter("is_robot").select("date", "visitor_id", by_pace=True)
    kind = pl.col("kind")
    is_person = kind.is_in(["page", "event"])
    failed = (kind == "error") & (pl.col("method") == "GET")
    is_robot = (kind == "bot") | (pl.col("by_pace").fill_null(value=False) & (is_person | failed))
    who = (
        pl.when(is_robot)
        .then(pl.lit("robot"))
        .when(is_person)
        .then(pl.lit("person"))
        .when(failed)
        .then(pl.lit("failed"))
        .when(kind == "internal")
        .then(pl.lit("internal"))
    )
    redirected = pl.col("status").is_between(300, 399) & (pl.col("status") != 304)
    return (
        snapshot.scan("hits")
        .filter(inside, pl.col("content").is_not_null(), ~redirected.fill_null(value=False))
        .join(robots, on=["date", "visitor_id"], how="left")
        .select(
            *("date", *LINK, "channel"),
            who.alias("who"),
            pl.col("referrer").str.extract(r"^https?://([^/:?#]+)").alias("host"),
        )
        .filter(pl.col("who").is_not_null())
        .group_by("date", *LINK, "channel", "who", "host")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .collect(engine="streaming")
    )


def signed_up(asked: Asked) -> pl.DataFrame | None:
    """Return ``key`` and ``customer`` of sessions in which somebody joined; None: not known.

    That is a session of a customer whose day of joining, as the register tells it, is the
    session's day.
    """
    snapshot, span = asked.snapshot, asked.query.current
    everyone = asked.sessions
    if span is None or everyone.is_empty():
        return None
    key = (*key_of(snapshot, "sessions", span), *key_of(snapshot, "customers"), "joined")
    found = CACHE.get(key, lambda: _read_joined(snapshot, span))
    return None if found["customer"].null_count() else found


def _read_joined(snapshot: Snapshot, span: Span) -> pl.DataFrame:
    """Return the rows of :func:`signed_up`; one row of nulls if no day of joining is known."""
    joined = (
        snapshot.scan("customers").select("customer_id", date="joined").drop_nulls().unique()
    ).collect()
    schema = {"key": pl.UInt64, "customer": pl.UInt64}
    if joined.is_empty():
        return pl.DataFrame({"key": [None], "customer": [None]}, schema=schema)
    return (
        snapshot.scan("sessions")
        .filter(pl.col("date").is_between(*span), pl.col("content").is_not_null())
        .join(joined.lazy(), on=["customer_id", "date"], how="semi")
        .select(
            pl.col("session_id").hash(seed(snapshot, span)).alias("key"),
            pl.col("customer_id").hash().alias("customer"),
        )
        .collect()
    )
