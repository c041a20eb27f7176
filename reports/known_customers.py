"""What the register and the logs say of customers over time: when they began, came and bought.

Small frames, a row per customer or day, read once per snapshot and kept in memory. Customers are
``person`` here, their id, so that they can take the place of visitors.
"""

from __future__ import annotations

import polars as pl

from reports.load import CACHE, key_of
from weblog.store import Snapshot


def joined(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person`` and ``first``, the day of joining the register tells last of each."""
    key = key_of(snapshot, "customers", "joined")
    return CACHE.get(key, lambda: _joined(snapshot))


def _joined(snapshot: Snapshot) -> pl.DataFrame:
    return (
        snapshot.scan("customers")
        .filter(pl.col("joined").is_not_null())
        .group_by(person="customer_id")
        .agg(pl.col("joined").sort_by("valid_from").last().alias("first"))
        .sort("person")
        .collect()
    )


def first_purchases(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person`` and ``first``, the day of the first purchase of each who bought."""
    return purchase_days(snapshot).group_by("person").agg(pl.col("day").min().alias("first"))


def purchase_days(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person`` and ``day``, a row per purchase."""
    key = key_of(snapshot, "purchases", "days")
    return CACHE.get(
        key,
        lambda: snapshot.scan("purchases").select(person="customer_id", day="purchased").collect(),
    )


def customer_days(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person``, ``day``, ``sessions`` and ``logins`` of each customer's day of visits."""
    key = key_of(snapshot, "sessions", "customers' days")
    return CACHE.get(key, lambda: _customer_days(snapshot))


def _customer_days(snapshot: Snapshot) -> pl.DataFrame:
    return (
        snapshot.scan("sessions")
        .filter(pl.col("customer_id").is_not_null())
        .group_by(person="customer_id", day="date")
        .agg(
            pl.len().cast(pl.Int64).alias("sessions"),
            pl.col("logins").fill_null(0).sum(),
        )
        .sort("person", "day")
        .collect()
    )
