"""Which products are looked at."""

from __future__ import annotations

from reports.ask import ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.viewed import VIEWED, viewed
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

COLUMNS = (text("product", "Product by the site's URL rules"), *VIEWED)


def products(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Count page views, sessions and conversions by product.

    Pages about no product are left out: shares are of the page views about one.
    The first ``limit`` by page views, then one row that sums up the others; None for all.
    Says so when the site's rules name none. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    own = ("session", "visitor", "product", "dwell_s")
    asked = ask(source, filters, ("session", "conversions", "value"), own)
    views = asked.page_views
    frame = viewed(views, asked.previous_page_views, asked.sessions, "product", limit, nulls=False)
    unnamed = not views.is_empty() and views["product"].null_count() == views.height
    warnings = [ReportWarning("no_products")] if unnamed else []
    return asked.answer("products", frame, *warnings)
