"""What is known of customers at the start of a session, or of a day without one.

The columns segment rules may name (:data:`sessionize.segments.COLUMNS`) that speak of the
customer. All of them follow from days *before* and from the register as of the day itself,
never from what came later: :func:`customer_facts` is a pure function of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from weblog.store import Snapshot

INTEREST: Final = timedelta(days=90)
"""How far back ``interest`` looks: days from this long ago to the day before."""

STATES: Final = (
    *("grade", "joined", "birth_year", "sex", "occupation", "children"),
    *("consent_email", "consent_sms"),
)
"""Columns that are the register's state on the day."""

TOLD: Final = ("known_from", "last_visit", "birth_date")
"""Columns of the register that facts follow from, beside the states."""

BOUGHT: Final = ("purchase_id", "customer_id", "purchased", "ended", "value", "product")
"""Columns of purchases that facts follow from, and what tells them apart."""

NOTHING_BOUGHT: Final = {
    "purchases": 0,
    "purchases_in_force": 0,
    "purchase_value": 0.0,
    "has_bought": False,
}
"""What the facts say where there is no purchase; the others are null."""


@dataclass(frozen=True, slots=True)
class Register:
    """The company's register: the tables customers and purchases."""

    customers: pl.DataFrame
    purchases: pl.DataFrame

    @classmethod
    def read(cls, snapshot: Snapshot, customer_id: str | None = None) -> Register:
        """Read both tables, all of them or what they say of one customer."""
        is_asked = pl.lit(value=True)
        if customer_id is not None:
            is_asked = pl.col("customer_id") == customer_id
        customers = snapshot.scan("customers").filter(is_asked).sort("customer_id", "valid_from")
        # A fact of the past: a newer state that does not repeat it does not undo it.
        last_visit = pl.col("last_visit").forward_fill().over("customer_id")
        purchases = snapshot.scan("purchases").filter(is_asked).select(BOUGHT)
        return cls(customers.with_columns(last_visit).collect(), purchases.collect())


def last_visits(sessions: pl.LazyFrame) -> pl.LazyFrame:
    """Return ``customer_id`` and ``last_visit``, the day of the customer's last session."""
    known = sessions.filter(pl.col("customer_id").is_not_null())
    return known.group_by("customer_id").agg(pl.col("date").max().alias("last_visit"))


def product_days(sessions: pl.LazyFrame) -> pl.LazyFrame:
    """Return ``customer_id``, ``date`` and ``product_views`` of days on which there were any.

    Days too long before the last one to matter for any day after it are left out.
    """
    return (
        sessions.filter(pl.col("customer_id").is_not_null(), pl.col("product_views") > 0)
        .group_by("customer_id", "date")
        .agg(pl.col("product_views").sum())
        .filter(pl.col("date") >= pl.col("date").max() - INTEREST)
    )


def customer_facts(
    known: pl.DataFrame, visits: pl.DataFrame, viewed: pl.DataFrame, register: Register
) -> pl.DataFrame:
    """Return what is known of the customer of each row on its day.

    Args:
        known: ``row`` (any number, told back), ``customer_id`` (not null), ``date``, ``start``,
            ``session_id`` and ``product_views``: sessions of some days; or one row per customer
            and day without one, with a null ``start``.
        visits: as :func:`last_visits`, of all sessions before those days; or with ``date``, of
            those before that day.
        viewed: as :func:`product_days`, of the same sessions.
        register: customers and purchases.

    Returns:
        ``row``, :data:`STATES`, and the other facts about customers, in any order.
    """
    before = pl.lit(None, pl.Date)
    if known["start"].null_count() < known.height:  # else there is no visit to be before one
        visited = pl.when(pl.col("start").is_not_null()).then("date")
        before = visited.shift(1).over("customer_id", order_by=["start", "session_id"])
    whose = ["customer_id", "date"] if "date" in visits.columns else ["customer_id"]
    facts = (
        states_on(known.with_columns(before.alias("before")), register.customers)
        .join(visits.rename({"last_visit": "earlier"}), on=whose, how="left")
        .join(bought_before(known, register.purchases), on=["customer_id", "date"], how="left")
        .join(interest(known, viewed), on=["customer_id", "date"], how="left")
    )
    visit = pl.coalesce("before", "earlier", "last_visit")
    since = (pl.col("date") - visit).dt.total_days()
    member = (pl.col("date") - pl.col("joined")).dt.total_days()
    return facts.select(
        "row",
        *STATES,
        age().alias("age"),
        *(pl.col(name).fill_null(value) for name, value in NOTHING_BOUGHT.items()),
        *("days_since_purchase", "days_since_purchase_ended", "products_held", "interest"),
        # A register that knows of visits or joins still to come says nothing about this day.
        pl.when(since >= 0).then(since).alias("days_since_last_visit"),
        pl.when(member >= 0).then(member).alias("days_since_joined"),
    )


def age() -> pl.Expr:
    """Return the age on ``date``; where only the year of birth is known, that reached in its year.

    Needs ``date``, ``birth_date`` and ``birth_year``.
    """
    day, born = pl.col("date"), pl.col("birth_date")
    month_day = day.dt.month().cast(pl.Int32) * 100 + day.dt.day()
    born_on = born.dt.month().cast(pl.Int32) * 100 + born.dt.day()
    exact = day.dt.year() - born.dt.year() - (month_day < born_on).cast(pl.Int32)
    return pl.coalesce(exact, day.dt.year() - pl.col("birth_year"))


def states_on(known: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Add the register's state of each ``customer_id`` on its ``date``: an as-of join.

    Adds ``valid_from``, :data:`TOLD` and :data:`STATES`; null before the first state.
    """
    # Few customers visit on a day: sorting what is known of all of them takes most of the time.
    states = customers.join(known, on="customer_id", how="semi")
    return known.sort("date").join_asof(
        states.select("customer_id", "valid_from", *TOLD, *STATES).sort("valid_from"),
        left_on="date",
        right_on="valid_from",
        by="customer_id",
        strategy="backward",
        coalesce=False,
        check_sortedness=False,
    )


def bought_before(known: pl.DataFrame, purchases: pl.DataFrame) -> pl.DataFrame:
    """Return what each customer had bought before each day, and what of it was in force.

    The register knows days, not hours: a purchase of the day itself may be the outcome of the
    session, which must not be in the segment the session began with.

    Returns:
        ``customer_id`` and ``date`` of pairs with a purchase, the facts :data:`NOTHING_BOUGHT`
        names, ``days_since_purchase``, ``days_since_purchase_ended`` and ``products_held``.
    """
    day, ended = pl.col("date"), pl.col("ended")
    in_force = ended.is_null() | (ended > day)
    held = pl.col("product").filter(in_force).drop_nulls().unique().sort()
    return (
        known.select("customer_id", "date")
        .unique()
        .join(purchases, on="customer_id")
        .filter(pl.col("purchased") < day)
        .group_by("customer_id", "date")
        .agg(
            pl.len().cast(pl.Int64).alias("purchases"),
            in_force.sum().cast(pl.Int64).alias("purchases_in_force"),
            pl.col("value").sum().alias("purchase_value"),
            pl.lit(value=True).first().alias("has_bought"),
            (day - pl.col("purchased")).min().dt.total_days().alias("days_since_purchase"),
            (day - ended)
            .filter(~in_force)
            .min()
            .dt.total_days()
            .alias("days_since_purchase_ended"),
            held.alias("held"),
        )
        .with_columns(
            pl.when(pl.col("held").list.len() > 0)
            .then(pl.col("held").list.join(", "))
            .alias("products_held")
        )
        .drop("held")
    )


def interest(known: pl.DataFrame, viewed: pl.DataFrame) -> pl.DataFrame:
    """Return ``interest`` of each customer on each day: product page views in the days before.

    From :data:`INTEREST` before the day to the day before it; 0 if there were none. The
    difference of two sums up to a day, so that cost does not grow with the days looked back on.
    """
    own = known.group_by("customer_id", "date").agg(pl.col("product_views").sum())
    if own["date"].n_unique() == 1:
        return _interest_on(own, viewed, own["date"][0])
    theirs = viewed.join(own, on="customer_id", how="semi")
    days = (
        pl.concat([theirs, own.select(viewed.columns)], how="vertical_relaxed")
        .sort("date")
        .with_columns(pl.col("product_views").fill_null(0).cum_sum().over("customer_id"))
    )
    asked = own.select("customer_id", "date", (pl.col("date") - INTEREST).alias("from"))
    upto = _sum_before(asked, days, "date").rename({"product_views": "upto"})
    both = _sum_before(upto, days, "from")
    views = pl.col("upto").fill_null(0) - pl.col("product_views").fill_null(0)
    return both.select("customer_id", "date", views.cast(pl.Int64).alias("interest"))


def _interest_on(own: pl.DataFrame, viewed: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the same where all ask of one day: there is one span to add up."""
    inside = pl.col("date").is_between(day - INTEREST, day, closed="left")
    views = viewed.filter(inside).group_by("customer_id").agg(pl.col("product_views").sum())
    counted = own.drop("product_views").join(views, on="customer_id", how="left")
    interest = pl.col("product_views").fill_null(0).cast(pl.Int64).alias("interest")
    return counted.select("customer_id", "date", interest)


def _sum_before(asked: pl.DataFrame, days: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add the running sum that each customer had reached before the day in ``column``."""
    return (
        asked.sort(column)
        .join_asof(
            days.rename({"date": "day"}),
            left_on=column,
            right_on="day",
            by="customer_id",
            strategy="backward",
            allow_exact_matches=False,
            coalesce=False,
            check_sortedness=False,
        )
        .drop("day")
    )
