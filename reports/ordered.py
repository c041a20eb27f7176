"""Sessions and page views column by column: read when first asked for, and kept.

Both stand in the order of visitors, page views of one session together: telling apart the
visitors, or the sessions, who did something is then looking at neighbours (:mod:`reports.runs`)
and not a table of all of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import count
from typing import Final

import numpy as np
import polars as pl

from reports import compact
from reports.cache import CACHE, key_of
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

TIMED: Final = "timed_ms"
"""A column beside these, which only who asks for it reads: milliseconds from the first to the last
page view or event of a session (f64), null where there is only one."""

_IS_TIMED = pl.col("page_views") + pl.col("events").fill_null(0) > 1
_LASTED = (pl.col("end") - pl.col("start")).dt.total_milliseconds().cast(pl.Float64)

_VIEW_TEXTS = ("path", "category", "product")
VIEW_COLUMNS: Final = ("session", "visitor", *_VIEW_TEXTS, "dwell_s")

VISITOR: Final = pl.col("visitor_id").hash()
"""What stands for a visitor in the frames."""


def sessions(snapshot: Snapshot, span: Span | None, columns: Sequence[str]) -> pl.DataFrame:
    """Return ``columns`` of all sessions of ``span`` (see :func:`reports.load.sessions`)."""
    key = (*key_of(snapshot, "sessions", span), "columns")
    return CACHE.columns(key, columns, lambda names: _read_sessions(snapshot, span, names))


def page_views(snapshot: Snapshot, span: Span | None, columns: Sequence[str]) -> pl.DataFrame:
    """Return ``columns`` of all page views of ``span`` (see :func:`reports.load.page_views`)."""
    key = (*key_of(snapshot, "sessions", span), *key_of(snapshot, "page_views"), "columns")
    return CACHE.columns(key, columns, lambda names: _read_views(snapshot, span, names))


def seed(snapshot: Snapshot, span: Span | None) -> int:
    """Return the seed of the hash of session_id that stands as ``key`` in the sessions frame."""
    found = CACHE.get(_seed_key(snapshot, span), lambda: _told_apart(snapshot, span)[0])
    return int(found.item())


def _seed_key(snapshot: Snapshot, span: Span | None) -> tuple[Hashable, ...]:
    return (*key_of(snapshot, "sessions", span), "seed")


def of_span(rows: pl.LazyFrame, span: Span | None) -> pl.LazyFrame:
    """Return the rows of these days; None of None."""
    if span is None:
        return rows.filter(pl.lit(value=False))
    return rows.filter(pl.col("date").is_between(*span))


def _keys(snapshot: Snapshot, span: Span | None) -> pl.Series:
    """Return the hash of each session_id, as they are read; ids are read once for the seed, too."""
    found: list[pl.Series] = []

    def read() -> pl.DataFrame:
        told, keys = _told_apart(snapshot, span)
        found.append(keys)
        return told

    told = CACHE.get(_seed_key(snapshot, span), read)
    return found[0] if found else _hashed(snapshot, span, int(told.item()))


def _told_apart(snapshot: Snapshot, span: Span | None) -> tuple[pl.DataFrame, pl.Series]:
    """Return ``seed``, one whose hashes tell all sessions apart, and these hashes."""
    rows = of_span(snapshot.scan("sessions"), span)
    for seed in count():
        keys = _hashed(snapshot, span, seed)
        if compact.tells_apart(keys, rows, "session_id"):
            return pl.DataFrame({"seed": seed}), keys
    raise AssertionError("count() ended")


def _hashed(snapshot: Snapshot, span: Span | None, seed: int) -> pl.Series:
    key = pl.col("session_id").hash(seed).alias("key")
    return pl.concat(_read(snapshot, span, key), rechunk=True).to_series()


def _read(snapshot: Snapshot, span: Span | None, *columns: pl.Expr) -> Iterator[pl.DataFrame]:
    """Yield these columns of sessions in portions; at least one, if of no row.

    Whatever the columns: the same rows in the same order.
    """
    for days in portions(snapshot, span):
        yield of_span(snapshot.scan("sessions"), days).select(columns).collect()


def portions(snapshot: Snapshot, span: Span | None) -> Sequence[Span | None]:
    """Return the days of ``span`` to read at a time; at least one portion, if of no day."""
    return compact.portions(snapshot.rows_by_day("sessions"), span) or (None,)


def _read_sessions(snapshot: Snapshot, span: Span | None, names: list[str]) -> pl.DataFrame:
    wanted = {
        "date": pl.col("date"),
        **{name: pl.col(name).cast(pl.Categorical) for name in SESSION_TEXTS},
        **{name: pl.col(name).fill_null(0) for name in (*_COUNTS, "value")},
        **{name: pl.col(name).fill_null(value=False) for name in _FLAGS},
        TIMED: pl.when(_IS_TIMED).then(_LASTED),
    }
    placed = _order(snapshot, span)
    columns = {name: placed[name] for name in placed.columns}
    if "key" in names:
        columns["key"] = _keys(snapshot, span).gather(placed["row"])
    read = [wanted[name].alias(name) for name in names if name in wanted]
    if read:
        columns |= arranged(_read(snapshot, span, *read), placed["row"])
    if "session" in names:
        number = pl.int_range(placed.height, dtype=pl.UInt32, eager=True)
        columns["session"] = number.alias("session")
    return pl.DataFrame([columns[name] for name in names])


def _order(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``row``: which session, as they are read, stands where; and its ``visitor``."""
    key = (*key_of(snapshot, "sessions", span), "order")
    return CACHE.get(key, lambda: _read_order(snapshot, span))


def _read_order(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    found = pl.concat(_read(snapshot, span, VISITOR.alias("visitor")))
    order = found.select(pl.arg_sort_by("visitor", maintain_order=True).alias("row"))["row"]
    return pl.DataFrame([order, found["visitor"].gather(order).set_sorted()])


def _numbers(order: pl.Series) -> pl.Series:
    """Return where each row stands, of which row stands where."""
    numbers = np.empty(len(order), dtype=np.uint32)
    # A third of the time of polars' scatter().
    numbers[order.to_numpy()] = np.arange(len(order), dtype=np.uint32)
    return pl.Series("session", numbers)


def numbered(snapshot: Snapshot, span: Span | None) -> Iterator[tuple[Span, pl.DataFrame]]:
    """Yield first and last day of a portion, and ``key`` and ``session`` of the sessions in it."""
    order = _order(snapshot, span)["row"]
    told = pl.DataFrame([_keys(snapshot, span), _numbers(order)])
    rows, begin = snapshot.rows_by_day("sessions"), 0
    for first, last in compact.portions(rows, span):
        end = begin + sum(rows[day] for day in rows if first <= day <= last)
        yield (first, last), told[begin:end]
        begin = end


def _places(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``session``, ``visitor`` and ``row``: which page view, as they are read, stands where.

    Visitors are numbered in the order they stand in. Page views of no session are left out.
    """
    key = (*key_of(snapshot, "sessions", span), *key_of(snapshot, "page_views"), "places")
    return CACHE.get(key, lambda: _read_places(snapshot, span))


def _read_places(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    visitors = _order(snapshot, span)["visitor"]
    none = len(visitors)
    order, session = together(_sessions_of_views(snapshot, span, none), none + 1)
    known = session.search_sorted(none)
    session = session.head(known).alias("session").set_sorted()
    is_next = (visitors != visitors.shift(1)).fill_null(value=False)
    visitor = is_next.cum_sum().cast(pl.UInt32).gather(session).set_sorted()
    return pl.DataFrame([session, visitor, order.head(known)])


def _sessions_of_views(snapshot: Snapshot, span: Span | None, none: int) -> pl.Series:
    """Return the session of each page view, as they are read; ``none`` where it is unknown."""
    found = [pl.Series("session", [], dtype=pl.UInt32)]
    for days, own in numbered(snapshot, span):
        key = pl.col("session_id").hash(seed(snapshot, span)).alias("key")
        keys = _views(snapshot, days).select(key).collect().to_series()
        # A session's page views are mostly written together: it is looked for once.
        is_next = (keys != keys.shift(1)).fill_null(value=True)
        sessions_met = (
            keys.filter(is_next)
            .to_frame()
            .join(own, on="key", how="left", maintain_order="left")["session"]
        )
        found.append(sessions_met.fill_null(none).gather(is_next.cum_sum() - 1))
    return pl.concat(found, rechunk=True)


def _read_views(snapshot: Snapshot, span: Span | None, names: list[str]) -> pl.DataFrame:
    places = _places(snapshot, span)
    columns: dict[str, pl.Series] = {name: places[name] for name in places.columns}
    wanted = [
        pl.col(name).cast(pl.Categorical) if name in _VIEW_TEXTS else pl.col(name)
        for name in names
        if name not in columns
    ]
    if wanted:
        days = portions(snapshot, span)
        parts = (_views(snapshot, portion).select(wanted).collect() for portion in days)
        columns |= arranged(parts, places["row"])
    return pl.DataFrame([columns[name] for name in names])


def _views(snapshot: Snapshot, span: Span | None) -> pl.LazyFrame:
    return of_span(snapshot.scan("page_views"), span).filter(pl.col("kind") == "page")


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
