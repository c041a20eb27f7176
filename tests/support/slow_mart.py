"""The views of the data mart, the slow and obvious way: written from docs/data-mart.md.

Loops over rows as dictionaries; nothing of the fast code is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from slow_segments import slow_default_segment, slow_facts

Row = dict[str, Any]
Rows = list[Row]

BANDS = [(0, 19, "0-19"), *((low, low + 9, f"{low}-{low + 9}") for low in range(20, 70, 10))]


@dataclass
class Company:
    """All tables that views are made of, as rows."""

    sessions: Rows
    page_views: Rows
    customers: Rows
    purchases: Rows
    campaigns: Rows
    banners: Rows
    zone: str

    @property
    def as_of(self) -> date:
        return max(row["date"] for row in self.sessions) + timedelta(days=1)

    def of_session(self, row: Row) -> Rows:
        return [view for view in self.page_views if view["session_id"] == row["session_id"]]


def favourite(values: Iterable[str | None]) -> str | None:
    """Return the most frequent value, of equals the first in the alphabet."""
    counts = Counter(value for value in values if value is not None)
    return min(counts, key=lambda value: (-counts[value], value), default=None)


def distinct(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value is not None})


def register_on(company: Company, who: str, day: date) -> Row:
    fact = slow_facts(who, day, [], company.customers, company.purchases)
    age = fact["age"]
    band = None
    if age is not None:
        band = next((name for low, high, name in BANDS if low <= age <= high), "70 or older")
    held = [
        row["product"]
        for row in company.purchases
        if row["customer_id"] == who
        and row["purchased"] < day
        and (row["ended"] is None or row["ended"] > day)
    ]
    states = ("grade", "joined", "age", "sex", "occupation", "children")
    bought = ("purchases", "purchases_in_force", "purchase_value")
    told = {name: fact[name] for name in (*states, "consent_email", "consent_sms", *bought)}
    return told | {"age_band": band, "products_held": distinct(held)}


def nobody() -> Row:
    names = register_on(Company([], [], [], [], [], [], "UTC"), "x", date(2025, 1, 1))
    return dict.fromkeys(names)


def sessions_flat(company: Company) -> Rows:
    told = []
    for row in company.sessions:
        views = company.of_session(row)
        pages = [view for view in views if view["kind"] == "page"]
        start = row["start"].astimezone(ZoneInfo(company.zone))
        who = row["customer_id"]
        told.append(
            row
            | (register_on(company, who, row["date"]) if who is not None else nobody())
            | {
                "hour": start.hour,
                "weekday": start.isoweekday(),
                "duration_s": (row["end"] - row["start"]).total_seconds(),
                "top_category": favourite(view["category"] for view in pages),
                "top_product": favourite(view["product"] for view in pages),
                "categories": distinct(view["category"] for view in pages),
                "products": distinct(view["product"] for view in pages),
                "goals": distinct(view["goal"] for view in views),
            }
        )
    return told


def page_views_flat(company: Company) -> Rows:
    told = []
    of_session = ("customer_id", "segment", "is_new", "channel", "source", "medium")
    for row in company.sessions:
        views = sorted(
            company.of_session(row), key=lambda view: (view["ts"], view["log_source"], view["line"])
        )
        for place, view in enumerate(views, start=1):
            local = view["ts"].astimezone(ZoneInfo(company.zone))
            told.append(
                view
                | {name: row[name] for name in (*of_session, "campaign", "content", "device")}
                | {
                    "position": place,
                    "hour": local.hour,
                    "weekday": local.isoweekday(),
                    "is_converted": bool(row["conversions"]),
                }
            )
    return told


def customer_profile(company: Company) -> Rows:
    day = company.as_of
    known = {row["customer_id"] for row in company.sessions} - {None}
    known |= {row["customer_id"] for row in company.customers if row["valid_from"] <= day}
    known |= {row["customer_id"] for row in company.purchases if row["purchased"] < day}
    earlier = sorted(company.sessions, key=lambda row: (row["start"], row["session_id"]))
    told = []
    for who in sorted(known):
        fact = slow_facts(who, day, earlier, company.customers, company.purchases)
        own = [row for row in company.sessions if row["customer_id"] == who]
        recent = [row for row in own if (day - row["date"]).days <= 90]
        pages = [v for row in recent for v in company.of_session(row) if v["kind"] == "page"]
        told.append(
            register_on(company, who, day)
            | {
                "as_of": day,
                "customer_id": who,
                "segment": slow_default_segment(fact, is_visit=False),
                "days_since_joined": fact["days_since_joined"],
                "days_since_last_visit": fact["days_since_last_visit"],
                "interest": fact["interest"],
                "sessions": len(own),
                "sessions_90d": len(recent),
                "page_views": sum(row["page_views"] for row in own),
                "conversions": sum(row["conversions"] or 0 for row in own),
                "value": sum(row["value"] or 0.0 for row in own),
                "first_visit": min((row["date"] for row in own), default=None),
                "last_visit": max((row["date"] for row in own), default=None),
                "top_category": favourite(view["category"] for view in pages),
                "top_product": favourite(view["product"] for view in pages),
            }
        )
    return told


def visitor_profile(company: Company) -> Rows:
    told = []
    for visitor in {row["visitor_id"] for row in company.sessions}:
        own = sorted(
            (row for row in company.sessions if row["visitor_id"] == visitor),
            key=lambda row: (row["start"], row["session_id"]),
        )
        pages = [v for row in own for v in company.of_session(row) if v["kind"] == "page"]
        first, last = own[0], own[-1]
        customers = distinct(row["customer_id"] for row in own)
        begin = ("channel", "source", "campaign", "entry_page")
        end = ("segment", "channel", "source", "campaign", "device", "browser", "os")
        sums = ("page_views", "events", "logins", "conversions", "value")
        told.append(
            {
                "as_of": company.as_of,
                "visitor_id": visitor,
                "first_seen": first["start"],
                "last_seen": max(row["end"] for row in own),
                "sessions": len(own),
                "days": len({row["date"] for row in own}),
                "is_known": customers != [],
                "customers": customers,
                "top_category": favourite(view["category"] for view in pages),
                "top_product": favourite(view["product"] for view in pages),
            }
            | {name: sum(row[name] or 0 for row in own) for name in sums}
            | {f"first_{name}": first[name] for name in begin}
            | {f"last_{name}": last[name] for name in end}
        )
    return told


def measured(rows: Rows) -> Row:
    logged_in = [row for row in rows if (row["logins"] or 0) > 0]
    return {
        "page_views": sum(row["page_views"] or 0 for row in rows),
        "sessions": len(rows),
        "visitors": len({row["visitor_id"] for row in rows}),
        "new_visitors": sum(bool(row["is_new"]) for row in rows),
        "logins": sum(row["logins"] or 0 for row in rows),
        "visitors_logged_in": len({row["visitor_id"] for row in logged_in}),
        "sessions_logged_in": len(logged_in),
        "bounces": sum(bool(row["is_bounce"]) for row in rows),
        "engaged": sum(bool(row["is_engaged"]) for row in rows),
        "converted": sum((row["conversions"] or 0) > 0 for row in rows),
        "conversions": sum(row["conversions"] or 0 for row in rows),
        "value": sum(row["value"] or 0.0 for row in rows),
    }


def grouped(rows: Rows, names: list[str]) -> dict[tuple[Any, ...], Rows]:
    found: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def daily(company: Company, *by: str) -> Rows:
    names = ["date", *by]
    return [
        dict(zip(names, key, strict=True)) | measured(rows)
        for key, rows in grouped(company.sessions, names).items()
    ]


def channel_daily(company: Company) -> Rows:
    return daily(company, "channel")


def segment_daily(company: Company) -> Rows:
    return daily(company, "segment")


def campaign_daily(company: Company) -> Rows:
    link = ["date", "campaign", "source", "medium", "content"]
    known = {row["campaign"].lower(): row for row in company.campaigns}
    came = grouped([row for row in company.sessions if row["campaign"] is not None], link)
    spent: dict[tuple[Any, ...], Rows] = {}
    for row in company.banners:
        campaign = row["campaign"].lower()
        medium = known[campaign]["medium"] if campaign in known else None
        spent.setdefault((row["date"], campaign, row["portal"], medium, row["banner"]), []).append(
            row
        )
    told = []
    for key in {*came, *spent}:
        row = dict(zip(link, key, strict=True)) | measured(came.get(key, []))
        title = known.get(row["campaign"], {"title": None, "product": None})
        row |= {"title": title["title"], "product": title["product"]}
        for name in ("impressions", "clicks", "cost"):
            row[name] = sum(each[name] for each in spent[key]) if key in spent else None
        told.append(row)
    return told


def viewed(company: Company, *by: str) -> Rows:
    sessions = {row["session_id"]: row for row in company.sessions}
    pages = [view for view in company.page_views if view["kind"] == "page"]
    names = ["date", *by]
    told = []
    for key, rows in grouped(pages, names).items():
        theirs = [sessions[each] for each in sorted({row["session_id"] for row in rows})]
        dwell = [row["dwell_s"] for row in rows if row["dwell_s"] is not None]
        reached = [row for row in theirs if (row["conversions"] or 0) > 0]
        told.append(
            dict(zip(names, key, strict=True))
            | {
                "page_views": len(rows),
                "sessions": len(theirs),
                "visitors": len({row["visitor_id"] for row in rows}),
                "dwell_s": median(dwell) if dwell else None,
                "dwell_sum_s": sum(dwell),
                "dwell_views": len(dwell),
                "converted": len(reached),
                "conversions": sum(row["conversions"] for row in reached),
                "value": sum(row["value"] or 0.0 for row in reached),
            }
        )
    return told


def content_daily(company: Company) -> Rows:
    return viewed(company, "path", "category", "product")


def product_daily(company: Company) -> Rows:
    days = [row["date"] for row in company.sessions]
    found = {
        (row["date"], row["product"]): row
        for row in viewed(company, "product")
        if row["product"] is not None
    }
    nothing = dict.fromkeys(
        ("page_views", "sessions", "visitors", "dwell_views", "converted", "conversions"), 0
    ) | {"dwell_s": None, "dwell_sum_s": 0.0, "value": 0.0}
    for row in company.purchases:
        for name in ("purchased", "ended"):
            day = row[name]
            if row["product"] is not None and day is not None and min(days) <= day <= max(days):
                found.setdefault(
                    (day, row["product"]), {"date": day, "product": row["product"]} | nothing
                )
    for (day, product), row in found.items():
        began = [p for p in company.purchases if (p["purchased"], p["product"]) == (day, product)]
        ended = [p for p in company.purchases if (p["ended"], p["product"]) == (day, product)]
        row["purchases"] = len(began)
        row["purchase_value"] = sum(each["value"] or 0.0 for each in began)
        row["purchases_ended"] = len(ended)
    return [*found.values()]


SLOW = {
    function.__name__: function
    for function in (
        sessions_flat,
        page_views_flat,
        customer_profile,
        visitor_profile,
        channel_daily,
        segment_daily,
        campaign_daily,
        content_daily,
        product_daily,
    )
}
