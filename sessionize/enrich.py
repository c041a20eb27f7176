"""What a session's own day does not tell: the visitor's first one? which segment?

Both follow from *earlier* sessions and the register alone. So days are worked through in
order, and a :class:`History` carries what the days so far say; no session needs to be
written twice because of a later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sessionize.segments import SCHEMA, segments_of
from weblog.schema import CUSTOMERS, VISITORS
from weblog.site.rules import SegmentRule
from weblog.store import Snapshot

NEEDED = (
    *("session_id", "date", "start", "end", "visitor_id", "customer_id"),
    *("page_views", "channel", "device"),
)
"""Columns of sessions that enrichment and history need."""

_STATES = (
    *("grade", "joined", "birth_year", "sex", "occupation", "children"),
    *("consent_email", "consent_sms"),
)


@dataclass(frozen=True, slots=True)
class Register:
    """The company's register: the tables customers and purchases."""

    customers: pl.DataFrame
    purchases: pl.DataFrame

    @classmethod
    def read(cls, snapshot: Snapshot) -> Register:
        """Read both tables."""
        customers = snapshot.scan("customers").sort("customer_id", "valid_from")
        # A fact of the past: a newer state that does not repeat it does not undo it.
        last_visit = pl.col("last_visit").forward_fill().over("customer_id")
        purchases = snapshot.scan("purchases").select("customer_id", "purchased", "ended", "value")
        return cls(customers.with_columns(last_visit).collect(), purchases.collect())


@dataclass(frozen=True, slots=True)
class History:
    """What the days so far say.

    ``visitors``: visitor_id, first_seen, last_seen, sessions. ``logins``: distinct
    visitor_id, customer_id. ``visits``: customer_id, last_visit (day of the last session).
    """

    visitors: pl.DataFrame
    logins: pl.DataFrame
    visits: pl.DataFrame

    @classmethod
    def of(cls, sessions: pl.LazyFrame) -> History:
        """Return the history these sessions make."""
        known = sessions.filter(pl.col("customer_id").is_not_null())
        visitors, logins, visits = pl.collect_all(
            [
                sessions.group_by("visitor_id").agg(
                    pl.col("start").min().alias("first_seen"),
                    pl.col("end").max().alias("last_seen"),
                    pl.len().cast(pl.Int64).alias("sessions"),
                ),
                known.select("visitor_id", "customer_id").unique(),
                known.group_by("customer_id").agg(pl.col("date").max().alias("last_visit")),
            ]
        )
        return cls(visitors, logins, visits)

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
    people = _people(own.filter(pl.col("customer_id").is_not_null()), history, register)
    none = {"purchases": 0, "purchases_in_force": 0, "purchase_value": 0.0}
    return (
        own.join(people, on="row", how="left", maintain_order="left")
        .with_columns(is_new, *(pl.col(name).fill_null(value) for name, value in none.items()))
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )


def _people(known: pl.DataFrame, history: History, register: Register) -> pl.DataFrame:
    """Return ``row`` and what is known of the customer on the day of the session."""
    states = register.customers.select("customer_id", "valid_from", "last_visit", *_STATES)
    before = pl.col("date").shift(1).over("customer_id", order_by=["start", "session_id"])
    facts = (
        known.with_columns(before.alias("before"))
        .join(history.visits.rename({"last_visit": "earlier"}), on="customer_id", how="left")
        .sort("date")
        .join_asof(
            states.sort("valid_from"),
            left_on="date",
            right_on="valid_from",
            by="customer_id",
            strategy="backward",
            check_sortedness=False,
        )
    )
    visit = pl.coalesce("before", "earlier", "last_visit")
    since = (pl.col("date") - visit).dt.total_days()
    member = (pl.col("date") - pl.col("joined")).dt.total_days()
    return facts.join(
        _bought(known, register.purchases), on=["customer_id", "date"], how="left"
    ).select(
        "row",
        *_STATES,
        *("purchases", "purchases_in_force", "purchase_value"),
        # A register that knows of visits or joins still to come says nothing about this day.
        pl.when(since >= 0).then(since).alias("days_since_last_visit"),
        pl.when(member >= 0).then(member).alias("days_since_joined"),
    )


def _bought(known: pl.DataFrame, purchases: pl.DataFrame) -> pl.DataFrame:
    """Return what each customer had bought before each day, and what of it was in force.

    The register knows days, not hours: a purchase of the day itself may be the outcome of the
    session, which must not be in the segment the session began with.
    """
    in_force = pl.col("ended").is_null() | (pl.col("ended") > pl.col("date"))
    return (
        known.select("customer_id", "date")
        .unique()
        .join(purchases, on="customer_id")
        .filter(pl.col("purchased") < pl.col("date"))
        .group_by("customer_id", "date")
        .agg(
            pl.len().cast(pl.Int64).alias("purchases"),
            in_force.sum().cast(pl.Int64).alias("purchases_in_force"),
            pl.col("value").sum().alias("purchase_value"),
        )
    )


EMPTY_REGISTER = Register(
    CUSTOMERS.empty(),
    pl.DataFrame(
        schema={
            "customer_id": pl.String(),
            "purchased": pl.Date(),
            "ended": pl.Date(),
            "value": pl.Float64(),
        }
    ),
)
"""The register of a company that has none."""
