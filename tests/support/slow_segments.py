"""What is known of customers on a day, the slow and obvious way.

Written from docs/segments.md, not from the fast code: every fact by going through all rows,
and the default rules as plain conditions.
"""

from __future__ import annotations

from datetime import date
from typing import Any

Row = dict[str, Any]


def slow_facts(
    who: str, day: date, earlier: list[Row], customers: list[Row], purchases: list[Row]
) -> Row:
    """Return every fact about customer ``who`` on ``day``.

    ``earlier`` are all sessions before the moment, of anybody, in order of time; the register's
    rows are those of anybody, too.
    """
    return {
        **state_facts(who, day, customers),
        **purchase_facts(who, day, purchases),
        **visit_facts(who, day, earlier, customers),
    }


def state_facts(who: str, day: date, customers: list[Row]) -> Row:
    state: Row = {}
    for row in sorted(customers, key=lambda row: row["valid_from"]):
        if row["customer_id"] == who and row["valid_from"] <= day:
            state = row
    born, year, joined = (state.get(n) for n in ("birth_date", "birth_year", "joined"))
    age = None
    if born is not None:
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    elif year is not None:
        age = day.year - year
    member = (day - joined).days if joined is not None and joined <= day else None
    names = ("grade", "joined", "birth_year", "sex", "occupation", "children")
    known = {name: state.get(name) for name in (*names, "consent_email", "consent_sms")}
    return known | {"age": age, "days_since_joined": member}


def purchase_facts(who: str, day: date, purchases: list[Row]) -> Row:
    made = [row for row in purchases if row["customer_id"] == who and row["purchased"] < day]
    over = [row for row in made if row["ended"] is not None and row["ended"] <= day]
    in_force = [row for row in made if row not in over]
    held = sorted({row["product"] for row in in_force if row["product"] is not None})
    return {
        "purchases": len(made),
        "purchases_in_force": len(in_force),
        "purchase_value": sum(row["value"] or 0.0 for row in made),
        "has_bought": len(made) > 0,
        "days_since_purchase": min(((day - row["purchased"]).days for row in made), default=None),
        "days_since_purchase_ended": min(((day - row["ended"]).days for row in over), default=None),
        "products_held": ", ".join(held) or None,
    }


def visit_facts(who: str, day: date, earlier: list[Row], customers: list[Row]) -> Row:
    own = [row for row in earlier if row["customer_id"] == who]
    looked = [row["product_views"] for row in own if 1 <= (day - row["date"]).days <= 90]
    last = own[-1]["date"] if own else None
    if last is None:
        for row in sorted(customers, key=lambda row: row["valid_from"]):
            if row["customer_id"] == who and row["valid_from"] <= day and row["last_visit"]:
                last = row["last_visit"]
    away = (day - last).days if last is not None and last <= day else None
    return {"days_since_last_visit": away, "interest": sum(looked)}


def slow_default_segment(fact: Row, *, is_visit: bool) -> str:
    """Return a customer's segment by the rules of a site that wrote none."""
    away = fact["days_since_last_visit"]
    if away is not None and away >= 365:
        return "reactivated" if is_visit else "dormant"
    if fact["purchases"]:
        if not fact["purchases_in_force"]:
            return "churned"
        return "VIP" if fact["grade"] == "VIP" else "customer"
    if fact["grade"] == "VIP":
        return "VIP"
    return "prospect" if fact["interest"] >= 5 else "member"
