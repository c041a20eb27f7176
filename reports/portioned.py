"""Sessions and page views as the store has them, day after day, read in portions.

Whatever is read of them comes in the same rows in the same order: that of the days, and within a
day that of the table's files. So a column read today stands beside one that was read before, and
the days of a shorter span are a piece of a longer one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise
from typing import Final

import numpy as np
import polars as pl

from reports import compact
from reports.query import Span
from reports.runs import together
from weblog.store import Snapshot

SESSION_TEXTS: Final = (
    "segment", "channel", "source", "medium", "campaign", "content",
    "device", "browser", "os", "entry_page", "exit_page",
)  # fmt: skip
_COUNTS = ("page_views", "logins", "conversions")
_FLAGS = ("is_new", "is_bounce", "is_engaged")
SESSION_COLUMNS: Final = (
    "row", "date", "visitor", *SESSION_TEXTS, *_COUNTS, "value", *_FLAGS, "key"
)  # fmt: skip

VISITOR: Final = pl.col("visitor_id").hash()
"""What stands for a visitor in the frames."""

TIMED: Final = "timed_ms"
"""A column beside these, which only who asks for it reads: milliseconds from the first to the last
page view or event of a session (f64), null where there is only one."""

PERSON: Final = "person"
"""Another: the customer where the session has one (logged in, or claimed by the site's stitching),
else the visitor, as a number (u64). Ids are hashed by two seeds: "a7" can be both."""

START: Final = "start"
"""Another: milliseconds from 1970 (UTC) to the first hit of a session (i64)."""

_CUSTOMER = pl.col("customer_id").hash(1)
_IS_TIMED = pl.col("page_views") + pl.col("events").fill_null(0) > 1
_LASTED = (pl.col("end") - pl.col("start")).dt.total_milliseconds().cast(pl.Float64)

SESSION_VALUES: Final = {
    "date": pl.col("date"),
    **{name: pl.col(name).cast(pl.Categorical) for name in SESSION_TEXTS},
    **{name: pl.col(name).fill_null(0) for name in (*_COUNTS, "value")},
    **{name: pl.col(name).fill_null(value=False) for name in _FLAGS},
    TIMED: pl.when(_IS_TIMED).then(_LASTED),
    PERSON: pl.when(pl.col("customer_id").is_not_null()).then(_CUSTOMER).otherwise(VISITOR),
    START: pl.col("start").dt.epoch("ms"),
}
"""What columns of sessions are made of; the others come of the order they stand in."""

_VIEW_TEXTS = ("path", "category", "product")
VIEW_COLUMNS: Final = ("session", "visitor", *_VIEW_TEXTS, "dwell_s")
VIEW_VALUES: Final = {
    **{name: pl.col(name).cast(pl.Categorical) for name in _VIEW_TEXTS},
    "dwell_s": pl.col("dwell_s"),
}
"""What columns of page views are made of."""


def of_span(rows: pl.LazyFrame, span: Span | None) -> pl.LazyFrame:
    """Return the rows of these days; None of None."""
    if span is None:
        return rows.filter(pl.lit(value=False))
    return rows.filter(pl.col("date").is_between(*span))


def portions(snapshot: Snapshot, span: Span | None) -> Sequence[Span | None]:
    """Return the days of ``span`` to read at a time; at least one portion, if of no day."""
    return compact.portions(snapshot.rows_by_day("sessions"), span) or (None,)


def session_rows(
    snapshot: Snapshot, span: Span | None, *columns: pl.Expr
) -> Iterator[pl.DataFrame]:
    """Yield these columns of sessions in portions; at least one, if of no row."""
    for days in portions(snapshot, span):
        yield _collected(of_span(snapshot.scan("sessions"), days), columns)


def view_rows(
    snapshot: Snapshot, days: Span | None, *columns: pl.Expr, events: bool = False
) -> pl.DataFrame:
    """Return these columns of the page views of a portion; with ``events``, of these, too."""
    rows = of_span(snapshot.scan("page_views"), days)
    return _collected(rows if events else rows.filter(pl.col("kind") == "page"), columns)


def _collected(rows: pl.LazyFrame, columns: Sequence[pl.Expr]) -> pl.DataFrame:
    """Collect columns of rows day after day: a table lists its files in no order of days."""
    read = rows.select(pl.col("date").alias("its day"), *columns).collect()
    day = read.drop_in_place("its day").to_physical()
    begins = (day != day.shift(1)).fill_null(value=True).arg_true()
    days = day.gather(begins)
    if days.is_sorted():
        return read
    pieces = list(pairwise([*begins, len(day)]))
    order = np.argsort(days.to_numpy(), kind="stable").tolist()
    return pl.concat([read[slice(*pieces[place])] for place in order])


def hashed(snapshot: Snapshot, span: Span | None, seed: int) -> pl.Series:
    """Return the hash of each session_id, as they are read."""
    key = pl.col("session_id").hash(seed).alias("key")
    return pl.concat(session_rows(snapshot, span, key), rechunk=True).to_series()


def told_apart(snapshot: Snapshot, span: Span | None) -> tuple[int, pl.Series]:
    """Return a seed whose hashes tell all sessions apart, and these hashes."""
    rows = of_span(snapshot.scan("sessions"), span)
    for seed in count():
        keys = hashed(snapshot, span, seed)
        if compact.tells_apart(keys, rows, "session_id"):
            return seed, keys
    raise AssertionError("count() ended")


def order_of(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``row``: which session, as they are read, stands where; and its ``visitor``."""
    found = pl.concat(session_rows(snapshot, span, VISITOR.alias("visitor")))
    order = found.select(pl.arg_sort_by("visitor", maintain_order=True).alias("row"))["row"]
    return pl.DataFrame([order, found["visitor"].gather(order).set_sorted()])


def session_values(
    snapshot: Snapshot, span: Span | None, names: Sequence[str], order: pl.Series
) -> dict[str, pl.Series]:
    """Return columns of :data:`SESSION_VALUES`, arranged."""
    wanted = [SESSION_VALUES[name].alias(name) for name in names]
    return arranged(session_rows(snapshot, span, *wanted), order) if wanted else {}


def view_values(
    snapshot: Snapshot, span: Span | None, names: Sequence[str], order: pl.Series
) -> dict[str, pl.Series]:
    """Return columns of :data:`VIEW_VALUES`, arranged."""
    wanted = [VIEW_VALUES[name].alias(name) for name in names]
    parts = (view_rows(snapshot, days, *wanted) for days in portions(snapshot, span))
    return arranged(parts, order) if wanted else {}


def numbered(
    snapshot: Snapshot, span: Span | None, sessions: pl.DataFrame
) -> Iterator[tuple[Span, pl.DataFrame]]:
    """Yield first and last day of a portion, and ``key`` and ``session`` of the sessions in it.

    Args:
        snapshot: the store.
        span: the days.
        sessions: ``session``, ``key`` and ``date`` of all that are read.
    """
    for days in portions(snapshot, span):
        if days is not None:
            inside = pl.col("date").is_between(*days)
            yield days, sessions.filter(inside).select("key", "session")


def places_of(
    snapshot: Snapshot,
    parts: Iterable[tuple[Span, pl.DataFrame]],
    seed: int,
    visitors: pl.Series,
    *,
    events: bool = False,
) -> pl.DataFrame:
    """Return ``session``, ``visitor`` and ``row``: which page view, as they are read, stands where.

    Visitors are numbered in the order they stand in. Page views of no session are left out.

    Args:
        snapshot: the store.
        parts: as :func:`numbered` yields them.
        seed: of their keys.
        visitors: of the sessions as they stand.
        events: whether these are counted as page views.
    """
    none = len(visitors)
    order, session = together(_sessions_of_views(snapshot, parts, seed, none, events), none + 1)
    known = session.search_sorted(none)
    session = session.head(known).alias("session").set_sorted()
    return pl.DataFrame([session, visitor_numbers(visitors, session), order.head(known)])


def visitor_numbers(visitors: pl.Series, session: pl.Series) -> pl.Series:
    """Return for each page view which of ``visitors``, those of the sessions, it is of (u32)."""
    is_next = (visitors != visitors.shift(1)).fill_null(value=False)
    return is_next.cum_sum().cast(pl.UInt32).gather(session).alias("visitor").set_sorted()


def _sessions_of_views(
    snapshot: Snapshot,
    parts: Iterable[tuple[Span, pl.DataFrame]],
    seed: int,
    none: int,
    events: bool,
) -> pl.Series:
    """Return the session of each page view, as they are read; ``none`` where it is unknown."""
    found = [pl.Series("session", [], dtype=pl.UInt32)]
    for days, own in parts:
        key = pl.col("session_id").hash(seed).alias("key")
        keys = view_rows(snapshot, days, key, events=events).to_series()
        # A session's page views are mostly written together: it is looked for once.
        is_next = (keys != keys.shift(1)).fill_null(value=True)
        sessions_met = (
            keys.filter(is_next)
            .to_frame()
            .join(own, on="key", how="left", maintain_order="left")["session"]
        )
        found.append(sessions_met.fill_null(none).gather(is_next.cum_sum() - 1))
    return pl.concat(found, rechunk=True)


def arranged(parts: Iterable[pl.DataFrame], order: pl.Series) -> dict[str, pl.Series]:
    """Return columns of rows in another order than they are read in.

    Args:
        parts: the rows as they are read; taken apart.
        order: which of them stands where.
    """
    read = list(parts)
    columns = {}
    for name in read[0].columns:
        # One at a time, and let go of as they were read: all of them twice would be a gigabyte.
        column = pl.concat([part.drop_in_place(name) for part in read], rechunk=True)
        columns[name] = column.gather(order)
    return columns
