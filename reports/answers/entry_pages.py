"""Where visits begin."""

from __future__ import annotations

from reports.ask import ask
from reports.breakdown import breakdown, columns, looked_at, text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from weblog.store import Snapshot, Store

COLUMNS = columns(text("entry_page", "Path of the session's first page view"))


def entry_pages(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Count sessions, bounces and conversions by the page they begin on.

    The first ``limit`` pages by sessions, then one row that sums up the others, so that
    sessions sum to the site's; None for all. A null page is a session of events alone.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, looked_at("entry_page"))
    frame = breakdown(asked.sessions, asked.previous_sessions, ["entry_page"], limit=limit)
    return asked.answer("entry_pages", frame)
