"""What campaigns brought."""

from __future__ import annotations

import polars as pl

from reports.ask import ask
from reports.breakdown import breakdown, columns, looked_at, text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

COLUMNS = columns(
    text("campaign", "Campaign name parameter, lower-cased"),
    text("source", "Campaign source parameter"),
    text("medium", "Campaign medium parameter"),
    text("content", "Campaign content parameter: which banner or link"),
)


def campaigns(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, limit: int | None = 20
) -> Report:
    """Count the sessions that carry a campaign name, by campaign, source, medium and content.

    Shares are of the sessions that carry one. The first ``limit`` rows by sessions, then one
    that sums up the others; None for all. Says so when no session carries a campaign.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    by = ["campaign", "source", "medium", "content"]
    asked = ask(source, filters, looked_at(*by))
    carries = pl.col("campaign").is_not_null()
    current = asked.sessions.filter(carries)
    previous = asked.previous_sessions
    frame = breakdown(
        current, None if previous is None else previous.filter(carries), by, limit=limit
    )
    none = current.is_empty() and not asked.sessions.is_empty()
    return asked.answer("campaigns", frame, *([ReportWarning("no_campaigns")] if none else []))
