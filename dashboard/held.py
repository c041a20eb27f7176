"""What pages show of a store that is written to while people read: one state, held for a while.

Where ``weblog ingest --follow`` publishes every few seconds, each state would be read anew for
each click: seconds of work at ten million sessions, and figures that differ between two cards of a
page. So a state is held, the longer the dearer it is to read; small stores are shown as they are.
Processes of one server hold the same state, else a reader would go back and forth between two.
What is held is kept whole in memory where that has the room (:mod:`reports.whole`).
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from reports import whole
from reports.cache import CACHE
from reports.load import days_with_sessions
from reports.whole_made import made
from weblog.errors import StoreError
from weblog.memory_limit import memory
from weblog.store import Snapshot, Store
from weblog.store.layout import one_by_one

LOG = logging.getLogger("dashboard")

SESSIONS_A_SECOND: Final = 30_000
"""A state of so many sessions is held for a second. They are read in a twentieth of that time
(docs/benchmarks.md), so that a server that is asked all day reads anew for a twentieth of it."""

AT_ONCE_S: Final = 5.0
"""A state that would be held for less is not: what is new appears at once."""

LONGEST_S: Final = 400.0
"""No state is held for longer, nor shown for twice as long: `weblog compact` keeps its files for
900 s."""

READING: Final = 0.5
"""Part of the time a state is held for that is spent on questions to it beforehand, at most."""

MOST_ASKED: Final = 240
"""Questions that are asked of the next state, at most: the last ones."""

OF_WHOLE: Final = 3
OF_MEMORY: Final = 1 / 6
"""What periods of a whole may take in memory: so many times what it takes itself, and this part of
a process's share of what there is."""

BY_ONE_S: Final = 100.0
"""A store of which a state is held for so long, one of three million sessions, is served by one
process."""

WRITTEN_BY_INGESTION: Final = frozenset(
    {
        "hits", "rejects", "ledger", "sources", "objects",
        "sessions", "page_views", "robots", "places", "visitors",
    }
)  # fmt: skip
"""Tables that a follower writes. What else is written (registers, lists, what was erased) is seen
at once: somebody has just done it."""


Ask = Callable[[Store], object]
"""A question that a page asks of the store it is given."""


class Ended(Exception):  # noqa: N818  nothing went wrong
    """The server ends."""


@dataclass(frozen=True, slots=True)
class _State:
    """A state of the store, and until when (seconds since 1970) it is shown."""

    snapshot: Snapshot
    until: float


@dataclass(slots=True)
class Held:
    """The state of a store that is shown now.

    When its time is over, what was asked of it last is asked of the newest one, in a thread of
    its own, and only then is that one shown: readers go on meanwhile, and find it read.

    Attributes:
        store: whose.
        file: where processes of one server tell each other; None where there is but one.
        processes: how many they are.
        clock: seconds since 1970.
    """

    store: Store
    file: Path | None = None
    clock: Callable[[], float] = time.time
    processes: int = 1
    _shown: _State | None = None
    _asked: OrderedDict[Hashable, Ask] = field(default_factory=OrderedDict)
    _guard: Lock = field(default_factory=Lock)
    _reading: Thread | None = None
    _whole: whole.Whole | None = None
    _is_ended: bool = False

    def snapshot(self) -> Snapshot:
        """Return the state to show: that held, or the newest if its time is over."""
        newest = self.store.snapshot()
        with self._guard:
            shown = self._shown
            if shown is None or not self._fits(shown, newest):
                shown = self._shown = self._next(newest)
                self._read_beside(shown, shown)
            elif self._reading is None and not self._stays(shown, newest):
                shown = self._shown = self._gone_on(shown, newest)
            seen = shown.snapshot
        # Opened by whoever reads it: so that a store made anew, or damaged, is told of.
        return Snapshot(seen.folder, seen.versions, seen.opens)

    def asked(self, what: Hashable, ask: Ask) -> None:
        """Note a question, to be asked of the next state before it is shown."""
        with self._guard:
            self._asked[what] = ask
            self._asked.move_to_end(what)
            while len(self._asked) > MOST_ASKED:
                self._asked.popitem(last=False)

    def end(self) -> None:
        """End the thread: Python must not end under one that is inside polars."""
        self._is_ended = True
        thread = self._reading
        if thread is not None:
            thread.join()
        self._forget()

    def _gone_on(self, shown: _State, newest: Snapshot) -> _State:
        """Return what to show while the next state is read; that one if nobody asked anything."""
        following = self._next(newest)
        before = shown if self._asked else following
        return before if self._read_beside(before, following) else following

    def _read_beside(self, shown: _State, following: _State) -> bool:
        """Read a state that is dear to read, while ``shown`` is shown; say whether it is."""
        if self._reading is not None:
            return False
        if not hold_s(_sessions(following.snapshot)):
            self._forget()
            return False
        last = list(reversed(self._asked.values())) if shown is not following else []
        coming = _announced(following.snapshot)
        told = (shown, following, coming, last)
        thread = Thread(target=self._read, args=told, name="next state")
        try:
            thread.start()
        except RuntimeError:  # the machine gives no thread: it is read by whoever asks
            LOG.exception("the next state could not be read beforehand")
            if coming is not None:
                coming.end()
            return False
        if last:
            self._asked.clear()
        self._reading = thread  # it waits for our guard before it takes that back
        return True

    def _read(
        self,
        shown: _State,
        following: _State,
        coming: whole.Coming | None,
        questions: list[Ask],
    ) -> None:
        before = self._whole
        try:
            if coming is not None:
                with coming:
                    self._keep_whole(following.snapshot, coming)
            until = self.clock() + READING * hold_s(_sessions(following.snapshot))
            for ask in questions:
                if self._is_ended or self.clock() > until:
                    break
                ask(_Pinned(self.store.folder, following.snapshot))
        except (KeyboardInterrupt, Ended):  # polars raises it in whatever thread is at work in it
            return
        except Exception:  # who asks it of the state that is shown is told of it
            LOG.exception("the next state could not be read beforehand")
        finally:
            with self._guard:
                self._reading = None
                if self._shown is shown:
                    self._shown = following
                elif self._shown not in (None, following) and not self._is_ended:
                    self._read_beside(self._shown, self._shown)  # shown at once, for some reason
            if before is not None and before is not self._whole:
                whole.forget(before)

    def _keep_whole(self, snapshot: Snapshot, coming: whole.Coming) -> None:
        room = memory() // self.processes
        self._whole = found = made(snapshot, self._whole, room, self._check)
        if found is not None:
            coming.keep(found)
            # Periods taken out of it would else be pushed out of memory at every question.
            CACHE.limit = max(CACHE.limit, min(int(OF_MEMORY * room), OF_WHOLE * found.size))

    def _forget(self) -> None:
        if self._whole is not None:
            whole.forget(self._whole)
            self._whole = None

    def _check(self) -> None:
        if self._is_ended:
            raise Ended

    def _stays(self, state: _State, newest: Snapshot) -> bool:
        """Say whether a state is shown for longer."""
        is_newest = state.snapshot.versions == newest.versions
        in_time = 0 < state.until - self.clock() <= LONGEST_S
        return is_newest or (in_time and self._fits(state, newest))

    def _fits(self, state: _State, newest: Snapshot) -> bool:
        """Say whether nothing but what ingestion wrote lately is missing from a state."""
        had, has = state.snapshot.versions, newest.versions
        if had == has:
            return True
        if self.clock() - state.until > LONGEST_S:
            return False  # nobody has looked for long: its files may be gone
        return all(
            had.get(name, -1) <= has.get(name, -1)
            if name in WRITTEN_BY_INGESTION
            else had.get(name) == has.get(name)
            for name in had.keys() | has.keys()
        )

    def _next(self, newest: Snapshot) -> _State:
        if self.file is None:
            return self._begun(newest)
        with one_by_one(self.file.with_suffix(".lock")):
            if self.file.exists():
                versions, until = json.loads(self.file.read_text("ascii"))
                told = _State(Snapshot(newest.folder, versions, newest.opens), until)
                if self._stays(told, newest):
                    return told
            begun = self._begun(newest)
            self.file.write_text(json.dumps([dict(begun.snapshot.versions), begun.until]), "ascii")
        return begun

    def _begun(self, newest: Snapshot) -> _State:
        return _State(newest, self.clock() + hold_s(_sessions(newest)))


def _sessions(snapshot: Snapshot) -> int:
    return int(days_with_sessions(snapshot)["sessions"].sum())


def hold_s(sessions: int) -> float:
    """Return the seconds for which a state of so many sessions is shown; 0: as it is."""
    seconds = sessions / SESSIONS_A_SECOND
    return 0.0 if seconds < AT_ONCE_S else min(seconds, LONGEST_S)


def _announced(snapshot: Snapshot) -> whole.Coming | None:
    """From now on whoever asks for that state waits for it; None if it is kept already."""
    try:
        return None if whole.of(snapshot) else whole.Coming(snapshot)
    except StoreError:  # who asks for the table that cannot be opened is told of it
        return None


def usual_processes(*stores: Store) -> int:
    """Return how many processes serve these: one for each core, or one that keeps much.

    Each would keep a large store of its own, and read it: two are not faster then, and what
    reports take time for is done by several threads of one process at once.
    """
    is_large = any(hold_s(_sessions(store.snapshot())) >= BY_ONE_S for store in stores)
    return 1 if is_large else len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class _Pinned(Store):
    """A store that is seen in one state only."""

    read: Snapshot

    def snapshot(self) -> Snapshot:
        return self.read


@dataclass(frozen=True, slots=True)
class HeldStore(Store):
    """A store of which pages show the state that is held."""

    held: Held

    def snapshot(self) -> Snapshot:
        """Return the state that is held."""
        return self.held.snapshot()


@dataclass(frozen=True, slots=True)
class Together:
    """Processes that serve the same.

    Attributes:
        folder: all of them can write to it.
        processes: how many they are.
    """

    folder: Path
    processes: int


def held_store(store: Store, shared: Together | None = None, name: str = "store") -> HeldStore:
    """Return the store as pages show it.

    Args:
        store: what is shown.
        shared: the processes of this server; None where there is but one.
        name: of the store among those of this server.
    """
    if shared is None:
        return HeldStore(store.folder, Held(store))
    file = shared.folder / f"held-{name}.json"
    return HeldStore(store.folder, Held(store, file, processes=shared.processes))
