"""A lock on a store that tells who holds it.

Writers take it *shared*: their commits are optimistic, any number of them may work at once.
Maintenance that removes files or rows takes it *exclusively*. Readers take none: they read
published versions, whose files stay.

Folder ``locks`` of the store holds two files that are locked with ``flock``, which the kernel
lets go of when a process dies, however it dies:

- ``door`` is passed on the way in. Whoever waits to be alone keeps it, so that no newcomer
  keeps him waiting for ever.
- ``room`` is held, shared or exclusively.

Beside them each holder has a file that says who it is; it is locked, too, so a file nobody
locks is that of a dead process. Where there is no ``flock`` (Windows), these files alone are
the lock, and processes are asked for by number.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from weblog.errors import LockedError, shown_path
from weblog.remote.place import RemotePath
from weblog.store.leases import Lease, living

HAS_FLOCK: bool = find_spec("fcntl") is not None
"""False on Windows."""

FOLDER: Final = "locks"
WAIT: Final = 600.0
"""Seconds to wait for others by default."""

_LOOK_EVERY: Final = 0.05
_HOLDER: Final = ".json"

Waiting = Callable[[list["Holder"]], None]
"""Told once, of those who hold the lock, when it has to be waited for."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: ``since`` is ISO 8601, UTC."""

    pid: int
    host: str
    command: str
    purpose: str
    exclusive: bool
    since: str

    @classmethod
    def me(cls, purpose: str, *, exclusive: bool) -> Holder:
        """Return this process as a holder."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(os.getpid(), socket.gethostname(), _command(), purpose, exclusive, since)

    def __str__(self) -> str:
        return f"{self.purpose} (process {self.pid} on {self.host}, since {self.since})"


@contextmanager
def lock(
    folder: Path,
    purpose: str,
    *,
    exclusive: bool = False,
    wait: float = WAIT,
    waiting: Waiting | None = None,
) -> Iterator[Holder]:
    """Hold the lock of the store in ``folder`` while the block runs.

    A process that holds it may take it again: what is shared stays shared, and within an
    exclusive one all is allowed.

    Args:
        folder: the store's.
        purpose: what for, as others are told.
        exclusive: be alone; else together with others that are not.
        wait: seconds to wait for others.
        waiting: called once with the holders if there are any to wait for.

    Raises:
        LockedError: others still held it after that time, or this process holds it shared and
            now wants to be alone.
        OSError: the folder cannot be written to.
    """
    held = _Held.of(folder)
    with held.guard:
        if held.depth and exclusive and not held.exclusive:
            raise LockedError(shown_path(folder), purpose, [str(each) for each in holders(folder)])
        if not held.depth:
            until = time.monotonic() + wait
            if isinstance(folder, RemotePath):
                held.lease(folder, purpose, exclusive, until, waiting)
            else:
                held.take(folder, purpose, exclusive, until, waiting)
        held.depth += 1
        holder = held.holder
        assert holder is not None  # noqa: S101  it was taken
    try:
        yield holder
    finally:
        with held.guard:
            held.depth -= 1
            if not held.depth:
                held.release()


def holders(folder: Path) -> list[Holder]:
    """Return who holds the lock of the store in ``folder`` now; the dead are cleared away."""
    if isinstance(folder, RemotePath):
        there = (holder_of(each) for each in living(folder / FOLDER))
        return [each for each in there if each is not None]
    found = []
    for file in sorted((folder / FOLDER).glob(f"*{_HOLDER}")):
        if not is_held(file):
            with suppress(OSError):  # another process clears it away, or it is not ours to
                file.unlink()
            continue
        holder = holder_of(file)
        if holder is not None:  # else it has just gone
            found.append(holder)
    return found


def is_held(file: Path) -> bool:
    """Say whether a living process holds ``file``, as :func:`hold` does."""
    if not HAS_FLOCK:
        holder = holder_of(file)
        here = socket.gethostname()
        return holder is not None and (holder.host != here or _is_alive(holder.pid))
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _flocked(descriptor, exclusive=False)
    finally:
        os.close(descriptor)


def hold(file: Path, holder: Holder) -> int:
    """Make ``file`` say who holds it, and hold it; return what to close to let go of it.

    Nobody sees the file before it is held and whole.
    """
    temporary = file.with_name(f".new-{file.name}-{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        _flocked(descriptor, exclusive=True)
        os.write(descriptor, json.dumps(asdict(holder)).encode())
        temporary.replace(file)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def claim(file: Path, holder: Holder) -> int | None:
    """Hold ``file``, which stays when it is let go of; None where another process holds it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    is_theirs = is_held(file) if not HAS_FLOCK else not _flocked(descriptor, exclusive=True)
    if is_theirs:
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(asdict(holder)).encode())
    return descriptor


def holder_of(file: Path) -> Holder | None:
    """Return who holds ``file``, or did when it died; None where nobody did."""
    try:
        return Holder(**json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


class _Held:
    """What this process holds of one store; threads share it."""

    _all: Final[dict[Path, _Held]] = {}
    _guard: Final = threading.Lock()

    def __init__(self) -> None:
        self.guard = threading.RLock()
        self.depth = 0
        self.exclusive = False
        self.holder: Holder | None = None
        self._open: list[int] = []
        self._file: Path | None = None
        self._lease: Lease | None = None

    @classmethod
    def of(cls, folder: Path) -> _Held:
        with cls._guard:
            return cls._all.setdefault(folder.resolve(), cls())

    def take(
        self,
        folder: Path,
        purpose: str,
        exclusive: bool,
        until: float,
        waiting: Waiting | None,
    ) -> None:
        """Take the lock, or raise a LockedError where it is not to be had in time."""
        place = folder / FOLDER
        place.mkdir(exist_ok=True)
        door = _Entry(place / "door", exclusive)
        room = _Entry(place / "room", exclusive)
        told = False
        try:
            while not (door.enter() and room.enter() and _may_enter(folder, exclusive)):
                if not told and waiting is not None:
                    waiting(holders(folder))
                told = True
                if time.monotonic() >= until:
                    shown = [str(each) for each in holders(folder)]
                    raise LockedError(shown_path(folder), purpose, shown)
                time.sleep(_LOOK_EVERY)
            self.holder = Holder.me(purpose, exclusive=exclusive)
            file = place / f"{os.getpid()}-{secrets.token_hex(4)}{_HOLDER}"
            self._open = [room.keep(), hold(file, self.holder)]
            self._file, self.exclusive = file, exclusive
        finally:
            door.leave()
            room.leave()

    def lease(
        self,
        folder: RemotePath,
        purpose: str,
        exclusive: bool,
        until: float,
        waiting: Waiting | None,
    ) -> None:
        """Take the lock of a store in a bucket."""
        holder = Holder.me(purpose, exclusive=exclusive)
        own = f"{holder.host}-{os.getpid()}-{secrets.token_hex(4)}"
        lease = Lease(folder / FOLDER, own, holder)
        told: list[bool] = []

        def others() -> list[Holder]:
            return [each for each in holders(folder) if each != holder]

        def wait() -> None:
            if not told and waiting is not None:
                waiting(others())
            told.append(True)
            if time.monotonic() >= until:
                raise LockedError(shown_path(folder), purpose, [str(each) for each in others()])

        lease.take(wait)
        self._lease, self.holder, self.exclusive = lease, holder, exclusive

    def release(self) -> None:
        """Let go of it."""
        if self._lease is not None:
            self._lease.release()
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink()
        for descriptor in self._open:
            os.close(descriptor)
        self._open, self._file, self.holder, self._lease = [], None, None, None


class _Entry:
    """One of the two files on the way in."""

    def __init__(self, file: Path, exclusive: bool) -> None:
        self._exclusive = exclusive
        self._entered = False
        self._descriptor: int | None = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)

    def enter(self) -> bool:
        """Say whether it is ours, now or since before."""
        assert self._descriptor is not None  # noqa: S101  entered before it is kept or left
        self._entered = self._entered or _flocked(self._descriptor, exclusive=self._exclusive)
        return self._entered

    def keep(self) -> int:
        """Hand over what to close in the end."""
        assert self._descriptor is not None  # noqa: S101  kept once
        descriptor, self._descriptor = self._descriptor, None
        return descriptor

    def leave(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _flocked(descriptor: int, *, exclusive: bool) -> bool:
    """Try to lock an open file; say whether it is locked now. Without ``flock`` it always is."""
    if not HAS_FLOCK:
        return True
    import fcntl  # noqa: PLC0415  not everywhere

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _may_enter(folder: Path, exclusive: bool) -> bool:
    """Ask the holders' files where there is no ``flock``."""
    return HAS_FLOCK or not any(exclusive or each.exclusive for each in holders(folder))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _command() -> str:
    """Return the command line of this process, without what may be secret in it: its options."""
    return " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:2]])
