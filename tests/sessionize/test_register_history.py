"""The history of a customer: what exports of the register add to it, in any order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessionize
from sessionize.customer_states import ALWAYS, new_states
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.site import Site, site_from
from weblog.store import Store

JAN, FEB, MAR = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_from({"time_zone": "Asia/Seoul"}, "site.toml", tmp_path)


class Register:
    """A store that exports are loaded into, each written as CSV."""

    def __init__(self, store: Store, site: Site) -> None:
        self.store = store
        self.site = site

    def load(self, text: str, as_of: date = JAN) -> tuple[int, int, int]:
        """Load customers; return how many rows were new, changed, unchanged."""
        path = Path(self.site.folder) / "export.csv"
        path.write_text(text, "utf-8")
        source = sessionize.RegisterSource(str(path))
        done = sessionize.load_customers(self.store, self.site, source, as_of=as_of)
        return done.new, done.changed, done.unchanged

    def buy(self, text: str) -> tuple[int, int, int]:
        path = Path(self.site.folder) / "contracts.csv"
        path.write_text(text, "utf-8")
        source = sessionize.RegisterSource(str(path))
        done = sessionize.load_purchases(self.store, self.site, source)
        return done.new, done.changed, done.unchanged

    def states(self, *columns: str, table: str = "customers") -> list[tuple[Any, ...]]:
        found = self.store.head().scan(table).collect()
        return found.sort(found.columns[:2]).select(columns).rows()

    def version(self, table: str = "customers") -> int:
        return self.store.delta(table).version()


@pytest.fixture
def register(store: Store, site: Site) -> Register:
    return Register(store, site)


GRADES = ("customer_id", "valid_from", "grade")

# the first export


@pytest.mark.parametrize(
    ("joined", "valid_from"),
    [
        pytest.param("2020-05-05", date(2020, 5, 5), id="from the day of joining"),
        pytest.param("2025-01-01", JAN, id="joined today"),
        pytest.param("", ALWAYS, id="always, where nobody knows when"),
        pytest.param("2025-01-02", ALWAYS, id="always, where joining lies ahead"),
    ],
)
def test_the_first_state_holds_before_the_export(
    register: Register, joined: str, valid_from: date
) -> None:
    assert register.load(f"customer_id,joined,grade\nC1,{joined},VIP\n") == (1, 0, 0)
    assert register.states("valid_from", "known_from") == [(valid_from, JAN)]


def test_a_state_that_says_from_when_it_holds_is_taken_at_its_word(register: Register) -> None:
    register.load("customer_id,valid_from,joined,grade\nC1,2024-06-01,2020-01-01,VIP\n")
    assert register.states("valid_from", "known_from") == [(date(2024, 6, 1), None)]


# the next one


def test_only_who_changed_gets_a_new_state(register: Register) -> None:
    register.load("customer_id,joined,grade\nC1,2020-01-01,A\nC2,2020-01-01,A\n")
    counts = register.load("customer_id,joined,grade\nC1,2020-01-01,B\nC2,2020-01-01,A\n", FEB)
    assert counts == (0, 1, 1)
    old = date(2020, 1, 1)
    assert register.states(*GRADES) == [("C1", old, "A"), ("C1", FEB, "B"), ("C2", old, "A")]


def test_who_is_missing_stays(register: Register) -> None:
    register.load("customer_id,grade\nC1,A\nC2,A\n")
    register.load("customer_id,grade\nC2,B\n", FEB)
    assert register.states(*GRADES) == [("C1", ALWAYS, "A"), ("C2", ALWAYS, "A"), ("C2", FEB, "B")]


def test_a_change_of_nothing_but_an_empty_value_is_a_change(register: Register) -> None:
    register.load("customer_id,grade\nC1,A\n")
    register.load("customer_id,grade\nC1,\n", FEB)
    assert register.states(*GRADES) == [("C1", ALWAYS, "A"), ("C1", FEB, None)]


def test_columns_that_are_missing_stay_what_they_were(register: Register) -> None:
    register.load("customer_id,grade,birth_date,name\nC1,A,1980-05-01,김민수\n")
    assert register.load("customer_id,grade\nC1,A\n", FEB) == (0, 0, 1)
    assert register.load("customer_id,valid_from,grade\nC1,2025-03-01,B\n", FEB) == (0, 1, 0)
    columns = ("grade", "name", "birth_date", "birth_year")
    born = date(1980, 5, 1)
    assert register.states(*columns) == [
        ("A", "김민수", born, 1980),
        ("B", "김민수", born, 1980),
    ]


def test_loading_again_writes_nothing(register: Register) -> None:
    text = "customer_id,joined,grade\nC1,2020-01-01,A\nC2,,B\n"
    register.load(text)
    before = register.version()
    assert register.load(text) == (0, 0, 2)
    assert register.version() == before


def test_what_is_corrected_on_the_same_day_replaces(register: Register) -> None:
    register.load("customer_id,joined,grade\nC1,2020-01-01,A\n")
    register.load("customer_id,joined,grade\nC1,2020-01-01,B\n", FEB)
    register.load("customer_id,joined,grade\nC1,2020-01-01,C\n", FEB)
    assert [state[2] for state in register.states(*GRADES)] == ["A", "C"]
    register.load("customer_id,joined,grade\nC1,2020-01-01,A\n", FEB)
    assert [state[2] for state in register.states(*GRADES)] == ["A"]


def test_a_late_export_holds_until_the_next_one(register: Register) -> None:
    for as_of in (JAN, MAR):
        register.load("customer_id,grade\nC1,A\n", as_of)
    register.load("customer_id,grade\nC1,B\n", FEB)
    assert register.states(*GRADES) == [("C1", ALWAYS, "A"), ("C1", FEB, "B"), ("C1", MAR, "A")]


def test_an_export_of_before_the_first_takes_over_what_was_assumed(register: Register) -> None:
    register.load("customer_id,joined,grade\nC1,2020-01-01,B\n", FEB)
    register.load("customer_id,joined,grade\nC1,2020-01-01,A\n", JAN)
    joined = date(2020, 1, 1)
    assert register.states("valid_from", "known_from", "grade") == [
        (joined, JAN, "A"),
        (FEB, FEB, "B"),
    ]


def test_a_state_with_a_day_of_its_own_is_kept_beside_exports(register: Register) -> None:
    register.load("customer_id,valid_from,grade\nC1,2024-06-01,A\nC1,2024-12-01,B\n")
    assert register.load("customer_id,grade\nC1,B\n") == (0, 0, 1)
    assert register.load("customer_id,grade\nC1,C\n", FEB) == (0, 1, 0)
    assert [state[2] for state in register.states(*GRADES)] == ["A", "B", "C"]


def test_rows_with_and_without_a_day_may_stand_in_one_file(register: Register) -> None:
    register.load("customer_id,valid_from,grade\nC1,2024-06-01,A\nC1,,B\nC2,,B\n", FEB)
    assert register.states(*GRADES) == [
        ("C1", date(2024, 6, 1), "A"),
        ("C1", FEB, "B"),
        ("C2", ALWAYS, "B"),
    ]


# exports in any order


def frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    full = [dict.fromkeys(CUSTOMERS.schema) | row for row in rows]
    return pl.DataFrame(full, schema=CUSTOMERS.schema)


Export = tuple[date, list[dict[str, Any]]]


def loaded(exports: Sequence[Export]) -> list[dict[str, Any]]:
    """Return the states after these exports, loaded in this order."""
    states, days = CUSTOMERS.empty(), set[date]()
    for as_of, rows in exports:
        given = ("customer_id", "joined", "grade")
        states = new_states(
            states, frame(rows), given=given, as_of=as_of, exports=sorted(days)
        ).states
        days.add(as_of)
    return states.to_dicts()


@st.composite
def registers(draw: st.DrawFn) -> list[Export]:
    """Draw exports of a whole register, in the order of their days."""
    ahead = st.sampled_from([None, *(JAN + timedelta(days) for days in (-9, 0, 7))])
    customers = {name: draw(ahead) for name in ("C1", "C2")}
    days = draw(st.lists(st.integers(0, 30), min_size=1, max_size=5, unique=True))
    grades = st.sampled_from(["A", "B", None])
    return [
        (
            JAN + timedelta(day),
            [
                {"customer_id": name, "joined": joined, "grade": draw(grades)}
                for name, joined in customers.items()
            ],
        )
        for day in sorted(days)
    ]


def grade_on(states: list[dict[str, Any]], customer: str, day: date) -> str | None:
    held = [s for s in states if s["customer_id"] == customer and s["valid_from"] <= day]
    grade: str | None = held[-1]["grade"]
    return grade


@settings(max_examples=60)
@given(registers(), st.randoms(use_true_random=False))
def test_the_order_of_exports_does_not_matter(exports: list[Export], chance: random.Random) -> None:
    expected = loaded(exports)
    again = [*exports, *exports]
    chance.shuffle(again)
    assert loaded(again) == expected
    for as_of, rows in exports:
        for row in rows:
            assert grade_on(expected, row["customer_id"], as_of) == row["grade"]


# purchases


CONTRACT = "purchase_id,customer_id,product,purchased,ended,value\n"
PAID = ("purchase_id", "product", "ended", "value")


def test_a_purchase_that_is_told_otherwise_is_corrected(register: Register) -> None:
    register.buy(CONTRACT + "P1,C1,car,2025-01-01,,10\nP2,C1,home,2025-01-01,,20\n")
    text = CONTRACT + "P1,C1,car,2025-01-01,2025-02-01,10\nP3,C1,pet,2025-01-01,,1\n"
    assert register.buy(text) == (1, 1, 0)
    assert register.states(*PAID, table="purchases") == [
        ("P1", "car", FEB, 10.0),
        ("P2", "home", None, 20.0),
        ("P3", "pet", None, 1.0),
    ]
    before = register.version("purchases")
    assert register.buy(text) == (0, 0, 2)
    assert register.version("purchases") == before


def test_columns_a_purchase_lacks_stay_what_they_were(register: Register) -> None:
    register.buy(CONTRACT + "P1,C1,car,2025-01-01,,10\n")
    assert register.buy(
        "purchase_id,customer_id,purchased,ended\nP1,C1,2025-01-01,2025-02-01\n"
    ) == (0, 1, 0)
    assert register.states(*PAID, table="purchases") == [("P1", "car", FEB, 10.0)]
    assert PURCHASES.key == ("purchase_id",)
