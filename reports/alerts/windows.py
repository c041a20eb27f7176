"""Over which time an alert looks: the last whole hour, day or days, and the same some weeks ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from weblog.site.alerts import days_of

SLACK: Final = {True: timedelta(minutes=10), False: timedelta(hours=3)}
"""How long before a window's end the last hit may lie, of an hour and of days: traffic pauses."""


@dataclass(frozen=True, slots=True)
class Window:
    """What lies from ``start`` to before ``end`` (UTC): days ``first`` to ``last``, or an hour."""

    start: datetime
    end: datetime
    first: date
    last: date
    is_hour: bool

    @property
    def covered_from(self) -> datetime:
        """When the newest hit must lie at least for the window to be over in the data, too."""
        return self.end - SLACK[self.is_hour]

    def weeks_before(self, weeks: int, zone: ZoneInfo) -> Window:
        """Return the same weekdays, or the same hour of that weekday, so many weeks ago."""
        back = timedelta(weeks=weeks)
        first, last = self.first - back, self.last - back
        if not self.is_hour:
            return _days(first, last, zone)
        wall = self.start.astimezone(zone).replace(tzinfo=None) - back
        start = wall.replace(tzinfo=zone).astimezone(UTC)
        return Window(start, start + timedelta(hours=1), first, last, is_hour=True)

    def __str__(self) -> str:
        if self.is_hour:
            return f"{self.start:%Y-%m-%d %H:%M} UTC"
        return str(self.last) if self.first == self.last else f"{self.first} – {self.last}"


def last_window(window: str, zone: ZoneInfo, now: datetime) -> Window:
    """Return the last window that is over: ``window`` is as a rule writes it.

    >>> str(last_window("7 days", ZoneInfo("Asia/Seoul"), datetime(2025, 12, 1, 3, tzinfo=UTC)))
    '2025-11-24 – 2025-11-30'
    """
    days = days_of(window)
    if days is None:
        # Hours are those of the zone: some are half an hour off UTC's.
        wall = now.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
        end = wall.replace(tzinfo=zone).astimezone(UTC)
        start = end - timedelta(hours=1)
        day = start.astimezone(zone).date()
        return Window(start, end, day, day, is_hour=True)
    last = now.astimezone(zone).date() - timedelta(days=1)
    return _days(last - timedelta(days=days - 1), last, zone)


def after(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _days(first: date, last: date, zone: ZoneInfo) -> Window:
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    return Window(start, after(last, zone), first, last, is_hour=False)
