"""How long the reports of the Overview page take on a synthetic store.

    python benchmarks/overview_reports.py --sessions 1000000 [--days 180] [--folder DIR]

Prints milliseconds per report, cold (nothing in memory), after a filter change (the period in
memory, the selection not) and warm, for the default 28 days and for the whole store.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

import reports
from reports.load import CACHE
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.store import Snapshot, Store, open_store

LAST = date(2025, 11, 30)
CHANNELS = ("Direct", "Organic Search", "Paid Search", "Email", "Referral", "Display")
SEGMENTS = ("anonymous", "member", "customer", "VIP", "dormant")
DEVICES = ("smartphone", "desktop", "tablet")
VIEWS = 3
"""Page views per session, on average."""

OVERVIEW: tuple[Callable[..., reports.Report], ...] = (
    reports.summary,
    reports.site_status,
    reports.channels,
    reports.segments,
    reports.pages,
    reports.changes,
)


def main() -> None:
    """Make the store, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sessions", type=int, default=1_000_000)
    asked.add_argument("--days", type=int, default=180)
    asked.add_argument("--folder", help="keep the store here, and use the one that is here")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.folder or f"{scratch}/store")
        if not folder.exists():
            fill(open_store(folder, create=True), options.sessions, options.days)
        snapshot = open_store(folder).snapshot()
        first = LAST - timedelta(days=options.days - 1)
        print(f"{options.sessions:,} sessions, {options.sessions * VIEWS:,} page views")
        measure("28 days", snapshot, reports.Filters())
        measure("28 days, whole before", snapshot, reports.Filters(compare="year"))
        measure("all days", snapshot, reports.Filters(start=first, compare="none"))
        half = LAST - timedelta(days=options.days // 2 - 1)
        measure("half against half", snapshot, reports.Filters(start=half))


def measure(title: str, snapshot: Snapshot, filters: reports.Filters) -> None:
    """Print cold, filtered and warm times of the Overview's reports."""
    CACHE.clear()
    cold = _times(snapshot, filters)
    warm = min((_times(snapshot, filters) for _ in range(5)), key=sum)
    fresh = reports.Filters(filters.start, filters.end, filters.compare, segments=("VIP", "member"))
    changed = _times(snapshot, fresh)
    print(f"\n{title}: {CACHE.size / 1e6:,.0f} MB in memory")
    print(f"{'':14}{'cold':>9}{'filter':>9}{'warm':>9}  ms")
    names = [report.__name__ for report in OVERVIEW]
    for name, *row in zip((*names,), cold, changed, warm, strict=True):
        print(f"{name:14}" + "".join(f"{one:9.1f}" for one in row))
    print(f"{'all':14}" + "".join(f"{sum(one):9.1f}" for one in (cold, changed, warm)))


def _times(snapshot: Snapshot, filters: reports.Filters) -> list[float]:
    times = []
    for report in OVERVIEW:
        began = time.perf_counter()
        report(snapshot, filters)
        times.append((time.perf_counter() - began) * 1000)
    return times


def fill(store: Store, sessions: int, days: int) -> None:
    """Write ``sessions`` sessions and three times as many page views over ``days`` days."""
    random = np.random.default_rng(1)
    for index in range(days):
        day = LAST - timedelta(days=index)
        count = sessions // days + (index < sessions % days)
        visits, views = _day(random, day, count, sessions)
        for table, rows in (("sessions", visits), ("page_views", views)):
            store.replace_days(table, [day], lambda rows=rows: (rows, {"benchmark": 1}))


def _day(
    random: np.random.Generator, day: date, count: int, visitors: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    texts = {
        "channel": CHANNELS, "segment": SEGMENTS, "device": DEVICES,
        "campaign": (None, None, None, "autumn", "winter"),
    }  # fmt: skip
    picked = {
        name: pl.Series(values).gather(random.integers(0, len(values), count))
        for name, values in texts.items()
    }
    paths = pl.format("/page/{}", pl.Series("n", random.zipf(1.3, count * VIEWS) % 2000))
    views = pl.DataFrame({"path": pl.select(paths).to_series()})
    visits = pl.DataFrame(
        {
            "visitor_id": random.integers(0, visitors // 2, count),
            "session_id": range(count),
            "conversions": (random.random(count) < 0.02).astype("i8"),
            "page_views": random.poisson(VIEWS - 1, count) + 1,
            "logins": (random.random(count) < 0.1).astype("i8"),
            "is_new": random.random(count) < 0.4,
            "is_bounce": random.random(count) < 0.4,
            "is_engaged": random.random(count) < 0.5,
            "entry_page": views["path"].head(count),
            "exit_page": views["path"].tail(count),
            **picked,
        }
    ).with_columns(
        pl.format("{}", pl.col("visitor_id")).str.pad_start(20, "v").alias("visitor_id"),
        pl.format(f"{day}-session-{{}}", "session_id").alias("session_id"),
        (pl.col("conversions") * 30_000.0).alias("value"),
        pl.lit(day).alias("date"),
        *(pl.lit(start).alias(name) for name in ("start", "end")),
    )
    who = random.integers(0, count, count * VIEWS)
    views = views.with_columns(
        visits["session_id"].gather(who),
        visits["visitor_id"].gather(who),
        pl.lit("page").alias("kind"),
        pl.lit(day).alias("date"),
        pl.lit(start).alias("ts"),
        pl.Series("dwell_s", random.exponential(60, count * VIEWS)),
    )
    return _complete(visits, SESSIONS.schema), _complete(views, PAGE_VIEWS.schema)


def _complete(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    columns = [
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(columns)


if __name__ == "__main__":
    main()
