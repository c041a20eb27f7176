"""Sessions and page views column by column: read when first asked for, and kept.

Both stand in the order of visitors, page views of one session together: telling apart the
visitors, or the sessions, who did something is then looking at neighbours (:mod:`reports.runs`)
and not a table of all of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import count
from typing import Final

import polars as pl

from reports import compact
from reports.cache import CACHE, key_of
from reports.query import Span
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
    rows = of_span(snapshot.scan("sessions"), span)
    return rows.select(pl.col("session_id").hash(seed).alias("key")).collect().to_series()


def _read_sessions(snapshot: Snapshot, span: Span | None, names: list[str]) -> pl.DataFrame:
    wanted = {
        "date": pl.col("date"),
        **{name: pl.col(name).cast(pl.Categorical) for name in SESSION_TEXTS},
        **{name: pl.col(name).fill_null(0) for name in (*_COUNTS, "value")},
        **{name: pl.col(name).fill_null(value=False) for name in _FLAGS},
        TIMED: pl.when(_IS_TIMED).then(_LASTED),
    }
    placed = _order(snapshot, span)
    order, columns = placed["row"], {name: placed[name] for name in placed.columns}
    if "key" in names:
        columns["key"] = _keys(snapshot, span).gather(order)
    read = [wanted[name].alias(name) for name in names if name in wanted]
    if read:
        found = of_span(snapshot.scan("sessions"), span).select(read).collect()
        columns |= {name: found[name].gather(order) for name in found.columns}
    if "session" in names:
        number = pl.int_range(len(order), dtype=pl.UInt32, eager=True)
        columns["session"] = number.alias("session")
    return pl.DataFrame([columns[name] for name in names])


def _order(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``row``: which session, as they are read, stands where; and its ``visitor``."""
    key = (*key_of(snapshot, "sessions", span), "order")
    return CACHE.get(key, lambda: _read_order(snapshot, span))


def _read_order(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    found = of_span(snapshot.scan("sessions"), span).select(VISITOR.alias("visitor")).collect()
    order = found.select(pl.arg_sort_by("visitor", maintain_order=True).alias("row"))["row"]
    return pl.DataFrame([order, found["visitor"].gather(order).set_sorted()])


def _places(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``session``, ``visitor`` and ``row``: which page view, as they are read, stands where.

    Visitors are numbered in the order they stand in.
    """
    key = (*key_of(snapshot, "sessions", span), *key_of(snapshot, "page_views"), "places")
    return CACHE.get(key, lambda: _read_places(snapshot, span))


def _read_places(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    views = _numbered_views(snapshot, span)
    order = views.select(pl.arg_sort_by("session", maintain_order=True)).to_series()
    views = views.select(pl.col("session", "row").gather(order))
    is_next = pl.col("visitor") != pl.col("visitor").shift(1)
    visitor = sessions(snapshot, span, ["visitor"]).select(
        is_next.fill_null(value=False).cum_sum().cast(pl.UInt32)
    )
    return pl.DataFrame(
        [
            views["session"].set_sorted(),
            visitor["visitor"].gather(views["session"]).set_sorted(),
            views["row"],
        ]
    )


def _numbered_views(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``session`` and ``row`` (its number) of each page view, as they are read."""
    everyone = sessions(snapshot, span, ["date", "key", "session"])
    hashed = pl.col("session_id").hash(seed(snapshot, span)).alias("key")
    found, rows = [pl.DataFrame(schema={"session": pl.UInt32, "row": pl.UInt32})], 0
    for first, last in compact.portions(everyone["date"]):
        part = _views(snapshot, (first, last)).select(hashed).collect().with_row_index("row", rows)
        inside = pl.col("date").is_between(first, last)
        own = everyone.lazy().filter(inside).select("key", "session")
        found.append(part.lazy().join(own, on="key").select("session", "row").collect())
        rows += part.height
    return pl.concat(found)


def _read_views(snapshot: Snapshot, span: Span | None, names: list[str]) -> pl.DataFrame:
    places = _places(snapshot, span)
    placed = [places[name] for name in ("session", "visitor") if name in names]
    read = [name for name in names if name not in places.columns]
    if not read:
        return pl.DataFrame(placed).select(names)
    wanted = [pl.col(name).cast(pl.Categorical) if name in _VIEW_TEXTS else name for name in read]
    days = sessions(snapshot, span, ["date"])["date"]
    parts = [
        _views(snapshot, portion).select(wanted).collect() for portion in compact.portions(days)
    ] or [_views(snapshot, None).select(wanted).collect()]
    for name in read:
        # One at a time, and let go of as they were read: all of them twice would be a gigabyte.
        column = pl.concat([part.drop_in_place(name) for part in parts], rechunk=True)
        placed.append(column.gather(places["row"]))
    return pl.DataFrame(placed).select(names)


def _views(snapshot: Snapshot, span: Span | None) -> pl.LazyFrame:
    return of_span(snapshot.scan("page_views"), span).filter(pl.col("kind") == "page")
