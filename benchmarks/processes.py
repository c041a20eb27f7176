"""Measure whole processes, as the operating system accounts for them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path

_LAUNCH = Path(__file__).with_name("launch.py")
_PACKAGES = ("weblog", "sessionize", "reports", "dashboard", "sample_logs")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a process: seconds on the clock and of processor time, and peak memory."""

    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A command to measure, and what puts everything back before each run.

    One that ``is_slow`` runs fewer times, and never without being counted.
    """

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None
    env: Mapping[str, str] | None = None
    is_slow: bool = False


def measured(contender: Contender) -> Run:
    """Run the command once, its output thrown away.

    Raises:
        SystemExit: the command failed; its errors are shown.
    """
    contender.prepare()
    process = subprocess.run(
        [sys.executable, "-I", "-S", str(_LAUNCH), *contender.command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **(contender.env or {})},
        check=False,
    )
    told = json.loads(process.stdout) if process.returncode == 0 else {"code": process.returncode}
    if told["code"] != 0:
        sys.exit(f"{contender.name} failed with code {told['code']}: {process.stderr}")
    return Run(told["wall"], told["cpu"], told["peak_mb"])


def in_turn(
    contenders: Sequence[Contender], runs: int, slow_runs: int = 1, *, warm_up: bool = True
) -> dict[str, list[Run]]:
    """Measure the contenders in turn, A B A B, after one run of each that does not count.

    Without ``warm_up`` all count: of runs that take minutes, the first is as long as any.

    A shared machine's speed drifts; what ran in turn can be compared pair by pair. Slow ones
    take part in the first ``slow_runs`` turns only.
    """
    found: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for number in range(0 if warm_up else 1, runs + 1):
        for contender in contenders:
            if contender.is_slow and not 0 < number <= slow_runs:
                continue
            run = measured(contender)
            if number > 0:
                found[contender.name].append(run)
    return found


def as_installed() -> None:
    """Compile our modules, as pip does at installation, and have processes use what is compiled."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    root = Path(__file__).parents[1]
    for name in _PACKAGES:
        compile_dir(root / name, quiet=1)


def median(runs: Sequence[Run], field: str) -> float:
    """Return the median of one figure."""
    return float(statistics.median(getattr(run, field) for run in runs))


def ratios(ours: Sequence[Run], theirs: Sequence[Run], field: str) -> tuple[float, float, float]:
    """Return minimum, median and maximum of theirs / ours, pair by pair, as far as both go."""
    pairs = [getattr(b, field) / getattr(a, field) for a, b in zip(ours, theirs, strict=False)]
    return min(pairs), statistics.median(pairs), max(pairs)


def machine() -> str:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
