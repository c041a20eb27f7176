"""How a state of a large store is read before people see it: kept whole, then asked.

One thread at a time does it for a store. It begins with the whole of the state, for which whoever
asks meanwhile waits (:mod:`reports.whole`); then it asks what readers will ask, and makes way for
those who ask already (:mod:`dashboard.at_work`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from dashboard.at_work import Ended, beforehand
from reports import whole
from reports.cache import CACHE
from reports.whole_made import made
from weblog.errors import StoreError
from weblog.memory_limit import memory
from weblog.panics import is_failure
from weblog.store import Snapshot, Store

LOG = logging.getLogger("dashboard")

OF_WHOLE: Final = 3
OF_MEMORY: Final = 1 / 6
"""What periods of a whole may take in memory: so many times what it takes itself, and this part of
a process's share of what there is."""

LEAST_ROOM: Final = 1 << 29
"""What they may take, however small it is."""

Ask = Callable[[Store], object]
"""A question that a page asks of the store it is given."""


@dataclass(frozen=True, slots=True)
class Pinned(Store):
    """A store that is seen in one state only."""

    read: Snapshot

    def snapshot(self) -> Snapshot:
        """Return that state."""
        return self.read


@dataclass(slots=True)
class Beforehand:
    """Reads states of a store, one after the other.

    Attributes:
        folder: of the store.
        processes: that serve it, and share the memory there is.
        clock: seconds since 1970.
        thread: the one that reads; None while none does.
        is_ended: whether the server ends.
    """

    folder: Path
    processes: int = 1
    clock: Callable[[], float] = time.time
    thread: Thread | None = None
    is_ended: bool = False
    _whole: whole.Whole | None = None

    def begin(
        self,
        snapshot: Snapshot,
        questions: Callable[[], Sequence[Ask]],
        seconds: float,
        done: Callable[[], None],
    ) -> bool:
        """Read a state in a thread of its own; say whether one could be had.

        Args:
            snapshot: the state.
            questions: what is asked of it, in this order; looked up in that thread.
            seconds: for how long no further one is begun, at most.
            done: called when nothing further is asked, whatever happened; it takes ``thread`` back.
        """
        coming = _announced(snapshot)
        told = (snapshot, coming, questions, seconds, done)
        thread = Thread(target=self._read, args=told, name="next state")
        try:
            thread.start()
        except RuntimeError:  # the machine gives no thread: it is read by whoever asks
            LOG.exception("the next state could not be read beforehand")
            if coming is not None:
                coming.end()
            return False
        self.thread = thread
        return True

    def forget(self) -> None:
        """Keep no state whole any more."""
        if self._whole is not None:
            whole.forget(self._whole)
            room_for(self.folder, None)
            self._whole = None

    def end(self) -> None:
        """End the thread: Python must not end under one that is inside polars."""
        self.is_ended = True
        thread = self.thread
        if thread is not None:
            thread.join()
        self.forget()

    def _read(
        self,
        snapshot: Snapshot,
        coming: whole.Coming | None,
        questions: Callable[[], Sequence[Ask]],
        seconds: float,
        done: Callable[[], None],
    ) -> None:
        before = self._whole
        try:
            if coming is not None:
                with coming:
                    self._keep_whole(snapshot, coming)
            self._ask_all(questions(), snapshot, self.clock() + seconds)
        except (KeyboardInterrupt, Ended):  # polars raises it in whatever thread is at work in it
            return
        finally:
            done()
            if before is not None and before is not self._whole:
                whole.forget(before)

    def _ask_all(self, questions: Sequence[Ask], snapshot: Snapshot, until: float) -> None:
        begun, count = self.clock(), 0
        for ask in questions:
            if self.is_ended or self.clock() > until:
                break
            self._ask(ask, snapshot)
            count += 1
        took = self.clock() - begun
        LOG.info("asked %d of %d questions beforehand in %.1f s", count, len(questions), took)

    def _ask(self, ask: Ask, snapshot: Snapshot) -> None:
        """Ask a question; one that cannot be answered is no error: nobody waits for it."""
        try:
            with beforehand(lambda: self.is_ended):
                ask(Pinned(self.folder, snapshot))
        except BaseException as error:
            if not is_failure(error):
                raise
            LOG.info("not answered beforehand: %s", type(error).__name__)

    def _keep_whole(self, snapshot: Snapshot, coming: whole.Coming) -> None:
        room = memory() // self.processes
        before, self._whole = self._whole, None
        try:
            self._whole = found = made(snapshot, before, room, self._check)
        except BaseException as error:  # who asks it of the state that is shown is told of it
            if not is_failure(error):
                raise
            LOG.exception("the next state could not be read beforehand")
            return
        if found is None:
            room_for(self.folder, None)
        else:
            coming.keep(found)
            room_for(self.folder, min(int(OF_MEMORY * room), OF_WHOLE * found.size))

    def _check(self) -> None:
        if self.is_ended:
            raise Ended


_ROOM: Final[dict[Path, int]] = {}
_GUARD: Final = Lock()
_LIMIT: Final = CACHE.limit


def room_for(store: Path, periods: int | None) -> None:
    """Let periods of a store take so many bytes of memory; None: of one that is not kept whole.

    As much as is worth keeping, for they are soon taken out of the whole again; where a store is
    read from files, as much as any store may.
    """
    with _GUARD:
        if periods is None:
            _ROOM.pop(store, None)
        else:
            _ROOM[store] = periods
        CACHE.limit = max(LEAST_ROOM, sum(_ROOM.values())) if _ROOM else _LIMIT


def _announced(snapshot: Snapshot) -> whole.Coming | None:
    """From now on whoever asks for that state waits for it; None if it is kept already."""
    try:
        return None if whole.of(snapshot) else whole.Coming(snapshot)
    except StoreError:  # who asks for the table that cannot be opened is told of it
        return None
