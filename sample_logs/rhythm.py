"""When people come: the weight of each day and the time of day.

Times inside the package are whole seconds from midnight (Asia/Seoul) of the window's
first day; days are counted from 0. South Korea keeps no summer time, so a day is
always 86,400 seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

import numpy as np

from sample_logs.company import LAST_DAY
from sample_logs.pages import Floats, Ints

DAY: Final = 86_400
HOUR: Final = 3_600
KST: Final = timezone(timedelta(hours=9))
PLANNED_DAYS: Final = 90
"""The window the campaigns' day numbers refer to."""

_WEEKDAY: Final = (1.12, 1.10, 1.06, 1.03, 0.97, 0.62, 0.66)  # Monday first
_HOLIDAYS: Final = {
    date(2025, 10, 3): 0.52,  # National Foundation Day
    date(2025, 10, 4): 0.46,
    date(2025, 10, 5): 0.36,  # Chuseok, 5 to 7 October, and the day given for the Sunday
    date(2025, 10, 6): 0.28,
    date(2025, 10, 7): 0.34,
    date(2025, 10, 8): 0.42,
    date(2025, 10, 9): 0.55,  # Hangul Day
}

_WORKDAY_HOURS: Final = (
    1.3, 0.7, 0.4, 0.25, 0.2, 0.35, 0.9, 2.2, 3.9, 5.2, 5.6, 5.8,
    7.6, 6.0, 5.3, 5.2, 5.0, 4.7, 4.4, 4.9, 6.4, 7.8, 7.0, 4.0,
)  # fmt: skip
_WEEKEND_HOURS: Final = (
    2.0, 1.2, 0.7, 0.4, 0.3, 0.3, 0.5, 1.0, 2.2, 3.9, 5.2, 5.7,
    5.8, 5.9, 5.8, 5.6, 5.4, 5.2, 5.2, 5.9, 7.2, 8.4, 7.6, 4.4,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """The days the logs cover, ending with :data:`~sample_logs.company.LAST_DAY`."""

    days: int

    @property
    def first(self) -> date:
        """The first day."""
        return LAST_DAY - timedelta(days=self.days - 1)

    @property
    def end(self) -> int:
        """The first second after the window."""
        return self.days * DAY

    def date(self, day: int) -> date:
        """The date of day number ``day``; negative numbers lie before the window."""
        return self.first + timedelta(days=int(day))

    def moment(self, second: int) -> datetime:
        """The time of day-counted second ``second``, with its offset."""
        midnight = datetime.combine(self.first, datetime.min.time(), KST)
        return midnight + timedelta(seconds=int(second))

    def planned(self, day: int) -> int:
        """This window's number of day ``day`` of the campaigns' plan (see PLANNED_DAYS)."""
        return day + self.days - PLANNED_DAYS


def day_weights(window: Window, rng: np.random.Generator) -> Floats:
    """Relative traffic per day, shape (days,): weekday, holidays, slow growth and noise."""
    weights = np.empty(window.days)
    for day in range(window.days):
        today = window.date(day)
        weights[day] = _HOLIDAYS.get(today, _WEEKDAY[today.weekday()])
    growth = 1.0 + 0.12 * np.arange(window.days) / max(window.days, 1)
    noise = rng.normal(1.0, 0.045, window.days).clip(0.8, 1.2)
    drawn: Floats = weights * growth * noise
    return drawn


def times_of_day(window: Window, days: Ints, rng: np.random.Generator) -> Ints:
    """Draw a second of the window for each day in ``days``, shape (n,), by the hour's weight."""
    weekend = np.array(
        [window.date(day).weekday() >= 5 or window.date(day) in _HOLIDAYS for day in
         range(window.days)]
    )  # fmt: skip
    uniform = rng.random(len(days))
    hours = np.empty(len(days))
    for is_off, curve in ((False, _WORKDAY_HOURS), (True, _WEEKEND_HOURS)):
        upto = np.concatenate([[0.0], np.cumsum(curve) / np.sum(curve)])
        rows = weekend[days] == is_off
        hours[rows] = np.interp(uniform[rows], upto, np.arange(25))
    return days * DAY + np.minimum(hours * HOUR, DAY - 1).astype(np.int64)
