"""What marketing did: campaigns, banners, mailings and deliveries, loaded from files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from new_store import new_store

import sessionize
from sessionize.register_load import load_rows
from weblog.company_tables import BANNERS, DELIVERIES
from weblog.erasure import blocked
from weblog.errors import TableError
from weblog.site import Site, site_from
from weblog.store import Store

LOADS: dict[str, Callable[..., sessionize.RegisterLoad]] = {
    "campaigns": sessionize.load_campaigns,
    "banners": sessionize.load_banners,
    "mailings": sessionize.load_mailings,
    "deliveries": sessionize.load_deliveries,
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_from({"time_zone": "Asia/Seoul"}, "site.toml", tmp_path)


def load(store: Store, site: Site, table: str, text: str) -> sessionize.RegisterLoad:
    path = Path(site.folder) / "export.csv"
    path.write_text(text, encoding="utf-8")
    return LOADS[table](store, site, sessionize.RegisterSource(str(path)))


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    found = store.head().scan(table).collect()
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in found.sort(found.columns).to_dicts()
    ]


@pytest.mark.parametrize(
    ("case", "kept", "faults"),
    [
        pytest.param(
            (
                "campaigns",
                (
                    "campaign,title,start,end,cost\nautumn,가을,2025-09-01,2025-09-30,1000\n"
                    "spring,봄,2025.05.02,20250501,1\nsummer,여름,,,-5\n,x,,,\n"
                ),
            ),
            [
                {
                    "campaign": "autumn",
                    "title": "가을",
                    "start": date(2025, 9, 1),
                    "end": date(2025, 9, 30),
                    "cost": 1000.0,
                }
            ],
            [
                (3, "end", "2025-05-01", "a day not before start"),
                (4, "cost", "-5.0", "0 or more"),
                (5, "campaign", None, "every row needs it"),
            ],
            id="campaigns",
        ),
        pytest.param(
            (
                "banners",
                (
                    "date,banner,campaign,portal,position,impressions,clicks,cost\n"
                    "2025-09-01,blue,autumn,naver,top,100,3,50\n"
                    "2025-09-01,blue,autumn,naver,,20,1,5\n"
                    "2025-09-01,blue,autumn,naver,,21,1,5\n"
                    "2025-09-01,blue,spring,naver,,-1,1.5,5\n"
                ),
            ),
            [
                {"position": "top", "impressions": 100, "clicks": 3, "cost": 50.0},
                {"impressions": 20, "clicks": 1, "cost": 5.0},
            ],
            [
                (
                    4,
                    "date and banner and campaign and portal and position",
                    "2025-09-01, blue, autumn, naver",
                    "each once; row 3 has it too",
                ),
                (5, "clicks", "1.5", "a whole number"),
                (5, "impressions", "-1", "0 or more"),
            ],
            id="banners",
        ),
        pytest.param(
            (
                "mailings",
                (
                    "mailing,sent,cost,conversion_days\nm1,2025-09-09T10:00:00+09:00,5,14\n"
                    "m2,soon,5,14\nm3,2025-09-09,5,0\n"
                ),
            ),
            [
                {
                    "mailing": "m1",
                    "sent": datetime(2025, 9, 9, 1, tzinfo=UTC),
                    "cost": 5.0,
                    "conversion_days": 14,
                }
            ],
            [
                (3, "sent", "soon", "a time such as 2025-09-30T10:00:00+09:00"),
                (4, "conversion_days", "0", "1 or more"),
            ],
            id="mailings",
        ),
        pytest.param(
            (
                "deliveries",
                (
                    "delivery,mailing,customer_id,is_held_out,variant,bounced,unsubscribed\n"
                    "d1,m1,C1,false,A,,2025-09-10\nd2,m1,C2,maybe,B,firm,\nd3,,C3,true,,,\n"
                ),
            ),
            [
                {
                    "delivery": "d1",
                    "mailing": "m1",
                    "customer_id": "C1",
                    "is_held_out": False,
                    "variant": "A",
                    "unsubscribed": datetime(2025, 9, 9, 15, tzinfo=UTC),
                }
            ],
            [
                (3, "is_held_out", "maybe", "true or false"),
                (3, "bounced", "firm", "hard or soft"),
                (4, "mailing", None, "every row needs it"),
            ],
            id="deliveries",
        ),
    ],
)
def test_good_rows_are_kept_and_every_bad_one_is_told(
    store: Store,
    site: Site,
    case: tuple[str, str],
    kept: list[dict[str, Any]],
    faults: list[tuple[object, ...]],
) -> None:
    table, text = case
    done = load(store, site, table, text)
    assert done.faults.rows() == faults
    assert (done.rows, done.good, done.new) == (text.count("\n") - 1, len(kept), len(kept))
    stored = store.head().scan(table).collect().to_dicts()
    assert len(stored) == len(kept)
    for row in kept:
        assert any(row.items() <= each.items() for each in stored)


@pytest.mark.parametrize(
    ("table", "missing"),
    [
        ("campaigns", "campaign"),
        ("banners", "portal"),
        ("mailings", "mailing"),
        ("deliveries", "mailing"),
    ],
)
def test_a_column_that_every_row_needs_is_asked_for(
    store: Store, site: Site, table: str, missing: str
) -> None:
    needed = {
        "campaigns": "title",
        "banners": "date,banner",
        "mailings": "title",
        "deliveries": "delivery",
    }
    with pytest.raises(TableError, match=f"column {missing} is missing: every row needs it"):
        load(store, site, table, needed[table] + "\n1,2\n")
    assert rows(store, table) == []


def test_loading_again_corrects_and_keeps_what_the_file_lacks(store: Store, site: Site) -> None:
    first = "delivery,mailing,customer_id,variant\nd1,m1,C1,A\nd2,m1,C2,B\n"
    done = load(store, site, "deliveries", first)
    assert (done.new, done.changed, done.unchanged) == (2, 0, 0)
    version = store.head().versions["deliveries"]
    done = load(store, site, "deliveries", first)
    assert (done.new, done.changed, done.unchanged) == (0, 0, 2)
    assert store.head().versions["deliveries"] == version
    later = "delivery,mailing,bounced\nd2,m1,hard\nd3,m1,\n"
    done = load(store, site, "deliveries", later)
    assert (done.new, done.changed, done.unchanged) == (1, 1, 0)
    assert rows(store, "deliveries") == [
        {"delivery": "d1", "mailing": "m1", "customer_id": "C1", "variant": "A"},
        {
            "delivery": "d2",
            "mailing": "m1",
            "customer_id": "C2",
            "variant": "B",
            "bounced": "hard",
        },
        {"delivery": "d3", "mailing": "m1"},
    ]


def test_a_banner_told_by_position_takes_the_place_of_the_banner_as_a_whole(
    store: Store, site: Site
) -> None:
    head = "date,banner,campaign,portal,position,clicks\n"
    load(store, site, "banners", head + "2025-09-01,b,c,naver,,9\n2025-09-02,b,c,naver,,1\n")
    done = load(
        store, site, "banners", head + "2025-09-01,b,c,naver,top,5\n2025-09-01,b,c,naver,side,4\n"
    )
    assert (done.new, done.changed, done.unchanged) == (2, 0, 0)
    found = [
        (row["date"].day, row.get("position"), row["clicks"]) for row in rows(store, "banners")
    ]
    assert sorted(found, key=str) == [(1, "side", 4), (1, "top", 5), (2, None, 1)]
    load(store, site, "banners", "date,banner,campaign,portal,clicks\n2025-09-01,b,c,naver,8\n")
    assert sum(row["clicks"] for row in rows(store, "banners")) == 9


def test_a_file_in_site_toml_replaces_banners_alike(store: Store, tmp_path: Path) -> None:
    rules = site_from({"tables": {"banners": "banners.csv"}}, "site.toml", tmp_path)
    file = tmp_path / "banners.csv"
    file.write_text("date,banner,portal,clicks\n2025-09-01,b,naver,9\n2025-09-02,b,naver,1\n")
    sessionize.load_tables(store, rules)
    file.write_text("date,banner,portal,position,clicks\n2025-09-01,b,naver,top,5\n")
    for is_changed in (True, False):
        assert [each.is_changed for each in sessionize.load_tables(store, rules)] == [is_changed]
        assert [row["clicks"] for row in rows(store, "banners")] == [5, 1]


def test_values_are_checked_in_files_that_site_toml_names_too(store: Store, tmp_path: Path) -> None:
    rules = site_from({"tables": {"deliveries": "d.csv"}}, "site.toml", tmp_path)
    (tmp_path / "d.csv").write_text("delivery,mailing,bounced\nd1,m1,firm\n")
    with pytest.raises(TableError, match="row 2, column bounced is 'firm': expected hard or soft"):
        sessionize.load_tables(store, rules)


def test_who_is_blocked_stays_out(store: Store, site: Site) -> None:
    blocked.block(store.folder, ["C1"], [])
    load(store, site, "deliveries", "delivery,mailing,customer_id\nd1,m1,C1\nd2,m1,C2\n")
    assert [row["delivery"] for row in rows(store, "deliveries")] == ["d2"]


def test_upserted_rows_with_an_unknown_part_of_their_key_are_replaced(store: Store) -> None:
    def banner(clicks: int) -> pl.DataFrame:
        row = {"date": date(2025, 9, 1), "banner": "b", "portal": "naver", "clicks": clicks}
        return pl.DataFrame([dict.fromkeys(BANNERS.schema) | row], schema=BANNERS.schema)

    store.upsert("banners", banner(1))
    store.upsert("banners", banner(2))
    assert [row["clicks"] for row in rows(store, "banners")] == [2]


DELIVERY = st.tuples(
    st.sampled_from("abcd"), st.sampled_from(["m1", "m2"]), st.sampled_from(["hard", "soft", ""])
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(DELIVERY, max_size=5, unique_by=lambda row: row[0]), max_size=4))
def test_any_files_leave_the_last_word_on_each_delivery(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[str, str, str]]]
) -> None:
    folder = tmp_path_factory.mktemp("loads")
    store = new_store(folder / "store")
    rules = site_from({}, "site.toml", folder)
    expected: dict[str, tuple[str, str]] = {}
    for each in files:
        text = "delivery,mailing,bounced\n" + "".join(f"{','.join(row)}\n" for row in each)
        (folder / "d.csv").write_text(text)
        done = load_rows(DELIVERIES, store, rules, sessionize.RegisterSource(str(folder / "d.csv")))
        new = {row[0]: row[1:] for row in each}
        assert done.new == len(new.keys() - expected.keys())
        assert done.unchanged == len(new.items() & expected.items())
        expected |= new  # type: ignore[arg-type]
    found = store.head().scan("deliveries").collect()
    told = {row["delivery"]: (row["mailing"], row["bounced"] or "") for row in found.to_dicts()}
    assert told == expected
    assert found.height == len(expected)
