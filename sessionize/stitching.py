"""Sessions without a login that a customer claims, where the site allows it.

With ``[identity] stitching = "visitor"`` a session in which nobody logged in is the customer's who
did in other sessions of the same visitor, earlier or later. Only where all of these name one
customer: on a computer that two customers use, nobody can say whose a session without a login
was, and it stays anonymous. A claim follows from logins alone, never from another claim, so it
does not depend on the order in which logs came.
"""

from __future__ import annotations

from hashlib import blake2b

import polars as pl

from sessionize.history import pairs
from sessionize.reading import logins
from sessionize.rules import SessionRules
from weblog.store import Snapshot

CLAIMS = pl.Schema({"visitor_id": pl.String(), "claimed_by": pl.String()})
"""Columns of claims: visitors who are known as one customer."""


def claims_of(head: Snapshot, rules: SessionRules) -> pl.DataFrame:
    """Return the claims (:data:`CLAIMS`) that stored sessions make, ordered by visitor."""
    if rules.stitching != "visitor":
        return pl.DataFrame(schema=CLAIMS)
    own = head.scan("sessions").filter(~pl.col("is_stitched").fill_null(value=False))
    known = pairs(own)
    if not rules.ends_when_customer_changes:
        # A session names its first customer only: those it may have beside are told by the hits.
        known = pl.concat([known, logins(head).lazy()]).unique()
    return (
        known.group_by("visitor_id")
        .agg(pl.len().alias("customers"), pl.col("customer_id").first().alias("claimed_by"))
        .filter(pl.col("customers") == 1)
        .select(CLAIMS.names())
        .sort("visitor_id")
        .collect()
    )


def number_of(claims: pl.DataFrame) -> str:
    """Return a text that is the same for the same claims."""
    lines = claims.select(pl.concat_str(CLAIMS.names(), separator="\t")).to_series()
    return blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def stitched(sessions: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Return sessions with ``customer_id`` as the claims have it, and ``is_stitched``.

    Args:
        sessions: ``visitor_id``, ``customer_id`` and ``is_stitched`` at least, as other claims may
            have made them.
        claims: :func:`claims_of`.
    """
    own = pl.when(~pl.col("is_stitched").fill_null(value=False)).then("customer_id")
    if claims.is_empty():
        return sessions.with_columns(customer_id=own, is_stitched=pl.lit(value=False))
    return (
        sessions.with_columns(customer_id=own)
        .join(claims, on="visitor_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("customer_id", "claimed_by").alias("customer_id"),
            (pl.col("customer_id").is_null() & pl.col("claimed_by").is_not_null()).alias(
                "is_stitched"
            ),
        )
        .select(sessions.columns)
    )
