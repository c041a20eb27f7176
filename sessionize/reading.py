"""Read the hits of some days and cut them into sessions, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from sessionize.parts import CORE
from sessionize.robots import added_up, takers
from sessionize.rules import SessionRules
from sessionize.sessions import Sessionized, make_sessions
from weblog.store import Snapshot

BUCKET_ROWS = 1_000_000
"""Hits held in memory at once; days with more are read in several passes, by visitor."""


def sessions_of_days(
    snapshot: Snapshot, days: Sequence[date], rules: SessionRules, rows: int = BUCKET_ROWS
) -> Sessionized:
    """Return sessions that count on ``days``, their page views, and robots and places of these.

    Where midnight does not end sessions, hits of the days around are read too: as many days
    as sessions reach over.
    """
    known = snapshot.rows_by_day("hits")
    read = days_read(snapshot, days, rules)
    hits = snapshot.scan("hits").filter(pl.col("date").is_in(read))
    passes = -(-sum(known.get(day, 0) for day in read) // rows) or 1
    if passes == 1:
        return _of_days(make_sessions(hits, rules), days)
    bucket = pl.col("visitor_id").hash() % passes
    buckets = [hits.filter(bucket == number) for number in range(passes)]
    # Whether pages come with assets, all visitors of a day tell together.
    places = added_up([takers(each) for each in buckets])
    made = [_of_days(make_sessions(each, rules, places), days) for each in buckets]
    whole = Sessionized(*(pl.concat(frames) for frames in zip(*made, strict=True)))
    return whole._replace(places=_of(places, days))


def days_read(snapshot: Snapshot, days: Sequence[date], rules: SessionRules) -> list[date]:
    """Return the days whose hits have to be read for the sessions of ``days``, in order."""
    read = set(days) if rules.ends_at_midnight else _with_neighbours(snapshot, set(days), rules)
    return sorted(read)


def _of_days(made: Sessionized, days: Sequence[date]) -> Sessionized:
    return Sessionized(*(_of(frame, days) for frame in made))


def _of(frame: pl.DataFrame, days: Sequence[date]) -> pl.DataFrame:
    return frame.filter(pl.col("date").is_in(sorted(days)))


def logins(snapshot: Snapshot) -> pl.DataFrame:
    """Return distinct ``visitor_id`` and ``customer_id`` of all sessions."""
    robots = snapshot.scan("robots").filter("is_robot").select("date", "visitor_id")
    return (
        snapshot.scan("hits")
        .filter(
            pl.col("kind").is_in(CORE),
            pl.col("visitor_id").is_not_null(),
            pl.col("customer_id").is_not_null(),
        )
        .join(robots, on=["date", "visitor_id"], how="anti")
        .select("visitor_id", "customer_id")
        .unique()
        .collect(engine="streaming")
    )


def reach(snapshot: Snapshot, day: date, rules: SessionRules) -> set[date]:
    """Return the days whose sessions the hits of ``day`` can be part of, or once were.

    Where midnight ends sessions, that is the day itself.
    """
    if rules.ends_at_midnight:
        return {day}
    end = pl.col("end").dt.convert_time_zone(rules.time_zone).dt.date()
    stored = (
        snapshot.scan("sessions")
        .filter(pl.col("date") <= day, end >= day)
        .select(pl.col("date").min().alias("first"), end.max().alias("last"))
        .collect()
    )
    first, last = stored.row(0)
    chains = _chains_touching(snapshot, {day}, rules)
    spans = [(day, day), *chains.rows()] + ([(first, last)] if first else [])
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    present = set(snapshot.rows_by_day("hits")) | set(snapshot.rows_by_day("sessions"))
    return {day, *(other for other in present if low <= other <= high)}


def _with_neighbours(snapshot: Snapshot, days: set[date], rules: SessionRules) -> set[date]:
    """Return ``days`` and the days before and after that share sessions with them."""
    chains = _chains_touching(snapshot, days, rules)
    if chains.is_empty():
        return days
    low, high = chains.select(pl.col("first").min(), pl.col("last").max()).row(0)
    present = set(snapshot.rows_by_day("hits"))
    return days | {day for day in present if low <= day <= high}


def _chains_touching(snapshot: Snapshot, days: set[date], rules: SessionRules) -> pl.DataFrame:
    """Return distinct ``first`` and ``last`` day of the chains that have a hit on ``days``.

    A chain is what no wait longer than the inactivity limit interrupts, all kinds of hits
    counted: no session, with the hits attached to it, is longer than its chain.
    """
    present = sorted(set(snapshot.rows_by_day("hits")) | days)
    low, high = present.index(min(days)), present.index(max(days))
    while True:
        low, high = max(low - 1, 0), min(high + 1, len(present) - 1)
        chains = _chains(snapshot, present[low], present[high], rules)
        touching = chains.filter(
            pl.any_horizontal(pl.lit(day).is_between("first", "last") for day in sorted(days))
        )
        ends = touching.select(pl.col("first").min(), pl.col("last").max()).row(0)
        open_below = low > 0 and ends[0] == present[low] and present[low] < min(days)
        open_above = high < len(present) - 1 and ends[1] == present[high] > max(days)
        if not open_below and not open_above:
            return touching.unique()


def _chains(snapshot: Snapshot, first: date, last: date, rules: SessionRules) -> pl.DataFrame:
    hits = (
        snapshot.scan("hits")
        .filter(
            pl.col("date").is_between(first, last),
            ~pl.col("kind").is_in(["bot", "internal"]),
            pl.col("visitor_id").is_not_null(),
        )
        .select("visitor_id", "ts", "date")
        .collect()
        .sort("visitor_id", "ts")
    )
    waits = pl.col("ts") - pl.col("ts").shift(1) > rules.inactivity
    begins = (pl.col("visitor_id") != pl.col("visitor_id").shift(1)) | waits
    return (
        hits.with_columns(begins.fill_null(value=True).cum_sum().alias("chain"))
        .group_by("chain")
        .agg(pl.col("date").first().alias("first"), pl.col("date").last().alias("last"))
        .select("first", "last")
        .unique()
    )
