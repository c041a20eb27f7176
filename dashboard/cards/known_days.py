"""What is known of the days along a figure: marks on it, and the list beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.cards.guard import Data
from dashboard.notices import long_day
from dashboard.words import word
from reports import Report
from reports.day_notes import DayNote, day_notes, days_drawn
from reports.figures.day_marks import CALENDAR, marked, when
from weblog.site import Site

FIGURES: Final = ("figures", "narrow")
"""Keys of a card's data that hold a figure per theme."""


def with_known_days(data: Data, report: Report, folder: Path, site: Site, language: str) -> Data:
    """Return the data of a card with what is known of its days; ``folder`` is the store's."""
    days = days_drawn(report.name, report.frame)
    if not days:
        return data
    notes = day_notes(folder, site, days[0], days[-1])
    drawn = {
        key: {
            theme: marked(figure, days, notes, language, theme)
            for theme, figure in data[key].items()
        }
        for key in FIGURES
        if key in data
    }
    return data | drawn | {"known_days": _listed(notes, days, site, language)}


def _listed(notes: Sequence[DayNote], days: Sequence[date], site: Site, language: str) -> Data:
    return {
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
        "notes": [_note(one, site, language) for one in notes],
    }


def _note(note: DayNote, site: Site, language: str) -> Data:
    by = word("site_calendar", language)
    if note.written:
        written = note.written.astimezone(ZoneInfo(site.time_zone)).date()
        day = word("note_written", language, day=long_day(written, language))
        by = " · ".join(part for part in (note.author, day) if part)
    return {
        "id": note.id,
        "mark": str(note.number or CALENDAR),
        "when": when(note, language),
        "text": note.text,
        "author": note.author,
        "by": by,
    }
