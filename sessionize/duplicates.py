"""Customers who may be one person: found and shown with the reason, never merged."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from sessionize.customer_states import KEY

SCHEMA: Final = pl.Schema(
    {
        "reason": pl.String(),
        "shared": pl.String(),
        "customers": pl.Int64(),
        "customer_ids": pl.List(pl.String()),
    }
)
"""A group: why (a key of :data:`REASONS`), what its customers share, how many and who they are."""

REASONS: Final = {
    "same_id": "ids that differ only in case, width, blanks, hyphens or leading zeros",
    "same_email": "the same e-mail address, whatever its case",
    "same_name_and_birth_date": "the same name, whatever its case and blanks, and day of birth",
}
"""Why customers may be one person."""


def states_on(states: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the state of each customer that holds on ``day``, ordered by customer."""
    held = states.filter(pl.col("valid_from") <= day).sort(KEY)
    return held.unique("customer_id", keep="last", maintain_order=True)


def duplicates(customers: pl.DataFrame) -> pl.DataFrame:
    """Find customers who may be one person.

    Args:
        customers: one state of each (:func:`states_on`).

    Returns:
        Groups (:data:`SCHEMA`), in the order of reasons, then of what they share. A customer may
        be in several.
    """
    ident = pl.col("customer_id").str.normalize("NFKC").str.to_lowercase()
    name = pl.col("name").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", "")
    email = pl.col("email").str.normalize("NFKC").str.to_lowercase().str.strip_chars()
    shared = {
        "same_id": ident.str.replace_all(r"[\s-]+", "").str.replace(r"^0+(.)", "${1}"),
        "same_email": pl.when(email.str.contains(r".@.")).then(email),
        "same_name_and_birth_date": pl.when(name != "").then(
            pl.format("{}, {}", name, pl.col("birth_date").cast(pl.String))
        ),
    }
    found = [
        customers.select(pl.lit(reason).alias("reason"), value.alias("shared"), "customer_id")
        .drop_nulls("shared")
        .group_by("reason", "shared")
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            pl.col("customer_id").sort().alias("customer_ids"),
        )
        .filter(pl.col("customers") > 1)
        .sort("shared")
        for reason, value in shared.items()
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *found])
