"""Preference, one view after the other: the obvious way, to compare the fast one with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

Row = dict[str, Any]


def slow_cells(views: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Return each group's cell per name of views with ``group``, ``name``, ``aged`` and more."""
    views = [view for view in views if view["name"] is not None and view["group"] is not None]
    names = sorted({view["name"] for view in views})
    groups = sorted({view["group"] for view in views})
    everyone = sum(view["aged"] for view in views)
    cells = {}
    for group in groups:
        own = [view for view in views if view["group"] == group]
        whole = sum(view["aged"] for view in own)
        for name in names:
            here = [view for view in own if view["name"] == name]
            share = sum(view["aged"] for view in here) / whole
            all_share = sum(v["aged"] for v in views if v["name"] == name) / everyone
            dwell = [view["dwell_s"] for view in here if view["dwell_s"] is not None]
            cells[group, name] = {
                "page_views": len(here),
                "weighted_views": sum(view["aged"] for view in here),
                "visitors": len({view["visitor"] for view in here}),
                "sessions": len({view["session"] for view in here}),
                "dwell_s": median(dwell) if dwell else None,
                "group_views": len(own),
                "group_visitors": len({view["visitor"] for view in own}),
                "share": share,
                "everyone_share": all_share,
                "observed_index": 100 * share / all_share,
            }
    return cells


def slow_likeness(views: list[Row], borrowed: int = 50) -> dict[str, tuple[float, float]]:
    """Return the likeness within and between visits, pair by pair, of each name.

    ``views`` has a row per page view: ``customer``, ``session``, ``name``.
    """
    visits: dict[Any, list[Row]] = defaultdict(list)
    customers: dict[Any, list[Row]] = defaultdict(list)
    for view in views:
        visits[view["session"]].append(view)
        customers[view["customer"]].append(view)
    names = sorted({view["name"] for view in views})
    inside = _pairs(visits.values(), names, lambda one, other: True)
    across = _pairs(
        customers.values(), names, lambda one, other: one["session"] != other["session"]
    )
    viewers = {n: len({v["customer"] for v in views if v["name"] == n}) for n in names}
    within = _pooled(inside, viewers, borrowed)
    within = {n: min(max(within[n], 0.01), 0.99) if within else 0.01 for n in names}
    between = _pooled(across, viewers, borrowed) or {n: within[n] / 2 for n in names}
    return {n: (within[n], min(max(between[n], 0.01), within[n])) for n in names}


def _pairs(
    clusters: Iterable[list[Row]], names: list[str], counts: Any
) -> dict[str, tuple[float, float]]:
    """Return covariance and variance of "is it this name" over pairs, a cluster as its views."""
    weight, both, mine = 0.0, Counter[str](), Counter[str]()
    for views in clusters:
        pairs = [
            (one, other)
            for i, one in enumerate(views)
            for j, other in enumerate(views)
            if i != j and counts(one, other)
        ]
        if not pairs:
            continue
        weight += len(views)
        for name in names:
            agree = sum(one["name"] == other["name"] == name for one, other in pairs)
            both[name] += len(views) * agree / len(pairs)  # type: ignore[assignment]
            mine[name] += sum(view["name"] == name for view in views)
    if not weight:
        return {}
    found = {}
    for name in names:
        p = mine[name] / weight
        found[name] = (both[name] / weight - p**2, p * (1 - p))
    return found


def _pooled(
    measured: dict[str, tuple[float, float]], viewers: dict[str, int], borrowed: int
) -> dict[str, float]:
    total = sum(variance for _, variance in measured.values())
    whole = sum(covariance for covariance, _ in measured.values()) / total if total else 0.01
    return {
        name: (
            viewers[name] * (covariance / variance if variance else whole) + borrowed * whole
        ) / (viewers[name] + borrowed)
        for name, (covariance, variance) in measured.items()
    }  # fmt: skip


def slow_affinity(
    views: list[Row], segments: dict[str, str | None], likeness: dict[str, tuple[float, float]]
) -> dict[tuple[str, str], Row]:
    """Return share, index, evidence and rank of each customer and name, view by view.

    ``views`` has a row per page view: ``customer``, ``session``, ``name``, ``aged``.
    """
    names = sorted({view["name"] for view in views})
    lengths = Counter(view["session"] for view in views)
    owner = {view["session"]: (view["customer"], view["aged"]) for view in views}
    cells: dict[tuple[str, str], Row] = {}
    for name in names:
        w, b = likeness[name]
        prior = (1 - b) / b
        votes: Counter[Any] = Counter()
        totals: Counter[Any] = Counter()
        for session, (customer, aged) in owner.items():
            m = lengths[session]
            worth = aged * (1 - b) / ((w - b) + (1 - w) / m)
            here = sum(v["session"] == session and v["name"] == name for v in views)
            for who in (("customer", customer), ("segment", segments.get(customer)), "everyone"):
                votes[who] += worth * here / m  # type: ignore[assignment]
                totals[who] += worth  # type: ignore[assignment]
        everyones = votes["everyone"] / totals["everyone"]
        for customer in {view["customer"] for view in views}:
            of = ("segment", segments.get(customer))
            segment = (votes[of] + prior * everyones) / (totals[of] + prior)
            own = ("customer", customer)
            share = (votes[own] + prior * segment) / (totals[own] + prior)
            cells[customer, name] = {
                "page_views": sum(v["customer"] == customer and v["name"] == name for v in views),
                "share": share,
                "everyone_share": everyones,
                "index": 100 * share / everyones,
                "evidence": totals[own],
            }
    return cells
