"""How the sessions and page views of a whole store get into memory: :mod:`reports.whole`.

The first time they are read. A later state is the one before with what changed put in between:
both stand in the order of visitors and days, and what changes are the last days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from reports import portioned, whole_views
from reports.merging import Merged
from reports.portioned import PERSON, SESSION_COLUMNS, START
from reports.query import Span
from reports.whole import Whole, size_kept
from reports.whole_views import Views
from weblog.memory_limit import memory
from weblog.store import Snapshot

_SESSION_BYTES: Final = 136
_VIEW_BYTES: Final = 28
"""What a row takes, at most: some twenty columns of sessions, four of page views."""

SHARE: Final = 0.25
"""Part of the memory there is that may be taken; two states are kept while one is made."""

_HAD: Final = "row", "visitor", "key"
_AT_ONCE: Final = 4
"""Columns that are read together: between them a server can end."""


def made(
    snapshot: Snapshot,
    before: Whole | None = None,
    room: int | None = None,
    go_on: Callable[[], None] = lambda: None,
) -> Whole | None:
    """Return a state of a store as a whole; None if it has no session, or memory no room for it.

    Args:
        snapshot: the state.
        before: an earlier state; what has not changed since is taken from there.
        room: bytes of memory, of which a part may be taken by all that are kept but ``before``;
            by default those there are.
        go_on: called now and then; what it raises ends it.
    """
    state = _Listed.of(snapshot)
    largest = SHARE * (memory() if room is None else room) - size_kept(but=before)
    if not state.rows or state.size > largest:
        return None
    carried = _carried(before, state) if before is not None else None
    return carried or _read(state, go_on)


@dataclass(frozen=True, slots=True)
class _Listed:
    """What of a state is asked of its transaction logs; attributes as those of a `Whole`."""

    snapshot: Snapshot
    rows: Mapping[date, int]
    files: Mapping[date, tuple[str, ...]]

    @classmethod
    def of(cls, snapshot: Snapshot) -> _Listed:
        rows = {day: n for day, n in snapshot.rows_by_day("sessions").items() if n}
        found: dict[date, list[str]] = defaultdict(list)
        for table in ("sessions", "page_views"):
            for path in snapshot.files(table):
                day = date.fromisoformat(Path(path).parent.name.removeprefix("date="))
                found[day].append(path)
        return cls(snapshot, rows, {day: tuple(files) for day, files in found.items()})

    @property
    def size(self) -> int:
        views = sum(self.snapshot.rows_by_day("page_views").values())
        return sum(self.rows.values()) * _SESSION_BYTES + views * _VIEW_BYTES

    @property
    def days(self) -> Span:
        return min(self.rows), max(self.rows)

    def whole(self, seed: int, sessions: dict[str, pl.Series], views: Views) -> Whole:
        return Whole(self.snapshot, self.days, self.rows, self.files, seed, sessions, views)

    def changed_since(self, before: Whole) -> date | None:
        """Return the first day that is not as it was."""
        had, has = before.files, self.files
        days = (day for day in had.keys() | has.keys() if had.get(day) != has.get(day))
        return min(days, default=None)


def _read(state: _Listed, go_on: Callable[[], None]) -> Whole:
    go_on()
    snapshot, days = state.snapshot, state.days
    order = portioned.order_of(snapshot, days)
    seed, keys = portioned.told_apart(snapshot, days)
    sessions = {**order.to_dict(), "key": keys.gather(order["row"])}
    del keys
    values = [name for name in (*SESSION_COLUMNS, PERSON, START) if name not in _HAD]
    for some in range(0, len(values), _AT_ONCE):
        go_on()
        names = values[some : some + _AT_ONCE]
        sessions |= portioned.session_values(snapshot, days, names, order["row"])
    go_on()
    return state.whole(seed, sessions, whole_views.read(snapshot, days, sessions, seed))


def _carried(before: Whole, state: _Listed) -> Whole | None:
    """Return a state of which only the last days differ from the one before.

    None if much does, or two sessions are not told apart by the seed that did so before.
    """
    changed = state.changed_since(before) or state.days[1]
    kept = sum(rows for day, rows in before.rows.items() if day < changed)
    if 2 * kept < sum(before.rows.values()):
        return None
    end = (changed, max(state.days[1], changed))
    order = portioned.order_of(state.snapshot, end)
    keys = portioned.hashed(state.snapshot, end, before.seed).gather(order["row"])
    had = dict(before.session_columns)  # another thread may read one more meanwhile
    stays = (had["date"] < changed).arg_true()
    if keys.n_unique() < len(keys) or had["key"].gather(stays).is_in(keys.implode()).any():
        return None
    row = (order["row"] + kept).cast(pl.UInt32)
    new = {"row": row, "visitor": order["visitor"], "key": keys}
    values = [name for name in had if name not in new]
    new |= portioned.session_values(state.snapshot, end, values, order["row"])
    # A visitor's new sessions come after those there were: their days are later.
    merged = Merged.of(had["visitor"], stays, order["visitor"])
    sessions = {name: merged.put(had[name], new[name]) for name in had}
    sessions["visitor"] = sessions["visitor"].set_sorted()
    views = whole_views.read(state.snapshot, end, new, before.seed)
    placed = (stays, merged, len(had["visitor"]))
    return state.whole(before.seed, sessions, whole_views.carried(before.views, views, placed))
