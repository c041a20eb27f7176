"""Where the values segment rules look at come from, in words."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from sessionize.facts import INTEREST, STATES, Register

MOST: Final = 5
"""Purchases named one by one."""

_PURCHASES: Final = ("purchases", "purchases_in_force", "purchase_value", "has_bought")
_PURCHASE_DAYS: Final = ("days_since_purchase", "days_since_purchase_ended", "products_held")
_OF_SESSION: Final = ("is_visit", "is_new", "page_views", "channel", "device")


def whence(
    register: Register, earlier: pl.DataFrame, day: date, *, is_visit: bool
) -> dict[str, str]:
    """Say of each column of :data:`sessionize.segments.COLUMNS` where its value comes from.

    Args:
        register: what the register knows of one customer.
        earlier: ``date`` and ``product_views`` of that customer's earlier sessions, in order.
        day: as of when.
        is_visit: whether it is about a session on that day.
    """
    state = _state(register.customers, day)
    bought = _bought(register.purchases, day)
    return {
        "customer_id": "the customer of this session" if is_visit else "as asked",
        **dict.fromkeys((*STATES, "age", "days_since_joined"), state),
        **dict.fromkeys((*_PURCHASES, *_PURCHASE_DAYS), bought),
        "interest": _viewed(earlier, day),
        "days_since_last_visit": _visit(register.customers, earlier, day),
        **dict.fromkeys(_OF_SESSION, "this session" if is_visit else "no session on that day"),
    }


def _state(customers: pl.DataFrame, day: date) -> str:
    if customers.is_empty():
        return "the register does not know this customer"
    states = customers.filter(pl.col("valid_from") <= day)
    if states.is_empty():
        return f"the register knows this customer only from {customers['valid_from'][0]} on"
    state = states.row(-1, named=True)
    known = state["known_from"]
    told = f", first told on {known}: assumed until then" if known and known > day else ""
    return f"the register's state since {state['valid_from']!s}{told}"


def _bought(purchases: pl.DataFrame, day: date) -> str:
    made = purchases.filter(pl.col("purchased") < day).sort("purchased", "purchase_id")
    later = purchases.filter(pl.col("purchased") == day).height
    today = f"; {later} of the day itself, not counted yet" if later else ""
    if made.is_empty():
        return f"the register knows no purchase before that day{today}"
    named = [_purchase(row, day) for row in made.tail(MOST).to_dicts()]
    more = [f"{made.height - MOST} earlier ones"] if made.height > MOST else []
    return "; ".join([*more, *named]) + today


def _purchase(row: dict[str, object], day: date) -> str:
    ended = row["ended"]
    product = f" ({row['product']})" if row["product"] else ""
    is_over = isinstance(ended, date) and ended <= day
    state = f"ended {ended}" if is_over else "in force"
    return f"purchase {row['purchase_id']}{product} of {row['purchased']}, {state}"


def _visit(customers: pl.DataFrame, earlier: pl.DataFrame, day: date) -> str:
    if not earlier.is_empty():
        return f"the session before, on {earlier['date'][-1]}"
    told = customers.filter(pl.col("valid_from") <= day)["last_visit"].drop_nulls()
    if told.is_empty():
        return "no earlier session, and no last_visit in the register"
    return f"no earlier session; the register's last_visit {told[-1]}"


def _viewed(earlier: pl.DataFrame, day: date) -> str:
    days = earlier.filter(
        pl.col("date") < day, pl.col("date") >= day - INTEREST, pl.col("product_views") > 0
    )
    span = f"{day - INTEREST} to the day before"
    if days.is_empty():
        return f"no session with a page about a product from {span}"
    return f"sessions with pages about products from {span}: {days.height}"
