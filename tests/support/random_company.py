"""Small random companies: sessions, page views, a register and campaigns that hang together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import strategies as st
from slow_mart import Company, Rows

from weblog.company_tables import BANNERS, CAMPAIGNS, CUSTOMERS, PURCHASES
from weblog.schema import PAGE_VIEWS, SESSIONS, Table
from weblog.store import Store

LAST = date(2025, 11, 30)
ZONE = "Asia/Seoul"
WHO = ("c1", "c2", "c3")
TEXTS = ("pension", "children", None)
PRODUCTS = ("annuity", "cover", None)


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*values, None])


def days(most: int = 120) -> st.SearchStrategy[date]:
    return st.integers(-3, most).map(lambda back: LAST - timedelta(days=max(back, 0)))


@st.composite
def drawn_sessions(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """Sessions, and the page views and events of each."""
    sessions, views = [], []
    for number in range(draw(st.integers(1, 7))):
        day = draw(days())
        seconds = draw(st.integers(0, 86_399))
        local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE))
        start = (local + timedelta(seconds=seconds)).astimezone(UTC)
        session = f"s{number}"
        visitor = draw(st.sampled_from("ab"))
        pages = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["page", "page", "event"]),
                    st.sampled_from(["/", "/a", "/b"]),
                    st.sampled_from(TEXTS),
                    st.sampled_from(PRODUCTS),
                    maybe("quote", "signup"),
                    maybe(0.0, 5.0, 8.5),
                    st.integers(0, 2),
                ),
                max_size=4,
            )
        )
        for place, (kind, path, category, product, goal, dwell, later) in enumerate(pages):
            views.append(
                {
                    "date": day,
                    "session_id": session,
                    "visitor_id": visitor,
                    "ts": start + timedelta(seconds=later),
                    "log_source": draw(st.sampled_from(["l1", "l2"])),
                    "line": number * 10 + place,
                    "kind": kind,
                    "path": path,
                    "category": category,
                    "product": product,
                    "goal": goal,
                    "value": 2.0 if goal == "quote" else None,
                    "dwell_s": dwell,
                }
            )
        campaign = draw(maybe("autumn", "mail"))
        is_page = [view for view in pages if view[0] == "page"]
        sessions.append(
            dict.fromkeys(SESSIONS.schema)
            | {
                "session_id": session,
                "date": day,
                "start": start,
                "end": start + timedelta(seconds=draw(st.integers(0, 90))),
                "visitor_id": visitor,
                "customer_id": draw(maybe(*WHO)),
                "is_stitched": draw(st.booleans()),
                "segment": draw(maybe("VIP", "anonymous")),
                "hits": len(pages),
                "page_views": len(is_page),
                "product_views": sum(view[3] is not None for view in is_page),
                "events": len(pages) - len(is_page),
                "logins": draw(st.integers(0, 2)),
                "is_new": draw(maybe(True, False)),
                "is_bounce": draw(st.booleans()),
                "is_engaged": draw(st.booleans()),
                "entry_page": draw(maybe("/", "/a")),
                "channel": draw(st.sampled_from(["Direct", "Email"])),
                "source": draw(maybe("naver", "letter")),
                "medium": draw(maybe("display", "email")),
                "campaign": campaign,
                "content": draw(maybe("blue", "red")) if campaign else None,
                "device": draw(st.sampled_from(["desktop", "smartphone"])),
                "conversions": draw(st.integers(0, 2)),
                "value": draw(maybe(0.0, 10.0, 2.5)),
            }
        )
    return sessions, views


STATES = st.lists(
    st.builds(
        lambda who, day, **rest: (
            dict.fromkeys(CUSTOMERS.schema) | {"customer_id": who, "valid_from": day} | rest
        ),
        st.sampled_from(WHO),
        days(400),
        joined=maybe(date(2024, 5, 1), LAST + timedelta(days=9)),
        grade=maybe("VIP", "GOLD"),
        birth_date=maybe(date(1990, 11, 30), date(2010, 12, 5)),
        birth_year=maybe(1950, 1990),
        sex=maybe("F", "M"),
        occupation=maybe("teacher"),
        children=maybe(0, 4),
        consent_email=maybe(True, False),
        last_visit=maybe(date(2024, 1, 1)),
    ),
    max_size=5,
    unique_by=lambda row: (row["customer_id"], row["valid_from"]),
)


@st.composite
def drawn_purchases(draw: st.DrawFn) -> Rows:
    rows = []
    for number in range(draw(st.integers(0, 5))):
        begun = draw(days(200))
        lasts = draw(maybe(0, 1, 40))
        rows.append(
            {
                "purchase_id": f"p{number}",
                "customer_id": draw(st.sampled_from(WHO)),
                "product": draw(st.sampled_from(PRODUCTS)),
                "purchased": begun,
                "ended": None if lasts is None else begun + timedelta(days=lasts),
                "value": draw(maybe(100.0, 2.5)),
                "sold_through": None,
            }
        )
    return rows


@st.composite
def companies(draw: st.DrawFn) -> Company:
    sessions, views = draw(drawn_sessions())
    autumn = {"campaign": "Autumn", "title": "가을", "medium": "display", "product": "cover"}
    campaigns = [dict.fromkeys(CAMPAIGNS.schema) | autumn] if draw(st.booleans()) else []
    within = [row["date"] for row in sessions]
    banners = draw(
        st.lists(
            st.builds(
                lambda day, banner, portal: {
                    "date": day,
                    "banner": banner,
                    "campaign": "Autumn" if banner == "blue" else "winter",
                    "portal": portal,
                    "impressions": 100,
                    "clicks": 3,
                    "cost": 7.5,
                },
                st.sampled_from(within),
                st.sampled_from(["blue", "white"]),
                st.sampled_from(["naver", "daum"]),
            ),
            max_size=3,
            unique_by=lambda row: (row["date"], row["banner"], row["portal"]),
        )
    )
    return Company(sessions, views, draw(STATES), draw(drawn_purchases()), campaigns, banners, ZONE)


def stored(store: Store, company: Company) -> Store:
    """Make the company all there is in a store."""
    if store.time_zone is None:
        store.keep_time_zone(company.zone)
    for table, rows in ((SESSIONS, company.sessions), (PAGE_VIEWS, company.page_views)):
        frame = frame_of(table, rows)
        touched = sorted({*frame["date"], *store.day_rows(table.name)})
        if touched:
            store.replace_days(table.name, touched, lambda f=frame: (f, {"made": 1}))
    for table, rows in (
        (CUSTOMERS, company.customers),
        (PURCHASES, company.purchases),
        (CAMPAIGNS, company.campaigns),
        (BANNERS, company.banners),
    ):
        store.replace_all(table.name, frame_of(table, rows))
    return store


def frame_of(table: Table, rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=table.schema)
