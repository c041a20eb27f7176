"""Who a session without a login is, where the site lets a login claim it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store

import sessionize
from weblog.retention import retire
from weblog.site import Site, site_from
from weblog.site.retention import Retention
from weblog.store import Store


def site(stitching: str, **session: Any) -> Site:
    rules = {
        "time_zone": "Asia/Seoul",
        "identity": {"stitching": stitching},
        "session": session,
    }
    return site_from(rules, "site.toml", Path())


def append(store: Store, hits: pl.DataFrame) -> None:
    mark = store.mark("hits", "test")
    store.append_once("hits", hits, "test", (mark or 0) + 1, mark)


def customers(store: Store) -> list[str]:
    """Return customer, segment and * where it is claimed, session by session."""
    rows = store.head().scan("sessions").collect().sort("start", "visitor_id")
    return [
        f"{row['customer_id'] or '-'} {row['segment']}{'*' if row['is_stitched'] else ''}"
        for row in rows.to_dicts()
    ]


@pytest.fixture
def visits(hits: Any, evening: datetime) -> pl.DataFrame:
    """Ann: without a login, with one on the third page, without; on three days."""

    def page(day: int, minute: int, customer: str | None = None, who: str = "ann") -> Any:
        at = evening + timedelta(days=day, minutes=minute)
        return {"ts": at, "customer_id": customer, "visitor_id": who}

    return hits([page(0, 0), page(1, 0), page(1, 1), page(1, 2, "C1"), page(1, 3), page(2, 0)])


@pytest.mark.parametrize(
    ("stitching", "expected"),
    [
        (
            "none",
            ["- first-time anonymous", "- anonymous", "C1 member", "- anonymous"],
        ),
        ("session", ["- first-time anonymous", "C1 member", "- anonymous"]),
        ("visitor", ["C1 member*", "C1 member", "C1 member*"]),
    ],
)
def test_what_a_login_claims(
    store: Store, visits: pl.DataFrame, stitching: str, expected: list[str]
) -> None:
    append(store, visits)
    sessionize.update(store, site(stitching))
    assert customers(store) == expected


def test_on_a_computer_of_two_nobody_says_whose_a_session_without_a_login_is(
    store: Store, visits: pl.DataFrame, hits: Any, evening: datetime
) -> None:
    append(store, visits)
    sessionize.update(store, site("visitor"))
    assert customers(store)[0] == "C1 member*"
    other = {"ts": evening + timedelta(days=3), "customer_id": "C2", "visitor_id": "ann"}
    append(store, hits([other]))
    sessionize.update(store, site("visitor"))
    assert customers(store) == [
        "- first-time anonymous",
        "C1 member",
        "- anonymous",
        "C2 member",
    ]
    found = store.head().scan("visitors").collect()["customers"].to_list()
    assert found == [["C1", "C2"]]


def test_other_rules_of_stitching_undo_claims(store: Store, visits: pl.DataFrame) -> None:
    append(store, visits)
    sessionize.update(store, site("visitor"))
    sessionize.update(store, site("session"))
    assert customers(store) == ["- first-time anonymous", "C1 member", "- anonymous"]
    sessionize.update(store, site("visitor"))
    versions = store.head().versions
    sessionize.update(store, site("visitor"))
    assert store.head().versions == versions


@pytest.mark.parametrize("stitching", ["session", "visitor"])
def test_customers_stay_when_the_hits_that_named_them_go_by_age(
    store: Store, visits: pl.DataFrame, hits: Any, evening: datetime, stitching: str
) -> None:
    rules = site(stitching, ends_when_customer_changes=False)
    append(store, visits)
    sessionize.update(store, rules)
    before = customers(store)
    last = visits["date"].max()
    retire(store, Retention(hits=1), today=last + timedelta(days=2))
    append(store, hits([{"ts": evening + timedelta(days=4), "visitor_id": "bob"}]))
    sessionize.update(store, rules)
    assert customers(store) == [*before, "- first-time anonymous"]
    found = store.head().scan("visitors").sort("visitor_id").collect()["customers"].to_list()
    assert found == [["C1"], []]


@settings(max_examples=25)
@given(
    data=st.data(),
    rules=st.sampled_from([{}, {"rules": "ga4"}, {"ends_when_customer_changes": False}]),
)
def test_the_order_of_ingestion_does_not_matter(
    data: st.DataObject, rules: dict[str, Any], draw_hits: Any, make_hits: Any
) -> None:
    frame = make_hits(data.draw(draw_hits(most=15)))
    parts = data.draw(st.lists(st.integers(0, 2), min_size=frame.height, max_size=frame.height))
    with TemporaryDirectory() as folder:
        once = new_store(Path(folder) / "once")
        append(once, frame)
        sessionize.update(once, site("visitor", **rules))
        piecemeal = new_store(Path(folder) / "piecemeal")
        for part in range(3):
            append(piecemeal, frame.filter(pl.Series(parts, dtype=pl.Int64) == part))
            sessionize.update(piecemeal, site("visitor", **rules))
        assert customers(piecemeal) == customers(once)
        logged_in = {row["visitor_id"]: set() for row in frame.to_dicts()}
        for row in frame.to_dicts():
            if row["kind"] in ("page", "event"):
                logged_in[row["visitor_id"]] |= {row["customer_id"]} - {None}
        for row in once.head().scan("sessions").collect().to_dicts():
            own = logged_in[row["visitor_id"]]
            if len(own) == 1:
                assert {row["customer_id"]} == own
            elif row["is_stitched"] or not own:
                assert row["customer_id"] is None
