"""What of a store is of the last minutes, found by the statistics of its files.

A store of years is so asked as quickly as one of a day: Delta's transaction log tells the least
and the greatest time in each file (where it does not, its day). Files that end before the window,
or begin after it, are never opened; of the others only rows inside it are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from weblog.store import Snapshot

VIEWS: Final = pl.Schema(
    {
        "ts": pl.Datetime("ms", "UTC"),
        "visitor": pl.UInt64(),
        "session": pl.UInt64(),
        "log_source": pl.String(),
        "line": pl.Int64(),
        "is_page": pl.Boolean(),
        "path": pl.Categorical(),
        "goal": pl.Categorical(),
        "value": pl.Float64(),
    }
)
"""Columns of :func:`views`: a row per page view or event; ``visitor`` and ``session`` are hashes
that stand for visitor_id and session_id, as in :mod:`reports.load`."""

ERRORS: Final = pl.Schema(
    {
        "ts": pl.Datetime("ms", "UTC"),
        "visitor": pl.UInt64(),
        "path": pl.Categorical(),
        "status": pl.Int64(),
    }
)
"""Columns of :func:`errors`: a row per request that failed."""


_DAY: Final = timedelta(days=1)
"""Days of partitions are those of the site's time zone, moments are of UTC."""

_SPANS: Final[dict[str, pl.DataType]] = {
    "path": pl.String(),
    "day": pl.Date(),
    "first": pl.Datetime("ms", "UTC"),
    "last": pl.Datetime("ms", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """Moments later than ``start``, up to ``now`` (both with a time zone)."""

    start: datetime
    now: datetime

    def holds(self, column: str = "ts") -> pl.Expr:
        """Return which rows lie inside, by the moment in ``column``."""
        return (pl.col(column) > moment(self.start)) & (pl.col(column) <= moment(self.now))


def newest_hit(snapshot: Snapshot, now: datetime | None = None) -> datetime | None:
    """Return the moment of the newest hit, or of the newest that is not later than ``now``.

    Lines of a server whose clock is ahead are still to come; None: there is no hit.
    """
    found = [_newest(snapshot, table, now) for table in ("hits", "page_views")]
    return max((each for each in found if each is not None), default=None)


def views(snapshot: Snapshot, window: Window) -> pl.DataFrame:
    """Return the page views and events of sessions inside the window (:data:`VIEWS`)."""
    paths = _files(snapshot, "page_views", window, "ts", "ts")
    return (
        snapshot.scan_files("page_views", paths, window.holds())
        .with_columns(
            pl.col("visitor_id").hash().alias("visitor"),
            pl.col("session_id").hash().alias("session"),
            (pl.col("kind") == "page").alias("is_page"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in VIEWS.items())
        .collect()
    )


def sources(snapshot: Snapshot, window: Window) -> pl.DataFrame:
    """Return ``session``, ``channel`` and ``source`` of the sessions that reach into it."""
    inside = (pl.col("end") > moment(window.start)) & (pl.col("start") <= moment(window.now))
    paths = _files(snapshot, "sessions", window, "start", "end")
    found = snapshot.scan_files("sessions", paths, inside)
    texts = pl.col("channel", "source").cast(pl.Categorical)
    return found.select(pl.col("session_id").hash().alias("session"), texts).collect()


def errors(snapshot: Snapshot, window: Window) -> pl.DataFrame:
    """Return the requests inside the window that failed, of people (:data:`ERRORS`)."""
    paths = _files(snapshot, "hits", window, "ts", "ts")
    return (
        snapshot.scan_files("hits", paths, window.holds() & (pl.col("kind") == "error"))
        .with_columns(pl.col("visitor_id").hash().alias("visitor"))
        .select(pl.col(name).cast(dtype) for name, dtype in ERRORS.items())
        .collect()
    )


def moment(at: datetime) -> pl.Expr:
    """Return a moment, whatever its zone, as the tables have them."""
    return pl.lit(at).dt.convert_time_zone("UTC").cast(pl.Datetime("ms", "UTC"))


def _newest(snapshot: Snapshot, table: str, now: datetime | None) -> datetime | None:
    files = _spans(snapshot, table, "ts", "ts")
    limit = moment(now or datetime.max.replace(tzinfo=UTC))
    whole = files.filter(pl.col("last") <= limit)
    newest_day = files.filter(pl.col("day") <= limit.dt.date() + _DAY)["day"].max()
    partly = files.filter(
        (pl.col("is_unknown") & (pl.col("day") >= pl.lit(newest_day, pl.Date) - _DAY))
        | ((pl.col("last") > limit) & (pl.col("first") <= limit))
    )
    known = whole["last"].max()
    read = None
    if partly.height:
        rows = snapshot.scan_files(table, partly["path"].to_list(), pl.col("ts") <= limit)
        read = rows.select(pl.col("ts").max()).collect().item()
    found = [each for each in (known, read) if isinstance(each, datetime)]
    return max(found, default=None)


def _files(snapshot: Snapshot, table: str, window: Window, first: str, last: str) -> list[str]:
    """Return the paths of the files that may hold rows inside the window."""
    spans = _spans(snapshot, table, first, last)
    reaches = (pl.col("last") > moment(window.start)) & (pl.col("first") <= moment(window.now))
    days = (window.start.date() - _DAY, window.now.date() + _DAY)
    may = pl.col("is_unknown") & pl.col("day").is_between(*days)
    return spans.filter(may | reaches)["path"].to_list()


def _spans(snapshot: Snapshot, table: str, first: str, last: str) -> pl.DataFrame:
    """Return ``path``, ``day``, ``first``, ``last`` and ``is_unknown`` (no span) of files."""
    if snapshot.is_absent(table):
        return pl.DataFrame(schema={**_SPANS, "is_unknown": pl.Boolean()})
    actions = snapshot.delta(table).get_add_actions(flatten=True)
    told = actions.column_names if actions.num_rows else []
    unknown = [None] * actions.num_rows
    columns = ("path", "partition.date", f"min.{first}", f"max.{last}")
    named = dict(zip(_SPANS, columns, strict=True))
    return pl.DataFrame(
        [
            pl.Series(name, actions[column] if column in told else unknown)
            .alias(name)
            .cast(_SPANS[name])
            for name, column in named.items()
        ]
    ).with_columns((pl.col("first").is_null() | pl.col("last").is_null()).alias("is_unknown"))
