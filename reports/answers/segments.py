"""Who visits."""

from __future__ import annotations

from reports.ask import ask
from reports.breakdown import breakdown, columns, text
from reports.measures import MEASURES
from reports.query import EVERYTHING, Filters
from reports.result import Report
from weblog.store import Snapshot, Store

SHOWN = tuple(name for name in MEASURES if name not in {"sessions", "value"})

COLUMNS = columns(
    text("segment", "What the session's customer was at its start, by the site's rules"),
    shown=SHOWN,
)


def segments(source: Store | Snapshot, filters: Filters = EVERYTHING) -> Report:
    """Compute every measure by segment, most sessions first.

    A session's segment is that of its start, never today's grade applied to the past. A
    visitor who changed segment counts in each; sessions sum to the site's. Columns, units
    and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters)
    frame = breakdown(asked.sessions, asked.previous_sessions, ["segment"], shown=SHOWN)
    return asked.answer("segments", frame)
