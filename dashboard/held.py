"""What pages show of a store that is written to while people read: one state, held for a while.

Where ``weblog ingest --follow`` publishes every few seconds, each state would be read anew for
each click: seconds of work at ten million sessions, and figures that differ between two cards of a
page. So a state is held, the longer the dearer it is to read; small stores are shown as they are.
Processes of one server hold the same state, else a reader would go back and forth between two.
A state that is held is read beforehand (:mod:`dashboard.beforehand`).
"""

from __future__ import annotations

import json
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from dashboard.beforehand import Ask, Beforehand
from reports.load import days_with_sessions
from weblog.store import Snapshot, Store
from weblog.store.layout import one_by_one

SESSIONS_A_SECOND: Final = 20_000
"""A state of so many sessions is held for a second. What ten people asked of it takes a third of
that time to be asked of the next one (docs/benchmarks.md)."""

AT_ONCE_S: Final = 5.0
"""A state that would be held for less is not: what is new appears at once."""

LONGEST_S: Final = 550.0
LATE_S: Final = 300.0
"""No state is held for longer, nor shown for longer than so many seconds after: `weblog compact`
keeps its files for 900 s."""

READING: Final = 0.25
"""Part of the time a state is held for that is spent on questions to it beforehand, at most."""

UNREAD: Final = 0.1
"""The same while nobody has asked anything of the state that is shown, as at night."""

FIRST_S: Final = 240.0
"""Seconds spent on questions to the first state, at most: no other is shown meanwhile, and who
waits until the server is ready does not wait for ever."""

MOST_ASKED: Final = 240
"""Questions that are asked of the next state, at most: those asked most."""

MOST_NOTED: Final = 2000
"""Questions of which it is known how often they were asked, at most: the last ones."""

BY_ONE_S: Final = 150.0
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

Question = tuple[Hashable, Ask]
"""What is asked, as a key, and how."""


@dataclass(slots=True)
class _Noted:
    """How a question is asked, and how often it was."""

    ask: Ask
    times: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    """A state of the store, and until when (seconds since 1970) it is shown."""

    snapshot: Snapshot
    until: float


@dataclass(slots=True)
class Held:
    """The state of a store that is shown now.

    When its time is over, what was asked of it most, and then what is ``usual``, is asked of the
    newest one, in a thread of its own, and only then is that one shown: readers go on meanwhile,
    and find it read. The first state is shown at once, and asked what is usual.

    Attributes:
        store: whose.
        file: where processes of one server tell each other; None where there is but one.
        processes: how many they are.
        clock: seconds since 1970.
        usual: what people ask of any state, in order (:mod:`dashboard.foreseen`).
        is_dear: whether the state that is shown is dear to read, and so held.
    """

    store: Store
    file: Path | None = None
    clock: Callable[[], float] = time.time
    processes: int = 1
    usual: Callable[[], Iterable[Question]] | None = None
    is_dear: bool = False
    _shown: _State | None = None
    _asked: OrderedDict[Hashable, _Noted] = field(default_factory=OrderedDict)
    _guard: Lock = field(default_factory=Lock)
    _reading: Beforehand = field(init=False)

    def __post_init__(self) -> None:
        """Let it read what is dear."""
        self._reading = Beforehand(self.store.folder, self.processes, self.clock)

    def snapshot(self) -> Snapshot:
        """Return the state to show: that held, or the newest if its time is over."""
        newest = self.store.snapshot()
        with self._guard:
            shown = self._shown
            if shown is None or not self._fits(shown, newest):
                seconds = FIRST_S if shown is None else None
                shown = self._shown = self._next(newest)
                self._read_beside(shown, shown, seconds)
            elif self._reading.thread is None and not self._stays(shown, newest):
                shown = self._shown = self._gone_on(shown, newest)
            seen = shown.snapshot
        # Opened by whoever reads it: so that a store made anew, or damaged, is told of.
        return Snapshot(seen.folder, seen.versions, seen.opens)

    def asked(self, what: Hashable, ask: Ask) -> None:
        """Note a question, to be asked of the next state before it is shown."""
        with self._guard:
            noted = self._asked.setdefault(what, _Noted(ask))
            noted.ask, noted.times = ask, noted.times + 1
            self._asked.move_to_end(what)
            while len(self._asked) > MOST_NOTED:
                self._asked.popitem(last=False)

    def keep_up(self) -> None:
        """Go on to the next state when it is time, though nobody asks.

        Who comes in the morning would else find the state of the evening before, too old to be
        shown, and wait for a new one.
        """
        if self.is_dear:
            self.snapshot()

    def begin(self) -> None:
        """Show a state, and return when it was read and asked what is usual, if it is dear."""
        self.snapshot()
        self.wait()

    def wait(self) -> None:
        """Return when no state is read beside."""
        while (thread := self._reading.thread) is not None:
            thread.join()

    def end(self) -> None:
        """End what reads beside: Python must not end under a thread that is inside polars."""
        self._reading.end()

    def _gone_on(self, shown: _State, newest: Snapshot) -> _State:
        """Return what to show while the next state is read; that one if nothing is to be asked."""
        following = self._next(newest)
        before = shown if self._asked or self.usual else following
        return before if self._read_beside(before, following) else following

    def _read_beside(self, shown: _State, following: _State, seconds: float | None = None) -> bool:
        """Read a state that is dear to read, while ``shown`` is shown; say whether it is."""
        if self._reading.thread is not None or self._reading.is_ended:
            return False
        hold = hold_s(_sessions(following.snapshot))
        self.is_dear = hold > 0
        if not self.is_dear:
            self._reading.forget()
            return False
        last_first = reversed(self._asked.items())
        most_first = sorted(last_first, key=lambda one: -one[1].times)
        asked = {what: noted.ask for what, noted in most_first}

        def done() -> None:
            with self._guard:
                self._reading.thread = None
                if self._shown is shown:
                    self._shown = following
                elif self._shown not in (None, following):  # shown at once, for some reason
                    self._read_beside(self._shown, self._shown)

        # It waits for our guard before it is done, and so takes back what stands in it by then.
        if not self._reading.begin(
            following.snapshot,
            lambda: self._questions(asked),
            (READING if asked else UNREAD) * hold if seconds is None else seconds,
            done,
        ):
            return False
        if shown is not following:
            self._asked.clear()
        return True

    def _questions(self, asked: dict[Hashable, Ask]) -> list[Ask]:
        """Return what was asked, most often or else last, and then what is usual."""
        found = dict(asked)
        for what, ask in self.usual() if self.usual else ():
            found.setdefault(what, ask)
        return list(found.values())[:MOST_ASKED]

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
        if self.clock() - state.until > LATE_S:
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


def usual_processes(*stores: Store) -> int:
    """Return how many processes serve these: one for each core, or one that keeps much.

    Each would keep a large store of its own, and read it: two are not faster then, and what
    reports take time for is done by several threads of one process at once.
    """
    is_large = any(hold_s(_sessions(store.snapshot())) >= BY_ONE_S for store in stores)
    return 1 if is_large else len(os.sched_getaffinity(0))


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
        process: the name of this one among them; empty where they do not tell each other
            whether they are ready (:mod:`dashboard.ready`).
    """

    folder: Path
    processes: int
    process: str = ""


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
