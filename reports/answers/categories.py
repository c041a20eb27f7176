"""What content is looked at."""

from __future__ import annotations

from reports.ask import ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.viewed import VIEWED, viewed
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

COLUMNS = (
    text("category", "Content category by the site's URL rules; null for pages in none"),
    *VIEWED,
)


def categories(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Count page views, sessions and conversions by content category.

    A page has one category at most; pages in none are the row null, so page views sum to
    the site's.
    The first ``limit`` by page views, then one row that sums up the others; None for all.
    Says so when the site's rules name none. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    own = ("session", "visitor", "category", "dwell_s")
    asked = ask(source, filters, ("session", "conversions", "value"), own)
    sessions = asked.sessions
    frame = viewed(asked.page_views, asked.previous_page_views, sessions, "category", limit)
    unnamed = not asked.page_views.is_empty() and frame["category"].is_null().all()
    warnings = [ReportWarning("no_categories")] if unnamed else []
    return asked.answer("categories", frame, *warnings)
