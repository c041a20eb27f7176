"""From a source and filters to frames, and from rows to a `Report`: what every report shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from reports import coarse, load
from reports.query import Filters, Query, Span
from reports.resolution import resolve
from reports.result import Report
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

SMALL = 30
"""Fewer sessions than this are too few for a conclusion: a rate of 50 % is then known no better
than to 18 points either way (Wilson's 95 % interval)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question being answered: the frames of its two periods, read when first used."""

    snapshot: Snapshot
    query: Query
    session_columns: Sequence[str] = load.SESSION_COLUMNS
    view_columns: Sequence[str] = load.VIEW_COLUMNS
    sample: int = field(default=1, kw_only=True)

    @property
    def sessions(self) -> pl.DataFrame:
        """Sessions of the period asked about (see :mod:`reports.load`)."""
        return self._sessions(self.query.current)

    @property
    def previous_sessions(self) -> pl.DataFrame | None:
        """Sessions of the period compared with; None if there is none."""
        if self.query.previous is None:
            return None
        return self._sessions(self.query.previous)

    @property
    def page_views(self) -> pl.DataFrame:
        """Page views of the period asked about (see :mod:`reports.load`)."""
        return self._page_views(self.query.current)

    @property
    def previous_page_views(self) -> pl.DataFrame | None:
        """Page views of the period compared with; None if there is none."""
        if self.query.previous is None:
            return None
        return self._page_views(self.query.previous)

    @property
    def session_count(self) -> int:
        """How many sessions the period asked about has."""
        return self.sessions.height

    def has(self, column: str) -> bool:
        """Say whether some page view of the period asked about has a value in ``column``."""
        return not self.page_views[column].is_null().all()

    def _sessions(self, span: Span | None) -> pl.DataFrame:
        rows = load.sessions(self.snapshot, span, self.query.filters, self.session_columns)
        return rows if self.sample == 1 else rows.filter(self._drawn(span)["drawn"])

    def _page_views(self, span: Span | None) -> pl.DataFrame:
        chosen = self.query.filters
        rows = load.page_views(self.snapshot, span, chosen, self.view_columns)
        if self.sample == 1:
            return rows
        whose = load.page_views(self.snapshot, span, chosen, ("session",))["session"]
        return rows.filter(whose.is_in(self._drawn(span).filter("drawn")["session"].implode()))

    def _drawn(self, span: Span | None) -> pl.DataFrame:
        """Return ``session``, and ``drawn``: whether its visitor is in the sample.

        A visitor stands as an evenly spread hash: who is drawn depends on nothing else, and is
        so in each period, whatever the filters.
        """
        rows = load.sessions(self.snapshot, span, self.query.filters, ("session", "visitor"))
        return rows.select("session", drawn=pl.col("visitor") % self.sample == 0)

    def answer(self, name: str, frame: pl.DataFrame, *warnings: ReportWarning) -> Report:
        """Return the report: the rows with the query, the snapshot and all warnings.

        Raises:
            WithheldError: who asks may see groups only, and this report is not of groups.
        """
        coarse.check_answered(name, self.snapshot.key)
        told, about = coarse.screened(self, name, frame)
        return Report(
            name,
            told,
            self.query,
            self.snapshot.key,
            (*self.query.warnings, *self._about_size(), *self._about_sample(), *warnings, *about),
        )

    def _about_sample(self) -> list[ReportWarning]:
        return [ReportWarning("sampled", {"sample": self.sample})] if self.sample > 1 else []

    def _about_size(self) -> list[ReportWarning]:
        if any(w.code in {"no_data", "period_without_data"} for w in self.query.warnings):
            return []
        sessions = self.session_count
        if sessions == 0:
            return [ReportWarning("no_match")]
        return [ReportWarning("small_numbers", {"sessions": sessions})] if sessions < SMALL else []


def ask(
    source: Store | Snapshot,
    filters: Filters,
    sessions: Sequence[str] = load.SESSION_COLUMNS,
    page_views: Sequence[str] = load.VIEW_COLUMNS,
    *,
    sample: int = 1,
) -> Asked:
    """Pin a snapshot of the source and resolve the filters against it.

    Args:
        source: the store, or a snapshot of it.
        filters: as asked.
        sessions: the columns of sessions that the report looks at; by default all.
        page_views: the columns of page views that it looks at.
        sample: look at one visitor in so many, with all their sessions; the answer bears the
            warning ``sampled``. No report of the toolkit itself is computed on a sample.

    Raises:
        ValueError: ``sample`` is below 1.
    """
    if sample < 1:
        raise ValueError(f"sample is {sample}, expected 1 (all visitors) or more (one in so many)")
    snapshot = source.snapshot() if isinstance(source, Store) else source
    return Asked(snapshot, resolve(snapshot, filters), sessions, page_views, sample=sample)
