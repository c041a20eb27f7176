"""Where visits come from."""

from __future__ import annotations

from reports.ask import ask
from reports.breakdown import breakdown, columns, looked_at, text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from weblog.store import Snapshot, Store

COLUMNS = columns(text("channel", "GA4's default channel group, such as Organic Search"))


def channels(source: Store | Snapshot, filters: Filters = EVERYTHING) -> Report:
    """Count sessions, visitors and conversions by channel, most sessions first.

    Each session has exactly one channel (first rule that matches, GA4's default channel
    group), so sessions sum to the site's. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, looked_at("channel"))
    frame = breakdown(asked.sessions, asked.previous_sessions, ["channel"])
    return asked.answer("channels", frame)
