"""Files that have no end, or that nobody may ever write: no tables and no rules are in them."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

_ALWAYS_THERE: Final = ("/dev/", "/proc/")
"""Where a shell's own pipes are, as ``<(command)`` makes them: somebody writes these."""


def refuse_endless(file: Path) -> None:
    """Make sure that a file can be read to its end.

    Raises:
        OSError: it is a device or a named pipe, or the system says so.
    """
    mode = file.stat().st_mode
    is_pipe = stat.S_ISFIFO(mode) and not str(file).startswith(_ALWAYS_THERE)
    is_device = stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not _is_input(file))
    if is_pipe or is_device:
        raise OSError(errno.ENODEV, "a device or a named pipe", str(file))


def _is_input(file: Path) -> bool:
    """Say whether it is what somebody types, or nothing at all."""
    return os.path.realpath(file).startswith(("/dev/pts/", "/dev/tty", "/dev/null"))
