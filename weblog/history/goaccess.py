"""GoAccess' reports in JSON: ``goaccess access.log -o report.json``.

Its panel ``visitors`` has a row per day: ``{"data": "20251130", "hits": {"count": 1387},
"visitors": {"count": 153}, "bytes": {"count": 52793119}}``. Hits are all requests, those of robots
among them; a visitor is an address, agent and day. Visits and page views it does not count by day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from weblog.errors import SourceError, TableError
from weblog.history.export import Export, Fault, Figures, compact_day, counted

_MEASURES: Final = ("hits", "visitors", "bytes")


def is_of(told: object) -> bool:
    """Say whether this JSON is a report of GoAccess."""
    return (
        isinstance(told, dict)
        and isinstance(told.get("general"), dict)
        and ("visitors" in told or "generation_time" in told["general"])
    )


def read(path: str, told: dict[str, Any]) -> Export:
    """Read the days of a report.

    Raises:
        SourceError: it has no panel of days, or that has no day.
        TableError: a row of it cannot be used.
    """
    panel = told.get("visitors")
    rows = panel.get("data") if isinstance(panel, dict) else None
    if not isinstance(rows, list):
        problem = 'is a report of GoAccess without its panel "visitors", which has the days'
        raise SourceError(path, problem, "Make it without --ignore-panel=VISITORS.")
    days: dict[date, Figures] = {}
    faults: list[Fault] = []
    for number, row in enumerate(rows):
        where = f"visitors.data[{number}]"
        day, figures = _row(row)
        if day is None:
            expected = "expected a day as 20251130; leave --date-spec out"
            faults.append((where, _shown(row), expected))
        elif figures is None:
            expected = "expected counts of hits, visitors and bytes"
            faults.append((where, _shown(row), expected))
        elif day in days:
            faults.append((where, str(day), "expected each day once"))
        else:
            days[day] = figures
    if faults:
        raise TableError(path, faults)
    if not days:
        raise SourceError(path, 'its panel "visitors" has no day: GoAccess counted nothing')
    return Export(
        "goaccess",
        days,
        as_of=_moment(told["general"].get("date_time")),
        left_out=max(_known(panel) - len(days), 0),
    )


def _row(row: object) -> tuple[date | None, Figures | None]:
    if not isinstance(row, dict):
        return None, None
    figures: Figures = {}
    for measure in _MEASURES:
        if measure not in row:
            continue  # bytes are absent where the log has none
        cell = row[measure]
        value = counted(cell.get("count") if isinstance(cell, dict) else cell)
        if value is None:
            return compact_day(str(row.get("data"))), None
        figures[measure] = value
    return compact_day(str(row.get("data"))), figures if "hits" in figures else None


def _known(panel: object) -> int:
    """Return how many days GoAccess knew of: it tells no more than --max-items of them."""
    found: Any = panel
    for key in ("metadata", "data", "total", "value"):
        found = found.get(key) if isinstance(found, dict) else None
    return counted(found) or 0


def _moment(text: object) -> str:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return ""
    return (at.astimezone(UTC) if at.tzinfo else at).replace(tzinfo=None).isoformat()


def _shown(row: object) -> str:
    return repr(row)[:80]
