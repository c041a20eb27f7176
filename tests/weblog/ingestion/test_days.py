"""The day of a hit in the site's time zone, looked up once per minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.ingestion.days import days_of

ZONES = (
    *("UTC", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
    *("America/St_Johns", "Pacific/Apia", "Pacific/Chatham", "Africa/Casablanca"),
)
# Hypothesis puts the zone to the bounds itself.
BOUNDS = (datetime(1990, 1, 1), datetime(2037, 12, 31))  # noqa: DTZ001
instants = st.datetimes(*BOUNDS, timezones=st.just(UTC))


@pytest.mark.parametrize("zone", ZONES)
@given(around=instants, seconds=st.lists(st.integers(-200_000, 200_000), min_size=1))
def test_days_are_those_of_the_zone(zone: str, around: datetime, seconds: list[int]) -> None:
    moments = [around + timedelta(seconds=each) for each in seconds]
    column = pl.Series(moments, dtype=pl.Datetime("us", "UTC"))
    assert days_of(column, zone).to_list() == [
        moment.astimezone(ZoneInfo(zone)).date() for moment in moments
    ]


def test_instants_far_apart_need_no_table_of_all_between() -> None:
    moments = [datetime(1990, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, tzinfo=UTC)]
    column = pl.Series(moments, dtype=pl.Datetime("us", "UTC"))
    assert [day.year for day in days_of(column, "Asia/Seoul").to_list()] == [1990, 2200]
    assert days_of(column.clear(), "Asia/Seoul").to_list() == []
