"""Which files a follower has to look into: what it follows, their rotated siblings, what grew.

Watching is looking: names and sizes, every second or two. That sees the same on every system
and every kind of file system, and costs next to nothing.

What was read is remembered by device and inode, size and time of change, never by name: a log
that rotation renamed is the same file still. Whether its *content* is known is not decided
here but by reading it (:mod:`weblog.sources.identity`); what is remembered here only saves that.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from weblog.errors import SourceError
from weblog.sources.archive import member_named
from weblog.sources.expand import expand, is_no_log
from weblog.sources.series import PACKED, LogName, oldest_first

SETTLED: Final = 3.0
"""Seconds a compressed file must have rested before it is read: it is likely half written."""

IMPATIENT: Final = 60.0
"""Seconds after which it is read again all the same: a server may write compressed logs."""

FileId = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the file system says of a file: enough to tell whether it is as it was."""

    path: str
    file: FileId
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def at(cls, path: str) -> Look | None:
        """Look at ``path``; None where no regular file is to be seen."""
        try:
            seen = os.stat(path)  # noqa: PTH116  a thousand times a second
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(seen.st_mode):
            return None
        return cls(
            path, (seen.st_dev, seen.st_ino), seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
        )


@dataclass(slots=True)
class Read:
    """How far a file was read.

    ``size`` and ``modified_ns`` are those it had when it was read to its end, ``at`` is when
    (seconds since 1970), ``unfinished`` the bytes of a last line without an end. ``position``
    are the bytes on disk read so far, where its end was not reached. ``failed`` says why it
    could not be read; it is tried again when anything about it changes (``changed_ns``).
    """

    size: int = -1
    modified_ns: int = 0
    changed_ns: int = 0
    at: float = 0.0
    tried: float = 0.0
    position: int = 0
    unfinished: int = 0
    failed: str = ""

    def covers(self, look: Look) -> bool:
        """Say whether the file is as it was when it was read."""
        if self.failed and self.changed_ns != look.changed_ns:
            return False
        return (self.size, self.modified_ns) == (look.size, look.modified_ns)

    def done(self, look: Look, at: float, unfinished: int = 0, failed: str = "") -> None:
        """Note that it was read to its end, or as far as it can be."""
        self.size, self.modified_ns, self.changed_ns = look.size, look.modified_ns, look.changed_ns
        self.at = self.tried = at
        self.position = look.size - unfinished
        self.unfinished, self.failed = unfinished, failed


@dataclass
class Watch:
    """What is followed, and what was read of it.

    ``given`` are files, folders and patterns as :func:`weblog.sources.expand` reads them; a
    file need not be there yet.
    """

    given: tuple[str, ...]
    read: dict[FileId, Read] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """What is wrong with what was given, as of the last look."""

    def look(self) -> list[Look]:
        """Return all files there are now, oldest first, rotated siblings among them."""
        found = expand(self.given)
        self.problems = [_waiting(error) for error in found.errors]
        paths = dict.fromkeys(_here(path) for path in found.files)
        paths |= dict.fromkeys(_siblings(paths))
        looks: dict[FileId, Look] = {}
        for path in oldest_first(list(paths)):
            look = Look.at(path)
            if look is not None:
                looks.setdefault(look.file, look)  # two names of one file are read once
        self.problems += [_absent(path) for path in found.files if Look.at(path) is None]
        self.read = {file: read for file, read in self.read.items() if file in looks}
        return list(looks.values())

    def due(self, looks: Iterable[Look], now: float) -> list[Look]:
        """Return the files to read: those that are new, have grown or were written anew."""
        return [look for look in looks if self._is_due(look, now)]

    def _is_due(self, look: Look, now: float) -> bool:
        read = self.read.get(look.file)
        if read is not None and read.covers(look):
            return False
        if not look.size and (read is None or read.size <= 0):
            return False
        if is_packed(look.path) and 0 <= now - look.modified_ns / 1e9 < SETTLED:
            return read is not None and now - read.tried > IMPATIENT
        return True

    def of(self, look: Look) -> Read:
        """Return what is known of a file; it begins when it is first met."""
        return self.read.setdefault(look.file, Read())


def is_packed(path: str) -> bool:
    """Say whether a file is compressed, by its name."""
    return PACKED.search(path) is not None


def _waiting(error: SourceError) -> str:
    return f"{error.path}: {error.problem}"


def _absent(path: str) -> str:
    if member_named(Path(path)) is not None:
        return f"{path}: in a zip archive, which does not grow: ingest it without --follow"
    return f"{path}: not there yet"


def _here(path: str) -> str:
    """Return the path with its folder said, as those of siblings are."""
    return os.path.normpath(path)


def _siblings(paths: Iterable[str]) -> list[str]:
    """Return the files beside ``paths`` that rotation made of the same logs."""
    wanted: dict[str, set[tuple[str, str, str]]] = {}
    for path in paths:
        wanted.setdefault(str(Path(path).parent), set()).add(_series(path))
    found = []
    for folder, series in wanted.items():
        try:
            names = os.listdir(folder)  # noqa: PTH208  names, not paths
        except OSError:
            continue
        beside = (os.path.normpath(os.path.join(folder, name)) for name in names)  # noqa: PTH118
        found += [path for path in beside if _series(path) in series and not is_no_log(path)]
    return found


@lru_cache(maxsize=4096)
def _series(path: str) -> tuple[str, str, str]:
    return LogName(path).series
