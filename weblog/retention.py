"""Remove rows by age: whole days, from the tables and from the files behind them.

Deliveries are as old as their mailing.

What was removed stays accounted for. The ledger goes on telling what was read of each log, so
that a file given again adds nothing; a row of it says how many hits and rejects went. The
sessions of a day whose hits are gone stay as they are: mark :data:`KEPT_FROM` of table hits says
up to which day nothing can be made anew (sessionize.update asks).

Hits and rejects go first, then the ledger says so. A run that is killed between leaves marks
that differ; the next one counts, and corrects the ledger.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

from weblog.erasure.journal import refuse_if_pending
from weblog.rejects.settling import settle
from weblog.schema import LEDGER, TABLES
from weblog.site.retention import Retention
from weblog.sources import digest
from weblog.store import Snapshot, Store
from weblog.store.layout import time_zone
from weblog.store.leftovers import clear
from weblog.store.lock import Waiting

KEPT_FROM: Final = "kept-from"
"""Mark of hits: the first day (as its ordinal) whose hits were not removed by age."""

RETENTION: Final = "retention"
"""Mark of hits, rejects and the ledger: the number of the last retention that touched them."""

ORDER: Final = ("contacts", "deliveries", "page_views", "robots", "rejects", "hits")


@dataclass(frozen=True, slots=True)
class Retired:
    """What went of one table, or would: rows of the days before ``before``."""

    table: str
    before: date
    days: int
    rows: int
    first: date | None
    last: date | None


def kept_from(marks: Mapping[str, int]) -> date:
    """Return the first day whose hits are all there, from the marks of table hits."""
    return date.fromordinal(marks.get(KEPT_FROM, 1))


def planned(store: Store, retention: Retention, today: date) -> list[Retired]:
    """Return what is older than the site wants to keep.

    Args:
        store: the store.
        retention: days to keep, by table.
        today: the day in the site's time zone.
    """
    found = []
    for name in ORDER:
        days = getattr(retention, name)
        if days is None:
            continue
        before = today - timedelta(days=days)
        old = {day: rows for day, rows in _rows_by_day(store, name).items() if day < before}
        gone = sorted(day for day, rows in old.items() if rows)
        first, last = (gone[0], gone[-1]) if gone else (None, None)
        found.append(Retired(name, before, len(gone), sum(old.values()), first, last))
    return found


def retire(
    store: Store,
    retention: Retention,
    *,
    today: date,
    keep: float = 0.0,
    waiting: Waiting | None = None,
) -> list[Retired]:
    """Remove what is older than the site wants to keep.

    Sessions should be up to date before: those of a day cannot be made once its hits are gone.

    Args:
        store: the store.
        retention: days to keep, by table.
        today: the day in the site's time zone.
        keep: seconds for which readers of older versions still find their files.
        waiting: told of those who have to end first.

    Raises:
        LockedError: others kept working in the store.
        ErasureCutShortError: `weblog erase` has to come first.
    """
    with store.lock("retention", exclusive=True, waiting=waiting):
        refuse_if_pending(store)
        settle(store)
        was_published = store.is_published()
        _account(store)  # for one that was cut short
        done = planned(store, retention, today)
        number = (store.mark("ledger", RETENTION) or 0) + 1
        for each in done:
            if each.days:
                _remove(store, each, number)
        _account(store)
        if was_published:
            store.publish()
        now = time.time()  # not before: what was just removed is no longer needed then
        for each in done:
            clear(store, each.table, now=now, keep=keep)
    return done


def _rows_by_day(store: Store, name: str) -> dict[date, int]:
    """Return rows per day; of deliveries by the day their mailing was sent, where that is known."""
    if name != "deliveries":
        return store.day_rows(name)
    counts = _sent(store.head()).drop_nulls("day").group_by("day").len().collect()
    return dict(zip(counts["day"], counts["len"], strict=True))


def _sent(head: Snapshot) -> pl.LazyFrame:
    """Return the deliveries with the ``day`` their mailing was sent, in the store's time zone."""
    zone = time_zone(head.folder) or "UTC"
    day = pl.col("sent").dt.convert_time_zone(zone).dt.date().alias("day")
    return head.scan("deliveries").join(
        head.scan("mailings").select("mailing", day), on="mailing", how="left"
    )


def _remove(store: Store, retired: Retired, number: int) -> None:
    table = TABLES[retired.table]
    if retired.table == "deliveries":
        is_old = (pl.col("day") < retired.before).fill_null(value=False)
        store.revise(
            "deliveries",
            lambda head: (_sent(head).filter(~is_old).drop("day").collect(), {}),
        )
        return
    days = sorted(day for day in store.day_rows(retired.table) if day < retired.before)
    marks: dict[str, int] = {}
    if retired.table in ("hits", "rejects"):
        marks[RETENTION] = number
    if retired.table == "hits":
        before = store.mark("hits", KEPT_FROM) or 1
        marks[KEPT_FROM] = max(before, retired.before.toordinal())
    store.replace_days(retired.table, days, lambda: (table.empty(), marks))


def _account(store: Store) -> None:
    """Have the ledger say of each source how many of its hits and rejects are gone."""
    head = store.head()
    told = head.marks("ledger").get(RETENTION)
    number = max(head.marks(name).get(RETENTION, 0) for name in ("hits", "rejects"))
    if number <= (told or 0):
        return
    counts = ("hits", "rejects")
    books = head.scan("ledger").group_by("log_source").agg(pl.col("lines", *counts).sum())
    for name in counts:
        # Lines beyond the ledger are those of an ingest cut short: it will count them.
        lines = head.scan(name).select("log_source", "line")
        there = (
            lines.join(books.select("log_source", "lines"), on="log_source")
            .filter(pl.col("line") <= pl.col("lines"))
            .group_by("log_source")
            .agg(pl.len().cast(pl.Int64).alias(f"{name}_there"))
        )
        books = books.join(there, on="log_source", how="left")
    gone = [(pl.col(name) - pl.col(f"{name}_there").fill_null(0)).alias(name) for name in counts]
    found = books.select("log_source", *gone).filter((pl.col("hits") + pl.col("rejects")) > 0)
    now = datetime.now(UTC)
    rows = [
        {
            **dict.fromkeys(LEDGER.schema.names()),
            "log_source": row["log_source"],
            **dict.fromkeys(("from_offset", "to_offset", "from_line", "lines"), 0),
            "hits": -row["hits"],
            "rejects": -row["rejects"],
            "skipped": 0,
            "erased": row["hits"] + row["rejects"],
            "tail_length": 0,
            "tail": digest(b""),
            "committed_at": now,
        }
        for row in found.sort("log_source").collect().to_dicts()
    ]
    frame = pl.DataFrame(rows, schema=LEDGER.schema)
    store.append_once("ledger", frame, RETENTION, number, told)
