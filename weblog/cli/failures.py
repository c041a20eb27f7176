"""What the command line says where something fails that is no mistake in what was asked.

The machine may not give what is needed (room on the disk, rights, open files, memory), or files of
the store may be damaged or gone. The libraries tell of the latter in many ways, some of them as a
panic of their own; so the store is looked at, and what the doctor finds of its files is said.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import Final

from weblog.errors import StoreError, WeblogError, shown_path
from weblog.machine_error import MORE_FILES, MachineError
from weblog.panics import is_failure, is_panic
from weblog.remote.place import place

STORE: Final = "weblog.store"
"""Where a command's context keeps the folder of its store."""

_FULL: Final = "Make room, and run it again: what was committed is safe."
_RIGHTS: Final = "Run it as a user who may, or give this one the rights; `--store` names another."
_MEMORY: Final = "Give it more memory, and run it again: what was committed is safe."

ADVICE: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "Allow longer files (`ulimit -f`), and run it again: what was committed is safe.",
    errno.EROFS: "A store can be read there; to write, mount it so, or name another (`--store`).",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EMFILE: MORE_FILES,
    errno.ENFILE: MORE_FILES,
    errno.ENOMEM: _MEMORY,
    errno.EAGAIN: "Allow more processes and threads (`ulimit -u`), and run it again.",
    errno.EIO: "The disk, or the way to it, fails: look into the system's log.",
    errno.EEXIST: "Something else lies there: move it away, or check the path.",
    errno.ENOTDIR: "A file lies where a folder is expected: check the path.",
    errno.ENAMETOOLONG: "Check the path.",
    errno.ELOOP: "Links lead round in a circle: check the path.",
}
"""What to do, by what the system says."""

_DECODED: Final = 256 << 20
"""Bytes of files that are decoded, some seconds, to find out which of them is damaged."""

_LIBRARIES: Final = {"polars", "deltalake", "_internal", "pyo3_runtime"}
"""Where errors are from that tell of files which cannot be decoded."""

_LACKING: Final = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
_NUMBER: Final = re.compile(r"os error (\d+)|\bcode: (\d+)")
_OUT_OF_MEMORY: Final = ("MemoryError", "ArrowMemoryError", "OutOfMemoryException")


def explained(error: BaseException, store: str | None) -> WeblogError | None:
    """Return the error to tell instead of one that nobody expected; None where it is a fault.

    Args:
        error: what was raised.
        store: the folder of the store that was worked with.
    """
    if isinstance(error, Exception) and type(error).__name__ in _OUT_OF_MEMORY:
        return MachineError("memory", "there is not enough", _MEMORY)
    number = _number(error)
    if number in _LACKING:
        return MachineError("this machine", os.strerror(number), ADVICE[number])
    if not is_failure(error):
        return None  # somebody stops the program
    return damage(place(store), error) if store and not _is_told(error) else None


def told(error: OSError) -> str:
    """Return what the system said of a file, and what to do."""
    where = f"{shown_path(error.filename)}: " if isinstance(error.filename, str) else ""
    number = _number(error)
    problem = error.strerror or (os.strerror(number) if number else str(error).split("\n")[0])
    advice = ADVICE.get(number, "") if where else ""  # without: the output that is written to
    return f"{where}{problem}" + (f". {advice}" if advice else "")


def damage(folder: Path, error: BaseException) -> StoreError | None:
    """Return what is wrong with the files of a store; None where it is none, or all are whole."""
    from weblog.doctor.finding import BACKUP
    from weblog.doctor.folder import data_files, tables, undecodable
    from weblog.store import open_as_is

    try:
        store = open_as_is(folder)
        found = [each for each in tables(store) if each.level == "fault"]
        found = found or list(data_files(store, deep=False))
        worst, is_all = (None, True) if found else undecodable(store, _DECODED)
    except StoreError as wrong:
        return wrong
    if found:
        more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
        problem = f"{found[0].problem}{more}; `weblog doctor` tells all"
    elif worst:
        problem = f"{worst.problem}; `weblog doctor --deep` tells all"
    elif not is_all and type(error).__module__.partition(".")[0] in _LIBRARIES:
        said = " ".join(str(error).split())[:200]
        problem = f"a file of it cannot be decoded ({said}); `weblog doctor --deep` tells which"
    else:
        return None
    return StoreError(shown_path(folder), problem, BACKUP)


def _is_told(error: BaseException) -> bool:
    """Say whether the system has told which file it is about."""
    return isinstance(error, OSError) and (error.errno is not None or error.filename is not None)


def _number(error: BaseException) -> int:
    """Return the system's number of what went wrong, also where it is in a text alone; else 0."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    if isinstance(error, OSError) or is_panic(error) or type(error).__name__ == "ComputeError":
        match = _NUMBER.search(str(error))
        if match:
            return int(match[1] or match[2])
    return 0
