"""Filters on customers, on what the register knew of them that day, and on browsers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from new_store import new_store
from random_register import (
    BOUGHT,
    DAYS,
    LAST,
    STATES,
    customers_of,
    purchases_of,
    registered,
)
from slow_segments import slow_facts

import reports
from reports import Filters
from reports.attributes import AGE_BANDS, NO_PRODUCT
from reports.query import FILTERS, ID_FILTERS, REGISTER_FILTERS
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store

Row = dict[str, Any]
CAREFUL = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])

people = st.sampled_from(["c1", "c2", "c3", None])
back = st.integers(0, DAYS - 1)
sessions = st.lists(st.tuples(back, st.sampled_from("abc"), people), min_size=1, max_size=20)
asked = st.fixed_dictionaries(
    {},
    optional={
        "age_bands": st.sets(st.sampled_from(AGE_BANDS), min_size=1),
        "sexes": st.sets(st.sampled_from(["F", "M"]), min_size=1),
        "occupations": st.sets(st.sampled_from(["farmer", "clerk"]), min_size=1),
        "children": st.sets(st.sampled_from(["0", "2", "3 or more"]), min_size=1),
        "products_held": st.sets(st.sampled_from(["loans", "annuity", NO_PRODUCT]), min_size=1),
        "customers": st.sets(st.sampled_from(["c1", "c2", "c9"]), min_size=1),
        "visitors": st.sets(st.sampled_from(["a", "b", "z"]), min_size=1),
    },
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder for each example: a register only grows."""
    return lambda: tmp_path_factory.mktemp("filters") / "store"


def slow_values(who: str, day: date, customers: list[Row], purchases: list[Row]) -> Row:
    """What each filter on the register sees of a customer on a day: a set of texts."""
    fact = slow_facts(who, day, [], customers, purchases)
    band = None
    if fact["age"] is not None:
        low = fact["age"] // 10 * 10
        band = "0-19" if low < 20 else "70 or older" if low >= 70 else f"{low}-{low + 9}"
    children = fact["children"]
    return {
        "age_bands": {band},
        "sexes": {fact["sex"]},
        "occupations": {fact["occupation"]},
        "children": {"3 or more" if (children or 0) >= 3 else str(children)},
        "products_held": set((fact["products_held"] or NO_PRODUCT).split(", ")),
    }


@CAREFUL
@given(st.tuples(sessions, STATES, BOUGHT), asked)
def test_sessions_pass_as_in_the_slow_reference(
    folders: Callable[[], Path],
    fill: Callable[..., Store],
    visits: Callable[..., Row],
    drawn: tuple[list[tuple[int, str, str | None]], list[Row], list[Row]],
    wanted: dict[str, set[str]],
) -> None:
    visited, told, sold = drawn
    rows = [
        visits(n, one[0], one[1], "home", customer_id=one[2]) for n, one in enumerate(visited, 1)
    ]
    customers, purchases = customers_of(told), purchases_of(sold)
    store = registered(fill(new_store(folders()), rows), customers, purchases)
    start = LAST - timedelta(DAYS // 2 - 1)

    def passes(row: Row) -> bool:
        seen: Row = {"customers": {row["customer_id"]}, "visitors": {row["visitor_id"]}}
        who = row["customer_id"]
        if who is not None:
            seen |= slow_values(who, row["date"], customers, purchases)
        return all(seen.get(name, set()) & values for name, values in wanted.items())

    filters = Filters(start, LAST, **{name: tuple(values) for name, values in wanted.items()})
    status = reports.site_status(store, filters).frame
    expected = [row for row in rows if passes(row)]
    for period, first in (("current", start), ("previous", start - timedelta(DAYS // 2))):
        days = [first + timedelta(n) for n in range(DAYS // 2)]
        if period not in status["period"]:
            assert min(row["date"] for row in rows) >= start
            continue
        counted = status.filter(period=period)["sessions"].to_list()
        assert counted == [sum(row["date"] == day for row in expected) for day in days]


@pytest.fixture
def known(store: Store) -> Store:
    """Customer c1 is told of; c1 and an anonymous browser have sessions."""
    return registered(
        store,
        [
            {"customer_id": "c1", "valid_from": date(2025, 1, 1), "sex": "F", "children": 4},
            {"customer_id": "c2", "valid_from": date(2025, 1, 1), "occupation": "clerk"},
        ],
        [{"purchase_id": "P1", "customer_id": "c1", "purchased": date(2025, 2, 1),
          "product": "loans", "value": 1.0}],
    )  # fmt: skip


def test_choices_are_what_the_register_has(known: Store, store: Store) -> None:
    assert reports.choices(known, "sexes") == ["F"]
    assert reports.choices(known, "occupations") == ["clerk"]
    assert reports.choices(known, "children") == ["3 or more"]
    assert reports.choices(known, "products_held") == ["loans", NO_PRODUCT]
    assert reports.choices(known, "age_bands", limit=2) == ["0-19", "20-29"]


def test_an_empty_register_offers_no_age(store: Store) -> None:
    assert reports.choices(store, "age_bands") == []
    assert reports.choices(store, "sexes") == []


@pytest.mark.parametrize("name", ID_FILTERS)
def test_ids_are_not_listed(known: Store, name: str) -> None:
    with pytest.raises(QueryError, match=f"{name} are not listed.*segments"):
        reports.choices(known, name)
    with pytest.raises(UnknownNameError, match="customers"):
        reports.choices(known, "customer")


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("customers", ("c1",), []),
        ("customers", ("C1",), [("C1", "c1")]),
        ("visitors", ("a", "q"), [("q", "")]),
        ("sexes", ("f",), [("f", "F")]),
        ("age_bands", ("30-3",), [("30-3", "30-39")]),
        ("products_held", (NO_PRODUCT, "loan"), [("loan", "loans")]),
    ],
)
def test_values_not_known_are_said_with_the_nearest(
    known: Store, name: str, values: tuple[str, ...], said: list[tuple[str, str]]
) -> None:
    warnings = reports.resolve(known.snapshot(), Filters(**{name: values})).warnings
    assert {one.code for one in warnings} <= {"unknown_value"}
    assert [(one.values["value"], one.values["near"]) for one in warnings] == said


def test_a_customer_of_the_register_who_never_came_is_known_and_has_no_session(
    known: Store,
) -> None:
    report = reports.segments(known, Filters(customers=("c2",)))
    assert report.frame["sessions"].sum() == 0
    assert [one.code for one in report.warnings] == ["no_match"]


def test_what_the_register_says_later_is_asked_anew(known: Store) -> None:
    filters = Filters(sexes=("M",))
    assert reports.segments(known, filters).frame["sessions"].sum() == 0
    registered(known, [{"customer_id": "c1", "valid_from": date(2025, 11, 28), "sex": "M"}], [])
    assert reports.segments(known, filters).frame["sessions"].sum() == 1


def test_every_filter_is_told_and_is_an_option(known: Store) -> None:
    filters = Filters(**dict.fromkeys(FILTERS, ("x",)))
    told = reports.resolve(known.snapshot(), filters).to_dict()["filters"]
    assert told == {name: ["x"] for name in FILTERS}
    assert set(REGISTER_FILTERS) | set(ID_FILTERS) <= set(FILTERS)
