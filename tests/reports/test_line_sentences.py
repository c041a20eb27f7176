"""What the account of lines says in words, against plain loops over the same days."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl
import pytest

from reports.answers.reconciliation import accounts
from reports.line_sentences import with_sentences
from weblog.schema import KINDS

SUNDAY = date(2025, 11, 30)


def days(pages: list[int]) -> pl.DataFrame:
    """Days up to a Sunday, each with these page views and one hit of every other kind."""
    first = SUNDAY - timedelta(days=len(pages) - 1)
    rows = [
        {"date": first + timedelta(days=at), **dict.fromkeys(KINDS, 1), "page": count}
        for at, count in enumerate(pages)
    ]
    return pl.DataFrame(rows)


def told(pages: list[int], language: str = "en", lines: int | None = None) -> list[str]:
    kinds = days(pages)
    lost = {"rejects": 5, "skipped": 2, "erased": 0}
    read = int(kinds.select(pl.sum_horizontal(pl.col(KINDS).sum())).item()) + 7
    frame = accounts(kinds, (SUNDAY, SUNDAY), read if lines is None else lines, lost)
    said = with_sentences(frame, kinds)
    assert said.drop("sentence_en", "sentence_ko").equals(frame)
    return said[f"sentence_{language}"].drop_nulls().to_list()


@pytest.mark.parametrize(
    ("last", "english", "korean"),
    [
        (9, "fewer than on any of them, so a log may be missing", "적으므로"),
        (10, "as many as on such a day", "범위 안"),
        (40, "as many as on such a day", "범위 안"),
        (41, "more than on any of them", "많습니다"),
    ],
)
def test_the_last_day_is_judged_by_the_same_weekday(last: int, english: str, korean: str) -> None:
    pages = [100 + at for at in range(36)]
    for week, count in enumerate((10, 20, 30, 40), 1):
        pages[-1 - 7 * week] = count
    pages[0], pages[-1] = 5, last  # five weeks before: too long ago
    day, everything = told(pages)
    assert day.endswith(f"The 4 Sundays before had 10 to 40 page views: {english}.")
    assert day.startswith(f"Sunday, 30 Nov 2025, the last day: each of {last + 6:,} lines is")
    counted = [int(one) for one in re.findall(r" (\d+)[,.]", day.partition("accounted for")[2])]
    assert sum(counted) == last + 6
    assert "5 (0." in everything
    assert everything.endswith("Every other line is stored.")
    assert korean in told(pages, "ko")[0]


def test_without_such_a_day_before_nothing_is_judged() -> None:
    assert told([3, 4])[0].endswith("There is no earlier Sunday to compare it with.")
    assert "비교할 이전 일요일이 없습니다" in told([3, 4], "ko")[0]


def test_one_such_day_is_one() -> None:
    assert "The Sunday before had 3 page views: more" in told([3, *[1] * 6, 4])[0]


def test_lines_that_do_not_add_up_are_told() -> None:
    assert told([3, 4], lines=1_000)[1].endswith("lines are not accounted for.")
    assert "행방을 알 수 없습니다" in told([3, 4], "ko", lines=1_000)[1]


def test_a_period_without_a_day_has_only_the_total() -> None:
    kinds = days([3, 4])
    far = (SUNDAY + timedelta(days=9),) * 2
    frame = accounts(kinds, far, 19, {"rejects": 0, "skipped": 0, "erased": 0})
    assert with_sentences(frame, kinds)["sentence_en"].count() == 1
