"""Filters and what they resolve to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import reports
from reports import Filters, resolve
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store

LAST = date(2025, 11, 30)
FIRST = LAST - timedelta(days=55)


def codes(query: reports.Query) -> list[str]:
    return [warning.code for warning in query.warnings]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"start": LAST, "end": FIRST}, "starts on 2025-11-30, after it ends on 2025-10-06"),
        ({"start": "2025-11-01"}, "start is '2025-11-01': expected a datetime.date"),
        ({"end": datetime(2025, 11, 1)}, "expected a datetime.date without a time"),  # noqa: DTZ001
        ({"compare": "before"}, "expected 'previous', 'year' or 'none'"),
        ({"segments": "VIP"}, "segments is or has 'VIP': expected a tuple"),
        ({"pages": (None,)}, "pages is or has None"),
        ({"channels": ("",)}, "channels is or has ''"),
    ],
)
def test_filters_that_contradict_themselves_are_refused(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(QueryError, match=message.replace("(", r"\(")):
        Filters(**settings)


def test_filters_are_equal_whatever_the_order_of_their_values() -> None:
    assert Filters(segments=["b", "a", "a"]) == Filters(segments=("a", "b"))  # type: ignore[arg-type]
    assert hash(Filters(pages=("/b", "/a"))) == hash(Filters(pages=("/a", "/b")))


@pytest.mark.parametrize(
    ("filters", "start", "end", "previous"),
    [
        (Filters(), LAST - timedelta(27), LAST, FIRST),
        (Filters(end=LAST - timedelta(28)), FIRST, LAST - timedelta(28), None),
        (Filters(start=LAST - timedelta(6)), LAST - timedelta(6), LAST, LAST - timedelta(13)),
        (Filters(start=LAST, end=LAST), LAST, LAST, LAST - timedelta(1)),
        (Filters(compare="none"), LAST - timedelta(27), LAST, None),
        (Filters(compare="year"), LAST - timedelta(27), LAST, None),
        (Filters(end=FIRST + timedelta(9)), FIRST, FIRST + timedelta(9), None),
    ],
)
def test_days_left_open_are_filled_in(
    store: Store, filters: Filters, start: date, end: date, previous: date | None
) -> None:
    query = resolve(store.snapshot(), filters)
    assert (query.start, query.end, query.previous_start) == (start, end, previous)
    assert (query.data_first_day, query.data_last_day) == (FIRST, LAST)
    if previous:
        assert query.previous_end == previous + (end - start)


def test_a_year_earlier_is_the_same_weekday(
    make_store: Callable[..., Store], visits: Callable[..., dict[str, Any]]
) -> None:
    store = make_store([visits(1, 0, "a", "home"), visits(2, 370, "a", "home")])
    query = resolve(store.snapshot(), Filters(start=LAST - timedelta(6), compare="year"))
    assert query.previous_start is not None
    assert query.start is not None
    assert query.start - query.previous_start == timedelta(days=364)
    assert query.start.weekday() == query.previous_start.weekday()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), []),
        (Filters(start=FIRST - timedelta(5)), ["starts_before_data", "no_previous_data"]),
        (Filters(end=LAST + timedelta(1)), ["ends_after_data"]),
        (Filters(start=LAST + timedelta(9)), ["period_without_data", "previous_incomplete"]),
        (Filters(start=LAST - timedelta(39)), ["previous_incomplete"]),
        (Filters(compare="year"), ["no_previous_data"]),
        (Filters(compare="none"), []),
    ],
)
def test_what_the_data_do_not_cover_is_said(
    store: Store, filters: Filters, expected: list[str]
) -> None:
    if filters.start == LAST + timedelta(9):
        filters = Filters(start=LAST + timedelta(9), end=LAST + timedelta(20))
    assert codes(resolve(store.snapshot(), filters)) == expected


def test_unknown_values_match_nothing_and_are_said(store: Store) -> None:
    asked = Filters(segments=("VIP", "vip"), pages=("/hom",), campaigns=("autumn",))
    query = resolve(store.snapshot(), asked)
    assert query.filters == asked
    assert [str(warning) for warning in query.warnings] == [
        "segments has no value 'vip' in the data: no session matches it (did you mean 'VIP'?)",
        "pages has no value '/hom' in the data: no session matches it (did you mean '/home'?)",
    ]


def test_days_without_a_session_are_said_where_chance_does_not_explain_them(
    make_store: Callable[..., Store], visits: Callable[..., dict[str, Any]]
) -> None:
    def said(sessions_a_day: int, gone: set[int]) -> list[str]:
        rows = [
            visits(day * 100 + i, day, "a", "home")
            for day in range(10)
            if day not in gone
            for i in range(sessions_a_day)
        ]
        query = resolve(make_store(rows).snapshot(), Filters(compare="none"))
        return [str(warning) for warning in query.warnings]

    missing = "{} of these 10 days have no session: is a log missing that was not read?"
    assert said(10, {3}) == [missing.format(1)]
    assert said(2, {3, 4}) == []
    assert said(9, {1, 2, 3, 4, 5, 6, 7, 8}) == [missing.format(8)]
    assert said(10, set()) == []


def test_an_empty_store_has_no_period(make_store: Callable[..., Store]) -> None:
    store = make_store([])
    query = resolve(store.snapshot())
    assert (query.start, query.end, query.days, query.current) == (None, None, 0, None)
    assert codes(query) == ["no_data"]
    named = resolve(store.snapshot(), Filters(start=FIRST))
    assert (named.current, named.days) == ((FIRST, FIRST), 1)
    assert named.to_dict()["start"] == "2025-10-06"


def test_choices_are_the_values_in_the_data_commonest_first(store: Store) -> None:
    assert reports.choices(store, "segments") == ["anonymous", "VIP"]
    assert reports.choices(store, "pages", limit=2) == ["/home", "/kids"]
    assert reports.choices(store, "products") == ["annuity"]
    with pytest.raises(UnknownNameError, match="Did you mean"):
        reports.choices(store, "segment")


def test_a_server_whose_clock_runs_ahead_does_not_move_the_period(
    make_store: Callable[..., Store], rows: list[dict[str, Any]], visits: Callable[..., Any]
) -> None:
    wrong = visits(13, -365 * 44, "h", "home")
    query = resolve(make_store([*rows, wrong]).snapshot())
    assert (query.start, query.end) == (LAST - timedelta(27), LAST)
    assert (query.data_first_day, query.data_last_day) == (FIRST, LAST)
    (warning,) = query.warnings
    assert warning.code == "days_ahead"
    assert warning.values == {"sessions": 1, "first": wrong["date"]}
    store = make_store([*rows, wrong])
    for asked in (Filters(end=wrong["date"]), Filters(start=wrong["date"], end=wrong["date"])):
        assert codes(resolve(store.snapshot(), asked))[0] == "days_ahead"  # no "data end on"


def test_a_store_of_days_ahead_alone_is_shown(
    make_store: Callable[..., Store], visits: Callable[..., Any]
) -> None:
    wrong = visits(1, -365 * 44, "h", "home")
    query = resolve(make_store([wrong]).snapshot())
    assert (query.end, codes(query)) == (wrong["date"], ["days_ahead", "no_previous_data"])


def test_a_period_may_end_in_the_first_days_of_the_calendar(store: Store) -> None:
    query = resolve(store.snapshot(), Filters(end=date(1, 1, 5)))
    assert (query.start, query.end) == (date(1, 1, 1), date(1, 1, 5))


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_leaves_no_row_is_refused(store: Store, limit: int) -> None:
    for ask in (
        lambda: reports.pages(store, limit=limit),
        lambda: reports.exit_pages(store, limit=limit),
        lambda: reports.choices(store, "pages", limit=limit),
    ):
        with pytest.raises(QueryError, match=f"limit is {limit}: expected at least 1"):
            ask()
