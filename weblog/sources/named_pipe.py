"""Open a named pipe without waiting for ever for somebody to write into it."""

from __future__ import annotations

import os
import select
from io import BufferedReader
from pathlib import Path
from typing import Final

from weblog.errors import SourceError

PATIENCE_S: Final = 5.0
"""How long somebody may take to begin to write."""


def opened_pipe(file: Path, shown: str) -> BufferedReader:
    """Return an open named pipe, once somebody has it open to write.

    Raises:
        SourceError: nobody has within :data:`PATIENCE_S`.
        OSError: it cannot be opened.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    if not _has_begun(descriptor):
        os.close(descriptor)
        problem = f"a named pipe that nobody wrote into for {PATIENCE_S:.0f} s"
        advice = "Start what writes it first, or pipe it in: ... | weblog ingest -"
        raise SourceError(shown, problem, advice)
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "rb")


def _has_begun(descriptor: int) -> bool:
    """Wait until there is something to read, or its end; else say whether somebody may write."""
    look = select.poll()
    look.register(descriptor, select.POLLIN)
    return bool(look.poll(PATIENCE_S * 1000)) or _is_written(descriptor)


def _is_written(descriptor: int) -> bool:
    """Say whether somebody has an empty pipe open to write: it would tell its end otherwise."""
    try:
        os.read(descriptor, 1)
    except BlockingIOError:
        return True
    return False
