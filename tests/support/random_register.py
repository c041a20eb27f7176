"""Random registers: states of customers and purchases around a last day, for Hypothesis."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.store import Store

Row = dict[str, Any]
LAST = date(2025, 11, 30)
DAYS = 12
"""So many days before the last one, things happen."""

STATES = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(["c1", "c2"]),
            "back": st.integers(0, DAYS),
            "birth_year": st.sampled_from([None, 1940, 1976, 1985, 2010]),
            "sex": st.sampled_from([None, "F", "M"]),
            "occupation": st.sampled_from([None, "farmer", "clerk"]),
            "children": st.sampled_from([None, 0, 2, 3, 5]),
            "grade": st.sampled_from([None, "VIP"]),
        }
    ),
    max_size=6,
    unique_by=lambda row: (row["customer_id"], row["back"]),
)
BOUGHT = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(["c1", "c2", "c3"]),
            "product": st.sampled_from([None, "loans", "annuity"]),
            "from": st.integers(0, DAYS),
            "for": st.none() | st.integers(0, 5),
            "value": st.sampled_from([None, 100.0, 12.5]),
        }
    ),
    max_size=6,
)


def customers_of(drawn: list[Row]) -> list[Row]:
    """Return rows of table customers, of what :data:`STATES` draws."""
    return [
        dict.fromkeys(CUSTOMERS.schema)
        | {name: row[name] for name in row if name != "back"}
        | {"valid_from": LAST - timedelta(row["back"])}
        for row in drawn
    ]


def purchases_of(drawn: list[Row]) -> list[Row]:
    """Return rows of table purchases, of what :data:`BOUGHT` draws."""
    rows = []
    for number, row in enumerate(drawn):
        begun = LAST - timedelta(row["from"])
        ended = None if row["for"] is None else begun + timedelta(row["for"])
        known = {name: row[name] for name in ("customer_id", "product", "value")}
        known |= {"purchase_id": f"P{number}", "purchased": begun, "ended": ended}
        rows.append(dict.fromkeys(PURCHASES.schema) | known)
    return rows


def registered(store: Store, customers: list[Row], purchases: list[Row]) -> Store:
    """Put rows into the register of a store."""
    for table, rows in ((CUSTOMERS, customers), (PURCHASES, purchases)):
        if rows:
            whole = [dict.fromkeys(table.schema) | row for row in rows]
            store.upsert(table.name, pl.DataFrame(whole, schema=table.schema))
    return store
