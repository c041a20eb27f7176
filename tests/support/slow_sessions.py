"""Sessions the slow and obvious way: one hit after the other, in plain Python.

Written from the definitions (docs/sessions.md, docs/segments.md), not from the fast code: the
tests compare the two. ``slow_sessions`` and ``slow_enrichment`` give dictionaries with the
columns of the tables.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from slow_robots import without_robots

from sessionize.rules import SessionRules

Row = dict[str, Any]

ORIGIN = ("source", "medium", "campaign", "term", "content")
BROWSER = ("browser", "os", "device", "country", "host")


def slow_sessions(hits: list[Row], rules: SessionRules) -> tuple[list[Row], list[Row]]:
    """Return sessions (without segment and is_new) and page views of ``hits``."""
    sessions: list[Row] = []
    views: list[Row] = []
    by_visitor: dict[str, list[Row]] = defaultdict(list)
    for hit in without_robots(hits, rules):
        if hit["visitor_id"] is not None:
            by_visitor[hit["visitor_id"]].append(hit)
    for visitor in sorted(by_visitor):
        own = sorted(
            by_visitor[visitor], key=lambda hit: (hit["ts"], hit["log_source"], hit["line"])
        )
        core = [hit for hit in own if hit["kind"] in ("page", "event")]
        others = [hit for hit in own if hit["kind"] in ("static", "error", "other")]
        cut = cut_into_sessions(core, rules)
        attached = attach(others, cut, rules)
        used: dict[int, int] = {}
        opening = opening_logins(others, cut, attached, rules)
        for part, extra, opened_by in zip(cut, attached, opening, strict=True):
            start = milliseconds(part[0]["ts"])
            used[start] = used.get(start, 0) + 1
            tie = f"-{used[start]}" if used[start] > 1 else ""
            session = describe(part, extra, opened_by, rules)
            session["session_id"] = f"{visitor}-{start}{tie}"
            sessions.append(session)
            views += page_views(part, session)
    return sessions, views


def cut_into_sessions(core: list[Row], rules: SessionRules) -> list[list[Row]]:
    cut: list[list[Row]] = []
    customer = campaign = previous = None  # customer and campaign last seen in this run
    for hit in core:
        starts = previous is None or hit["ts"] - previous["ts"] > rules.inactivity
        if previous is not None and rules.ends_at_midnight:
            starts = starts or day_of(hit, rules) != day_of(previous, rules)
        if starts:
            customer = campaign = None
        if rules.stitching == "none" and hit["customer_id"] and not customer and not starts:
            starts = True
        if rules.ends_when_customer_changes and hit["customer_id"] and customer:
            starts = starts or hit["customer_id"] != customer
        if rules.ends_at_new_campaign and hit["campaign"]:
            starts = starts or hit["campaign"] != campaign
        if cut and rules.longest is not None:
            starts = starts or hit["ts"] - cut[-1][0]["ts"] > rules.longest
        if cut and rules.most_hits is not None:
            starts = starts or len(cut[-1]) == rules.most_hits
        customer = hit["customer_id"] or customer
        campaign = hit["campaign"] or campaign
        if starts:
            cut.append([])
        cut[-1].append(hit)
        previous = hit
    return cut


def attach(others: list[Row], cut: list[list[Row]], rules: SessionRules) -> list[list[Row]]:
    attached: list[list[Row]] = [[] for _ in cut]
    for hit in others:
        begun = [number for number, part in enumerate(cut) if part[0]["ts"] <= hit["ts"]]
        if not begun:
            continue
        session = cut[begun[-1]]
        late = hit["ts"] - session[-1]["ts"] > rules.inactivity
        next_day = day_of(hit, rules) != day_of(session[0], rules)
        if not late and not (rules.ends_at_midnight and next_day):
            attached[begun[-1]].append(hit)
    return attached


def opening_logins(
    others: list[Row], cut: list[list[Row]], attached: list[list[Row]], rules: SessionRules
) -> list[list[Row]]:
    """Return for each session the logins before it that fell to no session."""
    opening: list[list[Row]] = [[] for _ in cut]
    for hit in others:
        if not hit["is_login"] or any(hit in extra for extra in attached):
            continue
        later = [number for number, part in enumerate(cut) if part[0]["ts"] > hit["ts"]]
        if not later:
            continue
        first = cut[later[0]][0]
        too_late = first["ts"] - hit["ts"] > rules.inactivity
        next_day = day_of(hit, rules) != day_of(first, rules)
        if not too_late and not (rules.ends_at_midnight and next_day):
            opening[later[0]].append(hit)
    return opening


def describe(core: list[Row], extra: list[Row], opened_by: list[Row], rules: SessionRules) -> Row:
    first, last = core[0], core[-1]
    pages = [hit for hit in core if hit["kind"] == "page"]
    goals = [hit for hit in core if hit["goal"] is not None]
    customers = [hit["customer_id"] for hit in core if hit["customer_id"] is not None]
    from_outside = first["channel"] is not None
    origin = {name: first[name] for name in ORIGIN}
    if not from_outside:
        origin |= {"source": "(direct)", "medium": "(none)"}
    return {
        "date": day_of(first, rules),
        "start": first["ts"],
        "end": last["ts"],
        "visitor_id": first["visitor_id"],
        "customer_id": customers[0] if customers else None,
        "is_stitched": False,
        "hits": len(core) + len(extra),
        "page_views": len(pages),
        "product_views": sum(hit["product"] is not None for hit in pages),
        "events": len(core) - len(pages),
        "logins": logins(core, extra + opened_by),
        "is_bounce": len(core) == 1 and len(pages) == 1 and not goals,
        "is_engaged": (
            len(pages) >= 2 or last["ts"] - first["ts"] >= timedelta(seconds=10) or bool(goals)
        ),
        "entry_page": pages[0]["path"] if pages else None,
        "exit_page": pages[-1]["path"] if pages else None,
        "channel": first["channel"] or "Direct",
        **origin,
        "referrer_host": outside_host(first["referrer"], first["host"], rules),
        **{name: first[name] for name in BROWSER},
        "conversions": len(goals),
        "value": sum(hit["value"] or 0.0 for hit in goals),
    }


def logins(core: list[Row], extra: list[Row]) -> int:
    told = [hit["is_login"] for hit in core + extra if hit["is_login"] is not None]
    if told:
        return sum(told)
    count, before = 0, None
    for hit in core:
        if hit["customer_id"] is not None and hit["customer_id"] != before:
            count += 1
        before = hit["customer_id"]
    return count


def page_views(core: list[Row], session: Row) -> list[Row]:
    views = []
    for number, hit in enumerate(core):
        is_last = number == len(core) - 1
        wait = None if is_last else (core[number + 1]["ts"] - hit["ts"]).total_seconds()
        kept = ("visitor_id", "ts", "log_source", "line", "kind", "path")
        about = ("category", "product", "goal", "value")
        view = {name: hit[name] for name in kept + about}
        view |= {"date": session["date"], "session_id": session["session_id"], "dwell_s": wait}
        views.append(view)
    return views


def day_of(hit: Row, rules: SessionRules) -> date:
    return hit["ts"].astimezone(ZoneInfo(rules.time_zone)).date()


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000 + 0.5) // 1000


def outside_host(referrer: str | None, asked: str | None, rules: SessionRules) -> str | None:
    host = urlsplit(referrer or "").hostname
    names = rules.hosts or ((asked or "").lower().rpartition(":")[0] or (asked or "").lower(),)
    own = {name.removeprefix("www.") for name in names}
    return None if host is None or host.removeprefix("www.") in own else host


def slow_visitors(sessions: list[Row]) -> list[Row]:
    """Return the table visitors."""
    by_visitor: dict[str, list[Row]] = defaultdict(list)
    for session in sessions:
        by_visitor[session["visitor_id"]].append(session)
    rows = []
    for visitor, own in sorted(by_visitor.items()):
        customers = {session["customer_id"] for session in own} - {None}
        row = {
            "visitor_id": visitor,
            "first_seen": min(session["start"] for session in own),
            "last_seen": max(session["end"] for session in own),
            "sessions": len(own),
            "customers": sorted(customers),
        }
        rows.append(row)
    return rows


def slow_enrichment(
    sessions: list[Row], customers: list[Row], purchases: list[Row]
) -> dict[str, Row]:
    """Return is_new and the facts of the default segment rules by session_id."""
    facts: dict[str, Row] = {}
    visitors: set[str] = set()
    visits, states, bought = (defaultdict[str, list[Row]](list) for _ in range(3))
    for rows, grouped in ((customers, states), (purchases, bought)):
        for row in rows:
            grouped[row["customer_id"]].append(row)
    for session in sorted(sessions, key=lambda session: (session["start"], session["session_id"])):
        who = session["customer_id"]
        fact: Row = {"is_new": session["visitor_id"] not in visitors}
        fact |= slow_customer(session, visits[who], states[who], bought[who])
        facts[session["session_id"]] = fact
        visitors.add(session["visitor_id"])
        visits[who].append(session)
    return facts


def slow_customer(
    session: Row, before: list[Row], customers: list[Row], purchases: list[Row]
) -> Row:
    today, who = session["date"], session["customer_id"]
    states = [row for row in customers if row["customer_id"] == who and row["valid_from"] <= today]
    state = max(states, key=lambda row: row["valid_from"]) if states else {}
    visits = [row["date"] for row in before if who is not None and row["customer_id"] == who]
    told = sorted(
        ((row["valid_from"], row["last_visit"]) for row in states if row["last_visit"]),
        reverse=True,
    )
    last = max(visits) if visits else (told[0][1] if told else None)
    bought = [row for row in purchases if row["customer_id"] == who and row["purchased"] < today]
    days = (today - last).days if last else None
    recent = [row for row in before if 1 <= (today - row["date"]).days <= 90]
    looked = [row for row in recent if who is not None and row["customer_id"] == who]
    return {
        "grade": state.get("grade"),
        "interest": sum(row.get("product_views", 0) for row in looked),
        "purchases": len(bought),
        "purchases_in_force": sum(
            1 for row in bought if row["ended"] is None or row["ended"] > today
        ),
        "purchase_value": sum(row["value"] or 0.0 for row in bought),
        "days_since_last_visit": days if days is not None and days >= 0 else None,
    }


def slow_segment(session: Row, fact: Row) -> str:
    """Return the segment of a session by the rules of a site that wrote none."""
    days = fact["days_since_last_visit"]
    if session["customer_id"] is None:
        return "first-time anonymous" if fact["is_new"] else "anonymous"
    if days is not None and days >= 365:
        return "reactivated"
    if fact["purchases"] and not fact["purchases_in_force"]:
        return "churned"
    if fact["grade"] == "VIP":
        return "VIP"
    if fact["purchases"]:
        return "customer"
    return "prospect" if fact["interest"] >= 5 else "member"
