"""What campaigns brought and cost, session by session: slow, and plain to read."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from math import sqrt
from typing import Any

Row = dict[str, Any]
Z = 1.959963984540054
LINKS = ("campaign", "source", "medium", "content", "keyword")


def slow_arrivals(amounts: list[float]) -> tuple[float, float]:
    """The 95 % interval of an expected sum of amounts whose bearers arrive by chance."""
    total, squares = sum(amounts), sum(amount**2 for amount in amounts)
    size = squares / total if total else 1.0
    n = total / size
    spread = Z * sqrt(n + Z**2 / 4)
    low = size * (n + Z**2 / 2 - spread) if total else 0.0
    return low, size * (n + Z**2 / 2 + spread)


def slow_days(campaigns: list[Row], banners: list[Row], campaign_costs: list[Row]) -> list[Row]:
    """Every day's cost, of each campaign from the table that knows it best."""
    days: list[Row] = [{**one, "keyword": one["term"], "rank": 0} for one in campaign_costs]
    days += [
        {**one, "source": one["portal"], "content": one["banner"], "rank": 1} for one in banners
    ]
    for one in campaigns:
        length = (one["end"] - one["start"]).days + 1
        for back in range(length):
            day = one["start"] + timedelta(days=back)
            days.append(
                {"date": day, "campaign": one["campaign"], "cost": one["cost"] / length, "rank": 2}
            )
    best: dict[str, int] = {}
    for one in days:
        name = one["campaign"].lower()
        best[name] = min(best.get(name, 9), one["rank"])
    return [
        {"date": one["date"], "cost": one["cost"]}
        | {link: (one.get(link) or "").lower() or None for link in LINKS}
        for one in days
        if best[one["campaign"].lower()] == one["rank"]
    ]


def slow_costs(
    sessions: list[Row], days: list[Row], span: tuple[date, date], by: list[str]
) -> tuple[dict[tuple[Any, ...], float], dict[tuple[Any, ...], float]]:
    """What each combination of ``by`` cost: of every cost, a part per session that agrees.

    The other half is what no session agrees with.
    """
    found: dict[tuple[Any, ...], float] = defaultdict(float)
    lonely: dict[tuple[Any, ...], float] = defaultdict(float)
    for cost in days:
        if not span[0] <= cost["date"] <= span[1]:
            continue
        asked = [link for link in LINKS if cost[link] is not None]
        left_out = [name for name in ("keyword", "content", "medium", "source")
                    if name in asked and name not in by]  # fmt: skip
        own: list[Row] = []
        while True:
            own = [one for one in sessions if all(one[link] == cost[link] for link in asked)]
            if "date" in by:
                own = [one for one in own if one["date"] == cost["date"]]
            if own or not left_out:
                break
            asked.remove(left_out.pop(0))
        for one in own:
            found[tuple(one[name] for name in by)] += cost["cost"] / len(own)
        if not own:
            lonely[tuple(cost.get(name) for name in by)] += cost["cost"]
    return found, lonely
