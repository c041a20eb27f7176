"""A small cache for frames: bounded in bytes, safe between threads, one load per key at a time.

Keys hold the versions of the tables a frame was read from, so nothing in it ever grows stale. What
was not used for long is dropped, and what is soon made again before what took long: a column taken
out of a store that is in memory comes back in a twentieth of a second, and what is known of all
customers, a hundredth of its size, in half of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Final

import polars as pl

from weblog.store import Snapshot

DEAR_S: Final = 60.0
"""A frame is kept for so much longer for each second that a gigabyte like it took to make."""

DEAREST_S: Final = 1800.0
"""But for no longer than this: states of a store come and go, and with them what is asked of it."""


@dataclass(slots=True)
class _Kept:
    """A frame, its bytes, for how much longer than others it is kept, and when it was used last."""

    frame: pl.DataFrame
    size: int
    dear_s: float
    used: float

    @property
    def worth(self) -> float:
        return self.used + self.dear_s


@dataclass(slots=True)
class FrameCache:
    """Frames by key, at most ``limit`` bytes of them (as polars estimates), the newest always.

    Attributes:
        limit: bytes.
        clock: seconds.
    """

    limit: int
    clock: Callable[[], float] = time.monotonic
    _frames: dict[Hashable, _Kept] = field(default_factory=dict)
    _loading: dict[Hashable, Lock] = field(default_factory=dict)
    _guard: RLock = field(default_factory=RLock)
    _held: int = 0

    def get(self, key: Hashable, load: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Return the frame under ``key``, made by ``load`` if it is not there.

        Two threads that miss the same key wait for one load; other keys do not wait.
        """
        found = self._found(key)
        if found is not None:
            return found
        with self._one_at_a_time(key):
            found = self._found(key)
            if found is None:
                begun = self.clock()
                found = load()
                self._keep(key, found, self.clock() - begun)
        return found

    def columns(
        self,
        key: tuple[Hashable, ...],
        names: Sequence[str],
        load: Callable[[list[str]], pl.DataFrame],
    ) -> pl.DataFrame:
        """Return a frame of these columns, each kept by itself; those not there, by ``load``.

        What ``load`` returns must have the same rows in the same order at each call.
        """
        found = {name: self._found((*key, name)) for name in names}
        if any(column is None for column in found.values()):
            with self._one_at_a_time(key):
                found = {name: self._found((*key, name)) for name in names}
                missing = [name for name, column in found.items() if column is None]
                begun = self.clock()
                loaded = load(missing) if missing else pl.DataFrame()
                took = (self.clock() - begun) / max(len(missing), 1)
                for name in missing:
                    found[name] = loaded.select(name)
                    self._keep((*key, name), loaded.select(name), took)
        columns = [column for column in found.values() if column is not None]
        return pl.DataFrame([column.to_series() for column in columns])

    @contextmanager
    def _one_at_a_time(self, key: Hashable) -> Iterator[None]:
        with self._guard:
            lock = self._loading.setdefault(key, Lock())
        try:
            with lock:
                yield
        finally:
            with self._guard:
                self._loading.pop(key, None)

    def clear(self) -> None:
        """Forget every frame."""
        with self._guard:
            self._frames.clear()
            self._held = 0

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def size(self) -> int:
        """Bytes held, as polars estimates them."""
        return self._held

    def __contains__(self, key: Hashable) -> bool:
        """Say whether there is a frame under ``key``; asking does not count as use."""
        return key in self._frames

    def _found(self, key: Hashable) -> pl.DataFrame | None:
        with self._guard:
            kept = self._frames.get(key)
            if kept is None:
                return None
            kept.used = self.clock()
            return kept.frame

    def _keep(self, key: Hashable, frame: pl.DataFrame, took: float) -> None:
        size = int(frame.estimated_size())
        dear_s = min(DEAR_S * took * (1 << 30) / max(size, 1), DEAREST_S)
        with self._guard:
            before = self._frames.pop(key, None)
            self._held += size - (before.size if before else 0)
            self._frames[key] = _Kept(frame, size, dear_s, self.clock())
            if self._held > self.limit:
                self._drop(but=key)

    def _drop(self, but: Hashable) -> None:
        for key in sorted(self._frames, key=lambda each: self._frames[each].worth):
            if self._held <= self.limit:
                return
            if key != but:
                self._held -= self._frames.pop(key).size


CACHE: Final = FrameCache(limit=7 << 28)
"""Frames of recently asked periods, in this process: room for ten million sessions and their page
views beside each other (1.75 GiB), which would else push each other out at every question."""


def key_of(snapshot: Snapshot, table: str, *more: Hashable) -> tuple[Hashable, ...]:
    """Identify a table's content.

    A store made anew in the same folder has another table id; a copy of a store has the same and
    lies elsewhere.
    """
    return (str(snapshot.folder), *snapshot.identity(table), table, *more)


def visits_key(snapshot: Snapshot, *more: Hashable) -> tuple[Hashable, ...]:
    """Identify the content of sessions and page views together."""
    return (*key_of(snapshot, "sessions", *more), *key_of(snapshot, "page_views"))
