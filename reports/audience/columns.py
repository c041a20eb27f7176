"""What is known of a customer as of a day: every column a rule may name, declared once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from weblog.schema import Column

SPAN: Final = timedelta(days=90)
"""How far back columns called ``..._90_days`` and the ``top_...`` look: up to the day before."""

COLUMNS: Final = (
    Column("customer_id", pl.String(), "as the register and the log name the customer"),
    Column("segment", pl.String(), "the site's segment rules at the start of the day"),
    Column("grade", pl.String(), "the register's grade on the day"),
    Column("joined", pl.Date(), "day of registration"),
    Column("days_since_joined", pl.Int64(), "calendar days since the registration"),
    Column("birth_year", pl.Int32(), "year of birth"),
    Column("age", pl.Int32(), "age on the day; that reached in its year where only that is known"),
    Column("sex", pl.String(), "'F' or 'M'"),
    Column("occupation", pl.String(), "occupation on the day"),
    Column("children", pl.Int32(), "number of children on the day"),
    Column("consent_email", pl.Boolean(), "may be written to by e-mail, on the day"),
    Column("consent_sms", pl.Boolean(), "may be written to by SMS, on the day"),
    Column("sessions", pl.Int64(), "sessions before the day, on any browser; 0 if none"),
    Column("first_visit", pl.Date(), "day of the first of these; null if none"),
    Column(
        "last_visit",
        pl.Date(),
        "day of the last of these, else the register's last_visit; null if neither is known",
    ),
    Column("days_since_last_visit", pl.Int64(), "calendar days since last_visit"),
    Column("sessions_90_days", pl.Int64(), "sessions of the 90 days before the day; 0 if none"),
    Column("page_views_90_days", pl.Int64(), "page views of these; 0 if none"),
    Column("interest", pl.Int64(), "of these, page views about a product; 0 if none"),
    Column("logins", pl.Int64(), "logins before the day; 0 if none"),
    Column("has_bought", pl.Boolean(), "whether a purchase was made before the day"),
    Column("purchases", pl.Int64(), "purchases made before the day; 0 if none"),
    Column("purchases_in_force", pl.Int64(), "of these, those not ended on the day; 0 if none"),
    Column("purchase_value", pl.Float64(), "value of the purchases made before the day; 0 if none"),
    Column(
        "products_held",
        pl.List(pl.String()),
        "products of the purchases in force, each once, in alphabetical order; empty if none",
    ),
    Column("first_purchase", pl.Date(), "day of the first purchase; null if none"),
    Column("last_purchase", pl.Date(), "day of the last purchase before the day; null if none"),
    Column("days_since_purchase", pl.Int64(), "calendar days since last_purchase"),
    Column(
        "days_since_purchase_ended",
        pl.Int64(),
        "calendar days since a purchase ended last, 0 on its day `ended`; null if none has",
    ),
    Column(
        "next_maturity",
        pl.Date(),
        "the nearest day, this one or later, on which a purchase in force matures; null if none",
    ),
    Column("days_to_maturity", pl.Int64(), "calendar days until next_maturity; 0 on that day"),
    Column("maturing_product", pl.String(), "product of the purchase that matures then"),
    Column(
        "top_category",
        pl.String(),
        "content category with most page views in the 90 days before; of equals the first by name",
    ),
    Column("top_category_views", pl.Int64(), "page views in it; 0 if there is none"),
    Column("top_product", pl.String(), "product with most page views in the 90 days before"),
    Column("top_product_views", pl.Int64(), "page views about it; 0 if there is none"),
)
"""Every column of a customer's profile, in order."""

SCHEMA: Final = pl.Schema([(column.name, column.dtype) for column in COLUMNS])

NONE_YET: Final = (
    *("sessions", "sessions_90_days", "page_views_90_days", "interest", "logins"),
    *("top_category_views", "top_product_views"),
)
"""Counts that are 0, not unknown, where nothing was counted."""
