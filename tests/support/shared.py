"""What is dear to make and the same for all: made once per test run, by whichever process is first.

Whoever asks for it gets a copy, to do with as it likes.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, TextIO

import pytest

FOLDER: Final = "WEBLOG_TESTS_SHARED"
"""The variable that tells the processes of a test run where it lies."""

PREFIX: Final = "weblog-tests-"
HELD: Final = "held"
"""Names of rooms, and of the file in each that is locked while the run lives."""

MEMORY: Final = Path("/dev/shm")  # noqa: S108  asked for its room, and used by one name of ours
ROOM: Final = 6 << 30
"""Bytes that must be free there: several times what the tests of a run keep at one time."""

FREE: Final = 12 << 30
"""Bytes of memory that must be free, with the processes of the tests still to come."""


def share(config: pytest.Config) -> None:
    """Make room for it, in the process that starts the others; it goes when the run has ended.

    In CI all temporary folders lie there, too, and in memory where that has the room: thousands of
    small stores are made and thrown away, which is half of the time on a disk. Elsewhere pytest
    keeps what tests wrote, to be looked at.
    """
    if hasattr(config, "workerinput"):
        return
    in_memory = "CI" in os.environ and has_room(MEMORY)
    if in_memory:
        clear(MEMORY)
    room = mkdtemp(prefix=PREFIX, dir=MEMORY if in_memory else None)
    Path(room).chmod(0o711)  # a server that will not run as root lies in there
    held = (Path(room) / HELD).open("w")  # as long as this process lives
    fcntl.flock(held, fcntl.LOCK_EX)
    os.environ[FOLDER] = room
    # After what multiprocessing, which has its own in there, takes away when the process ends.
    Finalize(None, left, args=(held, room), exitpriority=-200)
    if in_memory:
        os.environ["TMPDIR"] = room
        tempfile.tempdir = None  # it is asked for again


def left(held: TextIO, room: str) -> None:
    """Take the room away when the run has ended."""
    held.close()
    shutil.rmtree(room)


def clear(folder: Path) -> None:
    """Take away the rooms of runs that were killed: memory does not forget by itself."""
    for file in folder.glob(f"{PREFIX}*/{HELD}"):
        with suppress(OSError), file.open() as held:  # it is another's, or going just now
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(file.parent)


def has_room(folder: Path) -> bool:
    """Say whether a folder in memory has room for what tests write, and programs run from it."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    facts = os.statvfs(folder)
    may_run = not facts.f_flag & os.ST_NOEXEC
    told = re.search(r"^MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    free = int(told[1]) << 10 if told else 0
    return may_run and facts.f_bavail * facts.f_frsize >= ROOM and free >= FREE


def copied(name: str, make: Callable[[Path], object], to: Path) -> Path:
    """Copy a folder that ``make`` fills, in this process or in another before, and return it."""
    room = Path(os.environ[FOLDER])
    whole = room / name
    with (room / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            half = room / f"{name}-{os.getpid()}"  # of a process that dies nothing is taken
            make(half)
            half.rename(whole)
    return Path(shutil.copytree(whole, to))
