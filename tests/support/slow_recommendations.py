"""Suggestions as one would make them by hand: plain loops over what happened."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from math import log, sqrt
from typing import Any

Row = dict[str, Any]
OWN = {"product": "viewed", "content": "read"}
SPEAKS = {
    "product": {"category", "held", "viewed"},
    "content": {"category", "held", "read", "viewed"},
}


def slow_log_lifts(
    seen: list[Row], bought: list[Row], kind: str, shrinkage: float
) -> dict[tuple[str, str], dict[str, float]]:
    """Log lift of each item for each piece of evidence, both relations added up."""
    own = OWN[kind]
    facts = [row for row in seen if row["evidence"] in SPEAKS[kind]]
    buys = [row | {"evidence": "held", "date": row["purchased"]} for row in bought]
    turned = [row for row in seen if row["evidence"] == own]
    turned += buys if kind == "product" else []
    items = sorted({row["item"] for row in turned})
    pieces = sorted({(row["evidence"], row["item"]) for row in facts + buys})

    looked: dict[int, set[str]] = defaultdict(set)
    for row in seen:
        if row["evidence"] == own:
            looked[row["session"]].add(row["item"])
    shares = {item: sum(item in found for found in looked.values()) for item in items}
    together = {piece: dict.fromkeys(items, 0.0) for piece in pieces}
    for session, evidence, thing in {(r["session"], r["evidence"], r["item"]) for r in facts}:
        for item in looked[session]:
            if (evidence, thing) != (own, item):
                together[evidence, thing][item] += 1

    first: dict[tuple[int, tuple[str, str]], date] = {}
    for row in facts + buys:
        key = (row["person"], (row["evidence"], row["item"]))
        first[key] = min(first.get(key, date.max), row["date"])
    last: dict[tuple[int, str], date] = {}
    for row in turned:
        last[row["person"], row["item"]] = max(
            last.get((row["person"], row["item"]), date.min), row["date"]
        )
    later = {piece: dict.fromkeys(items, 0.0) for piece in pieces}
    for (person, piece), began in first.items():
        for (other, item), ended in last.items():
            if other == person and ended > began:
                later[piece][item] += 1

    lifts = {}
    for piece in pieces:
        one = {i: 0.0 if piece == (own, i) else float(shares[i]) for i in items}
        two = {i: sum(later[other][i] for other in pieces if other[0] == piece[0]) for i in items}
        lifts[piece] = {
            item: _lift(together[piece], one, item, shrinkage)
            + _lift(later[piece], two, item, shrinkage)
            for item in items
        }
    return lifts


def _lift(counts: dict[str, float], base: dict[str, float], item: str, shrinkage: float) -> float:
    share = base[item] / (sum(base.values()) or 1.0)
    if share == 0:
        return 0.0
    shrunk = (counts[item] + shrinkage * share) / (sum(counts.values()) + shrinkage)
    return log(shrunk / share)


def slow_shares(
    turned: set[tuple[int, str]],
    groups: dict[int, tuple[str | None, ...]],
    items: list[str],
    strength: float,
) -> dict[tuple[str | None, ...], dict[str, float]]:
    """Share of each item in each group, backing off from the narrowest; () is everybody."""
    everybody = {item: 1.0 + sum(i == item for _, i in turned) for item in items}
    whole = sum(everybody.values())
    shares: dict[tuple[str | None, ...], dict[str, float]] = {}
    prior = {item: everybody[item] / whole for item in items}
    for length in range(len(next(iter(groups.values()), ())) + 1):
        for group in {group[:length] for group in groups.values()}:
            counts = {
                item: sum(i == item and groups.get(p, (0,))[:length] == group for p, i in turned)
                for item in items
            }
            if length == 0:
                counts = {item: sum(i == item and p in groups for p, i in turned) for item in items}
            wider = shares[group[:-1]] if length else prior
            total = sum(counts.values())
            shares[group] = {
                i: (counts[i] + strength * wider[i]) / (total + strength) for i in items
            }
    return shares


def slow_ranking(
    base: dict[str, float],
    group: dict[str, float],
    lifts: list[dict[str, float]],
    barred: set[str],
) -> list[tuple[str, float]]:
    """Items that may be suggested with their scores, best first."""
    scores = {
        item: log(base[item])
        + (sum(each[item] for each in lifts) + log(group[item] / base[item])) / sqrt(len(lifts) + 1)
        for item in base
    }
    weights = {item: 2.718281828459045**score for item, score in scores.items()}
    whole = sum(weight for item, weight in weights.items() if item not in barred)
    ranked = sorted((-round(scores[item], 9), item) for item in scores if item not in barred)
    return [(item, weights[item] / whole) for _, item in ranked]
