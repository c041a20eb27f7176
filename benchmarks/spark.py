"""The cluster engine beside the local one: equal tables, CPU a line, split of time, skew.

Both read the same generated log, one engine after the other; Spark runs on this machine
(`local[N]`), so that what it costs is measured and no network. Costs are processor time, which
others on the machine disturb less than the clock: of this process, of the executors' Pythons and
of Java. What starting costs is told apart: a small log is read first.

Skew: two logs of a single day, the worst case, since a visitor's hits of a day are one task; in
one of them a tenth of the hits are of one visitor, made to be no robot. Spark's event log tells
how long each task took; from these times follows how soon each log would end with more slots.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

import sessionize
import weblog
from benchmarks.processes import machine
from benchmarks.spark_tasks import Meter, Stage, Used, reckoned, stages_of, together
from sample_logs import generate_combined
from sessionize.on_cluster import PORTION_ROWS, ClusterCutter
from weblog.cluster.executor import count_lines
from weblog.cluster.ingest import ingest as ingest_on_cluster
from weblog.cluster.session import PIECE, PIECE_BYTES, Cluster, cluster
from weblog.site.rules import Site
from weblog.store import Store

KEY = b"the same visitors in every store"
ORDER = {
    "hits": ("log_source", "line"),
    "rejects": ("log_source", "line"),
    "sessions": ("session_id",),
    "page_views": ("log_source", "line"),
    "visitors": ("visitor_id",),
    "robots": ("date", "visitor_id"),
    "places": ("date", "host"),
}
HEAVY = b"203.0.113.7"
AGENT = (
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    b"Chrome/131.0.0.0 Safari/537.36"
)
SLOTS = (2, 8, 32)
"""Tasks at once for which the end of a skewed log is reckoned."""

LEAST_PART = 0.08
"""Of the hits, that the heavy visitor has at least: some of its lines are no hits of sessions."""

_STAMP = re.compile(rb"\[\d\d/\w{3}/\d{4}:(\d\d:\d\d:\d\d) ")
_SIGNALS = re.compile(rb'"HEAD |robots\.txt')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lines", type=int, default=2_000_000, help="lines of the log")
    parser.add_argument("--seed", type=int, default=20251, help="seed of the generator")
    parser.add_argument("--slots", type=int, default=os.cpu_count() or 1, help="tasks at once")
    parser.add_argument("--piece-bytes", type=int, default=PIECE_BYTES, help="bytes of a task")
    parser.add_argument("--write", type=Path, help="record the figures in this file, for the docs")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure and return the figures."""
    with Meter() as meter:
        return _measured(options, folder, meter)


def _measured(options: argparse.Namespace, folder: Path, meter: Meter) -> dict[str, object]:
    long, even, skewed, small = (folder / f"{name}.log" for name in ("log", "even", "skew", "few"))
    generate_combined(long, lines=options.lines, seed=options.seed)
    generate_combined(small, lines=20_000, seed=options.seed + 1)
    one_day(long, even, options.lines // 2, 0)
    one_day(long, skewed, options.lines // 2, 10)
    site = Site()
    here = _store(folder, "here")
    local = _timed(meter, lambda: weblog.ingest(here, [long], site, publish=False))
    local_sessions = _timed(meter, lambda: sessionize.update(here, site))
    events = folder / "events"
    events.mkdir()
    settings = {
        PIECE: str(options.piece_bytes),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.compress": "false",
    }
    spans: dict[str, tuple[float, float]] = {}
    began = time.perf_counter()
    with cluster(f"local[{options.slots}]", settings) as found:
        ready = time.perf_counter() - began

        def measured(name: str, log: Path) -> tuple[Store, dict[str, Cost]]:
            store = _store(folder, f"by {name}")
            start = time.time()
            costs = _on_cluster(found, store, log, site, meter)
            spans[name] = start, time.time()
            return store, costs

        # All Pythons start, and read what they are made of.
        found.run(partial(count_lines, [pickle.dumps(())] * 8), 8, "start")
        _, warming = measured("small", small)
        there, spark = measured("long", long)
        _, of_even = measured("even", even)
        heavy, of_skewed = measured("skewed", skewed)
    (event_log,) = (each for each in events.iterdir() if each.is_file())
    stages = {name: stages_of(event_log, *span) for name, span in spans.items()}
    lines = options.lines
    figures: dict[str, object] = {
        "log": {"lines": lines, "bytes": long.stat().st_size, "slots": options.slots},
        "equal_tables": {name: int(same_rows(name, here, there)) for name in ORDER},
        "startup_seconds": {
            "session": round(ready, 1),
            "first small log": round(sum(each.seconds for each in warming.values()), 1),
        },
        "cost": {
            "local, ingest": local.figures(lines),
            "Spark, ingest": spark["ingest"].figures(lines),
            "local, sessions": local_sessions.figures(lines),
            "Spark, sessions": spark["sessions"].figures(lines),
        },
        "Spark / local": {
            "ingest, Python": _ratio(spark["ingest"].python, local.python),
            "ingest, with Java": _ratio(spark["ingest"].whole, local.whole),
            "sessions, Python": _ratio(spark["sessions"].python, local_sessions.python),
            "sessions, with Java": _ratio(spark["sessions"].whole, local_sessions.whole),
        },
        "tasks": {stage.about: stage.figures for stage in together(stages["long"])},
        "one visitor's part of the hits": {"skewed": round(heaviest(heavy), 3)},
        "skewed / even": _skew(of_skewed, of_even, stages["skewed"], stages["even"]),
    }
    if not all(same_rows(name, here, there) for name in ORDER):
        sys.exit(f"the engines' tables differ: {figures['equal_tables']}")
    if heaviest(heavy) < LEAST_PART:
        sys.exit(f"the heavy visitor counts as a robot: it has {heaviest(heavy):.1%} of the hits")
    if options.write:
        recorded = {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), **figures}
        options.write.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    return figures


class Cost:
    """What some work took: seconds by the clock, and of processors."""

    def __init__(self, seconds: float, before: Used, after: Used) -> None:
        self.seconds = seconds
        self.python, self.java = after.python - before.python, after.java - before.java

    @property
    def whole(self) -> float:
        """Processor seconds of Python and of Java."""
        return self.python + self.java

    def figures(self, lines: int) -> dict[str, float]:
        """Return it for one line of so many."""
        return {
            "seconds": round(self.seconds, 1),
            "Python CPU s": round(self.python, 1),
            "Java CPU s": round(self.java, 1),
            "CPU us a line": round(self.whole / lines * 1e6, 2),
        }


def _on_cluster(
    found: Cluster, store: Store, log: Path, site: Site, meter: Meter
) -> dict[str, Cost]:
    def update() -> object:
        cutter = ClusterCutter(found)
        return sessionize.update(store, site, cutter=cutter, portion_rows=PORTION_ROWS)

    return {
        "ingest": _timed(
            meter, lambda: ingest_on_cluster(store, [log], site, cluster=found, publish=False)
        ),
        "sessions": _timed(meter, update),
    }


def _timed(meter: Meter, work: Callable[[], Any]) -> Cost:
    began, before = time.perf_counter(), meter.used
    work()
    return Cost(time.perf_counter() - began, before, meter.used)


def _ratio(one: float, other: float) -> float:
    return round(one / other, 2)


def _skew(
    skewed: dict[str, Cost], even: dict[str, Cost], by_stage: list[Stage], of_even: list[Stage]
) -> dict[str, float]:
    clock = [sum(each.seconds for each in one.values()) for one in (skewed, even)]
    return {"measured": _ratio(*clock)} | {
        f"{slots} slots": _ratio(reckoned(by_stage, slots), reckoned(of_even, slots))
        for slots in SLOTS
    }


def _store(folder: Path, name: str) -> Store:
    return weblog.open_store(folder / name, create=True, key=KEY)


def same_rows(name: str, one: Store, other: Store) -> bool:
    """Say whether a table has rows, and the same in both stores."""
    tables = []
    for store in (one, other):
        rows: pl.LazyFrame = store.head().scan(name).drop("ingest_date", strict=False)
        tables.append(rows.sort(ORDER[name]).collect())
    return tables[0].height > 0 and tables[0].equals(tables[1])


def heaviest(store: Store) -> float:
    """Return the part of all hits in sessions that are of the visitor with most of them."""
    of_one = store.head().scan("sessions").group_by("visitor_id").agg(pl.col("hits").sum())
    hits = of_one.collect()["hits"]
    return float(hits.max() or 0) / float(hits.sum() or 1)  # type: ignore[arg-type]


def one_day(log: Path, written: Path, lines: int, every: int) -> None:
    """Write the first lines of a log as of one day, each ``every``-th (0: none) of one visitor.

    Instants of that visitor are drawn, and what only robots do is not said of it: one that
    counted as a robot would be left out of what is to be measured.
    """
    draw = random.Random(0)
    with log.open("rb") as read, written.open("wb") as out:
        for number, line in enumerate(read):
            if number >= lines:
                return
            moved = _STAMP.sub(rb"[17/Nov/2025:\1 ", line)
            if not every or number % every or not moved.endswith(b'"\n') or _SIGNALS.search(line):
                out.write(moved)
                continue
            stamp = b"[17/Nov/2025:%02d:%02d:%02d " % _clock(draw.randrange(86_400))
            _, _, rest = _STAMP.sub(stamp, line).partition(b" ")
            before = rest[: rest.rfind(b'"', 0, -2)]
            out.write(b'%s %s"%s"\n' % (HEAVY, before, AGENT))


def _clock(second: int) -> tuple[int, int, int]:
    return second // 3600, second // 60 % 60, second % 60
