"""What followers of logs say about themselves: who they are, what they read, how far behind.

Folder ``following`` of the store holds two files for each set of logs that is followed, named
by a hash of what was given: ``ID.lock``, held by the process while it lives, says who it is;
``ID.json`` says how far each log was read. The latter is written when a round is done, and its
time of change is when the follower last looked. A follower that starts again begins with it:
compressed files that are as they were then need not be decompressed to be recognised. It tells
nothing the ledger does not know better; without it, all files are recognised by their content.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from weblog.errors import LockedError, shown_path
from weblog.ingestion.watch import FileId, Look, Read, is_packed
from weblog.store import Store
from weblog.store.layout import write_atomically
from weblog.store.lock import Holder, claim, holder_of, is_held

FOLDER: Final = "following"

SHOWN_LOGS: Final = 5
"""Files of a follower that people are told of: those that are most behind."""


@dataclass(frozen=True, slots=True)
class LogLag:
    """How far a follower is behind one file.

    ``bytes_behind`` are bytes on disk not read yet (of which ``unfinished`` are a last line
    without an end, which waits for it); ``seconds_behind`` is how long ago it was read to its
    end, 0 where it is read to its end now. ``failed`` says why it cannot be read.
    """

    path: str
    size: int
    bytes_behind: int
    seconds_behind: float
    unfinished: int
    failed: str


@dataclass(frozen=True, slots=True)
class Following:
    """One follower.

    ``state`` is "alive", "stopped" or "died"; ``process`` says which it is or was, None where
    it stopped of its own will; ``looked_at`` is an instant (UTC).
    """

    given: tuple[str, ...]
    state: str
    process: Holder | None
    looked_at: datetime
    logs: tuple[LogLag, ...]
    problems: tuple[str, ...]

    @property
    def bytes_behind(self) -> int:
        """Bytes not read yet, of all files."""
        return sum(log.bytes_behind for log in self.logs)

    @property
    def seconds_behind(self) -> float:
        """Seconds behind of the file that is most so."""
        return max((log.seconds_behind for log in self.logs), default=0.0)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, with the sums."""
        sums = {"bytes_behind": self.bytes_behind, "seconds_behind": self.seconds_behind}
        return {**asdict(self), "looked_at": self.looked_at.isoformat(), **sums}


@dataclass
class Diary:
    """The two files of one follower: written by it alone."""

    folder: Path
    given: tuple[str, ...]
    _lock: int | None = None

    @classmethod
    def begun(cls, store: Store, given: Sequence[str]) -> Diary:
        """Claim the files.

        Raises:
            LockedError: another process follows the same logs into this store.
        """
        diary = cls(store.folder / FOLDER, followed_as(given))
        diary.folder.mkdir(exist_ok=True)
        file = diary._file("lock")
        diary._lock = claim(file, Holder.me("ingest --follow", exclusive=True))
        if diary._lock is None:
            holder = holder_of(file)
            raise LockedError(shown_path(store.folder), "following these logs", [str(holder)])
        return diary

    def _file(self, kind: str) -> Path:
        name = blake2b("\0".join(self.given).encode(), digest_size=8).hexdigest()
        return self.folder / f"{name}.{kind}"

    def what_was_read(self) -> dict[FileId, Read]:
        """Return which compressed files the follower before this one had read to their end.

        To look into others again costs next to nothing, and the ledger is surer to be right:
        after a power cut a disk may hold these notes, and not the commits they tell of.
        """
        try:
            logs = json.loads(self._file("json").read_text("utf-8"))["logs"]
            reads = {
                (log["file"][0], log["file"][1]): Read(**log["read"])
                for log in logs
                if is_packed(log["path"])
            }
        except (OSError, ValueError, TypeError, KeyError, IndexError):
            return {}
        return {file: read for file, read in reads.items() if not read.failed}

    def write(
        self, looks: Sequence[Look], read: Mapping[FileId, Read], problems: Sequence[str]
    ) -> None:
        """Write down how far each file was read."""
        logs = [
            {"path": look.path, "file": look.file, "read": asdict(read.get(look.file, Read()))}
            for look in looks
        ]
        said = {"given": self.given, "logs": logs, "problems": [*problems]}
        write_atomically(self._file("json"), json.dumps(said))

    def looked(self) -> None:
        """Note that there was nothing new to be seen."""
        os.utime(self._file("json"))

    def end(self) -> None:
        """Say that the follower stopped of its own will."""
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None


def followed_as(given: Sequence[str]) -> tuple[str, ...]:
    """Return what a follower of these logs is known by: where they lie, in order."""
    return tuple(sorted({os.path.abspath(path) for path in given}))  # noqa: PTH100  patterns


def following(store: Store, now: float | None = None) -> list[Following]:
    """Return the followers of a store, those that have ended among them, and their lag.

    Args:
        store: the store.
        now: the time, in seconds since 1970.
    """
    now = time.time() if now is None else now
    found = (_told(file, now) for file in sorted((store.folder / FOLDER).glob("*.json")))
    return [each for each in found if each is not None]


def seen_ago(follower: Following, now: datetime | None = None) -> str:
    """Say how long ago a follower last looked."""
    seconds = ((now or datetime.now(UTC)) - follower.looked_at).total_seconds()
    if seconds < 120:
        return f"{max(seconds, 0):.0f} s ago"
    return f"at {follower.looked_at.isoformat(sep=' ', timespec='seconds')}"


def _told(file: Path, now: float) -> Following | None:
    try:
        said = json.loads(file.read_text("utf-8"))
        looked_at = file.stat().st_mtime
        logs = tuple(
            _lag(log["path"], log["file"], Read(**log["read"]), now) for log in said["logs"]
        )
        given, problems = tuple(said["given"]), tuple(said["problems"])
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return None  # half a file of another version: nothing to be told
    lock = file.with_suffix(".lock")
    holder = holder_of(lock)
    state = "stopped" if holder is None else "alive" if is_held(lock) else "died"
    return Following(
        given,
        state,
        holder,
        datetime.fromtimestamp(looked_at, UTC),
        tuple(log for log in logs if log is not None),
        problems,
    )


def _lag(path: str, file: Sequence[int], read: Read, now: float) -> LogLag | None:
    look = Look.at(path)
    if look is None:
        return None
    same = look.file == tuple(file)
    if same and read.covers(look):
        return LogLag(path, look.size, read.unfinished, 0.0, read.unfinished, read.failed)
    begun = read.at or look.modified_ns / 1e9
    read_to = read.position if same and read.position <= look.size else 0
    unfinished = read.unfinished if same else 0
    return LogLag(
        path, look.size, look.size - read_to, max(now - begun, 0.0), unfinished, read.failed
    )
