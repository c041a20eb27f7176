"""One visitor in so many: whole visitors, the same in every period, and never unsaid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import Filters
from reports.ask import Asked, ask
from weblog.store import Store

LAST = date(2025, 11, 30)
FIRST = LAST - timedelta(days=119)
COLUMNS = ("session", "visitor", "date", "page_views")


def visitors(asked: Asked) -> set[int]:
    return set(asked.sessions["visitor"])


@given(
    sample=st.integers(2, 12),
    back=st.integers(0, 100),
    length=st.integers(1, 60),
    more=st.sampled_from([{}, {"devices": ("mobile",)}, {"channels": ("Email", "Direct")}]),
)
@settings(max_examples=25, deadline=None)
def test_a_sample_is_of_whole_visitors_the_same_under_every_filter(
    company: Store, sample: int, back: int, length: int, more: dict[str, Any]
) -> None:
    end = LAST - timedelta(days=back)
    filters = Filters(start=max(FIRST, end - timedelta(days=length)), end=end, **more)
    everybody, some = (ask(company, filters, COLUMNS, sample=each) for each in (1, sample))
    ever = ask(company, Filters(start=FIRST, end=LAST), COLUMNS, sample=sample)
    drawn = visitors(ever)
    expected = everybody.sessions.filter(pl.col("visitor").is_in(sorted(drawn)))
    assert some.sessions.equals(expected)
    assert some.session_count == expected.height
    views = everybody.page_views.filter(pl.col("session").is_in(expected["session"].implode()))
    assert some.page_views.equals(views)
    before, some_before = everybody.previous_sessions, some.previous_sessions
    if before is None:
        assert some_before is None
    else:
        assert some_before is not None
        assert some_before.equals(before.filter(pl.col("visitor").is_in(sorted(drawn))))


@pytest.mark.parametrize("sample", [2, 5, 10])
def test_it_is_as_large_as_asked_for(company: Store, sample: int) -> None:
    filters = Filters(start=FIRST, end=LAST)
    all_of_them = len(visitors(ask(company, filters, COLUMNS)))
    drawn = len(visitors(ask(company, filters, COLUMNS, sample=sample)))
    # Five standard deviations of drawing each visitor by chance.
    assert abs(drawn - all_of_them / sample) < 5 * (all_of_them / sample) ** 0.5


def test_columns_are_those_asked_for(company: Store) -> None:
    some = ask(company, Filters(), ("device",), ("path", "dwell_s"), sample=3)
    assert some.sessions.columns == ["device"]
    assert some.page_views.columns == ["path", "dwell_s"]
    assert 0 < some.page_views.height < ask(company, Filters()).page_views.height


def test_the_answer_says_so_and_without_a_sample_does_not(company: Store) -> None:
    frame = pl.DataFrame({"n": [1]})
    warnings = ask(company, Filters(), sample=4).answer("own", frame).warnings
    assert [one.values for one in warnings if one.code == "sampled"] == [{"sample": 4}]
    assert "one visitor in 4" in next(one.text for one in warnings if one.code == "sampled")
    assert not any(
        one.code == "sampled" for one in ask(company, Filters()).answer("own", frame).warnings
    )


@pytest.mark.parametrize("sample", [0, -3])
def test_a_sample_of_nobody_is_refused(company: Store, sample: int) -> None:
    with pytest.raises(ValueError, match=f"sample is {sample}, expected 1"):
        ask(company, Filters(), sample=sample)
