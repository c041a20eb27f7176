"""Stages of the relationship, one person and one day after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

Session = tuple[date, str, str | None]
"""Day, visitor, customer or None; in the order of time."""


def slow_unknown_stage(own: list[Session], edge: date) -> str | None:
    """Return what a browser is at the start of ``edge``; None if nobody, or somebody known."""
    before = [session for session in own if session[0] < edge]
    if not before or any(customer for _, _, customer in before):
        return None
    return "anonymous" if len(before) > 1 else "first-time anonymous"


def slow_known_stage(
    visits: set[date],
    purchases: list[dict[str, Any]],
    edge: date,
    month: date,
    dormant_after: int,
) -> str:
    """Return what a customer is at the start of ``edge``, the month before it being ``month``."""
    days = sorted(day for day in visits if day < edge)
    for earlier, later in pairwise(days):
        if later >= month and (later - earlier).days >= dormant_after:
            return "reactivated"
    if days and (edge - days[-1]).days >= dormant_after:
        return "dormant"
    bought = [row for row in purchases if row["purchased"] < edge]
    if not bought:
        return "member"
    if all(row["ended"] is not None and row["ended"] <= edge for row in bought):
        return "churned"
    return "repeat customer" if len(bought) > 1 else "customer"


def slow_flows(
    sessions: list[Session],
    since: dict[str, date],
    purchases: list[dict[str, Any]],
    edges: list[date],
    dormant_after: int,
) -> Counter[tuple[int, str, str]]:
    """Return how many people moved, by number of the month, stage before and stage after."""
    of_visitor: dict[str, list[Session]] = defaultdict(list)
    visits: dict[str, set[date]] = defaultdict(set)
    for session in sessions:
        of_visitor[session[1]].append(session)
        if session[2]:
            visits[session[2]].add(session[0])
    known = _known_from(since, visits, purchases)
    flows: Counter[tuple[int, str, str]] = Counter()
    earlier = (edges[0] - timedelta(days=1)).replace(day=1)
    starts = [earlier, *edges]
    for number, (start, end) in enumerate(pairwise(edges)):
        hands: dict[str, list[tuple[date, date, str]]] = defaultdict(list)
        for own in of_visitor.values():
            before, after = (slow_unknown_stage(own, edge) for edge in (start, end))
            if after is not None:
                flows[number, before or "(new)", after] += 1
            elif before is not None:
                day, who = next((s[0], s[2]) for s in own if s[2])
                hands[str(who)].append((day, own[0][0], before))
        for who, day in known.items():
            if day >= end:
                continue
            own_bought = [row for row in purchases if row["customer_id"] == who]
            stage = slow_known_stage(visits[who], own_bought, end, start, dormant_after)
            if day < start:
                was = slow_known_stage(
                    visits[who], own_bought, start, starts[number], dormant_after
                )
            else:
                hands[who].sort()
                was = hands[who].pop(0)[2] if hands[who] else "(new)"
            flows[number, was, stage] += 1
        for rest in hands.values():
            for _, _, stage in rest:
                flows[number, stage, "(recognised)"] += 1
    return flows


def _known_from(
    since: dict[str, date], visits: dict[str, set[date]], purchases: list[dict[str, Any]]
) -> dict[str, date]:
    known = dict(since)
    told = [(who, day) for who, days in visits.items() for day in days]
    for who, day in told + [(row["customer_id"], row["purchased"]) for row in purchases]:
        known[who] = min(known.get(who, day), day)
    return known
