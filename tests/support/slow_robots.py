"""Robots by behaviour the slow and obvious way: a day of a visitor, then a signal, after another.

Written from the definitions (docs/classification.md), not from the fast code: the tests compare
the two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Any
from zoneinfo import ZoneInfo

from sessionize.rules import SessionRules

Row = dict[str, Any]
Day = tuple[date, str]

TAKING_PART = ("page", "event", "static", "error", "other")


def slow_robots(hits: list[Row], rules: SessionRules) -> list[Row]:
    """Return the table robots, by day and visitor; without the reason, with ``signals``."""
    days: dict[Day, list[Row]] = defaultdict(list)
    for hit in hits:
        if hit["visitor_id"] is not None and hit["kind"] in TAKING_PART:
            day = hit["ts"].astimezone(ZoneInfo(rules.time_zone)).date()
            days[day, hit["visitor_id"]].append(hit)
    serving = places_with_assets(days)
    robots = []
    for (day, visitor), own in sorted(days.items()):
        facts = figures(own)
        shown = signals(day, own, facts, serving)
        level = level_of(shown, is_member=any(hit["customer_id"] is not None for hit in own))
        if level is None:
            continue
        counted = {"loose": (), "default": ("default",), "strict": ("default", "strict")}
        is_robot = level in counted[rules.strictness]
        row = {"date": day, "visitor_id": visitor, "level": level, "is_robot": is_robot}
        robots.append({**row, **facts, "signals": shown})
    return robots


def without_robots(hits: list[Row], rules: SessionRules) -> list[Row]:
    """Return the hits that are of no robot at the strictness of ``rules``."""
    out = {(row["date"], row["visitor_id"]) for row in slow_robots(hits, rules) if row["is_robot"]}
    zone = ZoneInfo(rules.time_zone)
    return [
        hit for hit in hits if (hit["ts"].astimezone(zone).date(), hit["visitor_id"]) not in out
    ]


def pages_of(own: list[Row]) -> list[Row]:
    return [hit for hit in own if hit["kind"] == "page"]


def assets_of(own: list[Row]) -> list[Row]:
    return [hit for hit in own if hit["kind"] == "static" and hit["path"] != "/robots.txt"]


def places_with_assets(days: dict[Day, list[Row]]) -> set[tuple[Any, ...]]:
    """Return the days, log sources and hosts whose pages most visitors take with their files."""
    takes: dict[tuple[Any, ...], list[bool]] = defaultdict(list)
    for (day, _), own in days.items():
        pages = pages_of(own)
        if len(pages) < 5:
            continue
        is_taker = 2 * len(assets_of(own)) >= len(pages)
        for place in {(day, page["host"]) for page in pages}:
            takes[place].append(is_taker)
    return {place for place, each in takes.items() if sum(each) >= 3 and 4 * sum(each) >= len(each)}


def figures(own: list[Row]) -> Row:
    attached = [hit for hit in own if hit["kind"] in ("static", "error", "other")]
    moments = sorted(page["ts"] for page in pages_of(own))
    return {
        "hits": len(own),
        "page_views": len(moments),
        "events": sum(hit["kind"] == "event" for hit in own),
        "assets": len(assets_of(own)),
        "heads": sum(hit["method"] == "HEAD" for hit in attached),
        "robots_txt": sum(hit["path"] == "/robots.txt" for hit in attached),
        "variation": variation(moments),
        "per_minute": most_per_minute(moments),
    }


def variation(moments: list[datetime]) -> float | None:
    pairs = pairwise(moments)
    gaps = [int((after - before).total_seconds() * 1000 + 0.5) for before, after in pairs]
    if len(gaps) < 10:
        return None
    usual = median(gaps)
    kept = [gap for gap in gaps if gap <= 3 * usual]
    if len(kept) < 10 or 10 * len(kept) < 9 * len(gaps) or not any(kept):
        return None
    return round(pstdev(kept) / fmean(kept), 3)


def most_per_minute(moments: list[datetime]) -> int | None:
    if len(moments) < 60:
        return None
    return max(Counter(moment.replace(second=0, microsecond=0) for moment in moments).values())


def signals(day: date, own: list[Row], facts: Row, serving: set[tuple[Any, ...]]) -> list[str]:
    places = [(day, page["host"]) for page in pages_of(own)]
    bare = sum(place in serving for place in places) if facts["assets"] == 0 else 0
    shows = {
        "robots.txt": facts["robots_txt"] > 0,
        "no assets": bare >= 5,
        "HEAD requests": facts["heads"] >= 5 and 5 * facts["heads"] >= facts["hits"],
        "constant intervals": facts["variation"] is not None and facts["variation"] <= 0.25,
        "superhuman rate": (facts["per_minute"] or 0) >= 60,
    }
    return [name for name, shown in shows.items() if shown]


def level_of(shown: list[str], *, is_member: bool) -> str | None:
    if not is_member and len(set(shown) - {"superhuman rate"}) >= 2:
        return "default"
    if len(shown) >= (2 if is_member else 1):
        return "strict"
    return None
