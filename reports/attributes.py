"""What customers of sessions are like, as the register knew them on the day of the session.

Read when asked for and joined to the sessions: no personal attribute is stored beside them.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.load import CACHE, key_of
from reports.query import Span
from sessionize.facts import Register, age, states_on
from weblog.errors import UnknownNameError
from weblog.store import Snapshot

OF_SESSION: Final = ("device", "channel")
"""What sessions tell themselves."""

OF_REGISTER: Final = ("age_band", "sex", "occupation", "children")
"""What the register's state on the session's day tells."""

PRODUCT: Final = "product_held"

ATTRIBUTES: Final = (*OF_REGISTER, PRODUCT, *OF_SESSION)
"""What segments can be crossed with."""

NO_PRODUCT: Final = "no product"
"""Who holds none: known by name, but with no purchase in force."""

YOUNGEST: Final = 20
OLDEST: Final = 70
DECADE: Final = 10
MANY_CHILDREN: Final = 3


def with_attribute(
    sessions: pl.DataFrame, snapshot: Snapshot, span: Span | None, by: str
) -> pl.DataFrame:
    """Add ``customer`` (u64, stands for the customer; null for nobody) and ``name``.

    Args:
        sessions: of ``span``, as :func:`reports.load.sessions` returns them.
        snapshot: of the store.
        span: first and last day.
        by: one of :data:`ATTRIBUTES`.

    Returns:
        A row per session; with "product_held" one for each product held. ``name`` is null where
        nobody logged in or the register does not tell.

    Raises:
        UnknownNameError: ``by`` is no attribute.
    """
    if by not in ATTRIBUTES:
        raise UnknownNameError("attribute", by, list(ATTRIBUTES))
    if sessions.is_empty():
        empty = {"customer": pl.UInt64(), "name": pl.String()}
        return sessions.with_columns(pl.lit(None, dtype).alias(n) for n, dtype in empty.items())
    seed = int(sessions["seed"][0])
    people = CACHE.get(
        (*key_of(snapshot, "sessions", span), *_register_key(snapshot), by, seed),
        lambda: _read(snapshot, span, by, seed),
    )
    joined = sessions.join(people, on="key", how="left", maintain_order="left")
    if by in OF_SESSION:
        return joined.with_columns(pl.col(by).cast(pl.String).alias("name"))
    return joined


def _register_key(snapshot: Snapshot) -> tuple[object, ...]:
    return (*key_of(snapshot, "customers"), *key_of(snapshot, "purchases"))


def _read(snapshot: Snapshot, span: Span | None, by: str, seed: int) -> pl.DataFrame:
    """Return ``key`` of sessions with a customer, with ``customer`` and ``name``."""
    inside = pl.lit(value=False) if span is None else pl.col("date").is_between(*span)
    known = (
        snapshot.scan("sessions")
        .filter(inside, pl.col("customer_id").is_not_null())
        .select(
            pl.col("session_id").hash(seed).alias("key"),
            "customer_id",
            "date",
            pl.col("customer_id").hash().alias("customer"),
        )
        .collect()
    )
    if by in OF_SESSION:
        return known.select("key", "customer")
    register = Register.read(snapshot)
    if by == PRODUCT:
        named = _products(known, register.purchases)
    else:
        named = states_on(known, register.customers).with_columns(_NAMES[by].alias("name"))
    return named.select("key", "customer", "name")


def _products(known: pl.DataFrame, purchases: pl.DataFrame) -> pl.DataFrame:
    """Return a row per session and product held on its day."""
    day, ended = pl.col("date"), pl.col("ended")
    held = (
        known.select("customer_id", "date")
        .unique()
        .join(purchases, on="customer_id")
        .filter(pl.col("purchased") < day, ended.is_null() | (ended > day))
        .select("customer_id", "date", pl.col("product").alias("name"))
        .drop_nulls()
        .unique()
    )
    return known.join(held, on=["customer_id", "date"], how="left").with_columns(
        pl.col("name").fill_null(NO_PRODUCT)
    )


def age_band(years: pl.Expr) -> pl.Expr:
    """Return the band an age is in, as text; null where the age is."""
    low = years // DECADE * DECADE
    return (
        pl.when(years < YOUNGEST)
        .then(pl.lit(f"0-{YOUNGEST - 1}"))
        .when(years >= OLDEST)
        .then(pl.lit(f"{OLDEST} or older"))
        .when(years.is_not_null())
        .then(pl.format("{}-{}", low, low + DECADE - 1))
    )


def _children() -> pl.Expr:
    children = pl.col("children")
    many = pl.lit(f"{MANY_CHILDREN} or more")
    return pl.when(children >= MANY_CHILDREN).then(many).otherwise(children.cast(pl.String))


_NAMES: Final = {
    "age_band": age_band(age()),
    "sex": pl.col("sex"),
    "occupation": pl.col("occupation"),
    "children": _children(),
}
"""Attribute to its value, of the register's state and the day."""
