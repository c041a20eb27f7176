"""Numbers and days as ad systems write them: read for certain, or not at all."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionize.ad_costs import values

WRITE = {
    "plain": lambda day: day.isoformat(),
    "dots": lambda day: f"{day:%Y.%m.%d}.",
    "short": lambda day: f"{day.year}. {day.month}. {day.day}.",
    "slashes": lambda day: f"{day:%Y/%m/%d}",
    "digits": lambda day: f"{day:%Y%m%d}",
    "korean": lambda day: f"{day.year}년 {day.month}월 {day.day}일",
    "english": lambda day: f"{day:%b} {day.day}, {day.year}",
    "long": lambda day: f"{day:%B} {day.day}, {day.year}",
    "british": lambda day: f"{day.day} {day:%b} {day.year}",
    "weekday": lambda day: f"{day:%Y.%m.%d}.({'월화수목금토일'[day.weekday()]})",
    "midnight": lambda day: f"{day.isoformat()} 00:00:00",
}


def number(text: str, decimal: str = ".") -> float | None:
    frame = pl.DataFrame({"t": [text]})
    found = frame.select(values.number(values.present(pl.col("t")), decimal)).item()
    return None if found is None else float(found)


def day(text: str) -> date | None:
    frame = pl.DataFrame({"t": [text]})
    found: date | None = frame.select(values.day(values.present(pl.col("t")))).item()
    return found


@pytest.mark.parametrize(
    "form", ["{}", "₩{}", "₩ {}", "{}원", "{} 원", "KRW {}", "{} KRW", " {}\u00a0"]
)
@given(st.integers(-(10**12), 10**12), st.integers(0, 2))
def test_a_written_number_is_read_as_it_was(form: str, value: int, digits: int) -> None:
    amount = value / 10**digits
    for written in (f"{amount:.{digits}f}", f"{amount:,.{digits}f}"):
        assert number(form.format(written)) == amount
    comma = f"{amount:,.{digits}f}".translate(str.maketrans(",.", ".,"))
    assert number(comma, ",") == amount


@pytest.mark.parametrize(
    "text",
    [
        "12,34",
        "1,2345",
        "1.234,5",
        "1e5",
        "nan",
        "inf",
        "5%",
        "1 2",
        "--5",
        "KRW",
        "일",
        "1,,000",
        ",5",
    ],
)
def test_what_is_not_for_certain_a_number_is_none(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize("text", ["", " ", "-", "--", " -- ", "–", "—", "N/A"])
def test_words_for_nothing(text: str) -> None:
    frame = pl.DataFrame({"t": [text]})
    assert frame.select(values.present(pl.col("t"))).item() is None


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = number(text)
    if found is not None:
        assert any(each.isdigit() for each in text)


@pytest.mark.parametrize("form", sorted(WRITE))
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_written_day_is_read_as_it_was(form: str, written: date) -> None:
    assert day(WRITE[form](written)) == written


@pytest.mark.parametrize(
    "text",
    [
        *("03/10/2025", "10/03/25", "2025-13-01", "2025-02-29", "2025-10.03", "2025-10"),
        *("20251301", "2025-10-01 - 2025-10-07", "2025-W40", "Total", "Smarch 3, 2025"),
        "Octo 3, 2025",
    ],
)
def test_what_is_not_for_certain_a_day_is_none(text: str) -> None:
    assert day(text) is None
