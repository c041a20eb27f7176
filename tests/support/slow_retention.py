"""Retention one person after the other: slow, and as plain as the definition."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

Days = dict[Any, list[date]]


def slow_period(first: date, age: int, each: str, window: str) -> tuple[date, date]:
    """Return the first and the last day of a person's period of that age."""
    if window == "rolling":
        length = 30 if each == "month" else 7
        begin = first + timedelta(days=length * age)
        return begin, begin + timedelta(days=length - 1)
    if each == "week":
        monday = first - timedelta(days=first.weekday()) + timedelta(days=7 * age)
        return monday, monday + timedelta(days=6)
    month = first.year * 12 + first.month - 1 + age
    begin = date(month // 12, month % 12 + 1, 1)
    return begin, date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


def slow_retention(
    firsts: dict[Any, date],
    visits: Days,
    bought: Days | None,
    *,
    each: str,
    window: str,
    last: date,
    since: date | None,
) -> dict[tuple[date | None, int], tuple[int, int, int | None, int | None, int | None]]:
    """Return size, observed, active, bought_observed and bought by cohort and age."""
    oldest = 0
    for first in firsts.values():
        while slow_period(first, oldest + 1, each, window)[0] <= last:
            oldest += 1
    found: dict[tuple[date | None, int], list[int]] = defaultdict(lambda: [0] * 5)
    for person, first in firsts.items():
        cohort = slow_period(first, 0, each, "calendar")[0]
        for age in range(oldest + 1):
            begin, end = slow_period(first, age, each, window)
            inside = end <= last
            known = inside and (since is None or max(begin, first) >= since)

            def came(days: Days, own: Any = person, of: tuple[date, date] = (begin, end)) -> bool:
                return any(max(of[0], firsts[own]) <= day <= of[1] for day in days.get(own, []))

            for cell in ((cohort, age), (None, age)):
                found[cell][0] += 1
                found[cell][1] += known
                found[cell][2] += known and came(visits)
                found[cell][3] += inside
                found[cell][4] += inside and bought is not None and came(bought)
    return {
        cell: (
            size,
            seen,
            active if seen else None,
            told if bought is not None else None,
            again if told and bought is not None else None,
        )
        for cell, (size, seen, active, told, again) in found.items()
    }
