"""Matomo's days: ``VisitsSummary.get`` or ``API.get`` of the Reporting API, as JSON or CSV.

::

    ?module=API&method=API.get&idSite=1&period=day&date=2025-01-01,2025-11-30&format=JSON

JSON has a key per day, ``[]`` for one without visits; CSV has a row per day, its first column
``date``, in UTF-16 with a byte order mark unless ``convertToUnicode=0``; what *Export* of the pages
writes is the same with the names of measures in words. Page views are ``nb_pageviews`` where the
file has them (``API.get``), else ``nb_actions``, which count downloads and outlinks, too.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any, Final

from weblog.errors import SourceError, TableError
from weblog.history.export import Export, Fault, Figures, counted

_CALLED: Final = {
    "nb_visits": "sessions",
    "Visits": "sessions",
    "nb_uniq_visitors": "visitors",
    "Unique visitors": "visitors",
    "nb_pageviews": "page_views",
    "Pageviews": "page_views",
}
_ACTIONS: Final = ("nb_actions", "Actions")
_DATES: Final = ("date", "Date")

ADVICE: Final = (
    "Export days: period=day&date=FIRST,LAST of VisitsSummary.get or API.get, as JSON or CSV, the "
    "names of measures not translated (or in English)."
)


def is_of(told: object) -> bool:
    """Say whether this JSON is Matomo's: days to their measures."""
    if not isinstance(told, dict) or not told:
        return False
    return any(isinstance(one, dict) and _ours(one) for one in told.values()) or (
        all(one == [] for one in told.values()) and all(_day(key) for key in told)
    )


def is_header(line: list[str]) -> bool:
    """Say whether a line of CSV is Matomo's header."""
    return bool({*line} & {*_CALLED, *_ACTIONS})


def read_json(path: str, told: dict[str, Any]) -> Export:
    """Read the days of an answer in JSON.

    Raises:
        SourceError: it has no day.
        TableError: one of them cannot be used.
    """
    days: dict[date, Figures] = {}
    faults: list[Fault] = []
    for key, cells in told.items():
        day = _day(key)
        if day is None:
            faults.append(("a key", repr(key)[:40], f"expected a day as 2025-11-30. {ADVICE}"))
        elif cells == []:
            continue  # Matomo tells nothing of a day without visits
        else:
            figures = _figures(cells) if isinstance(cells, dict) else None
            if figures is None:
                faults.append((key, repr(cells)[:60], "expected counts of 0 or more"))
            else:
                days[day] = figures
    return _export(path, days, faults)


def read_csv(path: str, text: str) -> Export:
    """Read the days of an export as CSV; fields are apart by commas, semicolons or tabs.

    Raises:
        SourceError: it has no day, or no column that says which.
        TableError: one of them cannot be used.
    """
    rows = csv.reader(io.StringIO(text), delimiter=delimiter(text))
    header = [name.strip() for name in next(rows)]
    dated = next((name for name in _DATES if name in header), None)
    if dated is None:
        raise SourceError(path, "is an export of Matomo without days: no column date", ADVICE)
    days: dict[date, Figures] = {}
    faults: list[Fault] = []
    for number, row in enumerate(rows, 2):
        cells = dict(zip(header, row, strict=False))
        if not any(cell.strip() for cell in row):
            continue
        day, figures = _day(cells.get(dated, "")), _figures(cells)
        if day is None or len(row) < len(header):
            faults.append((f"row {number}", repr(row[:4])[:60], f"expected a day. {ADVICE}"))
        elif figures is None:
            faults.append((f"row {number}", repr(row[:6])[:60], "expected counts of 0 or more"))
        elif day in days:
            faults.append((f"row {number}", str(day), "expected each day once"))
        else:
            days[day] = figures
    return _export(path, days, faults)


def delimiter(text: str) -> str:
    """Return what parts the fields of the first line."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _export(path: str, days: dict[date, Figures], faults: list[Fault]) -> Export:
    if faults:
        raise TableError(path, faults)
    if not days:
        raise SourceError(path, "is an export of Matomo without any visit", ADVICE)
    return Export("matomo", days)


def _ours(cells: dict[str, object]) -> bool:
    return any(name in cells for name in (*_CALLED, *_ACTIONS))


def _figures(cells: dict[str, Any]) -> Figures | None:
    """Return the measures; None: one of them is no count, or there is none."""
    called = {name: _CALLED[name] for name in cells if name in _CALLED}
    if "page_views" not in called.values():
        called |= {name: "page_views" for name in _ACTIONS if name in cells}
    figures = {}
    for name, measure in called.items():
        if cells[name] in ("", None):
            continue  # not told, as unique visitors of a segment it does not archive
        value = counted(cells[name])
        if value is None:
            return None
        figures[measure] = value
    return figures or None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == len("2025-11-30") else None
    except ValueError:
        return None
