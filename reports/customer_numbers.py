"""Customers by number, and what the register says of them by these numbers.

Ids are texts: joining, counting and sorting them takes three times what the same takes of numbers.
So each is looked up once per state of the store. Numbers are places in the order of the ids.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

import polars as pl

from reports.cache import CACHE, key_of
from reports.customer_sessions import all_customer_sessions
from sessionize.facts import BOUGHT, STATES, TOLD, Register
from weblog.store import Snapshot

_TABLES: Final = ("sessions", "customers", "purchases")


def customers_key(snapshot: Snapshot) -> tuple[Hashable, ...]:
    """Identify all that is known of customers."""
    return tuple(part for name in _TABLES for part in key_of(snapshot, name))


def customer_ids(snapshot: Snapshot) -> pl.Series:
    """Return the ids of all customers that the register or the sessions know, ascending."""

    def read() -> pl.DataFrame:
        told = [snapshot.scan(name).select("customer_id") for name in ("customers", "purchases")]
        came = all_customer_sessions(snapshot, ["customer_id"]).lazy().unique()
        return pl.concat([*told, came]).drop_nulls().unique().sort("customer_id").collect()

    return CACHE.get((*customers_key(snapshot), "ids"), read)["customer_id"]


def numbered(snapshot: Snapshot, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the number of their customer (u32) in the place of ``customer_id``.

    Rows keep their order; those of nobody are left out.
    """
    places = pl.int_range(pl.len(), dtype=pl.UInt32).alias("number")
    ids = customer_ids(snapshot).to_frame().with_columns(places)
    found = rows.join(ids, on="customer_id", maintain_order="left")
    return found.with_columns(customer_id="number").drop("number")


def numbered_register(snapshot: Snapshot) -> Register:
    """Return what of the register facts follow from, its customers by their numbers."""
    key = customers_key(snapshot)

    def states() -> pl.DataFrame:
        told = snapshot.scan("customers").select("customer_id", "valid_from", *TOLD, *STATES)
        rows = numbered(snapshot, told.collect()).sort("customer_id", "valid_from")
        # As Register.read has it: what is told last of a customer, the rows of each together.
        told_at = pl.when(pl.col("last_visit").is_not_null()).then(pl.int_range(pl.len()))
        at = told_at.forward_fill()
        is_own = pl.col("customer_id").gather(at) == pl.col("customer_id")
        return rows.with_columns(pl.when(is_own).then(pl.col("last_visit").gather(at)))

    def bought() -> pl.DataFrame:
        return numbered(snapshot, snapshot.scan("purchases").select(BOUGHT).collect())

    customers = CACHE.get((*key, "states by number"), states)
    return Register(customers, CACHE.get((*key, "purchases by number"), bought))


def numbered_sessions(snapshot: Snapshot, columns: Sequence[str]) -> pl.DataFrame:
    """Return the sessions of customers, of all days, by the numbers of their customers.

    Args:
        snapshot: of the store.
        columns: beside ``customer_id`` (the number), those of
            :func:`reports.customer_sessions.customer_sessions` but ``key``. Each is read when it
            is first asked for.
    """

    def read() -> pl.DataFrame:
        return numbered(snapshot, all_customer_sessions(snapshot, ["customer_id"]))

    numbers = CACHE.get((*customers_key(snapshot), "customers of sessions"), read)
    return numbers.hstack(all_customer_sessions(snapshot, columns))
