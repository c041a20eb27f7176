"""Customers: what the register said on a day, and the profile of each as of a day."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from reports.attributes import age_band
from reports.mart.days import most, of_days, profile_day
from reports.mart.view import ViewSpec, day, flag, number, text, texts, whole
from reports.query import Span
from reports.spec import ColumnSpec
from sessionize import validate_segments
from sessionize.as_of import facts_on
from sessionize.facts import INTEREST, Register, age, bought_before, states_on
from sessionize.segments import segments_of
from weblog.site.rules import Site
from weblog.store import Snapshot

OF_REGISTER: Final[tuple[ColumnSpec, ...]] = (
    text("grade", "The register's grade on the day, such as VIP"),
    day("joined", "Day of registration"),
    whole("age", "Age on the day, in years", ""),
    text("age_band", "The same in tens of years, such as 30-39"),
    text("sex", "'F' or 'M'"),
    text("occupation", "Occupation on the day"),
    whole("children", "Number of children on the day"),
    flag("consent_email", "May be written to by e-mail, on the day"),
    flag("consent_sms", "May be written to by SMS, on the day"),
    whole("purchases", "Purchases made before the day; 0 if none"),
    whole("purchases_in_force", "Of these, the ones that had not ended on the day; 0 if none"),
    number("purchase_value", "money", "Value of the purchases made before the day; 0 if none"),
    texts("products_held", "Products of the purchases in force on the day"),
)
"""What the register says of a customer on a day; of nobody, all of it is null."""

_STATES: Final = (
    *("grade", "joined", "sex", "occupation", "children", "consent_email", "consent_sms"),
)
_COUNTED: Final = {"purchases": 0, "purchases_in_force": 0, "purchase_value": 0.0}


def register_on(known: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Return :data:`OF_REGISTER` for each ``customer_id`` and ``date`` of ``known``, each once.

    As segment rules see it: the state valid on the day, the purchases made before it.
    """
    pairs = known.select("customer_id", "date").unique()
    on = ["customer_id", "date"]
    ended = pl.col("ended")
    in_force = (pl.col("purchased") < pl.col("date")) & (ended.is_null() | (ended > pl.col("date")))
    held = (
        pairs.join(register.purchases, on="customer_id")
        .filter(in_force)
        .group_by(on)
        .agg(pl.col("product").drop_nulls().unique().sort().alias("products"))
    )
    bought = bought_before(pairs, register.purchases).select(*on, *_COUNTED)
    return (
        states_on(pairs, register.customers)
        .with_columns(age().alias("age"), age_band(age()).alias("age_band"))
        .select(*on, *_STATES, "age", "age_band")
        .join(bought, on=on, how="left")
        .join(held, on=on, how="left")
        .with_columns(
            *(pl.col(name).fill_null(nothing) for name, nothing in _COUNTED.items()),
            pl.col("products").fill_null([]).alias("products_held"),
        )
        .select(*on, *(column.name for column in OF_REGISTER))
    )


def customer_profile(
    snapshot: Snapshot, span: Span | None = None, site: Site | None = None
) -> pl.LazyFrame:
    """Return a row per customer known at the start of the day after ``span``.

    Known is who has a session or a purchase before that day, or a state in the register on it.
    """
    as_of = profile_day(snapshot, span)
    if as_of is None:
        return CUSTOMER_PROFILE.table().empty().lazy()
    rules = site or Site()
    validate_segments(rules)
    facts = facts_on(snapshot, as_of)
    known = facts.select(
        "customer_id",
        pl.lit(as_of).alias("date"),
        segments_of(facts, rules.segments),
        "days_since_joined",
        "days_since_last_visit",
        pl.col("interest").fill_null(0),
    )
    register = register_on(known, Register.read(snapshot))
    visits, category, product = _visits(snapshot, as_of)
    counts = ("sessions", "page_views", "conversions", "sessions_90d")
    return (
        known.join(register, on=["customer_id", "date"], how="left")
        .lazy()
        .join(visits, on="customer_id", how="left")
        .join(category, on="customer_id", how="left")
        .join(product, on="customer_id", how="left")
        .with_columns(
            pl.col("date").alias("as_of"),
            *(pl.col(name).fill_null(0) for name in counts),
            pl.col("value").fill_null(0.0),
        )
        .sort("customer_id")
    )


def _visits(snapshot: Snapshot, as_of: date) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    """Return what each customer's sessions before the day sum up to, and what was viewed most."""
    is_recent = pl.col("date") >= as_of - INTEREST
    before = (pl.col("date") < as_of) & pl.col("customer_id").is_not_null()
    sessions = snapshot.scan("sessions").filter(before)
    visits = sessions.group_by("customer_id").agg(
        pl.len().alias("sessions"),
        is_recent.sum().alias("sessions_90d"),
        pl.col("date").min().alias("first_visit"),
        pl.col("date").max().alias("last_visit"),
        pl.col("page_views", "conversions", "value").sum(),
    )
    recent = sessions.filter(is_recent).select("session_id", "customer_id")
    views = (
        snapshot.scan("page_views")
        .filter(is_recent, pl.col("date") < as_of, pl.col("kind") == "page")
        .join(recent, on="session_id")
    )
    by = ["customer_id"]
    category = most(views, by, "category", "top_category")
    return visits, category, most(views, by, "product", "top_product")


CUSTOMER_PROFILE: Final = ViewSpec(
    name="customer_profile",
    grain="one customer as of the start of a day: the one after the last day of the data",
    function=customer_profile,
    columns=(
        day("as_of", "The day at whose start all of it held"),
        text("customer_id", "The customer, as the log and the register name it"),
        text("segment", "What the customer is at that moment, by the site's rules"),
        *OF_REGISTER,
        whole("days_since_joined", "Calendar days since the registration", "day"),
        whole("sessions", "Sessions before the day"),
        whole("sessions_90d", "Of these, sessions of the 90 days before it"),
        whole("page_views", "Page views in the sessions before the day"),
        whole("conversions", "Goals reached in these sessions"),
        number("value", "money", "Value of these goals"),
        day("first_visit", "Day of the first session; null if there is none"),
        day("last_visit", "Day of the last session; null if there is none"),
        whole(
            "days_since_last_visit",
            "Calendar days since the last session, else since the last visit the register knows of",
            "day",
        ),
        whole("interest", "Page views about a product in the 90 days before the day"),
        text(
            "top_category",
            "Content category with most page views in the 90 days before; of equals the first",
        ),
        text(
            "top_product",
            "Product with most page views in the 90 days before; of equals the first by name",
        ),
    ),
    key=("customer_id",),
    reads=("sessions", "page_views", "customers", "purchases"),
    is_daily=False,
    personal=frozenset(
        {"customer_id", "days_since_joined", *(column.name for column in OF_REGISTER)}
    ),
    follows_rules=True,
    relates=("`sessions_flat.customer_id`: the sessions of a customer",),
)


def customers_of_sessions(snapshot: Snapshot, span: Span | None) -> pl.LazyFrame:
    """Return :data:`OF_REGISTER` for the customers of sessions on their days."""
    known = (
        of_days(snapshot.scan("sessions"), span)
        .filter(pl.col("customer_id").is_not_null())
        .select("customer_id", "date")
        .unique()
        .collect()
    )
    return register_on(known, Register.read(snapshot)).lazy()
