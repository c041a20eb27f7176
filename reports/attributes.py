"""What customers of sessions are like, as the register knew them on the day of the session.

Read when asked for and joined to the sessions: no personal attribute is stored beside them.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

import polars as pl

from reports.cache import CACHE, key_of
from reports.customer_numbers import numbered, numbered_register
from reports.customer_sessions import among_sessions
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

AGE_BANDS: Final = (
    f"0-{YOUNGEST - 1}",
    *(f"{low}-{low + DECADE - 1}" for low in range(YOUNGEST, OLDEST, DECADE)),
    f"{OLDEST} or older",
)
"""Every band of ages, youngest first."""


def with_attribute(
    sessions: pl.DataFrame, snapshot: Snapshot, span: Span | None, by: str
) -> pl.DataFrame:
    """Add ``customer`` (u64, stands for the customer; null for nobody) and ``name`` (categorical).

    Args:
        sessions: of ``span``, as :func:`reports.load.sessions` returns them, ``session`` among
            the columns.
        snapshot: of the store.
        span: first and last day.
        by: one of :data:`ATTRIBUTES`.

    Returns:
        A row per session; with "product_held" one for each product held, those of a session
        together. ``name`` is null where nobody logged in or the register does not tell.

    Raises:
        UnknownNameError: ``by`` is no attribute.
    """
    if by not in ATTRIBUTES:
        raise UnknownNameError("attribute", by, list(ATTRIBUTES))
    if sessions.is_empty():
        empty = {"customer": pl.UInt64(), "name": pl.Categorical()}
        return sessions.with_columns(pl.lit(None, dtype).alias(n) for n, dtype in empty.items())
    people = of_sessions(snapshot, span, by)
    joined = _beside(sessions, people.drop("key"), is_one=by != PRODUCT)
    if by in OF_SESSION:
        return joined.with_columns(pl.col(by).alias("name"))
    return joined


def _beside(sessions: pl.DataFrame, people: pl.DataFrame, *, is_one: bool) -> pl.DataFrame:
    """Return sessions with what people has of each, null where nothing; ``is_one`` row each."""
    if not is_one:
        return sessions.join(people, on="session", how="left", maintain_order="left")
    # What a join does, in a fifth of the time: sessions are numbered, and each is looked up.
    last = max(int(side["session"].max() or 0) for side in (sessions, people))  # type: ignore[arg-type]
    row = pl.int_range(people.height, dtype=pl.UInt32, eager=True)
    places = pl.Series([None], dtype=pl.UInt32).new_from_index(0, last + 1)
    place = places.scatter(people["session"], row).gather(sessions["session"])
    told = [people[name] for name in people.columns if name != "session"]
    return sessions.with_columns(values.gather(place) for values in told)


def of_sessions(snapshot: Snapshot, span: Span | None, by: str) -> pl.DataFrame:
    """Return what :func:`with_attribute` joins: a row per session with a customer, and value.

    Args:
        snapshot: of the store.
        span: first and last day.
        by: one of :data:`ATTRIBUTES`.

    Returns:
        ``session`` and ``key``, ``customer`` and, except for what sessions tell themselves,
        ``name``.
    """
    key = (*key_of(snapshot, "sessions", span), *register_key(snapshot), by)
    return CACHE.get(key, lambda: _read(snapshot, span, by))


def customers_of(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return ``key`` and ``customer`` of the sessions with a customer; see :func:`of_sessions`."""
    return of_sessions(snapshot, span, OF_SESSION[0]).select("key", "customer")


def register_key(snapshot: Snapshot) -> tuple[Hashable, ...]:
    """Identify what the register says."""
    return (*key_of(snapshot, "customers"), *key_of(snapshot, "purchases"))


def _read(snapshot: Snapshot, span: Span | None, by: str) -> pl.DataFrame:
    """Return ``key`` of sessions with a customer, with ``customer`` and ``name``."""
    known = among_sessions(snapshot, span)
    known = known.with_columns(pl.col("customer_id").hash().alias("customer"))
    if by in OF_SESSION:
        return known.select("session", "key", "customer")
    name = pl.col("name").cast(pl.Categorical)
    found = named(numbered(snapshot, known), numbered_register(snapshot), by)
    return found.select("session", "key", "customer", name)


def named(known: pl.DataFrame, register: Register, by: str) -> pl.DataFrame:
    """Add ``name``: what the register tells of each ``customer_id`` on its ``date``.

    Args:
        known: ``customer_id`` and ``date``, and any other columns; they come in any order.
        register: customers and purchases.
        by: one of :data:`OF_REGISTER`, or "product_held", which gives a row for each product.
    """
    if by == PRODUCT:
        return _products(known, register.purchases)
    columns = [*known.columns, _NAMES[by].alias("name")]
    return states_on(known, register.customers).select(columns)


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


def values(snapshot: Snapshot, by: str) -> pl.DataFrame:
    """Return the values ``by`` can take: those the register has, the commonest first.

    Args:
        snapshot: of the store.
        by: one of :data:`OF_REGISTER`, or "product_held".

    Returns:
        A column ``value`` (String). Ages change by the day, so the bands are all there are,
        youngest first; none while the register is empty.
    """
    key = (*register_key(snapshot), "values", by)
    return CACHE.get(key, lambda: _read_values(snapshot, by))


def _read_values(snapshot: Snapshot, by: str) -> pl.DataFrame:
    if by == "age_band":
        some = snapshot.scan("customers").head(1).collect().height
        return pl.DataFrame({"value": AGE_BANDS if some else ()}, schema={"value": pl.String})
    table, value = "customers", _NAMES.get(by, pl.col("product"))
    if by == PRODUCT:
        table = "purchases"
    ranked = (
        snapshot.scan(table)
        .select(value.alias("value"))
        .drop_nulls()
        .group_by("value")
        .len()
        .sort("len", "value", descending=[True, False])
        .select("value")
        .collect()
    )
    none = pl.DataFrame({"value": [NO_PRODUCT] if by == PRODUCT else []}, schema=ranked.schema)
    return pl.concat([ranked, none])


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
