"""One customer's way: joins, looks, buys, becomes a VIP, goes dormant, comes back, is lost.

Each session keeps what the customer was when it began, whatever came first: the logs, the
register, or the late half of either.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import polars as pl
import pytest

import sessionize
from sessionize import Explanation, counted_segments, customers_on, explain_segment
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.errors import QueryError
from weblog.site import Site
from weblog.site.rules import DEFAULT_SEGMENTS
from weblog.store import Store

SITE = Site(time_zone="Asia/Seoul")

# day, logged in?, pages about a product: what the session is.
JOURNEY = [
    ("2024-01-10", False, 0, "first-time anonymous"),
    ("2024-01-12", False, 2, "anonymous"),
    ("2024-01-15", True, 3, "member"),  # joins on that day
    ("2024-01-20", True, 2, "member"),  # three pages seen so far
    ("2024-01-21", True, 0, "prospect"),  # five
    ("2024-02-01", True, 1, "prospect"),  # buys today: a customer from tomorrow on
    ("2024-02-02", True, 0, "customer"),
    ("2024-05-31", True, 0, "customer"),
    ("2024-06-01", True, 0, "VIP"),  # by the register, from this day on
    ("2025-05-31", True, 0, "VIP"),  # 364 days later: not dormant
    ("2026-05-31", True, 0, "reactivated"),  # 365 days
    ("2026-05-31", True, 0, "VIP"),  # the same day, the next session
    ("2026-07-01", True, 0, "churned"),  # the contract ended that day
    ("2026-08-01", False, 0, "anonymous"),
]
STATES = [
    {"valid_from": date(2024, 1, 15), "joined": date(2024, 1, 15), "grade": "BASIC"},
    {"valid_from": date(2024, 6, 1), "joined": date(2024, 1, 15), "grade": "VIP"},
]
BOUGHT = {"purchased": date(2024, 2, 1), "ended": date(2026, 7, 1), "product": "annuity"}


def hits_of_session(number: int) -> list[dict[str, Any]]:
    day, is_known, products, _ = JOURNEY[number]
    start = datetime.fromisoformat(f"{day}T01:00:00").replace(tzinfo=UTC)
    about = [*["annuity"] * products, None]
    return [
        {
            "ts": start + timedelta(hours=2 * number % 10, seconds=place),
            "line": 100 * number + place,
            "customer_id": "C1" if is_known else None,
            "product": product,
        }
        for place, product in enumerate(about)
    ]


def load_logs(store: Store, make_hits: Any, numbers: list[int]) -> None:
    rows = [hit for number in numbers for hit in hits_of_session(number)]
    frame = make_hits(rows).with_columns(line=pl.Series([row["line"] for row in rows]))
    store.append_once("hits", frame, f"file {numbers}", 1, None)


def load_register(store: Store, states: list[dict[str, Any]]) -> None:
    customers = [dict.fromkeys(CUSTOMERS.schema) | {"customer_id": "C1"} | row for row in states]
    store.upsert("customers", pl.DataFrame(customers, schema=CUSTOMERS.schema))


def load_purchase(store: Store) -> None:
    row = dict.fromkeys(PURCHASES.schema) | {"purchase_id": "P1", "customer_id": "C1"} | BOUGHT
    store.upsert("purchases", pl.DataFrame([row], schema=PURCHASES.schema))


EVERY = list(range(len(JOURNEY)))
PIECES = {
    "early logs": lambda store, hits: load_logs(store, hits, EVERY[::2]),
    "late logs": lambda store, hits: load_logs(store, hits, EVERY[1::2]),
    "first grade": lambda store, _: load_register(store, STATES[:1]),
    "later grade": lambda store, _: load_register(store, STATES[1:]),
    "purchase": lambda store, _: load_purchase(store),
}
ORDERS = [
    ("early logs", "late logs", "first grade", "later grade", "purchase"),
    ("first grade", "later grade", "purchase", "early logs", "late logs"),
    *[order for order in permutations(PIECES) if order[0] == "late logs"][::8],
]


@pytest.fixture
def journey(store: Store, make_hits: Any) -> Store:
    for load in PIECES.values():
        load(store, make_hits)
    sessionize.update(store, SITE)
    return store


@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_each_session_has_the_segment_of_its_start_in_any_order(
    store: Store, make_hits: Any, order: tuple[str, ...]
) -> None:
    for name in order:
        PIECES[name](store, make_hits)
        sessionize.update(store, SITE)
    found = store.scan("sessions").sort("start").select("date", "segment").collect()
    assert [(str(day), segment) for day, segment in found.rows()] == [
        (day, segment) for day, _, _, segment in JOURNEY
    ]


@pytest.mark.parametrize(
    ("day", "segment"),
    [
        ("2024-01-15", "member"),
        ("2024-01-21", "prospect"),
        ("2024-02-01", "prospect"),
        ("2024-02-02", "customer"),
        ("2024-06-01", "VIP"),
        ("2025-05-30", "VIP"),
        ("2025-05-31", "VIP"),  # back on that day, 364 days away when it began
        ("2026-05-30", "VIP"),
        ("2026-05-31", "dormant"),  # 365 days away when the day began
        ("2026-06-01", "VIP"),
        ("2026-07-01", "churned"),
        ("2027-07-01", "dormant"),
    ],
)
def test_on_a_day_a_customer_is_what_the_day_began_with(
    journey: Store, day: str, segment: str
) -> None:
    on = date.fromisoformat(day)
    found = customers_on(journey.snapshot(), on, DEFAULT_SEGMENTS)
    assert found.rows() == [("C1", segment)]
    counts = counted_segments(journey.snapshot(), on, DEFAULT_SEGMENTS)
    assert counts["customers"].sum() == 1
    assert counts.filter(customers=1)["segment"].to_list() == [segment]
    assert counts["segment"].to_list() == [rule.segment for rule in DEFAULT_SEGMENTS]


def test_before_anything_is_known_of_them_customers_are_nowhere(journey: Store) -> None:
    day = date(2024, 1, 14)
    assert customers_on(journey.snapshot(), day, DEFAULT_SEGMENTS).is_empty()
    counts = counted_segments(journey.snapshot(), day, DEFAULT_SEGMENTS)
    assert counts["customers"].sum() == 0
    assert counts["share"].null_count() == counts.height


def explained(store: Store, day: str) -> list[Explanation]:
    return explain_segment(store.snapshot(), "C1", date.fromisoformat(day), DEFAULT_SEGMENTS)


def seen(found: Explanation, column: str) -> tuple[object, str]:
    """Return the value of a column as the last rule that names it saw it, and its source."""
    values = [s for rule in found.rules for s in rule.seen if s.column == column]
    return values[-1].value, values[-1].source


def test_an_explanation_ends_with_the_rule_that_decided(journey: Store) -> None:
    (found,) = explained(journey, "2024-06-01")
    assert (found.segment, found.stored) == ("VIP", "VIP")
    assert [rule.number for rule in found.rules] == [1, 2, 3, 4, 5, 6]
    assert [rule.holds for rule in found.rules] == [False] * 5 + [True]
    assert found.rules[-1].when == "grade = 'VIP'"
    assert seen(found, "grade") == ("VIP", "the register's state since 2024-06-01")
    assert seen(found, "days_since_last_visit") == (1, "the session before, on 2024-05-31")
    assert seen(found, "purchases_in_force") == (
        1,
        "purchase P1 (annuity) of 2024-02-01, in force",
    )


def test_each_session_of_a_day_is_explained(journey: Store) -> None:
    first, second = explained(journey, "2026-05-31")
    assert (first.segment, second.segment) == ("reactivated", "VIP")
    assert seen(first, "days_since_last_visit") == (365, "the session before, on 2025-05-31")
    assert seen(second, "days_since_last_visit") == (0, "the session before, on 2026-05-31")
    assert seen(second, "is_visit") == (True, "this session")


def test_a_day_without_a_session_is_explained_as_it_began(journey: Store) -> None:
    (found,) = explained(journey, "2026-07-02")
    assert (found.session_id, found.segment, found.stored) == (None, "churned", None)
    assert seen(found, "is_visit") == (False, "no session on that day")
    assert seen(found, "has_bought")[1] == "purchase P1 (annuity) of 2024-02-01, ended 2026-07-01"


def test_what_is_not_known_yet_is_unknown_and_says_from_when_it_is(journey: Store) -> None:
    (found,) = explained(journey, "2024-01-02")
    assert found.segment == "member"
    grade = next(rule for rule in found.rules if rule.segment == "VIP")
    assert grade.holds is None
    assert seen(found, "grade") == (
        None,
        "the register knows this customer only from 2024-01-15 on",
    )


def test_a_purchase_of_the_day_itself_is_said_to_count_later(journey: Store) -> None:
    (found,) = explained(journey, "2024-02-01")
    assert found.segment == "prospect"
    assert seen(found, "has_bought") == (
        False,
        "the register knows no purchase before that day; 1 of the day itself, not counted yet",
    )
    assert seen(found, "interest") == (
        5,
        "sessions with pages about products from 2023-11-03 to the day before: 2",
    )


def test_every_explanation_agrees_with_what_is_stored(journey: Store) -> None:
    days = {day for day, is_known, _, _ in JOURNEY if is_known}
    for day in days:
        for found in explained(journey, day):
            assert found.segment == found.stored


def test_who_nobody_knows_cannot_be_explained(journey: Store) -> None:
    with pytest.raises(QueryError, match="no customer 'C9'"):
        explain_segment(journey.snapshot(), "C9", date(2024, 2, 1), DEFAULT_SEGMENTS)
