"""Numbers as people read them, by cases, and promises that hold for all."""

from __future__ import annotations

import math
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures import numbers
from reports.figures.ticks import ticks
from weblog.errors import UnknownNameError

NUMBERS = [
    (None, "–", "–"),
    (math.nan, "–", "–"),
    (0, "0", "0"),
    (-0.2, "-0.2", "-0.2"),
    (0.5, "0.5", "0.5"),
    (7, "7", "7"),
    (2423, "2,423", "2,423"),
    (9999, "9,999", "9,999"),
    (9999.7, "10.0K", "1.0만"),
    (10_000, "10.0K", "1.0만"),
    (149_200, "149.2K", "14.9만"),
    (-149_200, "-149.2K", "-14.9만"),
    (999_949, "999.9K", "100.0만"),
    (999_960, "1.0M", "100.0만"),
    (3_400_000, "3.4M", "340.0만"),
    (99_999_999, "100.0M", "1.0억"),
    (340_000_000, "340.0M", "3.4억"),
    (1_000_000_000, "1.0B", "10.0억"),
    (2_500_000_000_000, "2.5T", "2.5조"),
]


@pytest.mark.parametrize(("value", "english", "korean"), NUMBERS)
def test_counts(value: float | None, english: str, korean: str) -> None:
    assert numbers.number(value, "en") == english
    assert numbers.number(value, "ko") == korean


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (numbers.rate(0.0162), "1.62%"),
        (numbers.rate(0.427), "42.7%"),
        (numbers.rate(0.099999), "10.0%"),
        (numbers.rate(0.0), "0.00%"),
        (numbers.rate(1.0), "100.0%"),
        (numbers.rate(None), "–"),
        (numbers.money(566_000_000, "en", "KRW"), "₩566.0M"),
        (numbers.money(-260_000_000, "ko", "KRW"), "-₩2.6억"),
        (numbers.money(1234.56, "en", "EUR"), "€1,235"),
        (numbers.money(-0.4, "en", "EUR"), "€0"),
        (numbers.money(12, "en", "CHF"), "12 CHF"),
        (numbers.money(None, "en", "KRW"), "–"),
        (numbers.seconds(59.6), "1m 0s"),
        (numbers.seconds(8, "ko"), "8초"),
        (numbers.seconds(None), "–"),
        (numbers.change(0.187), "+18.7%"),
        (numbers.change(-0.3), "-30.0%"),
        (numbers.change(-0.0009, "rate"), "-0.09 pp"),
        (numbers.change(0.0025, "rate", "ko"), "+0.25%p"),
        (numbers.change(None), "–"),
        (numbers.ratio(1.126582), "1.13"),
        (numbers.shown(0.5, "rate"), "50.0%"),
        (numbers.shown(75, "seconds", "ko"), "1분 15초"),
        (numbers.shown(20_000, "money", "ko", "KRW"), "₩2.0만"),
        (numbers.shown(0.01, "points"), "+1.00 pp"),
        (numbers.shown(2, "z"), "2.00"),
        (numbers.shown(3, "count"), "3"),
        (numbers.day(date(2026, 11, 1)), "1 Nov"),
        (numbers.day(date(2026, 11, 1), "ko"), "11/1"),
    ],
)
def test_other_units(shown: str, expected: str) -> None:
    assert shown == expected


@given(st.floats(-1e15, 1e15, allow_nan=False), st.sampled_from(numbers.LANGUAGES))
def test_a_count_reads_back_to_within_its_precision(value: float, language: str) -> None:
    shown = numbers.number(value, language)
    scales = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "만": 1e4, "억": 1e8, "조": 1e12, "": 1.0}
    found = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?)(\D?)", shown)
    assert found
    read = float(found[1].replace(",", "")) * scales[found[2]]
    assert abs(read - value) <= max(0.0051, 0.051 * scales[found[2]]) + abs(value) * 1e-9


@given(
    st.floats(0, 1e12, allow_nan=False),
    st.sampled_from(["count", "rate", "money", "seconds"]),
    st.sampled_from(numbers.LANGUAGES),
)
def test_ticks_cover_what_is_drawn_with_few_different_labels(
    high: float, unit: str, language: str
) -> None:
    axis = ticks(0, high, unit, language)
    first, last = axis["range"]
    assert first <= 0
    assert last >= high * 0.999999
    assert 2 <= len(axis["tickvals"]) <= 8
    assert len(axis["tickvals"]) == len(axis["ticktext"])
    if high > 1e-6:
        assert len(set(axis["ticktext"])) == len(axis["ticktext"])


@pytest.mark.parametrize(
    ("high", "unit", "language", "expected"),
    [
        (6400, "count", "en", ["0", "2,000", "4,000", "6,000", "8,000"]),
        (64_000, "count", "en", ["0", "20K", "40K", "60K", "80K"]),
        (64_000, "count", "ko", ["0", "2만", "4만", "6만", "8만"]),
        (3, "count", "en", ["0", "1", "2", "3"]),
        (0, "count", "en", ["0", "1"]),
        (0.019, "rate", "en", ["0.0%", "0.5%", "1.0%", "1.5%", "2.0%"]),
        (0.4, "rate", "ko", ["0%", "10%", "20%", "30%", "40%"]),
        (0.09, "rate", "en", ["0.0%", "2.5%", "5.0%", "7.5%", "10.0%"]),
        (0.0156, "money", "en", ["0", "0.005", "0.01", "0.015", "0.02"]),
        (9, "ratio", "en", ["0", "2.5", "5", "7.5", "10"]),
        (1.5, "seconds", "en", ["0s", "1s", "2s"]),
    ],
)
def test_ticks_are_round(high: float, unit: str, language: str, expected: list[str]) -> None:
    assert ticks(0, high, unit, language)["ticktext"] == expected


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no language is called 'kr'"):
        numbers.number(1, "kr")
