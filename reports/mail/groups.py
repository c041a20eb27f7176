"""Two groups of customers for each mailing: those written to, and those to compare them with."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.mail.sent import Sent

HELD_OUT: Final = "held_out"
OTHER_VARIANTS: Final = "other_variants"

AGAINST: Final = (HELD_OUT, OTHER_VARIANTS)
"""Whom those written to are compared with: chosen for the mailing but by lot not written to, or
sent another version of it."""


def units(sent: Sent, did: pl.DataFrame, names: pl.DataFrame | None) -> pl.DataFrame:
    """Return a row per mailing, customer and name, with what the customer did.

    Who was chosen twice for one mailing counts once; who was both written to and held out is in
    no group, and ``is_torn``. Bounced or not, read or not: intention to treat.

    Args:
        sent: what was sent.
        did: as :func:`reports.mail.outcomes.outcomes`.
        names: ``row`` and ``name``, what to break down by; None: nothing.

    Returns:
        ``number``, ``name``, ``customer`` (u64), ``is_control``, ``is_torn``, ``converted`` and
        ``value`` (f64).
    """
    rows = sent.deliveries.select("row", "number", "customer", "is_held_out")
    rows = rows.drop_nulls("customer")
    held = pl.col("is_held_out")
    torn = held.any() & ~held.all()
    whole = rows.group_by("number", "customer").agg(
        held.all().alias("is_control"), torn.alias("is_torn")
    )
    if names is None:
        named = whole.with_columns(pl.lit(None, pl.String).alias("name"))
    else:
        each = rows.join(names, on="row").select("number", "name", "customer").unique()
        named = each.join(whole, on=["number", "customer"])
    return named.join(
        did.select("number", "customer", "value"), on=["number", "customer"], how="left"
    ).select(
        *("number", "name", "customer", "is_control", "is_torn"),
        pl.col("value").is_not_null().alias("converted"),
        pl.col("value").fill_null(0.0),
    )


def histogram(people: pl.DataFrame, by: str | None, against: str) -> pl.DataFrame:
    """Return both groups of each row of the answer, as counts of what their customers did.

    Args:
        people: as :func:`units`, without those torn.
        by: what ``name`` is; None: nothing.
        against: one of :data:`AGAINST`.

    Returns:
        ``number``, ``name``, ``is_control``, ``converted``, ``value`` and ``customers``; no row
        with ``is_control`` where there is nobody to compare with.
    """
    kinds = ["number", "name", "is_control", "converted", "value"]
    counted = people.group_by(kinds).agg(pl.len().cast(pl.Int64).alias("customers"))
    if by != "variant":
        return counted.sort(kinds, nulls_last=True)
    written = counted.filter(~pl.col("is_control"))
    cells = written.select("number", "name").unique()
    if against == OTHER_VARIANTS:
        others = written.rename({"name": "theirs"})
        control = cells.join(others, on="number").filter(
            pl.col("name").ne_missing(pl.col("theirs"))
        )
    else:
        # Lots fall before a version is chosen: those held out are all versions' to compare with.
        once = people.filter("is_control").unique(["number", "customer"])
        held = once.group_by("number", "converted", "value").agg(
            pl.len().cast(pl.Int64).alias("customers")
        )
        control = cells.join(held, on="number")
    control = (
        control.with_columns(pl.lit(value=True).alias("is_control"))
        .group_by(kinds)
        .agg(pl.col("customers").sum())
    )
    return pl.concat([written.select(control.columns), control]).sort(kinds, nulls_last=True)
