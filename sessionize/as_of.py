"""What customers were at the start of a day, whether they visited on it or not.

The same rules over the same facts as for sessions (:mod:`sessionize.facts`), with
``is_visit`` false and nothing that only a session has. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from sessionize.facts import (
    INTEREST,
    NOTHING_BOUGHT,
    Register,
    customer_facts,
    last_visits,
    product_days,
)
from sessionize.segments import SCHEMA, segments_of
from weblog.site.rules import SegmentRule
from weblog.store import Snapshot


def customers_on(snapshot: Snapshot, day: date, rules: Sequence[SegmentRule]) -> pl.DataFrame:
    """Return the segment of every customer known at the start of ``day``.

    Known is who has a session or a purchase before that day, or a state in the register on it.

    Returns:
        ``customer_id`` and ``segment``, ordered by customer; a null segment where no rule holds.

    Raises:
        SiteError: a rule fails with these customers.
    """
    facts = facts_on(snapshot, day)
    return facts.select("customer_id").with_columns(segments_of(facts, rules))


def segments_on_days(
    snapshot: Snapshot, pairs: pl.DataFrame, rules: Sequence[SegmentRule]
) -> pl.DataFrame:
    """Return the segment that customers were in at the start of days of their own.

    What :func:`customers_on` says of each of the days, read once for all of them. Of a customer
    of whom nothing was known by then, the rules see an id and nothing else.

    Args:
        snapshot: of the store.
        pairs: ``customer_id`` and ``date``, not null.
        rules: the site's.

    Returns:
        ``customer_id``, ``date`` and ``segment`` of each different pair.

    Raises:
        SiteError: a rule fails with these customers.
    """
    days = pairs.select("customer_id", "date").unique().sort("customer_id", "date")
    if days.is_empty():
        return days.with_columns(pl.lit(None, pl.String).alias("segment"))
    own = pl.col("customer_id").is_in(days["customer_id"].unique().implode())
    before = sessions_before(snapshot, days["date"].max()).filter(own)  # type: ignore[arg-type]
    facts = facts_on_days(days, before, Register.read(snapshot))
    return days.with_columns(segments_of(complete(facts, is_visit=False), rules))


def facts_on_days(days: pl.DataFrame, sessions: pl.LazyFrame, register: Register) -> pl.DataFrame:
    """Return the facts of customers at the start of days of their own.

    Args:
        days: ``customer_id`` and ``date``, each pair once, at least one. Ids may be of any type
            that is the same in all tables; rows keep their order.
        sessions: those of these customers before the last of the days.
        register: customers and purchases.
    """
    sessions_of_days = sessions.group_by("customer_id", "date").agg(
        pl.col("product_views").fill_null(0).sum()
    )
    visited = sessions_of_days.collect()
    visits = days.sort("date").join_asof(
        visited.select("customer_id", pl.col("date").alias("last_visit")).sort("last_visit"),
        left_on="date",
        right_on="last_visit",
        by="customer_id",
        strategy="backward",
        allow_exact_matches=False,
        coalesce=False,
        check_sortedness=False,
    )
    since = pl.lit(days["date"].min()) - INTEREST
    viewed = visited.filter(pl.col("product_views") > 0, pl.col("date") >= since)
    known = days.with_columns(
        pl.lit(None, pl.Datetime("us", "UTC")).alias("start"),
        pl.lit(None, pl.String).alias("session_id"),
        pl.lit(0, pl.Int64).alias("product_views"),
    ).with_row_index("row")
    told = customer_facts(known, visits, viewed, register)
    return known.join(told, on="row", maintain_order="left")


def facts_on(snapshot: Snapshot, day: date, customer_id: str | None = None) -> pl.DataFrame:
    """Return what segment rules may ask, of every customer known at the start of ``day``.

    Args:
        snapshot: of the store.
        day: in the site's time zone.
        customer_id: only this one, whether known by then or not.

    Returns:
        Columns as :data:`sessionize.segments.COLUMNS`, a row per customer, ordered by id.
    """
    register = Register.read(snapshot, customer_id)
    before = sessions_before(snapshot, day, customer_id)
    visits, viewed = pl.collect_all([last_visits(before), product_days(before)])
    if customer_id is None:
        customers = known_on(register, visits, day)
    else:
        customers = pl.DataFrame({"customer_id": [customer_id]})
    facts = facts_of(customers, day, visits, viewed, register)
    return complete(facts, is_visit=False)


def facts_of(
    customers: pl.DataFrame,
    day: date,
    visits: pl.DataFrame,
    viewed: pl.DataFrame,
    register: Register,
) -> pl.DataFrame:
    """Return the facts of ``customers`` (their ``customer_id``) at the start of ``day``.

    Ids may be of any type that is the same in all tables; rows keep their order. The other
    arguments are those of :func:`sessionize.facts.customer_facts`.
    """
    known = customers.select(
        "customer_id",
        pl.lit(day).alias("date"),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("start"),
        pl.lit(None, pl.String).alias("session_id"),
        pl.lit(0, pl.Int64).alias("product_views"),
    ).with_row_index("row")
    facts = customer_facts(known, visits, viewed, register)
    return known.join(facts, on="row", maintain_order="left")


def sessions_before(snapshot: Snapshot, day: date, customer_id: str | None = None) -> pl.LazyFrame:
    """Return the sessions of customers, or of one, before ``day``."""
    is_theirs = pl.col("customer_id").is_not_null()
    if customer_id is not None:
        is_theirs = pl.col("customer_id") == customer_id
    return snapshot.scan("sessions").filter(pl.col("date") < day, is_theirs)


def complete(facts: pl.DataFrame, *, is_visit: bool) -> pl.DataFrame:
    """Return ``facts`` with all columns rules may name; what is not there is null."""
    given = facts.with_columns(
        *(pl.col(name).fill_null(value) for name, value in NOTHING_BOUGHT.items()),
        is_visit=is_visit,
    )
    missing = [pl.lit(None).alias(name) for name in SCHEMA if name not in given.columns]
    return given.with_columns(missing).select(
        pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()
    )


def known_on(register: Register, visits: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return ``customer_id`` of who is known at the start of ``day``, ordered by it."""
    states = register.customers.filter(pl.col("valid_from") <= day)
    bought = register.purchases.filter(pl.col("purchased") < day)
    every = [frame.select("customer_id") for frame in (states, bought, visits)]
    return pl.concat(every).drop_nulls().unique().sort("customer_id")


def counted_segments(snapshot: Snapshot, day: date, rules: Sequence[SegmentRule]) -> pl.DataFrame:
    """Count the customers in each segment at the start of ``day``.

    Returns:
        ``segment``, ``when`` (its condition), ``customers`` and ``share`` of all known by then,
        in the order of the rules, those with nobody too; at last, with a null segment, who is
        in none, if there are any.

    Raises:
        SiteError: a rule fails with these customers.
    """
    counts = customers_on(snapshot, day, rules)["segment"].value_counts(name="customers")
    listed = pl.DataFrame(
        [(rule.segment, rule.when) for rule in rules],
        schema={"segment": pl.String, "when": pl.String},
        orient="row",
    )
    rows = listed.join(counts, on="segment", how="left", maintain_order="left")
    nobody = counts.filter(pl.col("segment").is_null())
    customers = pl.col("customers").fill_null(0).cast(pl.Int64)
    return (
        pl.concat([rows, nobody], how="diagonal")
        .with_columns(customers)
        .with_columns(share=pl.col("customers") / (counts["customers"].sum() or None))
    )
