"""How much memory this process may use, where somebody has limited it.

What polars and deltalake are written in ends a program that gets no memory, without a sentence:
so it is told before, where it is to be feared.
"""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Final

ADDRESSES: Final = 1_000_000 << 10
"""Bytes of addresses (``ulimit -v``, in kB) with which a small log was ingested; with six tenths
of them it was not."""

MEMORY: Final = 512 << 20
"""Bytes that ingestion used at most in soak runs of ten minutes (docs/testing.md)."""

CGROUP: Final = Path("/sys/fs/cgroup/memory.max")


def too_little(cgroup: Path = CGROUP) -> str | None:
    """Return a sentence about a limit below what ingestion needs; None if there is none."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY and allowed < ADDRESSES:
        return _told("`ulimit -v`", allowed, ADDRESSES)
    try:
        written = cgroup.read_text("ascii").strip()
    except OSError:  # no control group of version 2
        return None
    if written.isdecimal() and int(written) < MEMORY:
        return _told("the control group (memory.max)", int(written), MEMORY)
    return None


def _told(what: str, allowed: int, needed: int) -> str:
    return (
        f"{what} allows {allowed >> 20:,} MiB of memory, and ingestion needs {needed >> 20:,} or "
        "more: it may be ended in the middle. What was committed is safe; run it again with more."
    )
