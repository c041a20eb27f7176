"""What the register and the logs say of customers over time: when they began, came and bought.

Small frames, a row per customer or day, read once per snapshot and kept in memory. Customers are
``person`` here, their id, so that they can take the place of visitors.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from reports.load import CACHE, data_days, key_of, sessions
from reports.query import EVERYTHING
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


def known_since(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``customer`` and ``since``: when first the register or the logs knew of each."""
    tables = ("customers", "purchases", "sessions")
    key = tuple(part for name in tables for part in key_of(snapshot, name))
    return CACHE.get((*key, "known since"), lambda: _known_since(snapshot))


def _known_since(snapshot: Snapshot) -> pl.DataFrame:
    states = snapshot.scan("customers").select(
        customer="customer_id", since=pl.min_horizontal("joined", "valid_from")
    )
    bought = purchase_days(snapshot).lazy().select(customer="person", since="day")
    came = customer_days(snapshot).lazy().select(customer="person", since="day")
    return (
        pl.concat([states, bought, came])
        .group_by("customer")
        .agg(pl.col("since").min())
        .sort("customer")
        .collect()
    )


def register_visits(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``customer`` and ``day`` of the last visits that the register tells of."""
    visits = snapshot.scan("customers").select(customer="customer_id", day="last_visit")
    return visits.drop_nulls().unique().sort("customer", "day").collect()


def visitors_seen(snapshot: Snapshot, last: date) -> pl.DataFrame:
    """Return what visitors had done up to the day ``last``, from the beginning of the data.

    Returns:
        A row per visitor: ``first`` and ``second``, the days of the first two sessions (who had
        come before the data begin came a second time at once); ``known``, the day of the first
        session of a customer, and ``customer``, who that was; null where there was none.
    """
    data = data_days(snapshot)
    span = None if data is None else (min(data[0], last), last)
    everyone = sessions(snapshot, span, EVERYTHING, ["visitor", "date", "is_new"]).lazy()
    first = everyone.filter("is_new").select("visitor", first="date")
    again = everyone.filter(~pl.col("is_new")).group_by("visitor").agg(second=pl.col("date").min())
    known = (
        snapshot.scan("sessions")
        .filter(pl.col("date") <= last, pl.col("customer_id").is_not_null())
        .select(
            pl.col("visitor_id").hash().alias("visitor"),
            "start",
            known="date",
            customer="customer_id",
        )
        .sort("start", "customer")
        .unique("visitor", keep="first", maintain_order=True)
        .drop("start")
    )
    return (
        first.join(again, on="visitor", how="full", coalesce=True)
        .with_columns(pl.coalesce("first", "second").alias("first"))
        .join(known, on="visitor", how="left")
        .select("first", "second", "known", "customer")
        .collect()
    )
