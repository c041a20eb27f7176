"""What became of mails, one delivery and one line of the log after the other."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

Row = dict[str, Any]

SOON = timedelta(seconds=60)
APART = timedelta(seconds=10)
MANY = 3


def slow_traces(hits: list[Row]) -> list[Row]:
    """Return the lines of the log that bear a dispatch id, each with what it is."""
    found = []
    for hit in hits:
        query = parse_qs(hit["query"] or "")
        if "d" not in query or (hit["status"] or 200) >= 400:
            continue
        target = query.get("to", [""])[0]
        if hit["path"] == "/m/open.gif":
            trace, link = "open", None
        elif hit["path"] == "/m/go":
            trace, link = ("unsubscribe" if target == "/bye" else "click"), target
        elif hit["path"] == "/bye":
            trace, link = "unsubscribe", None
        elif hit["kind"] in {"page", "bot", "internal"}:
            trace, link = "visit", None
        else:
            continue
        found.append(hit | {"delivery": query["d"][0], "trace": trace, "link": link})
    return found


def slow_own(traces: list[Row], deliveries: list[Row], mailings: dict[str, Row]) -> list[Row]:
    """Return the traces of these deliveries within their days, each with the rule that holds."""
    of = {row["delivery"]: row for row in deliveries}
    own = []
    for trace in traces:
        row = of.get(trace["delivery"])
        if row is None:
            continue
        mailing = mailings[row["mailing"]]
        if trace["ts"] < mailing["sent"] + timedelta(days=mailing["days"]):
            own.append(trace | {"mailing": row["mailing"], "sent": mailing["sent"]})
    for trace in own:
        trace["rule"] = slow_rule(trace, own)
    spreading = [t for t in own if t["rule"] not in {None, "internal"}]
    same = []
    for trace in own:
        chain = chain_of(trace, [t for t in own if t["visitor_id"] == trace["visitor_id"]])
        if trace["rule"] is None and any(other in spreading for other in chain):
            same.append(trace)
    for trace in same:
        trace["rule"] = "same_machine"
    return own


def slow_rule(trace: Row, own: list[Row]) -> str | None:
    agent = trace["user_agent"] or ""
    if trace["kind"] == "internal":
        return "internal"
    if agent == "Mozilla/5.0":
        return "prefetch"
    if trace["is_bot"] and not re.search("GoogleImageProxy|YahooMailProxy", agent):
        return "robot"
    if trace["method"] != "GET" and trace["trace"] != "unsubscribe":
        return "not_get"
    return "too_soon" if trace["ts"] - trace["sent"] < SOON else slow_burst(trace, own)


def slow_burst(trace: Row, own: list[Row]) -> str | None:
    if trace["trace"] in {"click", "unsubscribe"}:
        clicks = [t for t in own if t["trace"] in {"click", "unsubscribe"}]
        links = {t["link"] for t in clicks if t["mailing"] == trace["mailing"]}
        followed = {t["link"] for t in chain_of(trace, clicks)}
        if len(followed) >= max(2, min(MANY, len(links))):
            return "every_link"
    return None


def chain_of(trace: Row, traces: list[Row]) -> list[Row]:
    """Return what one mail left without a gap before or after this."""
    mine = sorted((t for t in traces if t["delivery"] == trace["delivery"]), key=lambda t: t["ts"])
    chain = [trace]
    for later in (t for t in mine if t["ts"] >= trace["ts"]):
        if later["ts"] - max(t["ts"] for t in chain) <= APART:
            chain.append(later)
    for earlier in reversed([t for t in mine if t["ts"] <= trace["ts"]]):
        if min(t["ts"] for t in chain) - earlier["ts"] <= APART:
            chain.append(earlier)
    return chain


def slow_recipient(row: Row, own: list[Row], sessions: list[Row], mailing: Row) -> Row:
    """Return what became of one delivery; nothing of what was not delivered."""
    if row["is_held_out"] or row["bounced"]:
        return {}
    mine = [t for t in own if t["delivery"] == row["delivery"]]
    people = [t for t in mine if t["rule"] is None]
    visits: dict[str, Row] = {}
    visited = None
    for trace in sorted(people, key=lambda t: t["ts"]):
        session = session_of(trace, sessions) if trace["trace"] == "visit" else None
        if session:
            visits[session["session_id"]] = session
            visited = visited or trace["ts"]
    times = {
        kind: sorted(t["ts"] for t in people if t["trace"] == kind) for kind in ("open", "click")
    }
    end = mailing["sent"] + timedelta(days=mailing["days"])
    gone = row["unsubscribed"]
    return {
        "opened_raw": any(t["trace"] == "open" for t in mine),
        "clicked_raw": any(t["trace"] == "click" for t in mine),
        "opened_at": times["open"][0] if times["open"] else None,
        "opens": len(times["open"]),
        "clicked_at": times["click"][0] if times["click"] else None,
        "clicks": len(times["click"]),
        "visited_at": visited,
        "visits": len(visits),
        "goals": sum(one["conversions"] for one in visits.values()),
        "machine_traces": len(mine) - len(people),
        "unsubscribed": gone is not None and mailing["sent"] <= gone < end,
        "unsubscribe_clicks": any(t["trace"] == "unsubscribe" for t in people),
    }


def session_of(trace: Row, sessions: list[Row]) -> Row | None:
    return next(
        (
            one
            for one in sessions
            if one["visitor_id"] == trace["visitor_id"]
            and one["start"] <= trace["ts"] <= one["end"]
        ),
        None,
    )


def slow_did(
    customer: str, mailing: Row, outcome: str, purchases: list[Row], sessions: list[Row]
) -> float | None:
    """Return the value of what a customer did within the days of a mailing; None: nothing."""
    first: date = mailing["sent_on"]
    last = first + timedelta(days=mailing["days"] - 1)
    end: datetime = mailing["sent"] + timedelta(days=mailing["days"])
    if outcome in {"product", "purchase"}:
        values = [
            row["value"] or 0.0
            for row in purchases
            if row["customer_id"] == customer
            and first <= row["purchased"] <= last
            and (outcome == "purchase" or mailing["product"] in {None, row["product"]})
        ]
    else:
        values = [
            (row["value"] or 0.0) if outcome == "goal" else 0.0
            for row in sessions
            if row["customer_id"] == customer
            and mailing["sent"] <= row["start"] < end
            and (outcome == "visit" or row["conversions"] > 0)
        ]
    return sum(values) if values else None


def slow_groups(
    deliveries: list[Row], mailings: dict[str, Row], did: Any
) -> dict[tuple[str, bool], list[float | None]]:
    """Return what the customers of each mailing did, by whether they were held out."""
    arms: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for row in deliveries:
        if row["customer_id"] is not None:
            arms[row["mailing"], row["customer_id"]].add(row["is_held_out"])
    groups: dict[tuple[str, bool], list[float | None]] = defaultdict(list)
    for (mailing, customer), held in sorted(arms.items()):
        if len(held) == 1:
            groups[mailing, held.pop()].append(did(customer, mailings[mailing]))
    return groups
