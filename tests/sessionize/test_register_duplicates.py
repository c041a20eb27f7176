"""Customers who may be one person: found with the reason, never merged."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from sessionize.duplicates import SCHEMA, duplicates, states_on
from weblog.company_tables import CUSTOMERS

BORN = date(1980, 5, 1)


def customers(*rows: dict[str, Any]) -> pl.DataFrame:
    plain = dict.fromkeys(CUSTOMERS.schema) | {"valid_from": date(2020, 1, 1)}
    full = [plain | {"customer_id": f"C{n}"} | row for n, row in enumerate(rows, start=1)]
    return pl.DataFrame(full, schema=CUSTOMERS.schema)


@pytest.mark.parametrize(
    ("reason", "one", "other"),
    [
        ("same_id", {"customer_id": "c1"}, {"customer_id": "C1"}),
        ("same_id", {"customer_id": "00123"}, {"customer_id": "123"}),
        ("same_id", {"customer_id": "Ｃ１"}, {"customer_id": "C1"}),
        ("same_id", {"customer_id": "10-20 30"}, {"customer_id": "102030"}),
        ("same_email", {"email": "kim@x.kr"}, {"email": "KIM@x.KR"}),
        ("same_email", {"email": "kim@x.kr"}, {"email": " kim@x.kr "}),
        (
            "same_name_and_birth_date",
            {"name": "김민수", "birth_date": BORN},
            {"name": "김 민수", "birth_date": BORN},
        ),
        (
            "same_name_and_birth_date",
            {"name": "김민수", "birth_date": BORN},  # as macOS writes it
            {"name": "\u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e", "birth_date": BORN},
        ),
        (
            "same_name_and_birth_date",
            {"name": "Ann Lee", "birth_date": BORN},
            {"name": "ANN LEE", "birth_date": BORN},
        ),
    ],
)
def test_two_who_may_be_one(reason: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    (group,) = duplicates(customers(one, other)).to_dicts()
    assert (group["reason"], group["customers"]) == (reason, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"customer_id": "C10"}, {"customer_id": "C1"}),
        ({"email": None}, {"email": None}),
        ({"email": "-"}, {"email": "-"}),
        ({"name": "김민수", "birth_date": None}, {"name": "김민수", "birth_date": None}),
        ({"name": None, "birth_date": BORN}, {"name": None, "birth_date": BORN}),
        ({"name": " ", "birth_date": BORN}, {"name": "", "birth_date": BORN}),
        (
            {"name": "김민수", "birth_date": BORN},
            {"name": "김민수", "birth_date": date(1980, 5, 2)},
        ),
    ],
)
def test_two_who_are_two(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert duplicates(customers(one, other)).is_empty()


def test_groups_say_who_shares_what() -> None:
    born = {"birth_date": BORN}
    found = duplicates(
        customers(
            {"email": "a@x.kr", "name": "김", **born},
            {"email": "b@x.kr", "name": "김", **born},
            {"email": "A@x.kr", "name": "이", **born},
            {"email": "a@X.kr"},
        )
    )
    assert found.schema == SCHEMA
    assert found.rows() == [
        ("same_email", "a@x.kr", 3, ["C1", "C3", "C4"]),
        ("same_name_and_birth_date", "김, 1980-05-01", 2, ["C1", "C2"]),
    ]


def test_states_of_one_customer_are_no_duplicates() -> None:
    later = {"customer_id": "C1", "email": "a@x.kr", "valid_from": date(2025, 1, 1)}
    states = customers({"email": "a@x.kr"}, later)
    assert duplicates(states_on(states, date.max)).is_empty()


def test_the_state_on_a_day_is_the_last_up_to_it() -> None:
    states = customers(
        {"customer_id": "C1", "grade": "A"},
        {"customer_id": "C1", "grade": "B", "valid_from": date(2025, 1, 1)},
        {"customer_id": "C2", "grade": "C", "valid_from": date(2025, 6, 1)},
    )
    days = (date(2019, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 1))
    found = [states_on(states, day)["grade"].to_list() for day in days]
    assert found == [[], ["A"], ["B"], ["B", "C"]]
