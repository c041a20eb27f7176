"""How the sessions and page views of a whole store get into memory: :mod:`reports.whole`.

The first time they are read. A later state is the one before with what changed put in between:
both stand in the order of visitors and days, and what changes are the last days.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from reports import portioned
from reports.portioned import SESSION_COLUMNS, VIEW_COLUMNS
from reports.query import Span
from reports.whole import Whole
from weblog.store import Snapshot

_SESSION_BYTES: Final = 120
_VIEW_BYTES: Final = 28
"""What a row takes, at most: some twenty columns of sessions, six of page views."""

SHARE: Final = 0.25
"""Part of the machine's memory that may be taken; two states are kept while one is made."""

_HAD: Final = "row", "visitor", "key"
_AT_ONCE: Final = 4
"""Columns that are read together: between them a server can end."""


def made(
    snapshot: Snapshot, before: Whole | None = None, go_on: Callable[[], None] = lambda: None
) -> Whole | None:
    """Return a state of a store as a whole; None if it has no session, or memory no room for it.

    Args:
        snapshot: the state.
        before: an earlier state; what has not changed since is taken from there.
        go_on: called now and then; what it raises ends it.
    """
    days = sorted(day for day, rows in snapshot.rows_by_day("sessions").items() if rows)
    if not days or not _has_room(snapshot):
        return None
    span, files = (days[0], days[-1]), _files(snapshot)
    if before is not None:
        changed = min(_changed(before.files, files), default=None)
        rows = before.snapshot.rows_by_day("sessions")
        kept = sum(rows[day] for day in rows if changed is None or day < changed)
        if 2 * kept > sum(rows.values()):
            carried = _carried(before, snapshot, span, files, changed or span[1])
            if carried is not None:
                return carried
    return _read(snapshot, span, files, go_on)


def memory() -> int:
    """Return the bytes of memory this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _has_room(snapshot: Snapshot) -> bool:
    sessions, views = (
        sum(snapshot.rows_by_day(name).values()) for name in ("sessions", "page_views")
    )
    return sessions * _SESSION_BYTES + views * _VIEW_BYTES < SHARE * memory()


def _files(snapshot: Snapshot) -> dict[date, tuple[str, ...]]:
    found: dict[date, list[str]] = defaultdict(list)
    for table in ("sessions", "page_views"):
        for path in snapshot.files(table):
            found[date.fromisoformat(Path(path).parent.name.removeprefix("date="))].append(path)
    return {day: tuple(files) for day, files in found.items()}


def _changed(
    before: Mapping[date, tuple[str, ...]], now: Mapping[date, tuple[str, ...]]
) -> list[date]:
    return [day for day in before.keys() | now.keys() if before.get(day) != now.get(day)]


def _read(
    snapshot: Snapshot, span: Span, files: Mapping[date, tuple[str, ...]], go_on: Callable[[], None]
) -> Whole:
    go_on()
    order = portioned.order_of(snapshot, span)
    seed, keys = portioned.told_apart(snapshot, span)
    sessions = {**order.to_dict(), "key": keys.gather(order["row"])}
    del keys
    values = [name for name in SESSION_COLUMNS if name not in _HAD]
    for some in range(0, len(values), _AT_ONCE):
        go_on()
        names = values[some : some + _AT_ONCE]
        sessions |= portioned.session_values(snapshot, span, names, order["row"])
    go_on()
    views = _views_read(snapshot, span, sessions, seed)
    return Whole(snapshot, span, files, seed, sessions, views)


def _views_read(
    snapshot: Snapshot, span: Span, sessions: Mapping[str, pl.Series], seed: int
) -> dict[str, pl.Series]:
    told = pl.DataFrame([sessions["key"], sessions["date"]])
    told = told.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("session"))
    parts = portioned.numbered(snapshot, span, told)
    places = portioned.places_of(snapshot, parts, seed, sessions["visitor"])
    values = [name for name in VIEW_COLUMNS if name not in places.columns]
    columns = portioned.view_values(snapshot, span, values, places["row"])
    return {"session": places["session"], **columns}


def _carried(
    before: Whole,
    snapshot: Snapshot,
    span: Span,
    files: Mapping[date, tuple[str, ...]],
    changed: date,
) -> Whole | None:
    """Return the state after one of which only the days from ``changed`` on differ.

    None if two sessions are not told apart by the seed that did so before.
    """
    end = (changed, max(span[1], changed))
    order = portioned.order_of(snapshot, end)
    keys = portioned.hashed(snapshot, end, before.seed).gather(order["row"])
    had = dict(before.session_columns)  # another thread may read one more meanwhile
    stays = (had["date"] < changed).arg_true()
    if keys.n_unique() < len(keys) or had["key"].gather(stays).is_in(keys.implode()).any():
        return None
    rows = snapshot.rows_by_day("sessions")
    earlier = sum(rows[day] for day in rows if day < changed)
    new = {
        "row": (order["row"] + earlier).cast(pl.UInt32),
        "visitor": order["visitor"],
        "key": keys,
    }
    values = [name for name in had if name not in new]
    new |= portioned.session_values(snapshot, end, values, order["row"])
    # A visitor's new sessions come after those there were: their days are later.
    merged = _Merged.of(had["visitor"], stays, order["visitor"])
    sessions = {name: merged.put(had[name], new[name]) for name in had}
    sessions["visitor"] = sessions["visitor"].set_sorted()
    views = _carried_views(before, snapshot, end, (stays, merged), new)
    return Whole(snapshot, span, files, before.seed, sessions, views)


def _carried_views(
    before: Whole,
    snapshot: Snapshot,
    end: Span,
    placed: tuple[pl.Series, _Merged],
    new_sessions: Mapping[str, pl.Series],
) -> dict[str, pl.Series]:
    stays, merged = placed
    had = before.view_columns
    new = _views_read(snapshot, end, new_sessions, before.seed)
    number = pl.repeat(0, len(before.session_columns["visitor"]), dtype=pl.UInt32, eager=True)
    number = number.scatter(stays, merged.of_old)
    everyone = pl.repeat(False, len(number), eager=True)
    stay = everyone.scatter(stays, True).gather(had["session"]).arg_true()
    # By the numbers sessions have now; none has page views of both.
    old_session, new_session = number.gather(had["session"]), merged.of_new.gather(new["session"])
    views = _Merged.of(old_session, stay, new_session)
    columns = {name: views.put(had[name], new[name]) for name in had if name != "session"}
    return {"session": views.put(old_session, new_session).set_sorted(), **columns}


@dataclass(frozen=True, slots=True)
class _Merged:
    """Two ascending columns put into one another.

    Attributes:
        taken: which row of both, one after the other, stands where.
        of_old: where those that stay stand now (u32).
        of_new: where the others stand now (u32).
    """

    taken: pl.Series
    of_old: pl.Series
    of_new: pl.Series

    @classmethod
    def of(cls, old: pl.Series, stays: pl.Series, new: pl.Series) -> _Merged:
        """Merge ``new`` with those of ``old`` that stay; behind those that are equal."""
        mine, others = old.gather(stays).to_numpy(), new.to_numpy()
        place = np.searchsorted(mine, others, side="right") + np.arange(len(others))
        taken = np.empty(len(mine) + len(others), dtype=np.uint32)
        is_old = np.ones(len(taken), dtype=bool)
        is_old[place] = False
        taken[place] = np.arange(len(old), len(old) + len(others), dtype=np.uint32)
        taken[is_old] = stays.to_numpy()
        of_old = np.flatnonzero(is_old).astype(np.uint32)
        return cls(pl.Series(taken), pl.Series(of_old), pl.Series(place.astype(np.uint32)))

    def put(self, old: pl.Series, new: pl.Series) -> pl.Series:
        """Return a column of both."""
        return pl.concat([old, new], rechunk=True).gather(self.taken)
