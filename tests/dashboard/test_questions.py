"""Months to choose, and questions that lead to cards there are."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.cards.filters import MONTHS, months
from dashboard.pages import PAGES
from dashboard.questions import QUESTIONS

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 1, 1))


@given(DAYS, st.integers(0, 600))
def test_months_are_those_of_the_days_there_are(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    by_month: dict[str, list[date]] = {}
    for at in range(length + 1):
        day = first + timedelta(days=at)
        by_month.setdefault(f"{day.year}년 {day.month}월", []).append(day)
    expected = [
        {"start": some[0].isoformat(), "end": some[-1].isoformat(), "label": name}
        for name, some in by_month.items()
    ]
    assert months(first, last, "ko") == expected[::-1][:MONTHS]


def test_months_have_english_names() -> None:
    (one,) = months(date(2025, 10, 3), date(2025, 10, 9), "en")
    assert one == {"start": "2025-10-03", "end": "2025-10-09", "label": "Oct 2025"}


def test_questions_lead_to_cards_there_are() -> None:
    assert {one.path for one in QUESTIONS} <= set(PAGES)
    for one in QUESTIONS:
        name, _, card = one.card.partition("-")
        assert PAGES[one.path].name == name
        cards = PAGES[one.path].cards
        for option in one.search:
            shown, dot, part = option.partition(".")
            if not dot:
                continue
            assert cards is not None
            spec = cards.card(shown)
            assert spec is not None
            assert shown == card
            assert part in {"view", "sort", "columns", *(choice.name for choice in spec.choices)}
