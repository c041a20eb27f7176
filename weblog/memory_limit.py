"""How much memory this process may use, where somebody has limited it.

What polars and deltalake are written in ends a program that gets no memory, without a sentence;
where addresses are lacking, threads that are not given may leave it waiting for ever. So the first
is told before, where it is to be feared, and the second is not begun.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Final

from weblog.machine_error import MachineError

ADDRESSES: Final = 1_000_000 << 10
"""Bytes of addresses (``ulimit -v``, in kB) with which a small log was ingested; with six tenths
of them it was not, and one time in ten it neither went on nor ended."""

MEMORY: Final = 512 << 20
"""Bytes that ingestion used at most in soak runs of ten minutes (docs/testing.md)."""

CGROUP: Final = Path("/sys/fs/cgroup/memory.max")


def memory(cgroup: Path = CGROUP) -> int:
    """Return the bytes of memory there are: the machine's, or what a control group allows."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    allowed = _allowed(cgroup)
    return machine if allowed is None else min(machine, allowed)


def check_addresses() -> None:
    """Refuse to begin what cannot be done.

    Raises:
        MachineError: ``ulimit -v`` allows fewer addresses than ingestion needs.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY and allowed < ADDRESSES:
        raise MachineError(
            "memory",
            f"`ulimit -v` allows {allowed >> 20:,} MiB, and ingestion needs {ADDRESSES >> 20:,} or "
            "more",
            "Allow more (`ulimit -v unlimited`) and run it again; nothing was changed.",
        )


def too_little(cgroup: Path = CGROUP) -> str | None:
    """Return a sentence about a control group that allows less than ingestion needs, or None."""
    allowed = _allowed(cgroup)
    if allowed is None or allowed >= MEMORY:
        return None
    return (
        f"the control group (memory.max) allows {allowed >> 20:,} MiB of memory, and "
        f"ingestion needs {MEMORY >> 20:,} or more: it may be ended in the middle. What was "
        "committed is safe; run it again with more."
    )


def _allowed(cgroup: Path) -> int | None:
    try:
        written = cgroup.read_text("ascii").strip()
    except OSError:  # no control group of version 2
        return None
    return int(written) if written.isdecimal() else None
