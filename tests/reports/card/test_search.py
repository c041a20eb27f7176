"""Customers are found by what a role sees of them: asking tells nothing that is not shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.card.roles import as_seen
from reports.card.search import COLUMNS, LEAST, find_customers, fits, found_by
from weblog.errors import QueryError, UnknownNameError
from weblog.schema import CUSTOMERS
from weblog.store import Store, open_store

PEOPLE = [
    ("H100", "김민수", "010-1234-5678", "minsu@mail.example"),
    ("H101", "김하나", "010-9999-1111", "hana@mail.example"),
    ("H102", "김수", "010-2222-5678", None),
    ("H203", "이수", "010-3333-4444", "lee@mail.example"),
    ("K300", "Kim Lee", None, "kim.lee@mail.example"),
    ("H1001", "<b>Eve</b>", "12", None),
    ("X.[1", None, None, None),
]
"""Number, name, telephone number, e-mail address."""


def states(people: list[tuple[Any, ...]]) -> pl.DataFrame:
    rows = [
        {
            "customer_id": number,
            "valid_from": date(2025, 1, 1),
            "name": name,
            "phone": phone,
            "email": email,
            "birth_date": date(1983, 4, 5),
            "grade": "VIP",
            "joined": date(2020, 2, 3),
        }
        for number, name, phone, email in people
    ]
    return pl.DataFrame(rows, schema=CUSTOMERS.schema)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = open_store(tmp_path_factory.mktemp("found") / "store", create=True)
    old = states([("H100", "박민수", "010-1234-0000", None)]).with_columns(
        valid_from=date(2024, 1, 1)
    )
    both = pl.concat([states(PEOPLE), old])
    made.append_once("customers", both, "people", 1, None)
    made.publish()
    return made


@pytest.mark.parametrize(
    ("text", "marketer", "analyst"),
    [
        ("h100", "H100 H1001", "H100 H1001"),  # the whole number first
        ("H10", "H100 H1001 H101 H102", "H100 H1001 H101 H102"),
        ("203", "H203", "H203"),
        ("k3", "K300", "K300"),
        ("김민수", "H100 H101", "H100"),  # 김** are both
        ("김민", "H100 H101 H102", "H100"),
        ("민수", "", "H100"),
        ("김민수 5678", "H100", "H100"),
        ("5678", "H100 H102", "H100 H102"),
        ("010-1234-5678", "H100 H102", "H100"),  # ends alike, as far as it is shown
        ("1234", "", "H100"),
        ("kim lee", "K300", "K300"),
        ("Kim Lees", "", ""),
        ("hana@mail", "", "H101"),
        ("<b>", "H1001", "H1001"),
        (".[1", "X.[1", "X.[1"),
        ("박민수", "", ""),  # as the register had it before
        ("  H101  ", "H101", "H101"),
        ("zz", "", ""),
    ],
)
def test_who_is_found(store: Store, text: str, marketer: str, analyst: str) -> None:
    for role, expected in (("marketer", marketer), ("analyst", analyst)):
        found = find_customers(store, text, role=role)
        assert " ".join(found.frame["customer_id"]) == expected, role
        assert found.total == len(expected.split())
        assert found.known == len(PEOPLE)


def test_they_are_shown_as_the_role_may_see_them(store: Store) -> None:
    (row,) = find_customers(store, "H100", limit=1).frame.to_dicts()
    assert row == {
        "customer_id": "H100",
        "name": "김**",
        "phone": "***-****-5678",
        "birth_date": "1983-**-**",
        "grade": "VIP",
        "joined": date(2020, 2, 3),
    }
    whole = find_customers(store, "H100", role="analyst").frame
    assert whole.row(0)[:4] == ("H100", "김민수", "010-1234-5678", "1983-04-05")
    assert whole.schema == {column.name: column.dtype for column in COLUMNS}


def test_too_little_finds_nobody_and_too_much_is_counted(store: Store) -> None:
    for text in ("", " ", "김", "  H  "):
        found = find_customers(store, text)
        assert (found.is_too_short, found.total, found.frame.height) == (True, 0, 0)
    assert LEAST == 2
    few = find_customers(store, "h1", limit=2)
    assert (few.frame["customer_id"].to_list(), few.total) == (["H100", "H1001"], 4)
    with pytest.raises(QueryError, match="limit is 0"):
        find_customers(store, "h1", limit=0)
    with pytest.raises(UnknownNameError, match="'viewer'"):
        find_customers(store, "h1", role="viewer")


def test_a_store_without_a_register_knows_nobody(tmp_path: Path) -> None:
    found = find_customers(open_store(tmp_path / "store", create=True), "H1")
    assert (found.total, found.known) == (0, 0)


names = st.text("김이하나민수kimLEE", min_size=1, max_size=5)
phones = st.from_regex(r"01[01]-\d{3,4}-\d{4}|\d{1,6}", fullmatch=True)
typed = st.one_of(names, phones, st.from_regex(r"\d{4,6}", fullmatch=True)).map(str.lower)


@st.composite
def alike(draw: Any) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two people whom a marketer cannot tell apart."""
    name, phone = draw(names), draw(phones)
    other = name[0] + draw(
        st.text("김이하나민수kimLEE", min_size=len(name) - 1, max_size=len(name) - 1)
    )
    digits = sum(letter.isdigit() for letter in phone)
    shown = digits - 4 if digits > 4 else digits
    change: Callable[[int, str], str] = lambda nth, letter: (  # noqa: E731
        draw(st.sampled_from("0123456789")) if letter.isdigit() and nth < shown else letter
    )
    count = 0
    letters = []
    for letter in phone:
        letters.append(change(count, letter))
        count += letter.isdigit()
    return (name, phone), (other, "".join(letters))


@settings(max_examples=150, deadline=None)
@given(alike(), typed)
def test_a_marketer_finds_people_who_look_alike_alike(
    pair: tuple[tuple[str, str], tuple[str, str]], text: str
) -> None:
    seen = [as_seen({"name": name, "phone": phone}, "marketer") for name, phone in pair]
    assert seen[0] == seen[1]
    rows = [(f"c{'ab'[place]}", name, phone, None) for place, (name, phone) in enumerate(pair)]
    known = found_by(states(rows).lazy())
    found = known.filter(fits(text, "marketer"))["customer_id"].to_list()
    assert found in ([], ["ca", "cb"])
