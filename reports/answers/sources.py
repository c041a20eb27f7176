"""Where visits come from, by source and medium."""

from __future__ import annotations

from reports.ask import ask
from reports.breakdown import breakdown, columns, looked_at, text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from weblog.store import Snapshot, Store

COLUMNS = columns(
    text("channel", "GA4's default channel group"),
    text("source", "Campaign source parameter, or the referrer's name or host"),
    text("medium", "Campaign medium parameter, or organic, social, referral"),
)


def sources(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Count sessions, visitors and conversions by channel, source and medium.

    The first ``limit`` rows by sessions, then one that sums up the others, so that sessions
    sum to the site's; None for all. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    by = ["channel", "source", "medium"]
    asked = ask(source, filters, looked_at(*by))
    frame = breakdown(asked.sessions, asked.previous_sessions, by, limit=limit)
    return asked.answer("sources", frame)
