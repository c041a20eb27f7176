"""How long the reports of the Overview page take on a synthetic store, cold and warm."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--sessions", type=int, default=1_000_000, help="sessions in the store")
    parser.add_argument("--days", type=int, default=180, help="days they are spread over")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Make the store, measure, return milliseconds per report.

    ``cold``: nothing in memory; ``filter``: the period in memory, the selection not; ``warm``:
    asked before.
    """
    store = open_store(folder / "store", create=True)
    fill(store, options.sessions, options.days)
    snapshot = store.snapshot()
    first = LAST - timedelta(days=options.days - 1)
    half = LAST - timedelta(days=options.days // 2 - 1)
    return {
        "store": {"sessions": options.sessions, "page_views": options.sessions * VIEWS},
        "28 days, ms": measure(snapshot, reports.Filters()),
        "all days, ms": measure(snapshot, reports.Filters(start=first, compare="none")),
        "half against half, ms": measure(snapshot, reports.Filters(start=half)),
    }


def measure(snapshot: Snapshot, filters: reports.Filters) -> dict[str, dict[str, float]]:
    """Return cold, filtered and warm times of the Overview's reports."""
    CACHE.clear()
    cold = _times(snapshot, filters)
    fresh = reports.Filters(filters.start, filters.end, filters.compare, segments=("VIP", "member"))
    changed = _times(snapshot, fresh)
    warm = min((_times(snapshot, filters) for _ in range(5)), key=sum)
    rows = zip((report.__name__ for report in OVERVIEW), cold, changed, warm, strict=True)
    found = {name: _row(*times) for name, *times in rows}
    return found | {"all": _row(sum(cold), sum(changed), sum(warm))}


def _row(cold: float, changed: float, warm: float) -> dict[str, float]:
    return {"cold": round(cold, 1), "filter": round(changed, 1), "warm": round(warm, 1)}


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
        store.replace_days("sessions", [day], partial(_same, visits))
        store.replace_days("page_views", [day], partial(_same, views))


def _same(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    return rows, {"benchmark": 1}


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
    return complete(visits, SESSIONS.schema), complete(views, PAGE_VIEWS.schema)


def complete(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return the columns of ``schema``; those the frame does not have are null."""
    columns = [
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(columns)
