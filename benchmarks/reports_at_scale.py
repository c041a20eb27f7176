"""How long each report takes over ten million sessions, and how much memory, cold and warm."""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import reports
from benchmarks.large_store import LAST, fill
from benchmarks.processes import machine
from reports.registry import REPORTS
from weblog.store import open_store

OF_LINES = ("bots", "definitions", "reconciliation", "tagging")
"""Reports that count lines and hits, which this store has none of."""

OF_TABLES = (
    *("banners", "banner_gap", "creatives", "goals"),
    *("mailings", "mailing_effect", "mail_times", "mail_recipients", "mail_robots"),
)
"""Reports on what the company told of banners, mailings and targets, which is not there either."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--sessions", type=int, default=10_000_000, help="sessions in the store")
    parser.add_argument("--days", type=int, default=180, help="days they are spread over")
    parser.add_argument("--store", type=Path, help="keep the store in this folder for next time")
    parser.add_argument("--only", nargs="*", help="these reports; by default all")
    parser.add_argument("--write", type=Path, help="record the figures in this file, for the docs")
    parser.add_argument("--runs", type=int, default=5, help="warm calls of each")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Make the store unless it is there, then ask each report in a process of its own.

    Each is asked over all days, compared with nothing. ``cold_s``: the first call of a process
    (its imports not counted); ``warm_s``: the median of the calls after it; ``cpu`` beside it:
    processor time, which others on the machine disturb less; ``peak_mb``: of the process,
    everything in it.
    """
    place = options.store or folder / "store"
    if not place.exists():
        fill(open_store(place, create=True), options.sessions, options.days)
    snapshot = open_store(place).snapshot()
    rows = {name: sum(snapshot.rows_by_day(name).values()) for name in ("sessions", "page_views")}
    days = len(snapshot.rows_by_day("sessions"))
    names = options.only or [name for name in REPORTS if name not in OF_LINES + OF_TABLES]
    found = {
        "store": rows | {"days": days},
        "reports": {name: _alone(name, place, days, options.runs) for name in names},
    }
    if options.write:
        recorded = {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), **found}
        options.write.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    return found


def _alone(name: str, place: Path, days: int, runs: int) -> dict[str, float]:
    command = [sys.executable, "-m", __name__, name, str(place), str(days), str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"report {name} failed: {done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def ask(name: str, place: Path, days: int, runs: int) -> dict[str, float]:
    """Ask one report again and again, and return what it took."""
    snapshot = open_store(place).snapshot()
    filters = reports.Filters(start=LAST - timedelta(days=days - 1), end=LAST, compare="none")
    times = []
    for _ in range(1 + runs):
        began = time.perf_counter(), time.process_time()
        REPORTS[name].function(snapshot, filters)
        times.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    warm = [statistics.median(part) for part in zip(*times[1:], strict=True)]
    return {
        "cold_s": round(times[0][0], 1),
        "cold_cpu_s": round(times[0][1], 1),
        "warm_s": round(warm[0], 2),
        "warm_cpu_s": round(warm[1], 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    _name, _place, _days, _runs = sys.argv[1:]
    print(json.dumps(ask(_name, Path(_place), int(_days), int(_runs))))
