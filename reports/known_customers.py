"""What the register and the logs say of customers over time: when they began, came and bought.

Small frames, a row per customer or day, found once per snapshot and kept in memory. Customers are
``person`` here, their number (:mod:`reports.customer_numbers`), so that they can take the place
of visitors.
"""

from __future__ import annotations

import polars as pl

from reports.cache import CACHE
from reports.customer_numbers import customers_key, numbered_register, numbered_sessions
from weblog.store import Snapshot


def joined(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person`` and ``first``, the day of joining the register tells last of each."""
    told = numbered_register(snapshot).customers.filter(pl.col("joined").is_not_null())
    last = told.unique("customer_id", keep="last", maintain_order=True)
    return last.select(person="customer_id", first="joined")


def first_purchases(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person`` and ``first``, the day of the first purchase of each who bought."""
    return purchase_days(snapshot).group_by("person").agg(pl.col("day").min().alias("first"))


def purchase_days(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person`` and ``day``, a row per purchase."""
    return numbered_register(snapshot).purchases.select(person="customer_id", day="purchased")


def customer_days(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``person``, ``day``, ``sessions`` and ``logins`` of each customer's day of visits."""
    key = (*customers_key(snapshot), "customers' days")
    return CACHE.get(key, lambda: _customer_days(snapshot))


def _customer_days(snapshot: Snapshot) -> pl.DataFrame:
    return (
        numbered_sessions(snapshot, ["date", "logins"])
        .group_by(person="customer_id", day="date")
        .agg(pl.len().cast(pl.Int64).alias("sessions"), pl.col("logins").sum())
        .sort("person", "day")
    )


def known_since(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``customer`` and ``since``: when first the register or the logs knew of each."""
    return CACHE.get((*customers_key(snapshot), "known since"), lambda: _known_since(snapshot))


def _known_since(snapshot: Snapshot) -> pl.DataFrame:
    states = numbered_register(snapshot).customers.select(
        customer="customer_id", since=pl.min_horizontal("joined", "valid_from")
    )
    bought = purchase_days(snapshot).select(customer="person", since="day")
    came = customer_days(snapshot).select(customer="person", since="day")
    return (
        pl.concat([states, bought, came])
        .group_by("customer")
        .agg(pl.col("since").min())
        .sort("customer")
    )


def register_visits(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``customer`` and ``day`` of the last visits that the register tells of."""
    states = numbered_register(snapshot).customers
    visits = states.select(customer="customer_id", day="last_visit")
    return visits.drop_nulls().unique().sort("customer", "day")
