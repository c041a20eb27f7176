"""Check that sessions, page views and visitors agree with the hits they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import polars as pl

from sessionize.agreement import frozen_before, read_days
from sessionize.enrich import DERIVED
from sessionize.history import History
from sessionize.reading import sessions_of_days
from sessionize.rules import SessionRules
from weblog.doctor.finding import INGEST, Finding
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

SAMPLE: Final = 3
"""Days whose sessions are made again for comparison: the newest ones; all where it is deep."""

_DERIVED: Final = tuple(name for name in DERIVED if name != "customer_id")
"""Columns that other days and the register decide; a customer may be one a login claims."""


def examine_sessions(store: Store, site: Site, *, deep: bool = False) -> list[Finding]:
    """Make sessions again and compare them, and visitors with their sessions.

    Args:
        store: the store, whose tables can be read.
        site: the rules sessions were made by.
        deep: all days, not only the newest :data:`SAMPLE`.
    """
    head, rules = store.head(), SessionRules.from_site(site)
    days = read_days(head, rules)
    found: list[Finding] = []
    if stale := days.stale:
        problem = f"sessions of {len(stale):,} days are not made of the hits there are"
        found.append(Finding("sessions", "fault", "sessions", problem, INGEST, len(stale)))
    frozen = frozen_before(head, rules)
    sound = sorted(day for day in days.rows if day >= frozen and day not in set(stale))
    for day in sound if deep else sound[-SAMPLE:]:
        found += _compared(head, day, rules)
    return [*found, *_visitors(head)]


def _compared(head: Snapshot, day: date, rules: SessionRules) -> Iterator[Finding]:
    """Compare what was made of the hits of a day with what they make now."""
    made = sessions_of_days(head, [day], rules)
    for name, key, fresh in (
        ("sessions", ["session_id"], made.sessions),
        ("page_views", ["log_source", "line"], made.page_views),
        ("robots", ["visitor_id"], made.robots),
        ("places", ["host"], made.places),
    ):
        stored = _unclaimed(head.scan(name).filter(pl.col("date") == day).collect())
        if name != "sessions" and stored.is_empty():
            continue  # removed by age, or made before there was such a table
        columns = [each for each in stored.columns if each not in _DERIVED]
        ours, theirs = (
            rows.select(pl.col(each).cast(stored.schema[each]) for each in columns).sort(key)
            for rows in (fresh, stored)
        )
        if not ours.equals(theirs):
            problem = f"{name} of {day} are not those its hits make ({theirs.height:,} rows)"
            advice = (
                "Were they made by the rules of another site.toml? Else restore a backup, or "
                "read the logs into a new store."
            )
            yield Finding("sessions", "fault", name, problem, advice)


def _unclaimed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return sessions with the customer who logged in, not one that claims them."""
    if "is_stitched" not in rows.columns:
        return rows
    own = ~pl.col("is_stitched").fill_null(value=False)
    return rows.with_columns(customer_id=pl.when(own).then("customer_id"))


def _visitors(head: Snapshot) -> Iterator[Finding]:
    """Compare table visitors with the sessions."""
    history = History.before(head, date.max, is_settled=False)
    names = ("visitor_id", "first_seen", "last_seen", "sessions")
    expected = history.table().select(names).sort("visitor_id")
    stored = head.scan("visitors").select(names).sort("visitor_id").collect()
    if not stored.equals(expected):
        problem = (
            f"{stored.height:,} visitors do not agree with the sessions of {expected.height:,}"
        )
        yield Finding("visitors", "fault", "visitors", problem, INGEST)
