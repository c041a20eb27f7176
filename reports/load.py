"""Read what reports need of a snapshot: once per period, in compact columns, kept in memory.

Everything below this module is a function of the frames it returns:

sessions frame, one row per session of the period
    ``date``; ``visitor`` (u64, stands for visitor_id); ``session`` (u32, row number);
    the text columns of :data:`SESSION_TEXTS` as categoricals; ``page_views``, ``logins``,
    ``conversions`` (i64), ``value`` (f64, 0 where none); ``is_new``, ``is_bounce``,
    ``is_engaged`` (never null: unknown counts as no).

page views frame, one row per page view of these sessions
    ``session`` and ``visitor`` as above; ``path``, ``category``, ``product`` (categoricals);
    ``dwell_s`` (f64, null for a session's last page); ``conversions`` and ``value`` of the
    whole session.

visitor_id becomes its 64-bit hash: among a million browsers two share one with a chance of
1 in 37 million, and distinct counts are three times as fast. Session ids are checked.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Final

import polars as pl

from reports import attributes, compact
from reports.cache import CACHE as CACHE  # noqa: PLC0414  names of this module, too
from reports.cache import key_of as key_of  # noqa: PLC0414
from reports.query import REGISTER_FILTERS, SESSION_FILTERS, VIEW_FILTERS, Filters, Span
from weblog.store import Snapshot

SESSION_TEXTS: Final = (
    "segment", "channel", "source", "medium", "campaign", "content",
    "device", "browser", "os", "entry_page", "exit_page",
)  # fmt: skip
_COUNTS = ("page_views", "logins", "conversions")
_FLAGS = ("is_new", "is_bounce", "is_engaged")
_VIEW_TEXTS = ("path", "category", "product")
_VISITOR = pl.col("visitor_id").hash()
_OF_SESSION = ("visitor", "conversions", "value")


def sessions(snapshot: Snapshot, span: Span | None, filters: Filters) -> pl.DataFrame:
    """Return the sessions of ``span`` (None: no row) that pass ``filters``."""
    everyone = _sessions(snapshot, span)
    if not filters.chosen or everyone.is_empty():
        return everyone
    key = (*key_of(snapshot, "sessions", span), *key_of(snapshot, "page_views"), _chosen(filters))
    if filters.chosen.keys() & REGISTER_FILTERS.keys():
        key += attributes.register_key(snapshot)
    return CACHE.get(key, lambda: everyone.filter(_passes(snapshot, span, filters)))


def page_views(snapshot: Snapshot, span: Span | None, filters: Filters) -> pl.DataFrame:
    """Return the page views of the sessions of ``span`` that pass ``filters``."""
    views = _views(snapshot, span)
    if not filters.chosen or views.is_empty():
        return views
    chosen = sessions(snapshot, span, filters)["session"]
    mask = pl.repeat(False, _sessions(snapshot, span).height, eager=True)
    mask = mask.scatter(chosen, True)
    return views.filter(mask.gather(views["session"]))


def data_days(snapshot: Snapshot) -> Span | None:
    """Return the first and the last day that have sessions; None if there is no session.

    Days ahead of their time (:func:`days_ahead`) do not count, unless there are no others: one
    server with a wrong clock would else move every report to years nobody has seen.
    """
    days = _days(snapshot)
    believable = days.filter(~pl.col("is_ahead"))["day"]
    chosen = days["day"] if believable.is_empty() else believable
    return None if chosen.is_empty() else (chosen[0], chosen[-1])


def days_ahead(snapshot: Snapshot) -> pl.DataFrame:
    """Return the days that were still to come when their sessions were written.

    Returns:
        A frame of ``day`` (Date, ascending) and ``sessions`` (i64).
    """
    return _days(snapshot).filter("is_ahead").drop("is_ahead")


def days_with_sessions(snapshot: Snapshot) -> pl.DataFrame:
    """Return a frame of ``day`` (Date, ascending) and ``sessions`` (i64), none of them 0."""
    return _days(snapshot).drop("is_ahead")


def _days(snapshot: Snapshot) -> pl.DataFrame:
    return CACHE.get(key_of(snapshot, "sessions", "days"), lambda: _read_days(snapshot))


def _read_days(snapshot: Snapshot) -> pl.DataFrame:
    rows = snapshot.rows_by_day("sessions")
    days = pl.DataFrame(
        {"day": list(rows), "sessions": list(rows.values())},
        schema={"day": pl.Date, "sessions": pl.Int64},
    )
    written = snapshot.written_at("sessions")
    # The day after is today already in other time zones.
    tomorrow = written.date() + timedelta(days=1) if written else date.max
    ahead = (pl.col("day") > tomorrow).alias("is_ahead")
    return days.filter(pl.col("sessions") > 0).sort("day").with_columns(ahead)


def _sessions(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    key = key_of(snapshot, "sessions", span)
    return CACHE.get(key, lambda: _read_sessions(snapshot, span))


def _read_sessions(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    rows = _of_span(snapshot.scan("sessions"), span)
    for seed in count():
        wanted = rows.select(
            "date",
            _VISITOR.alias("visitor"),
            *(pl.col(name).cast(pl.Categorical) for name in SESSION_TEXTS),
            *(pl.col(name).fill_null(0) for name in (*_COUNTS, "value")),
            *(pl.col(name).fill_null(value=False) for name in _FLAGS),
            pl.col("session_id").hash(seed).alias("key"),
        ).collect()
        if compact.tells_apart(wanted["key"], rows, "session_id"):
            break
    return wanted.with_columns(pl.lit(seed).alias("seed")).with_row_index("session")


def _views(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return the page views; what they have of their sessions is not kept beside each."""
    key = (*key_of(snapshot, "sessions", span), *key_of(snapshot, "page_views"))
    views = CACHE.get(key, lambda: _read_views(snapshot, span))
    return compact.with_sessions(views, _sessions(snapshot, span), _OF_SESSION)


def _read_views(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    everyone, seed = _sessions(snapshot, span), _seed(snapshot, span)
    rows = _of_span(snapshot.scan("page_views"), span).filter(pl.col("kind") == "page")
    wanted = rows.select(
        "date",
        pl.col("session_id").hash(seed).alias("key"),
        *(pl.col(name).cast(pl.Categorical) for name in _VIEW_TEXTS),
        "dwell_s",
    )
    return compact.numbered(wanted, everyone.select("date", "key", "session"))


def _of_span(rows: pl.LazyFrame, span: Span | None) -> pl.LazyFrame:
    if span is None:
        return rows.filter(pl.lit(value=False))
    return rows.filter(pl.col("date").is_between(*span))


def _passes(snapshot: Snapshot, span: Span | None, filters: Filters) -> pl.Expr:
    chosen = filters.chosen
    passes = pl.lit(value=True)
    for field, column in SESSION_FILTERS.items():
        if field in chosen:
            passes &= pl.col(column).is_in(chosen[field])
    views = _views(snapshot, span) if chosen.keys() & VIEW_FILTERS.keys() else None
    for field, column in VIEW_FILTERS.items():
        if views is not None and field in chosen:
            viewed = views.filter(pl.col(column).is_in(chosen[field]))["session"].unique()
            passes &= pl.col("session").is_in(viewed.implode())
    for field, attribute in REGISTER_FILTERS.items():
        if field in chosen:
            people = attributes.of_sessions(snapshot, span, attribute, _seed(snapshot, span))
            keys = people.filter(pl.col("name").is_in(chosen[field]))["key"].unique()
            passes &= pl.col("key").is_in(keys.implode())
    if filters.customers:
        passes &= pl.col("key").is_in(_keys_of(snapshot, span, filters.customers).implode())
    if filters.visitors:
        # Made of the ids just as the frame's own: the ids themselves are not kept in memory.
        asked = pl.DataFrame({"visitor_id": filters.visitors}).select(_VISITOR).to_series()
        passes &= pl.col("visitor").is_in(asked.implode())
    return passes


def _keys_of(snapshot: Snapshot, span: Span | None, customers: tuple[str, ...]) -> pl.Series:
    """Return the key of each session of these customers."""
    rows = _of_span(snapshot.scan("sessions"), span).filter(pl.col("customer_id").is_in(customers))
    key = pl.col("session_id").hash(_seed(snapshot, span))
    return rows.select(key.alias("key")).collect().to_series()


def _seed(snapshot: Snapshot, span: Span | None) -> int:
    """Return the seed that session ids of the span were hashed with."""
    everyone = _sessions(snapshot, span)
    return 0 if everyone.is_empty() else int(everyone["seed"][0])


def _chosen(filters: Filters) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted(filters.chosen.items()))
