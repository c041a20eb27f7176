"""When visitors came first, and again: of the sessions of all days, in the order of visitors.

What is kept follows from the state of the store alone, so that every period is told of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from reports import load, whole
from reports.cache import CACHE
from reports.customer_numbers import customers_key, numbered_sessions
from reports.query import EVERYTHING
from weblog.store import Snapshot

_NEVER: Final = np.iinfo(np.int32).max
"""Stands for no day."""


def sessions_kept_whole(snapshot: Snapshot, columns: Sequence[str]) -> dict[str, pl.Series] | None:
    """Return columns of all sessions as they are in memory; None if they are not."""
    kept = whole.of(snapshot)
    if kept is None or any(name not in kept.session_columns for name in columns):
        return None
    return {name: kept.session_columns[name].alias(name) for name in columns}


def sessions_of_all_days(snapshot: Snapshot, columns: Sequence[str]) -> dict[str, pl.Series]:
    """Return columns of all sessions, in the order of visitors and a visitor's in that of days."""
    kept = sessions_kept_whole(snapshot, columns)
    if kept is not None:
        return kept
    days = load.days_with_sessions(snapshot)["day"]
    span = None if days.is_empty() else (days[0], days[-1])
    return load.sessions(snapshot, span, EVERYTHING, columns).to_dict()


def visitors_seen(snapshot: Snapshot, last: date) -> pl.DataFrame:
    """Return what visitors had done up to the day ``last``, from the beginning of the data.

    Returns:
        ``first`` and ``second``, the days of the first two sessions (who had come before the data
        begin came a second time at once); ``known``, the day of the first session of a customer,
        and ``customer``, who that was (the number: :mod:`reports.customer_numbers`); null where
        there was none. ``people`` (i64): of how many visitors that is so; of who was known ever,
        a row each.
    """
    key = (*customers_key(snapshot), "visitors seen")
    found = CACHE.get(key, lambda: _seen(snapshot))
    by_then = [
        pl.when(pl.col(name) <= last).then(name).alias(name) for name in ("new", "second", "known")
    ]
    return (
        found.with_columns(by_then)
        .with_columns(
            pl.coalesce("new", "second").alias("first"),
            pl.when(pl.col("known").is_not_null()).then("customer").alias("customer"),
        )
        .filter(pl.col("first").is_not_null())
        .select("first", "second", "known", "customer", "people")
    )


def _seen(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``new`` (day of the session that is new), ``second`` and so on, of all days."""
    visitors, days = _first_days(snapshot)
    known = _known(snapshot)
    place = np.searchsorted(visitors, known["visitor"].to_numpy())
    one = pl.lit(1, pl.Int64).alias("people")
    theirs = pl.concat([days[place], known.drop("visitor")], how="horizontal").with_columns(one)
    is_known = np.zeros(len(visitors), dtype=bool)
    is_known[place] = True
    others = days.filter(~pl.Series(is_known))
    # Pairs of days are few and grouped by as one number, in half the time.
    pair = pl.col("new").to_physical().cast(pl.Int64) * (1 << 32) + pl.col("second").to_physical()
    people = pl.len().cast(pl.Int64).alias("people")
    counted = others.group_by(pair.alias("pair")).agg(pl.col("new", "second").first(), people)
    rows = pl.concat([counted.drop("pair"), theirs], how="diagonal").select(theirs.columns)
    never = pl.lit(_NEVER).cast(pl.Date)
    return rows.with_columns(
        pl.when(pl.col(name) != never).then(name).alias(name) for name in ("new", "second")
    )


def _first_days(snapshot: Snapshot) -> tuple[np.ndarray, pl.DataFrame]:
    """Return visitors, ascending, and the days of their first sessions: the new, and another.

    :data:`_NEVER`, as a day, where there is none.
    """
    columns = sessions_of_all_days(snapshot, ["visitor", "date", "is_new"])
    visitor, is_new = columns["visitor"].to_numpy(), columns["is_new"].to_numpy()
    day = columns["date"].to_physical().to_numpy()
    starts = np.flatnonzero(_runs(visitor))
    days = {"new": np.where(is_new, day, _NEVER), "second": np.where(is_new, _NEVER, day)}
    if len(starts):
        days = {name: np.minimum.reduceat(values, starts) for name, values in days.items()}
    firsts = pl.DataFrame(days, schema=dict.fromkeys(days, pl.Int32))
    return visitor[starts], firsts.cast(pl.Date)


def first_and_later(
    sessions: Mapping[str, pl.Series], chosen: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return when visitors came first, and the days on which these came again.

    Args:
        sessions: ``visitor``, ``date`` and ``is_new`` of sessions, in the order of visitors.
        chosen: the rows of the first sessions that count.

    Returns:
        ``person`` (a number of the visitor) and ``first``, a row each; ``person``, ``first`` and
        ``day`` of each session of theirs that is not new, in the order they stand in.
    """
    visitor, is_new = sessions["visitor"].to_numpy(), sessions["is_new"].to_numpy()
    day, rows = sessions["date"].to_physical().to_numpy(), chosen.to_numpy()
    run = _runs(visitor).cumsum(dtype=np.uint32) - 1
    first = np.full(int(run[-1]) + 1 if len(run) else 0, _NEVER, dtype=np.int32)
    first[run[rows]] = day[rows]
    later = np.flatnonzero(~is_new)
    of_later = first[run[later]]
    later, of_later = later[of_later != _NEVER], of_later[of_later != _NEVER]
    persons = np.flatnonzero(first != _NEVER).astype(np.uint32)
    firsts = {"person": persons, "first": first[persons]}
    again = {"person": run[later], "first": of_later, "day": day[later]}
    begun, came = (
        pl.DataFrame(columns).with_columns(pl.col(pl.Int32).cast(pl.Date))
        for columns in (firsts, again)
    )
    return begun, came


def _runs(visitor: np.ndarray) -> np.ndarray:
    """Return for each row whether it is the first of its visitor."""
    return np.append(True, visitor[1:] != visitor[:-1])[: len(visitor)]


def _known(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``visitor``, ascending, ``known`` and ``customer``: the first one known of each."""
    rows = numbered_sessions(snapshot, ["visitor", "start", "date"]).select(
        "visitor", "start", customer="customer_id", known="date"
    )
    rows = rows.sort("visitor", "start", "customer")
    is_first = (pl.col("visitor") != pl.col("visitor").shift(1)).fill_null(value=True)
    return rows.filter(is_first).select("visitor", "known", "customer")
