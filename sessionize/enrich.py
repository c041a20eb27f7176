"""What a session's own day does not tell: the visitor's first one? which segment?

Both follow from *earlier* sessions and the register alone. So days are worked through in
order, and a :class:`History` carries what the days so far say; no session needs to be
written twice because of a later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sessionize.facts import NOTHING_BOUGHT, Register, customer_facts, last_visits, product_days
from sessionize.segments import SCHEMA, segments_of
from weblog.schema import VISITORS
from weblog.site.rules import SegmentRule

NEEDED = (
    *("session_id", "date", "start", "end", "visitor_id", "customer_id"),
    *("page_views", "product_views", "channel", "device"),
)
"""Columns of sessions that enrichment and history need."""


@dataclass(frozen=True, slots=True)
class History:
    """What the days so far say.

    ``visitors``: visitor_id, first_seen, last_seen, sessions. ``logins``: distinct
    visitor_id, customer_id. ``visits``: customer_id, last_visit (day of the last session).
    ``viewed``: customer_id, date, product_views (:func:`sessionize.facts.product_days`).
    """

    visitors: pl.DataFrame
    logins: pl.DataFrame
    visits: pl.DataFrame
    viewed: pl.DataFrame

    @classmethod
    def of(cls, sessions: pl.LazyFrame) -> History:
        """Return the history these sessions make."""
        known = sessions.filter(pl.col("customer_id").is_not_null())
        visitors, logins, visits, viewed = pl.collect_all(
            [
                sessions.group_by("visitor_id").agg(
                    pl.col("start").min().alias("first_seen"),
                    pl.col("end").max().alias("last_seen"),
                    pl.len().cast(pl.Int64).alias("sessions"),
                ),
                known.select("visitor_id", "customer_id").unique(),
                last_visits(sessions),
                product_days(sessions),
            ]
        )
        return cls(visitors, logins, visits, viewed)

    def after(self, sessions: pl.DataFrame) -> History:
        """Return the history with these later sessions added."""
        new = History.of(sessions.lazy())
        visitors = pl.concat([self.visitors, new.visitors]).group_by("visitor_id")
        visits = pl.concat([self.visits, new.visits]).group_by("customer_id")
        return History(
            visitors.agg(
                pl.col("first_seen").min(), pl.col("last_seen").max(), pl.col("sessions").sum()
            ),
            pl.concat([self.logins, new.logins]).unique(),
            visits.agg(pl.col("last_visit").max()),
            product_days(pl.concat([self.viewed, new.viewed]).lazy()).collect(),
        )

    def table(self) -> pl.DataFrame:
        """Return the visitors as :data:`weblog.schema.VISITORS`, ordered by id."""
        customers = self.logins.group_by("visitor_id").agg(
            pl.col("customer_id").sort().alias("customers")
        )
        none = pl.lit([], dtype=pl.List(pl.String))
        return (
            self.visitors.join(customers, on="visitor_id", how="left")
            .with_columns(pl.col("customers").fill_null(none))
            .select(pl.col(name).cast(dtype) for name, dtype in VISITORS.schema.items())
            .sort("visitor_id")
        )


def enriched(
    sessions: pl.DataFrame, history: History, register: Register, rules: Sequence[SegmentRule]
) -> pl.DataFrame:
    """Return ``sessions`` with ``is_new`` and ``segment`` filled in, in the same order.

    Args:
        sessions: columns :data:`NEEDED` at least; all sessions of the days in it.
        history: what all earlier days say.
        register: customers and purchases.
        rules: the site's segments; the first that holds counts.

    Raises:
        SiteError: a rule fails with these sessions.
    """
    facts = segment_facts(sessions, history, register)
    return sessions.with_columns(facts["is_new"], segments_of(facts, rules))


def segment_facts(sessions: pl.DataFrame, history: History, register: Register) -> pl.DataFrame:
    """Return the columns segment rules may name, one row per session, in the same order."""
    own = sessions.select(NEEDED).with_row_index("row")
    first = own.sort("start", "session_id").unique("visitor_id", keep="first").select("row")
    new = first.join(
        own.join(history.visitors, on="visitor_id", how="anti").select("row"), on="row"
    )
    is_new = pl.col("row").is_in(new["row"].implode()).alias("is_new")
    known = own.filter(pl.col("customer_id").is_not_null())
    people = customer_facts(known, history.visits, history.viewed, register)
    none = (pl.col(name).fill_null(value) for name, value in NOTHING_BOUGHT.items())
    return (
        own.join(people, on="row", how="left", maintain_order="left")
        .with_columns(is_new, *none, is_visit=True)
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
