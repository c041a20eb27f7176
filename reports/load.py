"""Read what reports need of a snapshot: once per period, in compact columns, kept in memory.

Everything below this module is a function of the frames it returns:

sessions frame, one row per session of the period: a visitor's together
    ``session`` (u32, its number here); ``row`` (u32, that in the store: those of one day in the
    order of time); ``visitor`` (u64, ascending, stands for visitor_id); ``date``;
    the text columns of :data:`SESSION_TEXTS` as categoricals; ``page_views``, ``logins``,
    ``conversions`` (i64), ``value`` (f64, 0 where none); ``is_new``, ``is_bounce``,
    ``is_engaged`` (never null: unknown counts as no); ``key`` (u64, stands for session_id: its
    hash by :func:`seed`).

page views frame, one row per page view of these sessions: a visitor's together, a session's too
    ``session`` as above, ascending; ``visitor`` (u32, ascending: this period's are numbered);
    ``path``, ``category``, ``product`` (categoricals); ``dwell_s`` (f64, null for a session's
    last page); ``conversions`` and ``value`` of the whole session.

Each column is read when it is first asked for and kept by itself: a report that names its columns
(:func:`reports.ask.ask`) takes the time and the memory of those.

visitor_id becomes its 64-bit hash: among a million browsers two share one with a chance of
1 in 37 million, and distinct counts are three times as fast. Session ids are checked.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports import attributes, compact, ordered, whole
from reports.cache import CACHE as CACHE  # noqa: PLC0414  names of this module, too
from reports.cache import key_of as key_of  # noqa: PLC0414
from reports.cache import visits_key
from reports.ordered import SESSION_TEXTS as SESSION_TEXTS  # noqa: PLC0414
from reports.ordered import seed as seed  # noqa: PLC0414
from reports.query import REGISTER_FILTERS, SESSION_FILTERS, VIEW_FILTERS, Filters, Span
from weblog.store import Snapshot

SESSION_COLUMNS: Final = ("session", *ordered.SESSION_COLUMNS)
"""Every column of the sessions frame."""

_BESIDE: Final = ("conversions", "value")
VIEW_COLUMNS: Final = (*ordered.VIEW_COLUMNS, *_BESIDE)
"""Every column of the page views frame."""


def sessions(
    snapshot: Snapshot,
    span: Span | None,
    filters: Filters,
    columns: Sequence[str] = SESSION_COLUMNS,
) -> pl.DataFrame:
    """Return ``columns`` of the sessions of ``span`` (None: no row) that pass ``filters``."""
    if not filters.chosen:
        return ordered.sessions(snapshot, span, columns)

    def read(names: list[str]) -> pl.DataFrame:
        some = passing(snapshot, span, filters).arg_true()
        return ordered.some_sessions(snapshot, span, names, some)

    return CACHE.columns(filtered_key(snapshot, span, filters), columns, read)


def page_views(
    snapshot: Snapshot, span: Span | None, filters: Filters, columns: Sequence[str] = VIEW_COLUMNS
) -> pl.DataFrame:
    """Return ``columns`` of the page views of the sessions of ``span`` that pass ``filters``."""
    beside = [name for name in _BESIDE if name in columns]
    names = list(dict.fromkeys(("session", *(name for name in columns if name not in _BESIDE))))
    if filters.chosen:
        views = _some_page_views(snapshot, span, filters, names)
    else:
        views = ordered.page_views(snapshot, span, names)
    if beside:
        # What they have of their sessions is not kept beside each.
        everyone = ordered.sessions(snapshot, span, beside)
        views = compact.with_sessions(views, everyone, beside)
    return views.select(columns)


def passing(snapshot: Snapshot, span: Span | None, filters: Filters) -> pl.Series:
    """Return for each session of ``span`` whether it passes ``filters``."""
    key = (*filtered_key(snapshot, span, filters), "mask")
    return CACHE.get(key, lambda: _masked(snapshot, span, filters)).to_series()


def filtered_key(snapshot: Snapshot, span: Span | None, filters: Filters) -> tuple[Hashable, ...]:
    """Identify which sessions of ``span`` pass ``filters``, and their page views."""
    key = (*visits_key(snapshot, span), _chosen(filters))
    if filters.chosen.keys() & REGISTER_FILTERS.keys():
        key += attributes.register_key(snapshot)
    return key


def _some_page_views(
    snapshot: Snapshot, span: Span | None, filters: Filters, columns: list[str]
) -> pl.DataFrame:
    kept = whole.of(snapshot)
    if kept is None:
        views = ordered.page_views(snapshot, span, columns)
        return views.filter(passing(snapshot, span, filters).gather(views["session"]))

    def found() -> pl.DataFrame:
        return kept.some_page_views(span, passing(snapshot, span, filters).arg_true())

    # Which they are is asked for by every report of a page.
    key = (*filtered_key(snapshot, span, filters), "page views")
    return kept.page_views_of(span, columns, CACHE.get(key, found))


def _chosen(filters: Filters) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted(filters.chosen.items()))


def data_days(snapshot: Snapshot) -> Span | None:
    """Return the first and the last day that have sessions; None if there is no session.

    Days ahead of their time (:func:`days_ahead`) do not count, unless there are no others: one
    server with a wrong clock would else move every report to years nobody has seen.
    """
    days = _days(snapshot)
    believable = days["day"].filter(~days["is_ahead"])
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


def _masked(snapshot: Snapshot, span: Span | None, filters: Filters) -> pl.DataFrame:
    chosen = filters.chosen
    passes = pl.lit(value=True)
    for field, column in SESSION_FILTERS.items():
        if field in chosen:
            passes &= pl.col(column).is_in(chosen[field])
    for field, column in VIEW_FILTERS.items():
        if field in chosen:
            views = ordered.page_views(snapshot, span, ["session", column])
            viewed = views.filter(pl.col(column).is_in(chosen[field]))["session"].unique()
            passes &= pl.col("session").is_in(viewed.implode())
    for field, attribute in REGISTER_FILTERS.items():
        if field in chosen:
            people = attributes.of_sessions(snapshot, span, attribute)
            keys = people.filter(pl.col("name").is_in(chosen[field]))["key"].unique()
            passes &= pl.col("key").is_in(keys.implode())
    if filters.customers:
        passes &= pl.col("key").is_in(_keys_of(snapshot, span, filters.customers).implode())
    if filters.visitors:
        # Made of the ids just as the frame's own: the ids themselves are not kept in memory.
        asked = pl.DataFrame({"visitor_id": filters.visitors}).select(ordered.VISITOR).to_series()
        passes &= pl.col("visitor").is_in(asked.implode())
    looked_at = dict.fromkeys(("session", *passes.meta.root_names()))
    everyone = ordered.sessions(snapshot, span, list(looked_at))
    return everyone.select(passes.alias("passes"))


def _keys_of(snapshot: Snapshot, span: Span | None, customers: tuple[str, ...]) -> pl.Series:
    """Return the key of each session of these customers."""
    rows = ordered.of_span(snapshot.scan("sessions"), span)
    key = pl.col("session_id").hash(seed(snapshot, span))
    chosen = rows.filter(pl.col("customer_id").is_in(customers))
    return chosen.select(key.alias("key")).collect().to_series()
