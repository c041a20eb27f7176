"""The address is the only state: what is written into it is read back, whatever it is."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.view import FIELDS, PERIODS, Dropped, View, read
from reports.measures import MEASURES
from reports.query import FILTERS, Compare

DATA = (date(2025, 9, 2), date(2025, 11, 30))

days = st.dates(min_value=date(1970, 1, 1), max_value=date(2100, 1, 1))
spans = st.tuples(days, days).map(sorted).map(tuple)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
values = st.lists(texts, min_size=1, max_size=3, unique=True).map(lambda some: tuple(sorted(some)))


@st.composite
def views(draw: st.DrawFn) -> View:
    return View(
        period=draw(st.sampled_from(sorted(PERIODS))),
        days=draw(st.none() | spans),
        compare=draw(st.sampled_from(get_args(Compare))),
        chosen=draw(st.dictionaries(st.sampled_from(sorted(FIELDS.values())), values)),
        measure=draw(st.sampled_from(sorted(MEASURES))),
        table=draw(st.booleans()),
    )


@given(views())
def test_what_is_written_is_read_back(view: View) -> None:
    again, dropped = read(view.search)
    assert not dropped
    assert again.filters(DATA) == view.filters(DATA)
    assert (again.measure, again.table, again.search) == (view.measure, view.table, view.search)


@given(st.text(max_size=80))
def test_any_address_can_be_read(search: str) -> None:
    view, _ = read(search)
    view.filters(DATA)
    view.filters(None)
    assert read(view.search) == (view, [])


def test_every_filter_has_a_name_in_the_address() -> None:
    assert set(FIELDS.values()) == set(FILTERS)


def test_the_plain_address_is_the_default_view() -> None:
    assert read(None) == read("") == read("?") == (View(), [])
    assert View().search == ""
    assert not View(measure="logins", table=True).narrowed


@pytest.mark.parametrize(
    ("search", "dropped"),
    [
        ("?period=12", [Dropped("period", "12")]),
        ("?measure=passwords", [Dropped("measure", "passwords")]),
        ("?compare=tomorrow", [Dropped("compare", "tomorrow")]),
        ("?colour=blue", [Dropped("colour", "blue")]),
        ("?from=2025-02-30", [Dropped("from", "2025-02-30")]),
        (
            "?from=2025-03-02&to=2025-03-01",
            [Dropped("from", "2025-03-02 – 2025-03-01", "dropped_backwards")],
        ),
        ("?period=7&period=x", [Dropped("period", "x")]),
        (f"?{'n' * 999}=1", [Dropped("n" * 300, "1")]),
    ],
)
def test_what_is_not_understood_is_left_out_and_said(search: str, dropped: list[Dropped]) -> None:
    assert read(search)[1] == dropped


@pytest.mark.parametrize(
    ("search", "start", "end"),
    [
        ("", date(2025, 11, 3), date(2025, 11, 30)),
        ("?period=7", date(2025, 11, 24), date(2025, 11, 30)),
        ("?period=365", date(2025, 9, 2), date(2025, 11, 30)),
        ("?period=all", date(2025, 9, 2), date(2025, 11, 30)),
        ("?from=2025-10-01&to=2025-10-05&period=7", date(2025, 10, 1), date(2025, 10, 5)),
        ("?from=2025-10-01", date(2025, 10, 1), date(2025, 10, 1)),
        ("?from=2025-10-05&to=2025-10-01", date(2025, 11, 3), date(2025, 11, 30)),
    ],
)
def test_periods_count_back_from_the_last_day_of_the_data(
    search: str, start: date, end: date
) -> None:
    filters = read(search)[0].filters(DATA)
    assert (filters.start, filters.end) == (start, end)
