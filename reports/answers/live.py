"""What happens on the site now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from reports import lately
from reports.ask import ask
from reports.breakdown import OTHER, text
from reports.lately import Window
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.store import Snapshot, Store

MINUTES: Final = 30
"""Minutes looked at, as GA4's real-time report does."""

ACTIVE: Final = 5
"""Who viewed or did something in so many minutes is there now, as Plausible counts current
visitors: https://plausible.io/docs/dashboard-faq"""

OLD: Final = 120
"""Seconds after which the newest hit is old: even a quiet site has robots more often."""

SERVER_ERROR: Final = 500

COLUMNS = (
    text(
        "part",
        "'total', 'minute', 'page', 'source' (where visits come from), 'goal' or 'error'",
    ),
    text("name", "Path, source, goal, or path that failed; null: none, or the row of all others"),
    text("channel", "Of a source: its channel"),
    ColumnSpec("status", pl.Int64(), "", "Of an error: the response's status"),
    ColumnSpec("minutes_ago", pl.Int64(), "count", "Of a minute: how many ago it ended; 0: now"),
    ColumnSpec(
        "at", pl.Datetime("ms", "UTC"), "", "Of the total: the newest hit; of a minute: its end"
    ),
    OTHER,
    ColumnSpec(
        "active",
        pl.Int64(),
        "count",
        f"Visitors of the last {ACTIVE} minutes; of a page: those who viewed it last",
    ),
    ColumnSpec("visitors", pl.Int64(), "count", "Distinct visitors with a page view or event; "
               "of an error: with a request that failed"),
    ColumnSpec("page_views", pl.Int64(), "count", "Page views"),
    ColumnSpec("conversions", pl.Int64(), "count", "Goals reached"),
    ColumnSpec("value", pl.Float64(), "money", "Value of these goals"),
    ColumnSpec("errors", pl.Int64(), "count", "Requests of people that failed"),
    ColumnSpec("server_errors", pl.Int64(), "count", "Of them, with a status of 500 or more"),
    ColumnSpec("delay_s", pl.Float64(), "seconds", "Of the total: age of the newest hit"),
)  # fmt: skip

_OF_NOW: Final = frozenset({"no_data", "unknown_value", "days_ahead"})
"""Warnings of the query that matter whatever its period is."""


def live(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    now: datetime | None = None,
    limit: int | None = 10,
) -> Report:
    """Show the last 30 minutes: who is there, what they view, where from, goals, errors, delay.

    One row of the total; one for each of the 30 minutes up to ``now`` (each a whole one: the
    newest ends now); then per part a row for each of the first ``limit`` names and one that
    sums up the others. Page views, events and goals are those of sessions, without robots, as
    in all other reports; errors are hits of people that failed. A visitor is there now
    (``active``) who viewed or did something in the last 5 minutes. Of a page ``active`` are
    those who viewed it last, so that pages sum to who is there; of a source those whose session
    came from it. ``delay_s`` is how old the newest hit is: how far behind the store is, as long
    as there are visitors.

    Only files that reach into these minutes are read (:mod:`reports.lately`). Neither period
    nor filters apply. Columns, units and meanings: ``COLUMNS``.

    Args:
        source: the store.
        filters: as of every report; none applies.
        now: the end of what is looked at, with a time zone; None: the newest hit.
        limit: names of each part; None: all of them.

    Raises:
        QueryError: ``now`` has no time zone, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    if now is not None and now.tzinfo is None:
        raise QueryError(f"now is {now.isoformat()}: expected a moment with a time zone")
    asked = ask(source, filters)
    snapshot = asked.snapshot
    newest = lately.newest_hit(snapshot, now)
    warnings = [each for each in asked.query.warnings if each.code in _OF_NOW]
    if filters.chosen:
        warnings.append(ReportWarning("live_counted_whole"))
    end = now or newest
    frame = no_rows(COLUMNS)
    if end is not None:
        window = Window(end - timedelta(minutes=MINUTES), end)
        viewed = lately.views(snapshot, window)
        came_from = lately.sources(snapshot, window)
        failed = lately.errors(snapshot, window)
        frame = happening(viewed, came_from, failed, window, newest=newest, limit=limit)
        if newest is not None and (end - newest).total_seconds() > OLD:
            warnings.append(ReportWarning("live_is_old", {"minutes": _minutes(newest, end)}))
    return Report("live", frame, asked.query, snapshot.key, tuple(warnings))


def _minutes(newest: datetime, end: datetime) -> int:
    return int((end - newest).total_seconds() // 60)


def happening(
    views: pl.DataFrame,
    sources: pl.DataFrame,
    errors: pl.DataFrame,
    window: Window,
    *,
    newest: datetime | None,
    limit: int | None = None,
) -> pl.DataFrame:
    """Return the rows of :func:`live`.

    Args:
        views: of the window, as :data:`reports.lately.VIEWS` has them.
        sources: ``session``, ``channel``, ``source`` of their sessions.
        errors: of the window, as :data:`reports.lately.ERRORS` has them.
        window: the minutes.
        newest: the newest hit.
        limit: names of each part.
    """
    now = window.now
    came = _told(views, now).join(sources, on="session", how="left", maintain_order="left")
    pages, reached = came.filter("is_page"), came.filter(pl.col("goal").is_not_null())
    shown = [
        _total(came, errors, newest, now),
        _by_minute(came, errors, now),
        _ranked(pages.with_columns(name="path"), "page", ["name"], limit, "active", "page_views"),
        _ranked(came.with_columns(name="source"), "source", ["channel", "name"], limit,
                "visitors", "page_views"),
        _ranked(reached.with_columns(name="goal"), "goal", ["name"], limit, "conversions"),
        _ranked(errors.with_columns(name="path"), "error", ["name", "status"], limit, "errors"),
    ]  # fmt: skip
    return (
        pl.concat([no_rows(COLUMNS), *shown], how="diagonal_relaxed")
        .with_columns(pl.col("is_other").fill_null(value=False))
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


def _told(views: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Add ``is_now`` (in the last minutes) and ``is_here`` (where an active visitor is now).

    Where two views have the same moment, the later line of the log is the later view.
    """
    told = views.with_columns(
        (pl.col("ts") > lately.moment(now - timedelta(minutes=ACTIVE))).alias("is_now")
    ).with_row_index("place")
    active = told.filter("is_now").select("visitor").unique()
    pages = told.filter("is_page").join(active, on="visitor", how="semi")
    latest = pages.group_by("visitor").agg(pl.col("ts").max())
    # Few are left to be put in order: texts take long to compare.
    last = (
        pages.join(latest, on=["visitor", "ts"], how="semi")
        .sort("log_source", "line")
        .unique("visitor", keep="last", maintain_order=True)["place"]
    )
    is_here = pl.repeat(value=False, n=told.height, eager=True).scatter(last, values=True)
    return told.drop("log_source", "line", "place").with_columns(is_here.alias("is_here"))


_VISITORS: Final = pl.col("visitor").n_unique().alias("visitors")
_VIEWS: Final = (
    _VISITORS,
    pl.col("is_page").sum().alias("page_views"),
    pl.col("goal").count().alias("conversions"),
    pl.col("value").filter(pl.col("goal").is_not_null()).sum().alias("value"),
)
_ACTIVE: Final = pl.col("visitor").filter("is_now").n_unique().alias("active")
_ERRORS: Final = (
    pl.len().alias("errors"),
    (pl.col("status") >= SERVER_ERROR).sum().alias("server_errors"),
)
_OF_PART: Final[dict[str, Sequence[pl.Expr]]] = {
    "page": (*_VIEWS, pl.col("is_here").sum().alias("active")),
    "source": (*_VIEWS, _ACTIVE),
    "goal": (_VISITORS, *_VIEWS[2:]),
    "error": (_VISITORS, *_ERRORS),
}
"""What each part counts."""


def _total(
    views: pl.DataFrame, errors: pl.DataFrame, newest: datetime | None, now: datetime
) -> pl.DataFrame:
    delay = None if newest is None else (now - newest).total_seconds()
    return pl.concat(
        [views.select(*_VIEWS, _ACTIVE), errors.select(*_ERRORS)], how="horizontal"
    ).with_columns(
        pl.lit("total").alias("part"),
        pl.lit(newest, pl.Datetime("ms", "UTC")).alias("at"),
        pl.lit(delay, pl.Float64).alias("delay_s"),
    )


def _by_minute(views: pl.DataFrame, errors: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return a row per minute, the oldest first; a minute without anything has zeros."""
    end = lately.moment(now)
    ago = ((end - pl.col("ts")).dt.total_milliseconds() // 60_000).alias("minutes_ago")
    counted = views.group_by(ago).agg(*_VIEWS)
    failed = errors.group_by(ago).agg(*_ERRORS)
    minutes = pl.DataFrame({"minutes_ago": range(MINUTES - 1, -1, -1)}, {"minutes_ago": pl.Int64})
    return (
        minutes.join(counted, on="minutes_ago", how="left", maintain_order="left")
        .join(failed, on="minutes_ago", how="left", maintain_order="left")
        .with_columns(pl.exclude("minutes_ago").fill_null(0))
        .with_columns(
            pl.lit("minute").alias("part"),
            (end - pl.duration(minutes="minutes_ago")).alias("at"),
        )
    )


def _ranked(
    rows: pl.DataFrame, part: str, by: list[str], limit: int | None, *order: str
) -> pl.DataFrame:
    """Return a row per name, greatest first, and one that sums up those beyond the limit."""
    counts = _OF_PART[part]
    groups = rows.group_by(by).agg(*counts)
    ranked = groups.sort(
        *order,
        *(pl.col(name) if name == "status" else pl.col(name).cast(pl.String) for name in by),
        descending=[True] * len(order) + [False] * len(by),
        nulls_last=True,
    )
    shown = ranked.head(ranked.height if limit is None else limit)
    parts = [shown.with_columns(pl.lit(value=False).alias("is_other"))]
    if shown.height < ranked.height:
        rest = rows.join(shown, on=by, how="anti", nulls_equal=True)
        parts.append(rest.select(*counts, pl.lit(value=True).alias("is_other")))
    texts = pl.col(pl.Categorical).cast(pl.String)
    return pl.concat(parts, how="diagonal_relaxed").with_columns(texts, pl.lit(part).alias("part"))
