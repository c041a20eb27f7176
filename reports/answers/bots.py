"""What robots there are, and what each strictness takes for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from reports.ask import ask
from reports.load import CACHE, key_of
from reports.query import EVERYTHING, Filters, Span, check_limit
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.classify.bots import STRICTNESS, levels_of
from weblog.classify.robots import PURPOSES, SORTS, robots_of
from weblog.site.rules import DEFAULT_STATIC_SUFFIXES
from weblog.store import Snapshot, Store

COLUMNS = (
    ColumnSpec(
        "part",
        pl.String(),
        "",
        "'everybody', 'strictness' (robots at each), 'counted' (what this store takes for robots), "
        "'sort', 'purpose' and 'AI' (of AI crawlers, these by name), 'robot' or 'reason'",
    ),
    ColumnSpec("name", pl.String(), "", "Strictness, sort, purpose, robot, or list and rule"),
    ColumnSpec("sort", pl.String(), "", "Of a robot: AI, search engine, SEO, monitoring, tool ..."),
    ColumnSpec("purpose", pl.String(), "", "Of an AI crawler: training, search, user or unstated"),
    ColumnSpec("level", pl.String(), "", "Least strictness at which all of this is a robot"),
    ColumnSpec("is_other", pl.Boolean(), "", "The row that sums up everything beyond the limit"),
    ColumnSpec("hits", pl.Int64(), "count", "Hits, the company's own left out"),
    ColumnSpec(
        "page_hits", pl.Int64(), "count", "Of them, GETs of a document with status 2xx or 304"
    ),
    ColumnSpec("bytes", pl.Int64(), "count", "Bytes sent"),
    ColumnSpec("visitors", pl.Int64(), "count", "Visitors: a cookie, or address and agent"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of everybody's hits"),
)


def bots(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Show robots' traffic under each strictness side by side, by sort, by name and by reason.

    A hit is a robot's from the least strictness at which its agent is one, or its visitor's
    behaviour on that day; each strictness counts those of the looser ones too. Sorts, robots
    and reasons are those of the strictest. The first ``limit`` robots and reasons by hits, then
    one row each that sums up the others; None for all. AI crawlers are all shown by name, with
    what their operators say they fetch for. The company's own hits are left out. Of the
    filters only the period applies. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    asked = ask(source, filters, ("session",))
    snapshot, span = asked.snapshot, asked.query.current
    key = (*key_of(snapshot, "hits", "bots", span), *key_of(snapshot, "robots"))
    everybody = CACHE.get((*key, "all"), lambda: _everybody(snapshot, span))
    robots = CACHE.get((*key, "robots"), lambda: _robots(snapshot, span))
    warnings = [ReportWarning("filters_ignored")] if filters.chosen else []
    return asked.answer("bots", traffic(everybody, robots, limit), *warnings)


def traffic(everybody: pl.DataFrame, robots: pl.DataFrame, limit: int | None) -> pl.DataFrame:
    """Return the rows of :func:`bots`.

    Args:
        everybody: one row: ``hits``, ``page_hits``, ``bytes``, ``visitors``.
        robots: per reason and visitor ``hits``, ``page_hits`` and ``bytes``; ``visitor`` (a
            number), ``bot_reason``, ``behaviour`` and ``behaviour_level`` (reason and level by
            behaviour), ``is_counted`` (as a robot, in the store).
        limit: robots and reasons to show.
    """
    judged = _judged(robots)
    rows = [everybody.with_columns(part=pl.lit("everybody"))]
    for level in _LEVELS.categories:
        taken = judged.filter(pl.col("level") <= pl.lit(level, _LEVELS))
        rows.append(_summed(taken, "strictness").with_columns(name=pl.lit(level)))
    rows.append(_summed(judged.filter("is_counted"), "counted"))
    rows.append(_by(judged, "sort", ["sort"], None).sort(_place(SORTS)))
    artificial = judged.filter(pl.col("sort") == "AI")
    rows.append(_by(artificial, "purpose", ["purpose"], None).sort(_place(PURPOSES)))
    rows.append(_by(artificial, "AI", ["robot", "sort", "purpose"], None))
    rows.append(_by(judged, "robot", ["robot", "sort", "purpose"], limit))
    rows.append(_by(judged, "reason", ["rule", "sort", "purpose"], limit))
    total = everybody["hits"].item() or None
    blank = no_rows(COLUMNS)
    return (
        pl.concat([blank, *rows], how="diagonal_relaxed")
        .with_columns(
            pl.col("is_other").fill_null(value=False), (pl.col("hits") / total).alias("share")
        )
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


_LEVELS = pl.Enum(list(STRICTNESS))


def _judged(robots: pl.DataFrame) -> pl.DataFrame:
    """Add ``level``, and what is known of the robot its reason speaks of."""
    by_agent = _distinct(robots["bot_reason"], levels_of, "agent_level")
    level, agent = pl.col("behaviour_level").cast(_LEVELS), pl.col("agent_level").cast(_LEVELS)
    behaves = level.is_not_null() & (agent.is_null() | (level < agent))
    judged = robots.join(by_agent, on="bot_reason", how="left", nulls_equal=True).with_columns(
        pl.when(behaves).then(level).otherwise(agent).alias("level"),
        pl.when(behaves).then("behaviour").otherwise("bot_reason").alias("reason"),
    )
    reasons = judged["reason"].unique()
    return judged.join(
        pl.concat([reasons.to_frame(), robots_of(reasons)], how="horizontal"), on="reason"
    )


def _distinct(
    reasons: pl.Series, judge: Callable[[pl.Series], pl.Series], name: str
) -> pl.DataFrame:
    distinct = reasons.unique()
    return pl.DataFrame([distinct, judge(distinct).alias(name)])


def _totals() -> list[pl.Expr]:
    return [
        pl.col("hits", "page_hits", "bytes").sum(),
        pl.col("visitor").n_unique().cast(pl.Int64).alias("visitors"),
        pl.col("level").max().cast(pl.String),
    ]


def _summed(rows: pl.DataFrame, part: str) -> pl.DataFrame:
    return rows.select(_totals()).with_columns(part=pl.lit(part))


def _by(rows: pl.DataFrame, part: str, by: list[str], limit: int | None) -> pl.DataFrame:
    """Return a row per combination of ``by``, the first of them as name, most hits first."""
    name, *more = by
    found = rows.group_by(by).agg(_totals()).rename({name: "name"}).with_columns(part=pl.lit(part))
    found = found.sort("hits", "name", *more, descending=[True, False, *(False for _ in more)])
    if limit is None or found.height <= limit:
        return found
    kept = found.head(limit)
    shown = kept.select(pl.col("name").alias(name), *more)
    rest = rows.join(shown, on=by, how="anti", nulls_equal=True)
    other = _summed(rest, part).with_columns(is_other=pl.lit(value=True))
    return pl.concat([kept, other], how="diagonal_relaxed")


def _place(order: Sequence[str]) -> pl.Expr:
    return pl.col("name").replace_strict(
        {name: place for place, name in enumerate(order)}, default=len(order)
    )


def _hits(snapshot: Snapshot, span: Span | None) -> pl.LazyFrame:
    """Return the hits of the period, the company's own left out, with ``is_page_hit``."""
    inside = pl.lit(value=False) if span is None else pl.col("date").is_between(*span)
    suffix = "|".join(DEFAULT_STATIC_SUFFIXES)
    is_document = ~pl.col("path").str.contains(rf"(?i)\.(?:{suffix})$").fill_null(value=False)
    succeeds = pl.col("status").is_between(200, 299) & ~pl.col("status").is_in([204, 205])
    would_be = (pl.col("method") == "GET") & (succeeds | (pl.col("status") == 304)) & is_document
    is_bot = pl.col("kind") == "bot"
    is_page = (pl.col("kind") == "page") | (is_bot & would_be.fill_null(value=False))
    return (
        snapshot.scan("hits")
        .filter(inside, pl.col("kind") != "internal")
        .select(
            *("date", "visitor_id", "bot_reason", "bytes"),
            pl.col("visitor_id").hash().alias("visitor"),
            is_bot.alias("is_bot"),
            is_page.alias("is_page_hit"),
        )
    )


_COUNTS = (
    pl.len().cast(pl.Int64).alias("hits"),
    pl.col("is_page_hit").sum().cast(pl.Int64).alias("page_hits"),
    pl.col("bytes").sum().fill_null(0),
)


def _everybody(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    visitors = pl.col("visitor").n_unique().cast(pl.Int64).alias("visitors")
    return _hits(snapshot, span).select(*_COUNTS, visitors).collect(engine="streaming")


def _robots(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return the robots' hits by reason and visitor, as :func:`traffic` takes them."""
    robots = snapshot.scan("robots").select(
        "date",
        "visitor_id",
        "is_robot",
        pl.col("level").alias("behaviour_level"),
        pl.col("reason").alias("behaviour"),
    )
    return (
        _hits(snapshot, span)
        .join(robots, on=["date", "visitor_id"], how="left")
        .filter(pl.col("bot_reason").is_not_null() | pl.col("behaviour").is_not_null())
        .with_columns(is_counted=pl.col("is_bot") | pl.col("is_robot").fill_null(value=False))
        .group_by("bot_reason", "behaviour", "behaviour_level", "is_counted", "visitor")
        .agg(_COUNTS)
        .collect(engine="streaming")
    )
