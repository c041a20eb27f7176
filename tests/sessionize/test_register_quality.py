"""The quality of a register: each rule a row of values that are right and values that are not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sessionize
from sessionize.clarity import is_unreadable
from sessionize.quality import OFFENDERS, SHARES
from sessionize.quality_rules import DIMENSIONS
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.schema import SESSIONS, Table
from weblog.site import Site, site_from
from weblog.store import Store

TODAY = date(2025, 11, 3)
DAY = timedelta(days=1)
BORN = date(1980, 5, 1)


@pytest.fixture
def site() -> Site:
    rules = {"products": [{"product": "car", "paths": ["/car/*"]}]}
    return site_from(rules, "site.toml", Path())


def full(table: Table, rows: list[dict[str, Any]], **plain: Any) -> pl.DataFrame:
    return pl.DataFrame(
        [dict.fromkeys(table.schema) | plain | row for row in rows], schema=table.schema
    )


def measured(
    store: Store,
    site: Site,
    customers: list[dict[str, Any]] = [],  # noqa: B006  never changed
    purchases: list[dict[str, Any]] = [],  # noqa: B006
) -> sessionize.Quality:
    people = [{"customer_id": f"C{n}"} | row for n, row in enumerate(customers, 1)]
    bought = [{"purchase_id": f"P{n}"} | row for n, row in enumerate(purchases, 1)]
    store.upsert("customers", full(CUSTOMERS, people, valid_from=date(1970, 1, 1)))
    store.upsert("purchases", full(PURCHASES, bought, customer_id="C1", purchased=TODAY))
    return sessionize.quality(store.head(), site, TODAY)


def dimensions(found: sessionize.Quality, ident: str, column: str) -> set[str]:
    rows = found.offenders.filter(pl.col("id") == ident, pl.col("column") == column)
    return set(rows["dimension"]) - {"completeness"}


@pytest.mark.parametrize(
    ("dimension", "column", "right", "wrong"),
    [
        ("validity", "name", [{"name": "김민수"}, {"name": "O'Brien"}], [{"name": "0101"}]),
        ("validity", "sex", [{"sex": "F"}, {"sex": "M"}], [{"sex": "여"}, {"sex": "f"}]),
        (
            "validity",
            "phone",
            [{"phone": "010-1234-5678"}, {"phone": "+82 10 1234 5678"}, {"phone": "1588-1234"}],
            [{"phone": "1234567"}, {"phone": "call me"}, {"phone": "1" * 16}],
        ),
        ("validity", "birth_year", [{"birth_year": 1980}], [{"birth_year": 80}]),
        ("validity", "children", [{"children": 0}], [{"children": -1}]),
        (
            "clarity",
            "name",
            [{"name": "없음이"}, {"name": "李 김"}, {"name": "Müller"}],
            [{"name": text} for text in ("-", " N/A ", "NULL", "없음", "김\ufffd", "a\x07")],
        ),
        ("clarity", "occupation", [{"occupation": "교사"}], [{"occupation": "해당 없음"}]),
        ("clarity", "customer_id", [{"customer_id": "K7"}], [{"customer_id": "null"}]),
        (
            "clarity",
            "birth_date",
            [{"birth_date": date(1930, 1, 2)}],
            [{"birth_date": date(1900, 1, 1)}, {"birth_date": date(1970, 1, 1)}],
        ),
        ("clarity", "birth_year", [{"birth_year": 1930}], [{"birth_year": 1900}]),
        (
            "clarity",
            "phone",
            [{"phone": "010-1000-0000"}],
            [{"phone": "000-0000-0000"}, {"phone": "010-0000-0000"}],
        ),
        (
            "consistency",
            "joined",
            [{"joined": BORN + DAY, "birth_date": BORN}, {"joined": BORN}],
            [{"joined": BORN, "birth_date": BORN}, {"joined": BORN - DAY, "birth_date": BORN}],
        ),
        (
            "consistency",
            "birth_year",
            [{"birth_year": 1980, "birth_date": BORN}, {"birth_year": 1981}],
            [{"birth_year": 1981, "birth_date": BORN}],
        ),
        (
            "consistency",
            "last_visit",
            [{"last_visit": TODAY, "joined": TODAY}],
            [{"last_visit": TODAY - DAY, "joined": TODAY}],
        ),
        (
            "consistency",
            "valid_from",
            [{"valid_from": BORN, "joined": BORN}],
            [{"valid_from": BORN, "joined": BORN + DAY}],
        ),
        (
            "consistency",
            "consent_email",
            [{"consent_email": True, "email": "a@x.kr"}, {"consent_email": False}, {}],
            [{"consent_email": True}],
        ),
        (
            "consistency",
            "grade",
            [{"grade": "VIP"}, {"grade": "VIP"}, {"grade": "GOLD"}],
            [{"grade": "vip"}, {"grade": "V I P"}],
        ),
        (
            "accuracy",
            "email",
            [{"email": "kim.min+1@mail.hanbit.example"}, {"email": "김@한빛.한국"}],
            [
                {"email": text}
                for text in ("kim", "kim@", "@x.kr", "kim@x", "a b@x.kr", "a..b@x.kr", "a@x..kr")
            ],
        ),
        (
            "accuracy",
            "birth_date",
            [{"birth_date": date(1905, 1, 2)}, {"birth_date": TODAY}],
            [{"birth_date": date(1904, 12, 31)}, {"birth_date": TODAY + DAY}],
        ),
        (
            "accuracy",
            "birth_year",
            [{"birth_year": 1905}, {"birth_year": 2025}],
            [{"birth_year": 1904}, {"birth_year": 2026}],
        ),
        ("accuracy", "joined", [{"joined": TODAY}], [{"joined": TODAY + DAY}]),
        ("accuracy", "last_visit", [{"last_visit": TODAY}], [{"last_visit": TODAY + DAY}]),
        ("accuracy", "children", [{"children": 20}], [{"children": 21}]),
    ],
)
def test_rules_for_customers(
    store: Store,
    site: Site,
    dimension: str,
    column: str,
    *,
    right: list[dict[str, Any]],
    wrong: list[dict[str, Any]],
) -> None:
    found = measured(store, site, [*right, *wrong])
    told = found.offenders.filter(pl.col("dimension") == dimension, pl.col("column") == column)
    expected = [row.get("customer_id", f"C{n}") for n, row in enumerate([*right, *wrong], 1)]
    assert set(told["id"]) == set(expected[len(right) :])


@pytest.mark.parametrize(
    ("dimension", "column", "right", "wrong"),
    [
        ("validity", "value", {"value": 0.0}, {"value": -1.0}),
        ("clarity", "product", {"product": "car"}, {"product": "-"}),
        ("clarity", "purchased", {}, {"purchased": date(1900, 1, 1)}),
        ("clarity", "ended", {"ended": TODAY}, {"ended": date(9999, 12, 31)}),
        ("consistency", "customer_id", {"customer_id": "C1"}, {"customer_id": "C9"}),
        ("consistency", "ended", {"ended": TODAY}, {"ended": TODAY - DAY}),
        ("accuracy", "purchased", {"purchased": TODAY}, {"purchased": TODAY + DAY}),
        ("accuracy", "product", {"product": "car"}, {"product": "moon"}),
    ],
)
def test_rules_for_purchases(
    store: Store,
    site: Site,
    dimension: str,
    column: str,
    *,
    right: dict[str, Any],
    wrong: dict[str, Any],
) -> None:
    found = measured(store, site, [{}], [right, wrong])
    assert dimension not in dimensions(found, "P1", column)
    assert dimension in dimensions(found, "P2", column)


def test_a_login_before_joining_is_told(store: Store, site: Site) -> None:
    sessions = full(SESSIONS, [{"session_id": "s", "date": TODAY - DAY, "customer_id": "C1"}])
    store.replace_days("sessions", [TODAY - DAY], lambda: (sessions, {}))
    found = measured(store, site, [{"joined": TODAY}, {"joined": TODAY}])
    assert dimensions(found, "C1", "joined") == {"consistency"}
    assert dimensions(found, "C2", "joined") == set()


def test_completeness_counts_every_row(store: Store, site: Site) -> None:
    found = measured(store, site, [{"name": "김"}, {"name": "이"}, {}])
    shares = found.shares.filter(pl.col("dimension") == "completeness", pl.col("column") == "name")
    assert shares.select("right", "checked", "share").rows() == [(2, 3, 2 / 3)]


def test_every_offender_is_counted_and_every_count_has_its_offenders(
    store: Store, site: Site
) -> None:
    odd = {"name": "-", "sex": "X", "children": 30, "email": "no", "joined": TODAY + DAY}
    found = measured(store, site, [{}, odd, {"name": "김"}], [{"value": -1.0}])
    assert (found.shares.schema, found.offenders.schema) == (SHARES, OFFENDERS)
    rule = ["table", "column", "dimension", "expected"]
    wrong = found.shares.with_columns(wrong=pl.col("checked") - pl.col("right"))
    listed = found.offenders.group_by(rule).agg(pl.len().cast(pl.Int64).alias("listed"))
    both = wrong.join(listed, on=rule, how="left").with_columns(pl.col("listed").fill_null(0))
    assert both["wrong"].to_list() == both["listed"].to_list()
    assert set(found.shares["dimension"]) == set(DIMENSIONS)
    assert found.shares.select(rule).is_unique().all()


def test_nothing_checked_is_no_share(store: Store, site: Site) -> None:
    shares = measured(store, site).shares
    assert shares["checked"].sum() == 0
    assert shares["share"].null_count() == shares.height


def test_the_state_of_the_day_is_measured(store: Store, site: Site) -> None:
    found = measured(
        store,
        site,
        [
            {"customer_id": "C1", "sex": "X"},
            {"customer_id": "C1", "sex": "F", "valid_from": TODAY - DAY},
            {"customer_id": "C1", "sex": "Y", "valid_from": TODAY + DAY},
        ],
    )
    assert dimensions(found, "C1", "sex") == set()


@pytest.mark.parametrize(
    "text",
    [
        *(name.encode().decode("cp949", "ignore") for name in ("김민수", "홍길동", "남궁민")),
        *(name.encode().decode("cp1252", "replace") for name in ("김민수", "홍길동")),
        *(name.encode("cp949").decode("latin-1") for name in ("김민수", "홍길동")),
        "José".encode().decode("latin-1"),
    ],
)
def test_text_of_a_wrong_encoding_is_unreadable(text: str) -> None:
    assert is_unreadable(text)


@pytest.mark.parametrize(
    "text",
    ["김민수", "李明博", "金珉秀 김", "Müller", "Ärzte", "José", "山田太郎", "㈜한빛", "O’Brien"],
)
def test_text_of_all_languages_is_readable(text: str) -> None:
    assert not is_unreadable(text)
