"""AWStats' data files, a month each: ``awstatsMMYYYY.SITE.txt``.

::

    AWSTATS DATA FILE 7.8 (build 20200416)
    # If you remove this file, all statistics for date 202511 will be lost/reset.
    BEGIN_GENERAL 8
    LastUpdate 20251201000512 156236 0 1391 154845 0
    TotalUnique 119
    END_GENERAL
    BEGIN_DAY 30
    20251130 554 1076 51957274 120
    END_DAY

A line of ``DAY`` is the day, pages, hits, bytes and visits of "viewed traffic": robots and errors
stand in other sections, which do not tell days. AWStats writes the file anew with each update.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from weblog.errors import SourceError, TableError
from weblog.history.export import Export, Fault, Figures, compact_day, counted

BEGINS: Final = b"AWSTATS DATA FILE"
XML_BEGINS: Final = b"<xml"
"""With ``BuildHistoryFormat=xml``; the file begins with its version inside it."""

_MEASURES: Final = ("page_views", "hits", "bytes", "sessions")
"""The numbers of a line, in their order."""

_OF: Final = re.compile(rb"^# If you remove this file, all statistics for date (\d+) ")
_SITE: Final = re.compile(r"^awstats\d{6,10}(?:\.(?P<site>.+))?\.txt$")
_MONTH: Final = len("YYYYMM")


def read(path: str, name: str, lines: Iterable[bytes]) -> Export:
    """Read the lines of a data file; ``name`` is the file's, which tells the site.

    Raises:
        SourceError: a section is missing, or cut off.
        TableError: a line of it cannot be used.
    """
    of = b""
    rows: list[tuple[int, list[str]]] | None = None
    general: dict[str, str] = {}
    numbered = enumerate(lines, 1)
    for _, line in numbered:
        told = _OF.match(line)
        if told:
            of = told[1]
        elif line.startswith(b"BEGIN_GENERAL "):
            general = {
                words[0]: words[1]
                for _, words in _section(path, "GENERAL", line, numbered)
                if len(words) > 1
            }
        elif line.startswith(b"BEGIN_DAY "):
            rows = list(_section(path, "DAY", line, numbered))
            break  # GENERAL stands before it, and the rest may be large
    if rows is None:
        problem = "is an AWStats data file without its section BEGIN_DAY: it is cut off"
        raise SourceError(path, problem, "Copy it from AWStats' DirData again.")
    days = _days(path, rows)
    if not days:
        raise SourceError(path, "its section BEGIN_DAY has no day: AWStats counted nothing")
    site = _SITE.match(name)
    return Export(
        "awstats",
        days,
        month_visitors=_month_visitors(days, general, of),
        as_of=_moment(general.get("LastUpdate", "")),
        is_whole_month=len(of) == _MONTH,
        site=(site["site"] or "") if site else "",
    )


def _section(
    path: str, name: str, head: bytes, lines: Iterator[tuple[int, bytes]]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the words of each line up to the section's end."""
    said = counted(head.split()[1].decode("latin-1")) if len(head.split()) > 1 else None
    found = 0
    for number, line in lines:
        words = line.decode("utf-8", "replace").split()
        if words[:1] == [f"END_{name}"]:
            if said is not None and said != found:
                problem = f"section BEGIN_{name} says it has {said} lines and has {found}"
                raise SourceError(path, problem, "Copy it from AWStats' DirData again.")
            return
        if line.startswith(b"BEGIN_"):
            break
        if words:
            found += 1
            yield number, words
    problem = f"section BEGIN_{name} is cut off: its END_{name} is missing"
    raise SourceError(path, problem, "Copy it from AWStats' DirData again.")


def _days(path: str, rows: list[tuple[int, list[str]]]) -> dict[date, Figures]:
    days: dict[date, Figures] = {}
    faults: list[Fault] = []
    for number, words in rows:
        day = compact_day(words[0])
        values = [counted(word) for word in words[1:5]]
        known = [value for value in values if value is not None]
        if day is None or len(known) != len(_MEASURES):
            expected = "expected a day as YYYYMMDD, pages, hits, bytes and visits"
            faults.append((f"line {number}", repr(" ".join(words)[:60]), expected))
        elif day in days:
            faults.append((f"line {number}", words[0], "expected each day once"))
        else:
            days[day] = dict(zip(_MEASURES, known, strict=True))
    if faults:
        raise TableError(path, faults)
    return days


def _month_visitors(
    days: dict[date, Figures], general: dict[str, str], of: bytes
) -> dict[date, int]:
    """Return the visitors of the month: AWStats does not tell those of a day."""
    visitors = counted(general.get("TotalUnique", ""))
    if len(of) != _MONTH or visitors is None:
        return {}
    months = {day.replace(day=1) for day in days}
    return {month: visitors for month in months if f"{month:%Y%m}".encode() == of}


def _moment(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").isoformat()  # noqa: DTZ007  AWStats tells no zone
    except ValueError:
        return ""
