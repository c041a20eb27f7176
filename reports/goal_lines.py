"""Targets as lines on the trend of what they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from reports.query import Filters
from reports.result import Report
from weblog.site import Site
from weblog.site.goal_targets import GoalTarget, period_around

MOST: Final = 2
"""Lines drawn: of more, nobody can tell which is which."""


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A target of what a trend draws.

    Attributes:
        target: its name.
        per_day: day to the mean a day of its period has to bring; days outside have none.
        so_far: counted in the period of the last day asked about.
        number: what is to be reached in it.
        state: one of :data:`reports.answers.goals.STATES`.
        start: first day of that period.
        end: last day of it.
        needed_per_day: what each day left has to bring; None: none left, or reached.
    """

    target: str
    per_day: dict[date, float]
    so_far: float
    number: float
    state: str
    start: date
    end: date
    needed_per_day: float | None

    @property
    def progress(self) -> float:
        """How much of it is reached: 1 is all."""
        return self.so_far / self.number


def matching_targets(site: Site, filters: Filters, measure: str) -> list[GoalTarget]:
    """Return the targets that count exactly what a trend with these filters draws.

    A target of one goal counts part of all conversions, and one of all sessions is no target for
    those a filter lets through: neither is drawn.
    """
    return [
        one
        for one in site.targets
        if one.measure == measure and one.goal is None and _own_filters(one) == filters.chosen
    ]


def _own_filters(target: GoalTarget) -> dict[str, tuple[str, ...]]:
    own = (("segments", target.segment), ("campaigns", target.campaign))
    return {field: (value,) for field, value in own if value is not None}


def goal_lines(
    goals: Report, targets: Sequence[GoalTarget], days: Sequence[date]
) -> tuple[GoalLine, ...]:
    """Return the lines of ``targets`` over ``days``, the first :data:`MOST` of them.

    ``goals`` is the answer of :func:`reports.goals`. The level of a day is the target's number
    through the days of the period that day lies in; how much of it is reached, and what is needed
    from now on, is of the period of the last day asked about.
    """
    rows = {
        row["target"]: row for row in goals.frame.filter(pl.col("target").is_not_null()).to_dicts()
    }
    found = [one for one in targets if one.target in rows]
    return tuple(_line(one, rows[one.target], days) for one in found[:MOST])


def _line(target: GoalTarget, row: dict[str, object], days: Sequence[date]) -> GoalLine:
    levels = {}
    for day in days:
        first, last = period_around(target.period, day)
        if first <= day <= last:
            levels[day] = target.number / ((last - first).days + 1)
    needed, start, end = row["needed_per_day"], row["start"], row["end"]
    assert isinstance(start, date)  # noqa: S101  declared so
    assert isinstance(end, date)  # noqa: S101
    return GoalLine(
        target=target.target,
        per_day=levels,
        so_far=float(str(row["so_far"])),
        number=target.number,
        state=str(row["state"]),
        start=start,
        end=end,
        needed_per_day=None if needed is None else float(str(needed)),
    )
