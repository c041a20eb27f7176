"""How a process that reads logs, or answers, uses the machine: set before polars is imported.

Measured on two cores with a log of a million lines (docs/benchmarks.md): a fifth less processor
time, half the page faults, no more memory; and with pages asked of ten million sessions: three
tenths less processor time, a fiftieth of the page faults, a fifth more memory. Whoever sets one of
these variables has his way.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from typing import Final

_OBJECTS: Final = 50_000
"""Objects made between two searches for garbage: batches make many, and hardly any in circles."""

_MMAP_THRESHOLD: Final = -3
_TRIM_THRESHOLD: Final = -1
_ARENA_MAX: Final = -8
"""Names of ``mallopt`` (https://man7.org/linux/man-pages/man3/mallopt.3.html)."""


def tune_for(command: str) -> None:
    """Fit memory to a command; most are too short for it to matter."""
    if command == "ingest":
        tune()
    elif command == "serve":
        # Frames of a hundred megabytes come and go with each question, and the next one needs
        # the room of the last. To get it from the kernel again takes longer than many an answer:
        # four tenths of a second a gigabyte page by page, 2.4 where a virtual machine has given
        # it back to its host. So it is kept for minutes, in huge pages.
        _keep_freed(300_000, 0, "thp:always")


def _keep_freed(dirty_ms: int, muzzy_ms: int, *more: str) -> None:
    """Keep what is freed for so long, and then so long while the kernel does not need it.

    https://jemalloc.net/jemalloc.3.html tells the options, and what ``more`` can be.
    """
    said = ("narenas:1", f"dirty_decay_ms:{dirty_ms}", f"muzzy_decay_ms:{muzzy_ms}", *more)
    os.environ.setdefault("_RJEM_MALLOC_CONF", ",".join(said))


def tune() -> None:
    """Fit memory to ingestion: chunks and batches that come and go, from four threads.

    - What polars frees it keeps for a second, in one arena: the next chunk needs it again.
    - So does the C library with what numpy and chunks take: else each is mapped and faulted anew.
    """
    gc.set_threshold(_OBJECTS)
    _keep_freed(1000, 1000)
    if sys.platform == "linux" and "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            # More than weblog.sources.CHUNK_BYTES: chunks come from the heap, not the kernel.
            mallopt(_MMAP_THRESHOLD, 12 << 20)
            mallopt(_TRIM_THRESHOLD, 24 << 20)
            mallopt(_ARENA_MAX, 1)  # what one thread frees the others take again
