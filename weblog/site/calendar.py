"""``[[calendar]]``: days that are not like others of their weekday, and why."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from weblog.site.line_rules import as_day
from weblog.site.section import Section


class CalendarDay(Section):
    """A day with a name: a holiday, a sale, a failure."""

    day: Annotated[date, BeforeValidator(as_day)]
    name: str = Field(min_length=1)
