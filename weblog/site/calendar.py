"""``[[calendar]]``: days that are not like others of their weekday, and why."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from weblog.site.section import Section


class CalendarDay(Section):
    """A day with a name: a holiday, a sale, a failure."""

    day: date
    name: str = Field(min_length=1)
