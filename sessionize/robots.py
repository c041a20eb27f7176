"""Robots known by what they do: a pure function of a day's hits of one visitor.

An agent is only a claim; a robot under a browser's name gives itself away by its day. What each
signal is, why its threshold lies where it does, and what counts at which strictness, in words:
docs/classification.md. The same said once more, slowly: ``tests/support/slow_robots.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import polars as pl

from sessionize.paces import PER_MINUTE, VARIATION, rates, variations
from sessionize.parts import Parts, parted
from sessionize.rules import BEHAVIOUR, SessionRules
from weblog.schema import PLACES, ROBOTS

ROBOTS_TXT: Final = "/robots.txt"

VIEWS: Final = 5
"""Page views from which their coming without any asset is a signal."""

TAKES: Final = 2
TAKERS: Final = 3
SHARE_TAKING: Final = 0.25
"""A visitor *takes assets* who takes at least one for so many page views. A place (a host on one
day) serves them if so many of its visitors with :data:`VIEWS` page views take
them, and they are at least this share."""

HEADS: Final = 5
ONE_HEAD_IN: Final = 5
"""So many HEAD requests, at least one in so many of the visitor's hits, are a signal."""

TOGETHER: Final = 2
"""Signals that make a robot at ``default``, and of a member at ``strict``."""

SIGNALS: Final = {
    "robots.txt": "is_fetching_robots_txt",
    "no assets": "is_without_assets",
    "HEAD requests": "is_asking_heads",
    "constant intervals": "is_constant",
    "superhuman rate": "is_too_fast",
}
"""Signals by the name a reason gives them, and the columns of :func:`signals`. The last does
not count at ``default``: behind one address, many people are as fast."""

COUNTED: Final = {"loose": (), "default": ("default",), "strict": ("default", "strict")}
"""Levels that make a robot, by the site's strictness."""

PLACE: Final = ("date", "host")

_IS_PAGE = pl.col("kind").cast(pl.String) == "page"
_ASKS = pl.col("path").cast(pl.String).eq_missing(ROBOTS_TXT)

CORE_COLUMNS: Final = ("date", "ts", "visitor_id", "customer_id", "kind", "host")
"""What is to be known of page views and events."""

ATTACHED_COLUMNS: Final = (
    *("date", "visitor_id"),
    ((pl.col("kind").cast(pl.String) == "static") & ~_ASKS).alias("is_asset"),
    pl.col("method").cast(pl.String).eq_missing("HEAD").alias("is_head"),
    _ASKS.alias("asks_robots_txt"),
    pl.col("customer_id").is_not_null().alias("is_member"),
)
"""What is to be known of the hits that only count."""

_DAYS = 2**32
_EPOCH = 2**31
_KEY = pl.col("visitor").cast(pl.UInt64) * _DAYS + (
    pl.col("date").to_physical().cast(pl.Int64) + _EPOCH
).cast(pl.UInt64)
"""Visitor and day in one number: twice as fast to group by as two columns."""


class Found(NamedTuple):
    """Everybody else's hits; and rows of the tables :data:`weblog.schema.ROBOTS` and PLACES."""

    others: Parts
    robots: pl.DataFrame
    places: pl.DataFrame


def find_robots(parts: Parts, rules: SessionRules, places: pl.DataFrame | None = None) -> Found:
    """Find the robots, and leave out those that count as such at the site's strictness.

    Args:
        parts: the hits that take part, with :data:`CORE_COLUMNS` and :data:`ATTACHED_COLUMNS`;
            of each visitor in it, all hits of the days in it.
        rules: the site's strictness.
        places: all places of these days (:func:`takers`), where ``parts`` has not all visitors.
    """
    days = visitor_days(parts)
    views = regular_views(parts, days)
    if places is None:
        places = count_takers(views)
    shown = signals(days, views, serving_places(places))
    table = _table(shown, parts.ids, rules)
    robots = shown.filter(pl.col("level").is_in(COUNTED[rules.strictness]))
    if robots.is_empty():
        return Found(parts, table, places)
    core, attached = (
        frame.join(robots.select("key"), left_on=_KEY, right_on="key", how="anti")
        for frame in (parts.core, parts.attached)
    )
    return Found(Parts(core, attached, parts.ids), table, places)


def takers(hits: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return the rows of :data:`weblog.schema.PLACES` that some visitors' hits make.

    Counts of different visitors add up (:func:`added_up`).
    """
    parts = parted(hits, CORE_COLUMNS, ATTACHED_COLUMNS)
    return count_takers(regular_views(parts, visitor_days(parts)))


def visitor_days(parts: Parts) -> pl.DataFrame:
    """Count each visitor's hits of a day, if they may show a signal.

    Returns:
        ``key`` (visitor and day), ``hits``, ``page_views``, ``events``, ``assets``, ``heads``,
        ``robots_txt`` (requests for it) and ``is_member`` (some hit carries a customer id).
    """
    core = parts.core.group_by(key=_KEY).agg(
        pl.len().cast(pl.Int64).alias("core_hits"),
        _IS_PAGE.sum().cast(pl.Int64).alias("page_views"),
        pl.col("customer_id").is_not_null().any().alias("core_member"),
    )
    attached = _counted_attached(parts.attached, core.filter(pl.col("page_views") >= VIEWS))
    may_show = (
        (pl.col("page_views") >= VIEWS) | (pl.col("robots_txt") > 0) | (pl.col("heads") >= HEADS)
    )
    return (
        core.join(attached, on="key", how="full", coalesce=True)
        .with_columns(pl.col(pl.Int64).fill_null(0), pl.col(pl.Boolean).fill_null(value=False))
        .filter(may_show)
        .select(
            "key",
            (pl.col("core_hits") + pl.col("other_hits")).alias("hits"),
            "page_views",
            (pl.col("core_hits") - pl.col("page_views")).alias("events"),
            *("assets", "heads", "robots_txt"),
            (pl.col("core_member") | pl.col("other_member")).alias("is_member"),
        )
    )


def _counted_attached(attached: pl.DataFrame, regular: pl.DataFrame) -> pl.DataFrame:
    """Count the hits that only count, of visitor-days that are regular or suspicious by these."""
    rows = attached.select(_KEY.alias("key"), "is_asset", "is_head", "asks_robots_txt", "is_member")
    odd = rows.filter(pl.col("is_head") | pl.col("asks_robots_txt")).select("key")
    # Most visitor-days are neither: to look for a few keys costs less than to group by all.
    wanted = pl.concat([regular.select("key"), odd]).unique()
    return (
        rows.join(wanted, on="key", how="semi")
        .group_by("key")
        .agg(
            pl.len().cast(pl.Int64).alias("other_hits"),
            pl.col("is_asset").sum().cast(pl.Int64).alias("assets"),
            pl.col("is_head").sum().cast(pl.Int64).alias("heads"),
            pl.col("asks_robots_txt").sum().cast(pl.Int64).alias("robots_txt"),
            pl.col("is_member").any().alias("other_member"),
        )
    )


def regular_views(parts: Parts, days: pl.DataFrame) -> pl.DataFrame:
    """Return the page views of visitor-days with :data:`VIEWS` of them.

    Returns:
        ``key``, ``ts``, the place (:data:`PLACE`), and of the visitor-day ``page_views`` and
        ``assets``.
    """
    regular = days.filter(pl.col("page_views") >= VIEWS).select("key", "page_views", "assets")
    views = parts.core.filter(_IS_PAGE).select("ts", *PLACE, key=_KEY).join(regular, on="key")
    return views.with_columns(pl.col("host").cast(pl.String))


def count_takers(views: pl.DataFrame) -> pl.DataFrame:
    """Count by place the visitors of :func:`regular_views`, and those who take assets."""
    takes = pl.col("assets") * TAKES >= pl.col("page_views")
    return (
        views.group_by(*PLACE, "key")
        .agg(takes.first().alias("takes"))
        .group_by(PLACE)
        .agg(
            pl.len().cast(pl.Int64).alias("regulars"),
            pl.col("takes").sum().cast(pl.Int64).alias("takers"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in PLACES.schema.items())
        .sort(PLACE)
    )


def added_up(counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the places that several groups of visitors make together."""
    total = pl.concat(counts).group_by(PLACE).agg(pl.col("regulars", "takers").sum())
    return total.filter(pl.col("regulars") > 0).sort(PLACE)


def serving_places(places: pl.DataFrame) -> pl.DataFrame:
    """Return the places that serve assets: columns :data:`PLACE`, in order."""
    enough = SHARE_TAKING * pl.col("regulars")
    serving = places.filter(pl.col("takers") >= TAKERS, pl.col("takers") >= enough)
    return serving.select(PLACE).sort(PLACE)


def signals(days: pl.DataFrame, views: pl.DataFrame, serving: pl.DataFrame) -> pl.DataFrame:
    """Tell which signals each visitor-day shows, and at which strictness it is a robot's.

    Args:
        days: :func:`visitor_days`.
        views: :func:`regular_views` of them.
        serving: :func:`serving_places` of everybody's.

    Returns:
        The rows of ``days`` that show a signal, with the columns of :data:`SIGNALS`,
        ``variation`` and ``per_minute`` (:mod:`sessionize.paces`), and ``level``: ``default``
        or ``strict``, the least strictness at which they make a robot; null for a member who
        shows one signal only.
    """
    bare = (
        views.filter(pl.col("assets") == 0)
        .join(serving, on=PLACE, how="semi", nulls_equal=True)
        .group_by("key")
        .agg(pl.len().alias("bare_views"))
    )
    shows = {
        "is_fetching_robots_txt": pl.col("robots_txt") > 0,
        "is_without_assets": pl.col("bare_views") >= VIEWS,
        "is_asking_heads": (pl.col("heads") >= HEADS)
        & (pl.col("heads") * ONE_HEAD_IN >= pl.col("hits")),
        "is_constant": pl.col("variation") <= VARIATION,
        "is_too_fast": pl.col("per_minute") >= PER_MINUTE,
    }
    judged = days.join(bare, on="key", how="left")
    for more in (variations(views), rates(views)):
        judged = judged.join(more, on="key", how="left")
    return (
        judged.with_columns(**{name: flag.fill_null(value=False) for name, flag in shows.items()})
        .filter(pl.any_horizontal(SIGNALS.values()))
        .with_columns(_level().alias("level"))
    )


def _level() -> pl.Expr:
    every = pl.sum_horizontal(SIGNALS.values())
    steady = every - pl.col("is_too_fast").cast(pl.UInt32)
    member = pl.col("is_member")
    return (
        pl.when(~member & (steady >= TOGETHER))
        .then(pl.lit("default"))
        .when(~member | (every >= TOGETHER))
        .then(pl.lit("strict"))
    )


def _table(shown: pl.DataFrame, ids: pl.Series, rules: SessionRules) -> pl.DataFrame:
    """Return the robots among :func:`signals` as :data:`weblog.schema.ROBOTS`."""
    robots = shown.filter(pl.col("level").is_not_null())
    day = ((pl.col("key") % _DAYS).cast(pl.Int64) - _EPOCH).cast(pl.Int32).cast(pl.Date)
    return (
        robots.with_columns(
            day.alias("date"),
            (pl.col("key") // _DAYS).cast(pl.UInt32).cat.to(ids.dtype).alias("visitor_id"),
            _reason().alias("reason"),
            pl.col("level").is_in(COUNTED[rules.strictness]).alias("is_robot"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in ROBOTS.schema.items())
        .sort("date", "visitor_id")
    )


def _reason() -> pl.Expr:
    """Tell the signals shown and their figures, as :mod:`weblog.classify.reasons` writes it."""
    figures = {
        "robots.txt": pl.format("{} of robots.txt", "robots_txt"),
        "no assets": pl.format("no asset with {} page views", "page_views"),
        "HEAD requests": pl.format("{} HEAD of {} hits", "heads", "hits"),
        "constant intervals": pl.format("intervals vary by {}", "variation"),
        "superhuman rate": pl.format("{} page views in a minute", "per_minute"),
    }
    names = [pl.when(flag).then(pl.lit(name)) for name, flag in SIGNALS.items()]
    texts = [pl.when(flag).then(figures[name]) for name, flag in SIGNALS.items()]
    return pl.format(
        'behaviour {}: {} "{}"',
        pl.lit(BEHAVIOUR),
        pl.concat_str(names, separator=" + ", ignore_nulls=True),
        pl.concat_str(texts, separator=", ", ignore_nulls=True),
    )
