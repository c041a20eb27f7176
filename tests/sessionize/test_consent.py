"""A list that leaves the system holds nobody who does not consent on that day."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionize.consent import Channel, allowed, consenting
from weblog.company_tables import CUSTOMERS

TODAY = date(2025, 11, 20)


def register(*states: tuple[str, str, bool | None, bool | None]) -> pl.DataFrame:
    rows = [
        {
            "customer_id": who,
            "valid_from": date.fromisoformat(day),
            "consent_email": e,
            "consent_sms": s,
        }
        for who, day, e, s in states
    ]
    return pl.DataFrame(rows, schema=CUSTOMERS.schema)


@pytest.mark.parametrize(
    ("states", "email", "sms"),
    [
        ([("a", "2025-01-01", True, False)], True, False),
        ([("a", "2025-01-01", None, None)], False, False),
        ([("a", "2025-01-01", True, True), ("a", "2025-06-01", False, True)], False, True),
        ([("a", "2025-06-01", False, True), ("a", "2025-01-01", True, True)], False, True),
        ([("a", "2025-01-01", True, True), ("a", "2025-06-01", None, True)], False, True),
        ([("a", "2025-11-20", True, True)], True, True),
        ([("a", "2025-11-21", True, True)], False, False),
        ([("a", "2025-01-01", True, True), ("a", "2025-11-21", False, False)], True, True),
        ([("b", "2025-01-01", True, True)], False, False),
        ([], False, False),
    ],
)
def test_the_state_of_the_day_decides(
    states: list[tuple[str, str, bool | None, bool | None]], email: bool, sms: bool
) -> None:
    known = register(*states)
    said = {
        channel: "a" in consenting(known, channel, TODAY)["customer_id"]
        for channel in ("email", "sms")
    }
    assert said == {"email": email, "sms": sms}


def test_a_list_keeps_its_order_and_columns_and_tells_how_many_are_withheld() -> None:
    known = register(("b", "2025-01-01", True, None), ("a", "2025-01-01", True, None))
    rows = pl.DataFrame({"customer_id": ["b", "x", None, "a", "b"], "score": [5, 4, 3, 2, 1]})
    found = allowed(rows, known, "email", TODAY)
    assert found.rows.rows() == [("b", 5), ("a", 2), ("b", 1)]
    assert found.withheld == 2
    assert allowed(rows, known, "sms", TODAY).rows.is_empty()


consents = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(-5, 5).map(lambda days: (TODAY + timedelta(days=days)).isoformat()),
        st.sampled_from([True, False, None]),
        st.sampled_from([True, False, None]),
    ),
    max_size=12,
    unique_by=lambda state: state[:2],
)


@given(consents, st.sampled_from(["email", "sms"]))
def test_nobody_is_on_the_list_but_by_a_yes_that_holds(
    states: list[tuple[str, str, bool | None, bool | None]], channel: Channel
) -> None:
    listed = consenting(register(*states), channel, TODAY)["customer_id"].to_list()
    place = 2 if channel == "email" else 3
    for who in "abc":
        said = sorted(each for each in states if each[0] == who and each[1] <= TODAY.isoformat())
        assert (who in listed) == bool(said and said[-1][place])
