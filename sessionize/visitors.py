"""The visitors of all days so far: who was seen, when first and last, in how many sessions.

Every visitor a run meets has a number for as long as it lasts, and what is known of one stands at
that place of an array. So a day costs what its own visitors cost, however many there were
before, and a visitor takes the bytes of an id and three numbers. Those of days before the run are
only looked at when they are met again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.column_types import TS

_NEVER: Final = np.iinfo(np.int64).max
_NOT_KNOWN: Final = np.iinfo(np.int64).min


class KnownVisitors:
    """Visitors by id; begins with none."""

    def __init__(self) -> None:
        self._dtype = pl.Categorical(pl.Categories.random())
        self._alive = pl.Series([], dtype=self._dtype)  # the ids live as long as a Series of them
        self._first = np.empty(0, dtype=np.int64)
        self._last = np.empty(0, dtype=np.int64)
        self._sessions = np.empty(0, dtype=np.int64)
        self._met = 0
        self._before: pl.DataFrame | None = None

    def remember(self, rows: pl.DataFrame) -> None:
        """Begin with these: rows as :meth:`add` takes them, and ordered by id."""
        self._before = rows

    def add(self, rows: pl.DataFrame) -> None:
        """Add ``visitor_id``, ``first_seen``, ``last_seen`` and ``sessions``, a row for each once.

        A null ``last_seen`` is one that is not known (:meth:`last_unknown`).
        """
        place = self._places(rows["visitor_id"])
        last = rows["last_seen"].dt.epoch("us").fill_null(_NOT_KNOWN).to_numpy()
        first = rows["first_seen"].dt.epoch("us").to_numpy()
        self._first[place] = np.minimum(self._first[place], first)
        self._last[place] = np.maximum(self._last[place], last)
        self._sessions[place] += rows["sessions"].to_numpy()

    def add_sessions(self, sessions: pl.DataFrame) -> None:
        """Add sessions: ``visitor_id``, ``start``, ``end``."""
        self.add(seen(sessions.lazy()).collect())

    def are_known(self, visitors: pl.Series) -> pl.Series:
        """Say of each of these ids whether a session was added of it."""
        places = self._places(visitors)  # makes room: before what it makes room in is looked at
        return pl.Series(self._sessions[places] > 0)

    def last_unknown(self) -> pl.Series:
        """Return the ids whose last session is not known."""
        met = self._ids(np.flatnonzero((self._sessions > 0) & (self._last == _NOT_KNOWN)))
        if self._before is None:
            return met
        return pl.concat([met, self._not_met().filter(pl.col("last_seen").is_null())["visitor_id"]])

    def table(self) -> pl.DataFrame:
        """Return ``visitor_id``, ``first_seen``, ``last_seen`` and ``sessions``, ordered by id."""
        there = np.flatnonzero(self._sessions > 0)
        times = {"first_seen": self._first[there], "last_seen": self._last[there]}
        met = pl.DataFrame(
            {
                "visitor_id": self._ids(there),
                **{name: pl.Series(values).cast(TS) for name, values in times.items()},
                "sessions": self._sessions[there],
            }
        ).sort("visitor_id")
        if self._before is None:
            return met
        return self._not_met().lazy().merge_sorted(met.lazy(), "visitor_id").collect()

    def _not_met(self) -> pl.DataFrame:
        if self._before is None:
            raise ValueError("nothing is remembered")
        met = self._ids(np.arange(self._met)).to_frame("visitor_id")
        return self._before.join(met, on="visitor_id", how="anti", maintain_order="left")

    def _ids(self, places: NDArray[np.int64]) -> pl.Series:
        return pl.Series(places, dtype=pl.UInt32).cat.to(self._dtype).cast(pl.String)

    def _places(self, visitors: pl.Series) -> NDArray[np.uint32]:
        """Return the place of each id; make room for those not met before, and look them up."""
        places: NDArray[np.uint32] = visitors.cast(self._dtype).to_physical().to_numpy()
        self._make_room(int(places.max()) + 1 if places.size else 0)
        return places

    def _make_room(self, wanted: int) -> None:
        if wanted > self._sessions.size:
            more = max(wanted, 2 * self._sessions.size) - self._sessions.size
            self._first = np.concatenate([self._first, np.full(more, _NEVER)])
            self._last = np.concatenate([self._last, np.full(more, _NOT_KNOWN)])
            self._sessions = np.concatenate([self._sessions, np.zeros(more, dtype=np.int64)])
        new = np.arange(self._met, wanted)
        self._met = max(self._met, wanted)
        if self._before is not None and new.size:
            ids = self._ids(new).to_frame("visitor_id")
            self.add(self._before.join(ids, on="visitor_id", how="semi"))


def seen(sessions: pl.LazyFrame) -> pl.LazyFrame:
    """Return what sessions say of their visitors, as :meth:`KnownVisitors.add` takes it."""
    return sessions.group_by("visitor_id").agg(
        pl.col("start").min().alias("first_seen"),
        pl.col("end").max().alias("last_seen"),
        pl.len().cast(pl.Int64).alias("sessions"),
    )
