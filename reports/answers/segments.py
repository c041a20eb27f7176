"""Who visits."""

from __future__ import annotations

from datetime import date

from reports.as_of import about_rules, with_segments_on
from reports.ask import ask
from reports.breakdown import breakdown, columns, looked_at, text
from reports.measures import MEASURES
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

SHOWN = tuple(name for name in MEASURES if name not in {"sessions", "value"})

COLUMNS = columns(
    text("segment", "What the session's customer was at its start, by the site's rules"),
    shown=SHOWN,
)


def segments(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    segments_as_of: date | None = None,
    site: Site | None = None,
) -> Report:
    """Compute every measure by segment, most sessions first.

    A session's segment is that of its start, never today's grade applied to the past. A
    visitor who changed segment counts in each; sessions sum to the site's. With
    ``segments_as_of`` customers are in the segment of that day's start instead, by the rules of
    ``site``, and the report says so. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        SiteError: a segment rule is wrong.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, (*looked_at("segment", shown=SHOWN), "key"))
    current, before = asked.sessions, asked.previous_sessions
    warnings = []
    if segments_as_of is not None:
        day, rules = segments_as_of, site or Site()
        warnings = [ReportWarning("segments_as_of", {"day": day}), *about_rules(current, rules)]
        query, snapshot = asked.query, asked.snapshot
        current = with_segments_on(current, snapshot, query.current, day, rules)
        if before is not None:
            before = with_segments_on(before, snapshot, query.previous, day, rules)
    frame = breakdown(current, before, ["segment"], shown=SHOWN)
    return asked.answer("segments", frame, *warnings)
