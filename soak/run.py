"""Run the soak: begin the writer, follow, kill, measure, and count in the end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import polars as pl

from weblog.following import following
from weblog.status import status
from weblog.store import open_store

LOOK = 0.25
"""Seconds between two samples."""

GROWN = 5.0
"""Seconds a process must have lived for its memory to count: until then it is starting."""

PATIENCE = 120.0
"""Seconds the follower has to read what is left when the writer is done."""


@dataclass(frozen=True)
class Soak:
    """How long, how fast, how hard. ``kill`` and ``rotate`` are seconds between two of them."""

    folder: Path
    seconds: float = 600.0
    rate: int = 5000
    rotate: float = 30.0
    kill: float = 20.0
    seed: int = 20251121

    @property
    def log(self) -> Path:
        """The log that is written."""
        return self.folder / "logs" / "access.log"

    @property
    def store(self) -> Path:
        """The store it is read into."""
        return self.folder / "store"


@dataclass
class Outcome:
    """What was found: lines written and counted, and samples of memory and lag.

    ``memory``: seconds since the begin, seconds the process has lived, MB resident. ``lag``:
    seconds since the begin, age in seconds of the oldest line that readers do not see.
    """

    written: int = 0
    kills: int = 0
    rotations: int = 0
    hits: int = 0
    distinct: int = 0
    exit_code: int | None = None
    settled_after: float = 0.0
    faults: list[str] = field(default_factory=list)
    memory: list[tuple[float, float, float]] = field(default_factory=list)
    lag: list[tuple[float, float]] = field(default_factory=list)

    @property
    def lags(self) -> list[float]:
        """The lags alone."""
        return [lag for _, lag in self.lag]


def soak(plan: Soak) -> Outcome:
    """Run the soak; look at ``faults`` of what it returns."""
    plan.log.parent.mkdir(parents=True)
    open_store(plan.store, create=True)
    told = plan.folder / "told.txt"
    command = ["-m", "soak.writer", plan.log, told, "--rate", plan.rate, "--rotate", plan.rotate]
    writer = started(*command, "--seconds", plan.seconds)
    outcome = Outcome()
    follower, began = followed(plan), time.monotonic()
    draw = random.Random(plan.seed)
    next_kill = began + plan.kill * draw.uniform(0.5, 1.0)
    born = began
    watched = Watched(plan, told)
    try:
        while writer.poll() is None:
            time.sleep(LOOK)
            now = time.monotonic()
            if follower.poll() is not None:
                outcome.faults.append(f"the follower ended by itself: {follower.returncode}")
                return outcome
            outcome.memory.append((now - began, now - born, resident(follower.pid)))
            if (lag := watched.lag(time.time())) is not None:
                outcome.lag.append((now - began, lag))
            if now >= next_kill:
                follower.send_signal(signal.SIGKILL)
                follower.wait()
                outcome.kills += 1
                next_kill += plan.kill
                follower, born = followed(plan), time.monotonic()
        outcome.written = watched.written()[-1][1]
        wait_until_read(plan, outcome)
        follower.send_signal(signal.SIGTERM)
        outcome.exit_code = follower.wait(timeout=60)
    finally:
        for process in (writer, follower):
            if process.poll() is None:
                process.kill()
                process.wait()
    counted(plan, outcome)
    return outcome


def started(*command: object) -> subprocess.Popen[bytes]:
    """Start Python with these arguments."""
    # Counting covered lines would slow it down, and a killed process counts none.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    root = str(Path(__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, *map(str, command)], cwd=root, env={**kept, "PYTHONPATH": root}
    )


def followed(plan: Soak) -> subprocess.Popen[bytes]:
    """Start the follower."""
    return started("-m", "weblog", "ingest", "--follow", plan.log, "--store", plan.store, "-q")


@dataclass
class Watched:
    """Sees what readers see, and how old what they do not see yet is."""

    plan: Soak
    told: Path
    _seen: str = ""
    _lines: int = 0

    def written(self) -> list[tuple[float, int]]:
        """Return when how many lines had been written."""
        whole = self.told.read_text().rpartition("\n")[0]
        rows = (row.split() for row in whole.splitlines())
        return [(float(when), int(count)) for when, count in rows]

    def lag(self, now: float) -> float | None:
        """Return the age of the oldest line readers do not see; None before the first write."""
        if not self.told.exists():
            return None
        written = self.written()
        published = self.plan.store / "published.json"
        if published.exists() and (text := published.read_text()) != self._seen:
            ledger = open_store(self.plan.store).snapshot().scan("ledger")
            self._lines, self._seen = ledger.select(pl.col("lines").sum()).collect().item(), text
        place = bisect_left(written, self._lines + 1, key=lambda row: row[1])
        return now - written[place][0] if place < len(written) else 0.0


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    try:
        text = Path(f"/proc/{pid}/statm").read_text()
    except OSError:
        return 0.0
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def wait_until_read(plan: Soak, outcome: Outcome) -> None:
    """Wait until all is read and published."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        store = open_store(plan.store)
        ledger = store.snapshot().scan("ledger").select(pl.col("lines").sum()).collect().item()
        behind = sum(each.bytes_behind for each in following(store))
        if ledger >= outcome.written and not behind:
            outcome.settled_after = time.monotonic() - began
            return
        time.sleep(LOOK)
    outcome.faults.append(f"after {PATIENCE:.0f} s only {ledger:,} lines are published")


def counted(plan: Soak, outcome: Outcome) -> None:
    """Count what readers see, and say what is wrong."""
    store = open_store(plan.store)
    found = status(store)
    numbers = store.snapshot().scan("hits").select("bytes").collect()["bytes"]
    outcome.hits, outcome.distinct = numbers.len(), numbers.n_unique()
    outcome.rotations = len(list(plan.log.parent.iterdir())) - 1
    expectations = {
        "every line is a hit": outcome.hits == outcome.written,
        "no line is there twice": outcome.distinct == outcome.hits,
        "the numbers are those written": (numbers.min(), numbers.max()) == (0, outcome.written - 1),
        "the sum of status balances": found.adds_up and found.lines == outcome.written,
        "nothing is left unfinished": not found.unfinished,
        "the follower stopped with code 0": outcome.exit_code == 0,
        "page views of sessions are those of hits": found.page_views
        == store.snapshot().scan("page_views").select(pl.len()).collect().item(),
    }
    outcome.faults += [what for what, holds in expectations.items() if not holds]


def summary(plan: Soak, outcome: Outcome) -> str:
    """Return the figures as text."""
    lags = outcome.lags or [float("nan")]
    files = [file for file in plan.store.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1e6
    lives = [mb for _, age, mb in outcome.memory if age >= GROWN]
    rotated = f"{outcome.rotations} rotations, {outcome.kills} times kill -9"
    after = f"all read {outcome.settled_after:.1f} s after the last line"
    lines = [
        f"{outcome.written:,} lines written at {plan.rate:,}/s, {rotated}",
        f"{outcome.hits:,} hits, {outcome.distinct:,} of them distinct",
        f"lag: median {median(lags):.1f} s, longest {max(lags):.1f} s; {after}",
        f"store: {len(files):,} files, {size:,.0f} MB",
        f"memory: median {median(lives or [0]):.0f} MB, most {max(lives or [0]):.0f} MB",
        "memory by minute, median/most, MB: "
        + by_minute([(at, mb) for at, age, mb in outcome.memory if age >= GROWN], 0),
        "lag by minute, median/longest, s: " + by_minute(outcome.lag, 1),
    ]
    return "\n".join(lines + [f"FAULT: {fault}" for fault in outcome.faults])


def by_minute(samples: list[tuple[float, float]], digits: int) -> str:
    """Return median and maximum of each minute as text."""
    minutes: dict[int, list[float]] = {}
    for at, value in samples:
        minutes.setdefault(int(at // 60) + 1, []).append(value)
    return ", ".join(
        f"{minute}: {median(seen):.{digits}f}/{max(seen):.{digits}f}"
        for minute, seen in minutes.items()
    )


def as_json(outcome: Outcome) -> str:
    """Return all samples, for whoever wants to plot them."""
    return json.dumps(outcome.__dict__)
