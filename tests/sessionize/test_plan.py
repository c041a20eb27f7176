"""Which days are worked through, in which portions; and reading them in several passes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionize import SessionRules
from sessionize.plan import Days, Portion, portions
from sessionize.reading import sessions_of_days
from weblog.store import Store

FRESH = 7
NEVER_MADE = None


def day(number: int) -> date:
    return date(2025, 11, number)


def days(marks: dict[int, int | None], rows: int = 10) -> Days:
    numbers = {day(number): mark for number, mark in marks.items()}
    return Days(dict.fromkeys(numbers, FRESH), numbers, dict.fromkeys(numbers, rows))


def alone(of: date) -> set[date]:
    return {of}


def made(found: list[Portion]) -> list[tuple[str, list[int]]]:
    return [("make" if p.is_stale else "look", [d.day for d in p.days]) for p in found]


@pytest.mark.parametrize(
    ("marks", "from_the_start", "limit", "expected"),
    [
        pytest.param({1: 7, 2: 7}, False, 99, [], id="nothing changed"),
        pytest.param({1: 7, 2: 7}, True, 99, [("look", [1, 2])], id="the register changed"),
        pytest.param({1: 7, 2: 6}, False, 99, [("make", [2])], id="a day grew"),
        pytest.param(
            {1: 7, 2: None, 3: 7}, False, 99, [("make", [2]), ("look", [3])], id="a day came late"
        ),
        pytest.param(
            {1: 7, 2: None, 3: 7},
            True,
            99,
            [("look", [1]), ("make", [2]), ("look", [3])],
            id="a day came late, and the register changed",
        ),
        pytest.param(
            {1: None, 2: None, 3: None}, False, 20, [("make", [1, 2]), ("make", [3])], id="bounded"
        ),
        pytest.param(
            {1: None, 2: None}, False, 1, [("make", [1]), ("make", [2])], id="a day at least"
        ),
    ],
)
def test_days_to_work_through(
    marks: dict[int, int | None],
    from_the_start: bool,
    limit: int,
    expected: list[tuple[str, list[int]]],
) -> None:
    found = portions(days(marks), from_the_start=from_the_start, reach=alone, limit=limit)
    assert made(found) == expected


def test_days_that_share_sessions_stay_together() -> None:
    """Where midnight ends no session, day 2 shares some with 3, and 4 with 3 and 5."""
    shared = {2: {2, 3}, 4: {3, 4, 5}}
    found = portions(
        days({1: 7, 2: None, 3: 7, 4: None, 5: 7, 6: 7}),
        from_the_start=False,
        reach=lambda of: {day(number) for number in shared[of.day]},
        limit=1,
    )
    assert made(found) == [("make", [2, 3, 4, 5]), ("look", [6])]


@given(
    st.dictionaries(st.integers(1, 30), st.sampled_from([FRESH, 6, NEVER_MADE]), max_size=30),
    st.booleans(),
    st.integers(1, 60),
    st.integers(0, 3),
)
def test_every_day_from_the_first_change_has_its_turn_once_in_order(
    marks: dict[int, int | None], from_the_start: bool, limit: int, width: int
) -> None:
    known = days(marks)

    def reach(of: date) -> set[date]:
        return {other for other in known.wanted if abs((other - of).days) <= width} | {of}

    found = portions(known, from_the_start=from_the_start, reach=reach, limit=limit)
    order = [one for portion in found for one in portion.days]
    assert all(earlier < later for earlier, later in pairwise(order))
    again = {one for portion in found if portion.is_stale for one in portion.days}
    assert set(known.stale) <= again <= set().union(*map(reach, known.stale))
    first = min(order, default=None)
    assert set(order) == {one for one in known.wanted if first is not None and one >= first}
    assert not from_the_start or set(order) == set(known.wanted)
    assert first is not None or not known.stale


@pytest.mark.parametrize("midnight", [True, False])
def test_several_passes_find_what_one_pass_finds(
    store: Store, make_hits: Any, midnight: bool
) -> None:
    start = datetime(2025, 11, 3, 14, 40, tzinfo=UTC)  # 20 minutes before midnight in Seoul
    hits = make_hits(
        [
            {"visitor_id": f"v{number % 5}", "ts": start + timedelta(minutes=9 * number)}
            for number in range(40)
        ]
    )
    store.append_once("hits", hits, "test", 1, None)
    rules = SessionRules(ends_at_midnight=midnight, time_zone="Asia/Seoul")
    chosen = sorted(set(hits["date"]))
    one, several = (sessions_of_days(store.head(), chosen, rules, rows=rows) for rows in (1_000, 7))
    assert several.sessions.sort("session_id").equals(one.sessions.sort("session_id"))
    key = ["log_source", "line"]
    assert several.page_views.sort(key).equals(one.page_views.sort(key))
    assert one.page_views.height == 40


def test_days_without_people_have_no_sessions(store: Store, make_hits: Any) -> None:
    hits = make_hits([{"kind": "bot"}, {"kind": "internal"}, {"visitor_id": None}])
    store.append_once("hits", hits, "test", 1, None)
    rules = SessionRules(ends_at_midnight=False, time_zone="Asia/Seoul")
    found = sessions_of_days(store.head(), sorted(set(hits["date"])), rules)
    assert found.sessions.is_empty()
    assert found.page_views.is_empty()
