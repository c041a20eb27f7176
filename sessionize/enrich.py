"""What a session's own day does not tell: the visitor's first one? which segment?

Both follow from *earlier* sessions and the register alone. So days are worked through in
order, and a :class:`History` carries what the days so far say; no session needs to be
written twice because of a later one.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sessionize.facts import NOTHING_BOUGHT, Register, customer_facts
from sessionize.history import History
from sessionize.segments import SCHEMA, segments_of
from sessionize.stitching import stitched
from weblog.site.rules import SegmentRule

NEEDED = (
    *("session_id", "date", "start", "end", "visitor_id", "customer_id", "is_stitched"),
    *("page_views", "product_views", "channel", "device"),
)
"""Columns of sessions that enrichment and history need."""

DERIVED = ("is_new", "segment", "customer_id", "is_stitched")
"""Columns of sessions that :func:`enriched` fills in."""


def enriched(
    sessions: pl.DataFrame,
    history: History,
    register: Register,
    rules: Sequence[SegmentRule],
    claims: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return ``sessions`` with :data:`DERIVED` filled in, in the same order.

    Args:
        sessions: columns :data:`NEEDED` at least; all sessions of the days in it.
        history: what all earlier days say.
        register: customers and purchases.
        rules: the site's segments; the first that holds counts.
        claims: sessions without a login that customers claim (:mod:`sessionize.stitching`).

    Raises:
        SiteError: a rule fails with these sessions.
    """
    if claims is not None:
        sessions = stitched(sessions, claims)
    facts = segment_facts(sessions, history, register)
    return sessions.with_columns(facts["is_new"], segments_of(facts, rules))


def segment_facts(sessions: pl.DataFrame, history: History, register: Register) -> pl.DataFrame:
    """Return the columns segment rules may name, one row per session, in the same order."""
    own = sessions.select(NEEDED).with_row_index("row")
    is_first = pl.col("session_id") == pl.col("session_id").sort_by("start", "session_id").first()
    is_known = history.visitors.are_known(own["visitor_id"])
    is_new = is_first.over("visitor_id") & ~is_known
    known = own.filter(pl.col("customer_id").is_not_null())
    people = customer_facts(known, history.visits, history.viewed, register)
    none = (pl.col(name).fill_null(value) for name, value in NOTHING_BOUGHT.items())
    return (
        own.join(people, on="row", how="left", maintain_order="left")
        .with_columns(is_new.alias("is_new"), *none, is_visit=True)
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
