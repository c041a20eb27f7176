"""From interest to purchase, one customer after the other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]


def slow_trial(
    visits: list[Row], product: str, purchased: date | None, days: int, last: date
) -> tuple[bool, date, str]:
    """Return whether a customer viewed the product first, the start, and what came of it.

    ``visits`` have ``date`` and ``products``, in the order of time.
    """
    first = visits[0]["date"]
    seen = next((visit["date"] for visit in visits if product in visit["products"]), None)
    is_viewed = seen is not None
    if seen is not None and purchased is not None and first <= purchased < seen:
        is_viewed = False
    start = seen if is_viewed and seen is not None else first
    if purchased is not None and purchased < start:
        return is_viewed, start, "had_before"
    if start + timedelta(days=days) > last:
        return is_viewed, start, "unfinished"
    within = purchased is not None and purchased <= start + timedelta(days=days)
    return is_viewed, start, "bought" if within else "not_bought"


def slow_curve(people: list[tuple[int, bool]]) -> dict[int, float]:
    """Return the share that has bought by each day on which something ended."""
    left, curve = 1.0, {}
    for day in sorted({days for days, _ in people}):
        at_risk = sum(days >= day for days, _ in people)
        bought = sum(days == day and is_bought for days, is_bought in people)
        left *= 1 - bought / at_risk
        curve[day] = 1 - left
    return curve
