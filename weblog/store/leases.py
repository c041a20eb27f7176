"""The lock of a store in a bucket, which has no ``flock``: leases that are renewed.

Each holder has an object ``locks/NAME.json``; whoever wants to be alone makes ``locks/door`` as
well, by a write that fails where there is one. A writer writes its own object first and looks for
a door then; one who wants to be alone makes the door first and looks for writers then. A bucket
shows what was written to whoever asks later, so of the two at least one sees the other.

A holder writes its objects again every few seconds. One that has not for :data:`LEASE` seconds is
dead, and is cleared away. Times are the bucket's own, so clocks need not agree.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from weblog.errors import StoreError
from weblog.remote.place import RemotePath

if TYPE_CHECKING:
    from weblog.store.lock import Holder

LEASE: Final = 60.0
"""Seconds after which a holder that gives no sign of life is dead."""

RENEWED: Final = 15.0
"""Seconds between two signs of life."""

DOOR: Final = "door"
_LOOK_EVERY: Final = 0.5


class Lease:
    """A hold on the lock of one store, taken; :meth:`release` lets go of it."""

    def __init__(self, folder: RemotePath, name: str, holder: Holder) -> None:
        self._own = folder / f"{name}.json"
        self._door = folder / DOOR
        self._folder = folder
        self._told = json.dumps(asdict(holder)).encode()
        self._exclusive = holder.exclusive
        self._tag: str | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, wait: Callable[[], None]) -> None:
        """Take it; ``wait`` is called between two tries, and raises when it was long enough."""
        try:
            while not self._enter():
                wait()
                time.sleep(_LOOK_EVERY)
        except BaseException:
            self.release()
            raise
        self._thread = threading.Thread(target=self._renew, name="weblog-lease", daemon=True)
        self._thread.start()

    def _enter(self) -> bool:
        if not self._exclusive:
            self._own.put(self._told)
            if not self._is_shut():
                return True
            self._own.unlink()
            return False
        if self._tag is None and not self._make_door():
            return False
        self._own.put(self._told)
        others = [each for each in living(self._folder, self._now()) if each.name != self._own.name]
        return not others

    def _make_door(self) -> bool:
        self._tag = self._door.put(self._told, mode="create")
        if self._tag is None and self._is_door_dead():
            self._tag = self._door.put(self._told, mode={"e_tag": self._door.tagged()[1]})
        return self._tag is not None

    def _is_shut(self) -> bool:
        return (self._folder / DOOR).is_file() and not self._is_door_dead()

    def _is_door_dead(self) -> bool:
        self._own.put(self._told)
        try:
            return bool(self._now() - RemotePath(str(self._door)).stat().st_mtime > LEASE)
        except FileNotFoundError:
            return False  # gone by now: the next look takes it

    def _now(self) -> float:
        """Return the bucket's time: that of the object that was written last."""
        return float(RemotePath(str(self._own)).stat().st_mtime)

    def _renew(self) -> None:
        while not self._stop.wait(RENEWED):
            try:
                self._own.put(self._told)
                if self._tag is not None:
                    self._tag = self._door.put(self._told, mode={"e_tag": self._tag}) or self._tag
            except StoreError:
                continue  # the network is away: the lease lasts a while, and the next sign is soon

    def release(self) -> None:
        """Let go of it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._own.unlink()
        if self._tag is not None:
            self._door.unlink()
            self._tag = None


def living(folder: RemotePath, now: float | None = None) -> list[RemotePath]:
    """Return the objects of those who hold the lock now; the dead are cleared away.

    Args:
        folder: that of the locks.
        now: the bucket's time; by default that of its newest sign of life.
    """
    found = list(folder.glob("*.json"))
    moment = now or max((each.stat().st_mtime for each in found), default=0.0)
    alive = []
    for each in found:
        if moment - each.stat().st_mtime > LEASE:
            each.unlink()
        else:
            alive.append(each)
    return alive
