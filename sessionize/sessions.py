"""Hits to sessions and page views: a pure function of hits and rules.

Where sessions begin and end, in words: docs/sessions.md. The same said once more, slowly:
``tests/support/slow_sessions.py``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

import polars as pl

from sessionize import robots
from sessionize.attached import attached_counts
from sessionize.boundaries import starts
from sessionize.parts import parted
from sessionize.rules import SessionRules
from weblog.classify import bare_hosts, outside_hosts
from weblog.classify.channels import DIRECT_MEDIUM, DIRECT_SOURCE
from weblog.schema import PAGE_VIEWS, SESSIONS

ENTRY: Final = (
    *("channel", "source", "medium", "campaign", "term", "content"),
    *("browser", "os", "device", "country", "host"),
)
"""Columns a session has from its first page view or event."""

ENGAGED: Final = timedelta(seconds=10)
"""A session of at least this length is engaged (GA4; DEFINITIONS: Traffic)."""

CORE_COLUMNS: Final = (
    *("date", "ts", "log_source", "line", "visitor_id", "customer_id", "path", "referrer"),
    *("kind", "category", "product", "goal", "value", "is_login"),
    *ENTRY,
)
ATTACHED_COLUMNS: Final = ("ts", "is_login", *robots.ATTACHED_COLUMNS)


class Sessionized(NamedTuple):
    """What hits become.

    ``sessions``: columns as :data:`weblog.schema.SESSIONS`; ``segment`` and ``is_new`` are
    null, they depend on other days (:mod:`sessionize.enrich`). ``page_views``: columns as
    :data:`weblog.schema.PAGE_VIEWS`. ``robots``: the visitor-days that are robots' by
    behaviour, columns as :data:`weblog.schema.ROBOTS`. ``places``: what says whether pages come
    with assets there, columns as :data:`weblog.schema.PLACES`.
    """

    sessions: pl.DataFrame
    page_views: pl.DataFrame
    robots: pl.DataFrame
    places: pl.DataFrame


def make_sessions(
    hits: pl.DataFrame | pl.LazyFrame, rules: SessionRules, places: pl.DataFrame | None = None
) -> Sessionized:
    """Cut hits into sessions.

    The result does not depend on the order of the rows: hits are ordered by time, then
    ``log_source``, then ``line``. Hits without a visitor (neither cookie nor address nor
    agent was logged) belong to no session.

    Args:
        hits: columns as :data:`weblog.schema.HITS`; of the visitors in it, all hits of the
            days in it. A lazy frame is read twice, each time only as far as needed.
        rules: what ends a session, and who is a robot.
        places: where pages come with assets (:func:`sessionize.robots.takers` of all visitors of
            these days); to be given if ``hits`` has not all of them.

    Returns:
        Sessions, each visitor's in order of time, and their page views and events likewise.
    """
    everybody = parted(hits, CORE_COLUMNS, ATTACHED_COLUMNS)
    (core, attached, _), found, places = robots.find_robots(everybody, rules, places)
    keys = _in_order(core)
    keys = keys.with_columns(starts(keys, rules).alias("is_start"))
    keys = keys.with_columns(
        (pl.col("is_start").cast(pl.UInt32).cum_sum() - 1).alias("session").set_sorted()
    )
    spans = _spans(keys).hstack(attached_counts(keys, attached, rules))
    sessions = _described(spans, core, rules)
    return Sessionized(sessions, _page_views(keys, core, sessions), found, places)


def _in_order(core: pl.DataFrame) -> pl.DataFrame:
    """Return what decides about sessions, in order; ``row`` is the row in ``core``."""
    sources = pl.Enum(core["log_source"].cast(pl.String).unique().sort())
    return (
        core.select(
            "visitor",
            "ts",
            pl.col("log_source").cast(pl.String).cast(sources).to_physical(),
            "line",
            "date",
            _code("customer_id"),
            _code("campaign"),
            (pl.col("kind").cast(pl.String) == "page").alias("is_page"),
            (pl.col("product").is_not_null() & (pl.col("kind").cast(pl.String) == "page")).alias(
                "is_product"
            ),
            pl.col("goal").is_not_null().alias("is_goal"),
            "value",
            "is_login",
        )
        .with_row_index("row")
        .sort("visitor", "ts", "log_source", "line")
    )


def _code(name: str) -> pl.Expr:
    dtype = pl.Categorical(pl.Categories.random())
    return pl.col(name).cast(pl.String).cast(dtype).to_physical().alias(name)


def _spans(keys: pl.DataFrame) -> pl.DataFrame:
    """Return one row per session, in order, with what its page views and events add up to."""
    customer, previous = pl.col("customer_id"), pl.col("customer_id").shift(1)
    is_change = customer.is_not_null() & (pl.col("is_start") | customer.ne_missing(previous))
    page = pl.col("row").filter("is_page")
    return (
        keys.with_columns(is_change.alias("is_change"))
        .group_by("session", maintain_order=True)
        .agg(
            pl.first("visitor"),
            pl.first("date"),
            pl.first("ts").alias("start"),
            pl.last("ts").alias("end"),
            pl.first("row").alias("entry"),
            page.first().alias("first_page"),
            page.last().alias("last_page"),
            pl.col("row").filter(customer.is_not_null()).first().alias("customer_row"),
            pl.len().cast(pl.Int64).alias("core_hits"),
            pl.col("is_page").sum().cast(pl.Int64).alias("page_views"),
            pl.col("is_product").sum().cast(pl.Int64).alias("product_views"),
            pl.col("is_goal").sum().cast(pl.Int64).alias("conversions"),
            pl.col("value").filter("is_goal").sum().alias("value"),
            pl.col("is_change").sum().cast(pl.Int64).alias("changes"),
            pl.col("is_login").sum().cast(pl.Int64).alias("core_logins"),
            pl.col("is_login").is_not_null().any().alias("tells_logins"),
        )
    )


def _described(spans: pl.DataFrame, core: pl.DataFrame, rules: SessionRules) -> pl.DataFrame:
    """Return the sessions with all columns of the table."""
    is_long = pl.col("end") - pl.col("start") >= ENGAGED
    page_views, events = pl.col("page_views"), pl.col("core_hits") - pl.col("page_views")
    logins = (
        pl.when(pl.col("tells_logins") | pl.col("others_tell_logins"))
        .then(pl.col("core_logins") + pl.col("other_logins"))
        .otherwise("changes")
    )
    converted = pl.col("conversions") > 0
    entries = core.select("visitor_id", "referrer", *ENTRY)[spans["entry"]]
    paths, customers = core["path"], core["customer_id"]
    return (
        spans.hstack(_origins(entries, rules))
        .with_columns(
            paths.gather(spans["first_page"]).alias("entry_page"),
            paths.gather(spans["last_page"]).alias("exit_page"),
            customers.gather(spans["customer_row"]).alias("customer_id"),
            _session_id(),
            events.alias("events"),
            (pl.col("core_hits") + pl.col("other_hits")).alias("hits"),
            logins.alias("logins"),
            ((page_views == 1) & (events == 0) & ~converted).alias("is_bounce"),
            ((page_views >= 2) | is_long | converted).alias("is_engaged"),
            pl.lit(None, pl.String).alias("segment"),
            pl.lit(None, pl.Boolean).alias("is_new"),
            pl.lit(value=False).alias("is_stitched"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SESSIONS.schema.items())
    )


def _origins(entries: pl.DataFrame, rules: SessionRules) -> pl.DataFrame:
    """Return what entries tell, with ``referrer_host``; an entry from within is a direct one."""
    referrers = entries["referrer"].cast(pl.String)
    distinct = referrers.drop_nulls().unique()
    hosts = pl.DataFrame([distinct, outside_hosts(distinct, rules.hosts)])
    inside = pl.col("channel").is_null()
    # Where the site does not name its hosts, they are those its pages were asked for.
    is_own = pl.lit(not rules.hosts) & (
        bare_hosts(pl.col("referrer_host")) == bare_hosts(pl.col("host").cast(pl.String))
    ).fill_null(value=False)
    shown = pl.when(~is_own).then("referrer_host")
    return (
        entries.with_columns(
            pl.col("channel").cast(pl.String).fill_null("Direct"),
            pl.when(inside).then(pl.lit(DIRECT_SOURCE)).otherwise("source").alias("source"),
            pl.when(inside).then(pl.lit(DIRECT_MEDIUM)).otherwise("medium").alias("medium"),
            referrers,
        )
        .join(hosts, on="referrer", how="left", maintain_order="left")
        .with_columns(shown.alias("referrer_host"))
    )


def _session_id() -> pl.Expr:
    """Return visitor and start in milliseconds; -2, -3 ... where several start at once."""
    start = pl.col("start").dt.epoch("ms")
    place = pl.int_range(pl.len())
    is_first = (pl.col("visitor") != pl.col("visitor").shift(1)) | (start != start.shift(1))
    first = pl.when(is_first.fill_null(value=True)).then(place).forward_fill()
    ordinal = place - first + 1
    tie = pl.when(ordinal > 1).then(pl.format("-{}", ordinal)).otherwise(pl.lit(""))
    return pl.format("{}-{}{}", pl.col("visitor_id").cast(pl.String), start, tie).alias(
        "session_id"
    )


def _page_views(keys: pl.DataFrame, core: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the page views and events with their session and the time to the next one.

    Dwell time is what a log can tell: unknown for the last one, never zero (DEFINITIONS).
    """
    wait = (pl.col("ts").shift(-1) - pl.col("ts")).dt.total_seconds(fractional=True)
    # polars multiplies by a millionth, which makes 9.001999999999999 of 9.002 s.
    wait = wait.round(6)
    dwell = pl.when(~pl.col("is_start").shift(-1)).then(wait)
    own = sessions.select("date", "session_id", "visitor_id")[keys["session"]]
    hit = core.select(
        *("ts", "log_source", "line", "kind", "path", "category", "product", "goal", "value")
    )[keys["row"]]
    return pl.concat([own, hit, keys.select(dwell.alias("dwell_s"))], how="horizontal").select(
        pl.col(name).cast(dtype) for name, dtype in PAGE_VIEWS.schema.items()
    )
