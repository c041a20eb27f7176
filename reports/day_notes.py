"""What people know of days: notes they wrote, and days the site's calendar names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from weblog.annotations import Annotations
from weblog.site import Site
from weblog.site.calendar import CalendarDay

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayNote:
    """What is known of a day or a span.

    Attributes:
        start: its first day.
        end: its last.
        text: what was written; of a calendar its names.
        number: what it is marked by, from 1 in the order of days; 0: days of the calendar.
        id: of the note; empty: the calendar's.
        author: who wrote it; empty: the calendar, or who need not log in.
        written: when, UTC; None: the calendar's.
    """

    start: date
    end: date
    text: str
    number: int = 0
    id: str = ""
    author: str = ""
    written: datetime | None = None


def day_notes(folder: Path, site: Site, first: date, last: date) -> tuple[DayNote, ...]:
    """Return the notes on days from ``first`` to ``last``, numbered, then those of the calendar.

    Days of ``[[calendar]]`` that follow each other are one note, with each name once.

    Raises:
        StoreError: the store's notes are damaged.
    """
    written = [
        DayNote(one.start, one.end, one.text, number, one.id, one.author, one.written)
        for number, one in enumerate(Annotations(folder).between(first, last), 1)
    ]
    known = [day for day in site.calendar if first <= day.day <= last]
    return (*written, *_runs(known))


def _runs(days: Sequence[CalendarDay]) -> list[DayNote]:
    runs: list[list[CalendarDay]] = []
    for day in sorted(days, key=lambda one: (one.day, one.name)):
        if runs and day.day - runs[-1][-1].day <= _DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [
        DayNote(run[0].day, run[-1].day, ", ".join(dict.fromkeys(day.name for day in run)))
        for run in runs
    ]


def _of_status(frame: pl.DataFrame) -> pl.Series:
    return frame.filter(pl.col("period") == "current")["date"].sort()


def _of_accounts(frame: pl.DataFrame) -> pl.Series:
    return frame.filter(pl.col("part") == "day")["date"]


def _of_anomalies(frame: pl.DataFrame) -> pl.Series:
    days = frame.filter(pl.col("part") != "step", pl.col("expected").is_not_null())["date"]
    first, last = days.min(), days.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return days.clear()
    return pl.select(pl.date_range(first, last, "1d")).to_series()


DAYS: Final[dict[str, Callable[[pl.DataFrame], pl.Series]]] = {
    "site_status": _of_status,
    "anomalies": _of_anomalies,
    "reconciliation": _of_accounts,
}
"""Reports whose figure has days along it: name to the days of its rows, in their places."""


def days_drawn(name: str, frame: pl.DataFrame) -> list[date]:
    """Return the days along a report's figure, in their places; none: it has no such axis."""
    return list(DAYS[name](frame)) if name in DAYS else []
