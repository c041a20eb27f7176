"""Measure whole processes, as the operating system accounts for them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a process: seconds on the clock and of processor time, and peak memory."""

    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A command to measure, and what puts everything back before each run."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None
    env: Mapping[str, str] | None = None


def measured(contender: Contender) -> Run:
    """Run the command once, its output thrown away.

    Raises:
        SystemExit: the command failed; its errors are shown.
    """
    contender.prepare()
    began = time.perf_counter()
    process = subprocess.Popen(
        contender.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **(contender.env or {})},
    )
    assert process.stderr is not None  # noqa: S101  asked for above
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{contender.name} failed with code {process.returncode}: {errors.decode()}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turn(contenders: Sequence[Contender], runs: int) -> dict[str, list[Run]]:
    """Measure the contenders in turn, A B A B, after one run of each that does not count.

    A shared machine's speed drifts; what ran in turn can be compared pair by pair.
    """
    found: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for number in range(runs + 1):
        for contender in contenders:
            run = measured(contender)
            if number > 0:
                found[contender.name].append(run)
    return found


def median(runs: Sequence[Run], field: str) -> float:
    """Return the median of one figure."""
    return float(statistics.median(getattr(run, field) for run in runs))


def ratios(ours: Sequence[Run], theirs: Sequence[Run], field: str) -> tuple[float, float, float]:
    """Return minimum, median and maximum of theirs / ours, pair by pair."""
    pairs = [getattr(b, field) / getattr(a, field) for a, b in zip(ours, theirs, strict=True)]
    return min(pairs), statistics.median(pairs), max(pairs)
