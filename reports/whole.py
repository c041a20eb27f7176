"""The sessions and page views of a whole store in memory, carried over from state to state.

A large store that is written to while people read it (:mod:`dashboard.held`) would be read anew,
period by period, for each of its states: most of what a click costs. Kept whole, a period is
taken out of it: the same rows in the same order as if it were read (:mod:`reports.ordered`).
How it comes to be, and one state of another: :mod:`reports.whole_made`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Event, Lock
from typing import Final, Self

import polars as pl

from reports import portioned
from reports.cache import CACHE, visits_key
from reports.portioned import visitor_numbers
from reports.query import Span
from reports.whole_views import Views
from weblog.store import Snapshot


@dataclass(slots=True)
class Whole:
    """All of a store's sessions and page views, as :mod:`reports.ordered` returns those of a span.

    Attributes:
        snapshot: the state.
        days: first and last that has sessions.
        rows: how many sessions each day has.
        files: of each day, those of sessions and page views in the order the tables list them.
        seed: of the hash of session_id that is ``key``.
        session_columns: those that are in memory; ``row``, ``date``, ``visitor``, ``key``
            always are.
        views: of these sessions.
    """

    snapshot: Snapshot
    days: Span
    rows: Mapping[date, int]
    files: Mapping[date, tuple[str, ...]]
    seed: int
    session_columns: dict[str, pl.Series]
    views: Views
    _guard: Lock = field(default_factory=Lock)

    def sessions(
        self, span: Span | None, names: Sequence[str], order: pl.Series | None = None
    ) -> pl.DataFrame:
        """Return columns of the sessions of ``span``: ``session``, or of :mod:`reports.portioned`.

        ``order`` tells which of them stands where; as they are if None.
        """
        held = self._columns([name for name in names if name != "session"])
        every = self._picked(span)
        picked = every if order is None else every.gather(order)
        columns = {name: column.gather(picked) for name, column in held.items()}
        if "session" in names:
            number = pl.int_range(len(every), dtype=pl.UInt32, eager=True)
            columns["session"] = number if order is None else order
        if "row" in columns:
            before = sum(rows for day, rows in self.rows.items() if span and day < span[0])
            columns["row"] = (columns["row"] - before).cast(pl.UInt32)
        if "visitor" in columns and order is None:
            columns["visitor"] = columns["visitor"].set_sorted()
        return pl.DataFrame([columns[name].alias(name) for name in names])

    def among(self, span: Span | None, other: Span | None, some: pl.Series) -> pl.Series:
        """Return for each session of ``span`` whether it is of ``some`` of those of ``other``."""
        everyone = pl.repeat(False, len(self.session_columns["visitor"]), eager=True)
        everyone = everyone.scatter(self._picked(other).gather(some), True)
        return everyone.gather(self._picked(span))

    def page_views(self, span: Span | None, names: Sequence[str]) -> pl.DataFrame:
        """Return columns of the page views of ``span``."""
        rows = self._picked_views(span)
        session = self._sessions_of(span, rows) if {"session", "visitor"} & {*names} else None
        return self._views(span, names, rows, session)

    def page_views_of(
        self, span: Span | None, names: Sequence[str], found: pl.DataFrame
    ) -> pl.DataFrame:
        """Return columns of the page views that :meth:`some_page_views` of ``span`` found."""
        return self._views(span, names, found["at"], found["session"].set_sorted())

    def some_page_views(self, span: Span | None, some: pl.Series) -> pl.DataFrame:
        """Return those of ``some`` of the sessions of ``span``, as they stand.

        A frame of ``at``, where each stands, and ``session``.
        """
        rows, session = self._rows_of(span, some)
        found = pl.DataFrame([rows.alias("at"), session])
        is_page = self.views.is_page(rows)
        return found if is_page is None else found.filter(is_page)

    def _rows_of(self, span: Span | None, some: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Return page views and events of ``some`` of the sessions of ``span``; ``session``."""
        rows, which = self.views.of(self._picked(span).gather(some))
        return rows, some.gather(which).alias("session").set_sorted()

    def _views(
        self, span: Span | None, names: Sequence[str], rows: pl.Series, session: pl.Series | None
    ) -> pl.DataFrame:
        columns = {}
        if session is not None:
            columns["session"] = session
            if "visitor" in names:
                visitors = self.session_columns["visitor"].gather(self._picked(span))
                columns["visitor"] = visitor_numbers(visitors, session)
        for name in names:
            if name not in columns:
                columns[name] = self.views.value(name, rows)
        return pl.DataFrame([columns[name].alias(name) for name in names])

    def whats(self, span: Span | None) -> pl.DataFrame:
        """Return what was viewed or done in ``span``: as :meth:`Views.whats_of` does."""
        key = (*visits_key(self.snapshot, span), "whats held")
        return CACHE.get(key, lambda: self.views.whats_of(self._picked_steps(span)))

    def steps(self, span: Span | None, some: pl.Series | None = None) -> pl.DataFrame:
        """Return ``session``, ``at`` and ``what``, row of :meth:`whats`: see :mod:`reports.trail`.

        Page views and events, those of a session in the order of time, then log, then line; of
        ``some`` of the sessions of ``span``, as they stand.
        """
        if some is None:
            rows = self._picked_steps(span)
            session = self._sessions_of(span, rows)
        else:
            rows, session = self._rows_of(span, some)
        rows = self.views.in_time(rows)
        held = self.whats(span)["held"]
        number = pl.repeat(0, self.views.whats.height, dtype=pl.UInt32, eager=True)
        number = number.scatter(held, pl.int_range(len(held), dtype=pl.UInt32, eager=True))
        what = number.gather(self.views.value("what", rows)).alias("what")
        return pl.DataFrame([session, self.views.value("at", rows).alias("at"), what])

    @property
    def size(self) -> int:
        """Bytes, as polars estimates them."""
        sessions = sum(int(column.estimated_size()) for column in self.session_columns.values())
        return sessions + self.views.size

    def _picked(self, span: Span | None) -> pl.Series:
        """Return where the sessions of ``span`` stand."""

        def found() -> pl.DataFrame:
            dates = self.session_columns["date"]
            inside = dates.is_between(*span) if span else dates.is_null()
            return inside.arg_true().to_frame("picked")

        return CACHE.get((*visits_key(self.snapshot, span), "picked"), found).to_series()

    def _picked_views(self, span: Span | None) -> pl.Series:
        """Return where the page views of ``span`` stand."""

        def found() -> pl.DataFrame:
            return self.views.pages(self._picked_steps(span)).to_frame("picked")

        return CACHE.get((*visits_key(self.snapshot, span), "picked views"), found).to_series()

    def _picked_steps(self, span: Span | None) -> pl.Series:
        """Return where the page views and events of ``span`` stand."""

        def found() -> pl.DataFrame:
            return self.views.rows(self._picked(span)).to_frame("picked")

        return CACHE.get((*visits_key(self.snapshot, span), "picked steps"), found).to_series()

    def _sessions_of(self, span: Span | None, views: pl.Series) -> pl.Series:
        """Return which of the sessions of ``span``, as they stand, each of ``views`` is of."""
        picked = self._picked(span)
        numbers = pl.int_range(len(picked), dtype=pl.UInt32, eager=True)
        everyone = len(self.session_columns["visitor"])
        number = pl.repeat(0, everyone, dtype=pl.UInt32, eager=True).scatter(picked, numbers)
        session = number.gather(self.views.value("session", views))
        return session.set_sorted().alias("session")

    def _columns(self, names: Sequence[str]) -> dict[str, pl.Series]:
        """Return columns of all sessions, reading what is not there."""
        missing = [name for name in names if name not in self.session_columns]
        if missing:
            with self._guard:
                missing = [name for name in missing if name not in self.session_columns]
                row = self.session_columns["row"]
                self.session_columns |= portioned.session_values(
                    self.snapshot, self.days, missing, row
                )
        return {name: self.session_columns[name] for name in names}


_KEPT: Final[dict[Hashable, Whole]] = {}
_COMING: Final[dict[Hashable, Event]] = {}
_GUARD: Final = Lock()


class Coming:
    """A state whose whole is being made: those who ask for periods of it wait until then.

    Else each of them would read its own period of the same files, at the same time.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._key = visits_key(snapshot)
        self._event = Event()
        with _GUARD:
            _COMING[self._key] = self._event

    def keep(self, whole: Whole) -> None:
        """Take periods of the state out of it from now on."""
        with _GUARD:
            _KEPT[self._key] = whole

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let those who wait go on."""
        self.end()

    def end(self) -> None:
        """Let those who wait go on, whether it is kept or not."""
        with _GUARD:
            _COMING.pop(self._key, None)
        self._event.set()


def forget(whole: Whole) -> None:
    """Take periods of its state out of it no longer."""
    with _GUARD:
        for key in [key for key, kept in _KEPT.items() if kept is whole]:
            del _KEPT[key]


def size_kept(but: Whole | None = None) -> int:
    """Return the bytes of all that are kept, but for one."""
    with _GUARD:
        return sum(kept.size for kept in _KEPT.values() if kept is not but)


def of(snapshot: Snapshot) -> Whole | None:
    """Return the whole that is kept of a state, if there is one."""
    if not _KEPT and not _COMING:
        return None
    key = visits_key(snapshot)
    with _GUARD:
        event = _COMING.get(key)
    if event is not None:
        event.wait()
    with _GUARD:
        return _KEPT.get(key)
