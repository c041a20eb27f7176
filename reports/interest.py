"""From interest to purchase: one trial per customer and product, with its outcome.

Functions of frames; no disk (but for :func:`first_purchases`), no clock. Days are days: the
register does not know hours, so a purchase of the day of the first view counts as following it,
and is counted apart.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from weblog.store import Snapshot

_PAIR: Final = ["customer_id", "product"]

OUTCOMES: Final = ("had_before", "unfinished", "undecided", "bought", "not_bought")
"""What became of a trial: the customer had bought the product before it began; it began too late
for its days to be over; bought on its first day, where that is not to count, for nobody knows
which came first; bought within its days; did not."""


def first_purchases(snapshot: Snapshot) -> pl.DataFrame:
    """Return ``customer_id``, ``product`` and ``purchased``, the first day of each pair."""
    return (
        snapshot.scan("purchases")
        .select("customer_id", "product", "purchased")
        .drop_nulls()
        .group_by(_PAIR)
        .agg(pl.col("purchased").min())
        .collect()
    )


def trials(visits: pl.DataFrame, viewed: pl.DataFrame, purchases: pl.DataFrame) -> pl.DataFrame:
    """Return a row per customer and product: whether it was viewed, since when, and bought when.

    Args:
        visits: ``customer_id``, ``date``, ``segment``, ``session`` and ``row`` (u32, in the order
            of time within a day), a row per session of a known customer.
        viewed: ``session`` and ``product``, each pair once.
        purchases: as :func:`first_purchases`.

    Returns:
        ``customer_id``, ``product``, ``is_viewed``, ``start`` (the day of the first view, for
        those who viewed it, of the first session else), ``segment`` (of that session) and
        ``purchased`` (null: never). Who viewed a product only after the day of buying it did not
        view it first.
    """
    # One number, the lower the earlier, that tells a session: its day, and its row.
    when = pl.col("date").to_physical().cast(pl.Int64) * (1 << 32) + pl.col("row")
    visits = visits.with_columns(when.alias("when"))
    session_at = visits.select("when", "date", "segment")
    first = visits.group_by("customer_id").agg(pl.col("when").min())
    views = (
        viewed.join(visits.select("session", "customer_id", "when"), on="session")
        .group_by(_PAIR)
        .agg(pl.col("when").min())
        .with_columns(pl.col("product").cast(pl.String))
        .join(session_at.rename({"date": "seen", "segment": "seen_as"}), on="when")
        .drop("when")
    )
    products = pl.concat([views["product"], purchases["product"]]).unique().sort()
    rows = (
        first.join(session_at, on="when")
        .select("customer_id", "date", "segment")
        .join(products.to_frame("product"), how="cross")
        .join(views, on=_PAIR, how="left")
        .join(purchases, on=_PAIR, how="left")
    )
    bought_first = pl.col("purchased").is_not_null() & (pl.col("purchased") < pl.col("seen"))
    # Bought after coming, and viewed only then: the purchase did not follow from the view.
    meanwhile = bought_first & (pl.col("purchased") >= pl.col("date"))
    is_viewed = pl.col("seen").is_not_null() & ~meanwhile.fill_null(value=False)
    return rows.with_columns(is_viewed.alias("is_viewed")).select(
        *_PAIR,
        "is_viewed",
        pl.when("is_viewed").then("seen").otherwise("date").alias("start"),
        pl.when("is_viewed").then("seen_as").otherwise("segment").cast(pl.String).alias("segment"),
        "purchased",
    )


def outcomes(
    rows: pl.DataFrame, days: int, last_day: date, *, later_only: bool = False
) -> pl.DataFrame:
    """Add ``outcome``, one of :data:`OUTCOMES`, and ``on_same_day``.

    A trial lasts from its start to ``days`` days later. One that is not over on ``last_day``, the
    last day of which anything is known, is unfinished, whether bought or not: to keep only those
    who bought would make the rate too high. With ``later_only`` purchases of the first day are
    undecided.
    """
    start, purchased = pl.col("start"), pl.col("purchased")
    had = purchased.is_not_null() & (purchased < start)
    outcome = (
        pl.when(had)
        .then(pl.lit("had_before"))
        .when(start > pl.lit(last_day - timedelta(days=days)))
        .then(pl.lit("unfinished"))
        .when((purchased == start).fill_null(value=False) & later_only)
        .then(pl.lit("undecided"))
        .when(purchased.is_not_null() & (purchased <= start + pl.duration(days=days)))
        .then(pl.lit("bought"))
        .otherwise(pl.lit("not_bought"))
    )
    same_day = outcome.is_in(["bought", "undecided"]) & (purchased == start)
    return rows.with_columns(
        outcome.alias("outcome"), same_day.fill_null(value=False).alias("on_same_day")
    )


def durations(rows: pl.DataFrame, last_day: date) -> pl.DataFrame:
    """Return ``product``, ``days`` and ``is_bought`` of who viewed a product before having it.

    ``days`` from the first view to the purchase, or to ``last_day`` for who has not bought: longer
    than that it will take, if it comes to it.
    """
    start, purchased = pl.col("start"), pl.col("purchased")
    in_time = purchased.is_not_null() & (purchased <= pl.lit(last_day))
    end = pl.when(in_time).then(purchased).otherwise(pl.lit(last_day))
    return (
        rows.filter("is_viewed", purchased.is_null() | (purchased >= start), start <= last_day)
        .select(
            "product",
            (end - start).dt.total_days().alias("days"),
            in_time.alias("is_bought"),
        )
        .sort("product", "days", "is_bought")
    )
