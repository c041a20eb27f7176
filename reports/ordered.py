"""Sessions and page views column by column: read when first asked for, and kept.

Both stand in the order of visitors, and a visitor's in that of days; page views of one session
together: telling apart the visitors, or the sessions, who did something is then looking at
neighbours (:mod:`reports.runs`) and not a table of all of them.

Where the whole store is kept in memory (:mod:`reports.whole`), a period is taken out of that.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import polars as pl

from reports import portioned, whole
from reports.cache import CACHE, key_of, visits_key
from reports.portioned import SESSION_COLUMNS as SESSION_COLUMNS  # noqa: PLC0414  of here, too
from reports.portioned import SESSION_TEXTS as SESSION_TEXTS  # noqa: PLC0414
from reports.portioned import TIMED as TIMED  # noqa: PLC0414
from reports.portioned import VIEW_COLUMNS as VIEW_COLUMNS  # noqa: PLC0414
from reports.portioned import VISITOR as VISITOR  # noqa: PLC0414
from reports.portioned import of_span as of_span  # noqa: PLC0414
from reports.portioned import portions as portions  # noqa: PLC0414
from reports.query import Span
from weblog.store import Snapshot


def sessions(snapshot: Snapshot, span: Span | None, columns: Sequence[str]) -> pl.DataFrame:
    """Return ``columns`` of all sessions of ``span`` (see :func:`reports.load.sessions`)."""
    key = (*key_of(snapshot, "sessions", span), "columns")
    return CACHE.columns(key, columns, lambda names: _read_sessions(snapshot, span, names))


def page_views(snapshot: Snapshot, span: Span | None, columns: Sequence[str]) -> pl.DataFrame:
    """Return ``columns`` of all page views of ``span`` (see :func:`reports.load.page_views`)."""
    key = (*visits_key(snapshot, span), "columns")
    return CACHE.columns(key, columns, lambda names: _read_views(snapshot, span, names))


def some_sessions(
    snapshot: Snapshot, span: Span | None, columns: Sequence[str], some: pl.Series
) -> pl.DataFrame:
    """Return ``columns`` of those sessions of ``span`` that stand at ``some`` (u32, ascending).

    Where the whole store is in memory, the others' are not taken out of it for that.
    """
    key = (*key_of(snapshot, "sessions", span), "columns")
    told = _taken(snapshot, span, [name for name in columns if (*key, name) not in CACHE], some)
    left = [name for name in columns if name not in told]
    told |= sessions(snapshot, span, left).select(pl.all().gather(some)).to_dict()
    told |= {name: told[name].set_sorted() for name in ("session", "visitor") if name in told}
    return pl.DataFrame([told[name] for name in columns])


def seed(snapshot: Snapshot, span: Span | None) -> int:
    """Return the seed of the hash of session_id that stands as ``key`` in the sessions frame."""

    def read() -> pl.DataFrame:
        kept = whole.of(snapshot)
        return _as_frame(kept.seed if kept else portioned.told_apart(snapshot, span)[0])

    return int(CACHE.get(_seed_key(snapshot, span), read).item())


def numbered(snapshot: Snapshot, span: Span | None) -> Iterator[tuple[Span, pl.DataFrame]]:
    """Yield first and last day of a portion, and ``key`` and ``session`` of the sessions in it."""
    told = sessions(snapshot, span, ["session", "key", "date"])
    return portioned.numbered(snapshot, span, told)


def _seed_key(snapshot: Snapshot, span: Span | None) -> tuple[Hashable, ...]:
    return (*key_of(snapshot, "sessions", span), "seed")


def _as_frame(seed: int) -> pl.DataFrame:
    return pl.DataFrame({"seed": seed})


def _keys(snapshot: Snapshot, span: Span | None) -> pl.Series:
    """Return the hash of each session_id, as they are read; ids are read once for the seed, too."""
    found: list[pl.Series] = []

    def read() -> pl.DataFrame:
        told, keys = portioned.told_apart(snapshot, span)
        found.append(keys)
        return _as_frame(told)

    told = CACHE.get(_seed_key(snapshot, span), read)
    return found[0] if found else portioned.hashed(snapshot, span, int(told.item()))


def _order(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``row``: which session, as they are read, stands where; and its ``visitor``."""
    key = (*key_of(snapshot, "sessions", span), "order")
    return CACHE.get(key, lambda: portioned.order_of(snapshot, span))


def _read_sessions(snapshot: Snapshot, span: Span | None, names: list[str]) -> pl.DataFrame:
    columns = _taken(snapshot, span, names)
    left = [name for name in names if name not in columns]
    if left:
        placed = _order(snapshot, span)
        columns |= placed.to_dict()
        if "session" in left:
            number = pl.int_range(placed.height, dtype=pl.UInt32, eager=True)
            columns["session"] = number.alias("session")
        if "key" in left:
            columns["key"] = _keys(snapshot, span).gather(placed["row"])
        others = [name for name in left if name not in columns]
        if others:
            columns |= portioned.session_values(snapshot, span, others, placed["row"])
    return pl.DataFrame([columns[name] for name in names])


def _taken(
    snapshot: Snapshot, span: Span | None, names: list[str], some: pl.Series | None = None
) -> dict[str, pl.Series]:
    """Return those of the columns that the whole store in memory has, if it is there."""
    kept = whole.of(snapshot)
    if kept is None:
        return {}
    if "key" in names and kept.seed != seed(snapshot, span):
        names = [name for name in names if name != "key"]
    return kept.sessions(span, names, some).to_dict() if names else {}


def _places(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``session``, ``visitor`` and ``row``: which page view, as they are read, stands where.

    Visitors are numbered in the order they stand in. Page views of no session are left out.
    """

    def read() -> pl.DataFrame:
        visitors = _order(snapshot, span)["visitor"]
        parts = numbered(snapshot, span)
        return portioned.places_of(snapshot, parts, seed(snapshot, span), visitors)

    return CACHE.get((*visits_key(snapshot, span), "places"), read)


def _read_views(snapshot: Snapshot, span: Span | None, names: list[str]) -> pl.DataFrame:
    kept = whole.of(snapshot)
    if kept:
        return kept.page_views(span, names)
    places = _places(snapshot, span)
    columns: dict[str, pl.Series] = {name: places[name] for name in places.columns}
    others = [name for name in names if name not in columns]
    columns |= portioned.view_values(snapshot, span, others, places["row"])
    return pl.DataFrame([columns[name] for name in names])
