"""A small cache for frames: bounded in bytes, safe between threads, one load per key at a time.

Keys hold the versions of the tables a frame was read from, so nothing in it ever grows stale;
what is used least lately is dropped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Final

import polars as pl

from weblog.store import Snapshot


@dataclass(slots=True)
class FrameCache:
    """Frames by key, at most ``limit`` bytes of them (as polars estimates), the newest always."""

    limit: int
    _frames: OrderedDict[Hashable, tuple[pl.DataFrame, int]] = field(default_factory=OrderedDict)
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
                found = load()
                self._keep(key, found)
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
                loaded = load(missing) if missing else pl.DataFrame()
                for name in missing:
                    found[name] = loaded.select(name)
                    self._keep((*key, name), loaded.select(name))
        columns = [column for column in found.values() if column is not None]
        return pl.DataFrame([column.to_series() for column in columns])

    @contextmanager
    def _one_at_a_time(self, key: Hashable) -> Iterator[None]:
        with self._guard:
            lock = self._loading.setdefault(key, Lock())
        with lock:
            yield
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

    def _found(self, key: Hashable) -> pl.DataFrame | None:
        with self._guard:
            if key not in self._frames:
                return None
            self._frames.move_to_end(key)
            return self._frames[key][0]

    def _keep(self, key: Hashable, frame: pl.DataFrame) -> None:
        with self._guard:
            size = int(frame.estimated_size())
            self._held += size - self._frames.pop(key, (frame, 0))[1]
            self._frames[key] = (frame, size)
            while self._held > self.limit and len(self._frames) > 1:
                _, (_, gone) = self._frames.popitem(last=False)
                self._held -= gone


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
