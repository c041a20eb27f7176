"""``[[targets]]``: how much of a goal or a measure is to be reached in a period."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from weblog.errors import did_you_mean
from weblog.site.section import Section

PERIODS: Final = ("week", "month", "quarter", "year")

_DAYS: Final = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")


def _checked_period(text: str) -> str:
    if text in PERIODS:
        return text
    found = _DAYS.fullmatch(text)
    try:
        days = [date.fromisoformat(day) for day in found.groups()] if found else []
    except ValueError:
        days = []
    if len(days) != 2 or days[0] > days[1]:
        raise ValueError(
            f"expected one of {', '.join(PERIODS)}, or days such as 2025-10-01 to 2025-12-31"
        )
    return text


Period = Annotated[str, AfterValidator(_checked_period)]


class GoalTarget(Section):
    """One target: so much of a goal, or of a measure, in each period."""

    target: str = Field(description="its name")
    goal: str | None = Field(
        default=None, description="a goal, as [[goals]] call it; not set: all of the site"
    )
    measure: Literal[
        "conversions", "value", "sessions", "new_visitors", "page_views", "logins", "converted"
    ] = Field(default="conversions", description="what is counted; of a goal conversions or value")
    period: Period = Field(
        default="month",
        description="week (from Monday), month, quarter, year, or days: 2025-10-01 to 2025-12-31",
    )
    number: Annotated[float, Field(gt=0)] = Field(description="how much is to be reached")
    segment: str | None = Field(default=None, description="only sessions of this segment")
    campaign: str | None = Field(default=None, description="only sessions of this campaign")


def period_around(period: str, day: date) -> tuple[date, date]:
    """Return the first and last day of the period ``day`` is in; of one in days, those.

    >>> period_around("quarter", date(2025, 11, 30))
    (datetime.date(2025, 10, 1), datetime.date(2025, 12, 31))
    """
    found = _DAYS.fullmatch(period)
    if found:
        return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    if period == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    begins = (day.month - 1) // months * months + 1
    last = begins + months - 1
    return day.replace(month=begins, day=1), day.replace(
        month=last, day=calendar.monthrange(day.year, last)[1]
    )


def target_problem(targets: Sequence[GoalTarget], goals: Sequence[str] | None) -> str | None:
    """Say what is wrong with targets beside the goals there are (None: not known), or nothing."""
    problems = []
    for one in targets:
        if one.goal is None:
            continue
        if one.measure not in ("conversions", "value"):
            problems.append(
                f"target {one.target!r}: of a goal conversions or value count, not {one.measure}"
            )
        if goals is not None and one.goal not in goals:
            near = did_you_mean(one.goal, list(goals))
            there = ", ".join(goals) or "none"
            problems.append(
                f"target {one.target!r}: no goal is called {one.goal!r}.{near} There are: {there}"
            )
    names = [one.target for one in targets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems.append(f"expected each target once; defined twice: {', '.join(map(repr, twice))}")
    return "; ".join(problems) or None
