"""What a file of another tool tells: its days, by measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

MEASURES: Final = ("sessions", "page_views", "hits", "visitors", "bytes")
"""What is kept of a day, as far as a tool counts it: under its own definitions."""

TOOLS: Final = {"awstats": "AWStats", "goaccess": "GoAccess", "matomo": "Matomo"}
"""Tools whose files are read: key to the name people know."""

Figures = dict[str, int]
"""Measure to number; a measure the tool does not tell is absent, which is not 0."""

Fault = tuple[str, str, str]
"""Where, which value, what was expected."""


@dataclass(frozen=True, slots=True)
class Export:
    """What one file tells.

    Attributes:
        tool: a key of :data:`TOOLS`.
        days: each day's numbers.
        month_visitors: visitors of a whole month by its first day, where the tool tells them.
        as_of: when the tool wrote it, as it says so (ISO 8601); empty: it does not.
        is_whole_month: the file is all its tool knows of a month, so it replaces it whole.
        left_out: days the tool knows of and the file does not tell.
        site: whose they are, as the file's name says; empty: it does not.
    """

    tool: str
    days: dict[date, Figures]
    month_visitors: dict[date, int] = field(default_factory=dict)
    as_of: str = ""
    is_whole_month: bool = False
    left_out: int = 0
    site: str = ""

    @property
    def source(self) -> str:
        """What it is called where nobody gives it a name."""
        return f"{self.tool}:{self.site}" if self.site else self.tool


def counted(text: object) -> int | None:
    """Return a count, 0 or more; None: it is no such number."""
    if isinstance(text, bool):
        return None
    if isinstance(text, int):
        return text if 0 <= text <= _MOST else None
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < _DIGITS:
        return counted(int(text))
    return None


_MOST: Final = 2**63 - 1
_DIGITS: Final = 20


def compact_day(text: str) -> date | None:
    """Return the day of YYYYMMDD; None: it is none."""
    if not (len(text) == len("YYYYMMDD") and text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
