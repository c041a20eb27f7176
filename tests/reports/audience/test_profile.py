"""A customer's profile equals what going through all rows of days before would tell."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store
from slow_segments import slow_default_segment, slow_facts

from reports.audience import COLUMNS, customer_profile
from reports.audience.columns import SCHEMA
from reports.load import CACHE
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.schema import PAGE_VIEWS, SESSIONS, Table
from weblog.site import Site, load_site
from weblog.store import Store

Row = dict[str, Any]

FIRST = date(2025, 6, 1)
WHO = st.sampled_from(["C1", "C2", "C3"])
DAYS = st.sampled_from([FIRST + timedelta(days=days) for days in (*range(4), 30, 90, 91, 92, 366)])
PRODUCT = st.sampled_from([None, "loans", "annuity", "연금"])
MAYBE_DAY = st.none() | DAYS
SESSION = {"customer_id": st.none() | WHO, "date": DAYS, "logins": st.integers(0, 2)}
VIEW = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["page", "page", "page", "event"]),
        "category": st.sampled_from([None, "kids", "가족"]),
        "product": PRODUCT,
    }
)
SESSIONS_DRAWN = st.lists(
    st.fixed_dictionaries({**SESSION, "views": st.lists(VIEW, max_size=4)}), max_size=8
)
STATES = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": WHO,
            "valid_from": st.just(date(2020, 1, 1)) | DAYS,
            "joined": MAYBE_DAY,
            "grade": st.sampled_from([None, "BASIC", "VIP"]),
            "birth_year": st.none() | st.just(1980),
            "consent_email": st.sampled_from([None, True, False]),
            "last_visit": MAYBE_DAY | st.just(date(2023, 1, 1)),
        }
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: (row["customer_id"], row["valid_from"]),
)
BOUGHT = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": WHO | st.just("C9"),
            "purchased": DAYS,
            "ended": MAYBE_DAY,
            "matures": MAYBE_DAY,
            "value": st.none() | st.sampled_from([1.0, 2.5]),
            "product": PRODUCT,
        }
    ),
    max_size=6,
)


def slow_profile(
    day: date, sessions: list[Row], customers: list[Row], purchases: list[Row]
) -> list[Row]:
    """Return the profile of every customer of the register, by loops over all rows."""
    rows = []
    for who in sorted({r["customer_id"] for r in customers if r["valid_from"] <= day}):
        earlier = [s for s in sessions if s["date"] < day]
        fact = slow_facts(who, day, earlier, customers, purchases)
        own = [s for s in earlier if s["customer_id"] == who]
        recent = [s for s in own if (day - s["date"]).days <= 90]
        pages = [view for s in recent for view in s["views"] if view["kind"] == "page"]
        made = [p for p in purchases if p["customer_id"] == who and p["purchased"] < day]
        force = [p for p in made if p["ended"] is None or p["ended"] > day]
        ahead = [p for p in force if p["matures"] is not None and p["matures"] >= day]
        ahead.sort(key=lambda p: (p["matures"], p["product"] is None, p["product"] or ""))
        away = fact["days_since_last_visit"]
        row: Row = {
            **fact,
            "customer_id": who,
            "segment": slow_default_segment(fact, is_visit=False),
            "sessions": len(own),
            "first_visit": min((s["date"] for s in own), default=None),
            "last_visit": None if away is None else day - timedelta(days=away),
            "sessions_90_days": len(recent),
            "page_views_90_days": len(pages),
            "logins": sum(s["logins"] for s in own),
            "products_held": sorted({p["product"] for p in force if p["product"]}),
            "first_purchase": min((p["purchased"] for p in made), default=None),
            "last_purchase": max((p["purchased"] for p in made), default=None),
            "next_maturity": ahead[0]["matures"] if ahead else None,
            "days_to_maturity": (ahead[0]["matures"] - day).days if ahead else None,
            "maturing_product": ahead[0]["product"] if ahead else None,
        }
        for by in ("category", "product"):
            counts = Counter(view[by] for view in pages if view[by] is not None)
            best = min(counts, key=lambda name: (-counts[name], name.encode()), default=None)
            row |= {f"top_{by}": best, f"top_{by}_views": counts[best] if best else 0}
        rows.append({name: row.get(name) for name in SCHEMA})
    return rows


def write(store: Store, table: Table, rows: list[Row]) -> None:
    known = [{name: row.get(name) for name in table.schema} for row in rows]
    frame = pl.DataFrame(known, schema=table.schema)
    if table.partition_by:
        days = sorted(set(frame["date"]))
        if days:
            store.replace_days(table.name, days, lambda: (frame, {"made": 1}))
    else:
        store.upsert(table.name, frame)


def fill(
    store: Store, sessions: list[Row], customers: list[Row], purchases: list[Row], order: Any
) -> None:
    """Write what was drawn, its rows in any order."""
    CACHE.clear()  # copies of one empty store bear one id
    visits, views = [], []
    for number, session in enumerate(sessions):
        day = session["date"]
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        pages = [view for view in session["views"] if view["kind"] == "page"]
        session["page_views"] = len(pages)
        session["product_views"] = sum(view["product"] is not None for view in pages)
        visits.append({**session, "session_id": f"s{number}", "start": start})
        views += [
            {**view, "session_id": f"s{number}", "date": day, "line": 10 * number + place}
            for place, view in enumerate(session["views"])
        ]
    bought = [{**row, "purchase_id": f"P{n}"} for n, row in enumerate(purchases)]
    for table, rows in (
        (SESSIONS, visits),
        (PAGE_VIEWS, views),
        (CUSTOMERS, customers),
        (PURCHASES, bought),
    ):
        order.shuffle(rows := list(rows))
        write(store, table, rows)


@settings(max_examples=40)
@given(st.tuples(SESSIONS_DRAWN, STATES, BOUGHT), DAYS, st.randoms(use_true_random=False))
def test_the_profile_is_what_all_rows_before_the_day_tell(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: tuple[list[Row], list[Row], list[Row]],
    day: date,
    order: Any,
) -> None:
    store = new_store(tmp_path_factory.mktemp("store") / "S")
    sessions, customers, purchases = drawn
    sessions = sorted(sessions, key=lambda session: session["date"])
    fill(store, sessions, customers, purchases, order)
    found = customer_profile(store.snapshot(), day, Site())
    assert found.schema == SCHEMA
    assert found.to_dicts() == slow_profile(day, sessions, customers, purchases)


def test_nothing_of_the_day_or_later_changes_the_profile(tmp_path: Path) -> None:
    day = date(2025, 6, 10)
    before = {"customer_id": "C1", "date": date(2025, 6, 9), "logins": 1, "views": []}
    state = {"customer_id": "C1", "valid_from": date(2020, 1, 1), "grade": "BASIC"}
    bought = {"customer_id": "C1", "purchased": date(2025, 6, 9), "product": "loans"}
    later = {"category": "kids", "product": "loans", "kind": "page"}
    profiles = []
    for number, extra in enumerate(([], [{**before, "date": day, "views": [later]}])):
        store = new_store(tmp_path / str(number))
        states = [
            state,
            *({**state, "valid_from": date(2025, 6, 11), "grade": "VIP"} for _ in extra),
        ]
        purchases = [bought, *({**bought, "purchased": day} for _ in extra)]
        fill(store, [before, *extra], states, purchases, random.Random(1))
        profiles.append(customer_profile(store.snapshot(), day, Site()))
    assert profiles[0].equals(profiles[1])
    assert profiles[0].row(0, named=True)["grade"] == "BASIC"


def test_every_column_is_declared_with_its_meaning() -> None:
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert [column.name for column in COLUMNS if not column.meaning] == []


def test_the_sample_company(company: Store) -> None:
    import sample_logs

    site = load_site(sample_logs.data_folder() / "site.toml")
    found = customer_profile(company.snapshot(), date(2025, 12, 1), site)
    register = pl.read_csv(sample_logs.data_folder() / "customers.csv")
    assert found["customer_id"].to_list() == sorted(set(register["customer_id"]))
    bought = pl.read_csv(sample_logs.data_folder() / "purchases.csv", try_parse_dates=True)
    soon = bought.filter(
        pl.col("ended").is_null(),
        pl.col("matures").is_between(date(2025, 12, 1), date(2025, 12, 21)),
    )
    maturing = found.filter(pl.col("days_to_maturity") <= 20)
    assert set(maturing["customer_id"]) == set(soon["customer_id"])
    assert maturing.height > 5
